"""Whether a pattern holds up: how often, over how long, and what speaks against it. Pure: counts, no model.

Four things have to come together: it showed often enough and over weeks; where the condition holds, it mostly follows;
chance would hardly bring that about; and it shows as well in conversations that nobody had seen when it was proposed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean

from src_v2.evolution.epiphanies.models import About, Finding, Hypothesis, Labels, Line, Mark, Session, Statement
from src_v2.evolution.epiphanies.proposing import holds_in
from src_v2.evolution.epiphanies.statistics import Counts, chance, sure_share
from src_v2.evolution.models import Sentiment
from src_v2.memory.lexical import terms


@dataclass(frozen=True, slots=True)
class Bar:
    """What a pattern has to reach. Shares and chances are 0..1."""

    sessions: int = 5
    weeks: int = 3
    span: timedelta = timedelta(days=21)
    share: float = 0.6
    lift: float = 1.5
    chance: float = 0.001
    """A model looks at everything before it proposes: as if it had chosen among some fifty pairs."""
    chance_of_any: float = 0.01
    """Of pairs whose number is known: that any of them is chance (Bonferroni)."""
    unseen_sessions: int = 2
    unseen_share: float = 0.5


BAR = Bar()
SURE = 0.5
"""What is found may be mentioned when it holds in at least half of all cases with 90 % certainty."""
LOW = -0.5
"""Of the mean sentiment, -2..2: what the person says then is about feelings, whatever else it is about."""


def judged(hypothesis: Hypothesis, marks: Sequence[Mark], sentiment: Sentiment | None = None) -> Finding | None:
    """Return the finding when the pattern holds up in `marks`, None when it does not."""
    counts = counted(marks)
    unseen = counted(mark for mark in marks if mark.session.number not in hypothesis.seen)
    unlikely = min(BAR.chance, BAR.chance_of_any / max(1, hypothesis.tested))
    if not holds_up(marks) or chance(counts) > unlikely or not _goes_on(unseen):
        return None
    return Finding(hypothesis, counts, tuple(marks), _about(hypothesis.about, marks, sentiment))


def holds_up(marks: Sequence[Mark]) -> bool:
    """Whether what is left of the evidence still shows it: often enough, over weeks, mostly, more than otherwise."""
    counts = counted(marks)
    shown = [mark.session.at for mark in marks if mark.condition and mark.behaviour]
    if len(shown) < BAR.sessions or counts.share < BAR.share or counts.lift < BAR.lift:
        return False
    weeks = {at.isocalendar()[:2] for at in shown}
    return len(weeks) >= BAR.weeks and max(shown) - min(shown) >= BAR.span and chance(counts) <= BAR.chance_of_any


def confidence(counts: Counts) -> float:
    """Return in what share of cases it holds at least, 0..1."""
    return sure_share(counts.both, counts.with_condition)


def counted(marks: Iterable[Mark]) -> Counts:
    """Return how many conversations show what."""
    cells = [(mark.condition, mark.behaviour) for mark in marks]
    return Counts(*(cells.count(cell) for cell in ((True, True), (True, False), (False, True), (False, False))))


def marks_of(
    hypothesis: Hypothesis, numbers: tuple[int, int], sessions: Iterable[Session], labels: Labels
) -> list[Mark]:
    """Return what is seen of a pattern in each conversation; `numbers` are those of its two statements in `labels`.

    A conversation that nobody labelled says nothing and is left out.
    """
    marks = []
    for session in sessions:
        condition = _seen(hypothesis.condition, numbers[0], session, labels)
        behaviour = _seen(hypothesis.behaviour, numbers[1], session, labels)
        if condition is not None and behaviour is not None:
            marks.append(Mark(session, condition[0], behaviour[0], condition[1], behaviour[1]))
    return marks


def _seen(statement: Statement, number: int, session: Session, labels: Labels) -> tuple[bool, Line] | None:
    """Return whether a statement holds in a conversation, and the line to point at; None when nobody knows."""
    at_once = holds_in(statement, session)
    if at_once is not None:
        return at_once, _line_about(statement, session)
    if session.number not in labels:
        return None
    shown = labels[session.number]
    own = {line.number: line for line in session.lines}
    # What no line of the person's shows is no evidence.
    line = own.get(shown.get(number) or 0)
    return (line is not None), line or session.lines[0]


def _line_about(statement: Statement, session: Session) -> Line:
    wanted = set(terms(statement.text))
    return next((line for line in session.lines if not wanted.isdisjoint(terms(line.text))), session.lines[0])


def _goes_on(unseen: Counts) -> bool:
    enough = unseen.both >= BAR.unseen_sessions and unseen.share >= BAR.unseen_share
    return enough and unseen.share > unseen.share_otherwise


def _about(about: About, marks: Iterable[Mark], sentiment: Sentiment | None) -> About:
    """Return what a pattern touches; a habit of saying sad things is about feelings."""
    shown = [mark for mark in marks if mark.condition and mark.behaviour]
    said = [line.text for mark in shown for line in {mark.condition_line, mark.behaviour_line}]
    if about is About.HABIT and sentiment is not None and said and fmean(map(sentiment, said)) <= LOW:
        return About.FEELINGS
    return about
