"""Which patterns are worth counting: what a model proposed and the conversations bear out, and what summaries suggest.

Only proposes: whether one holds up is for `judging`. Pure: no model, no store.
"""

from collections.abc import Iterable, Sequence
from itertools import product

from src_v2.core.fence import one_line
from src_v2.evolution.epiphanies.fitting import stems
from src_v2.evolution.epiphanies.models import About, Hypothesis, Kind, Session, Statement
from src_v2.evolution.epiphanies.questions import Pattern
from src_v2.evolution.epiphanies.statistics import Counts, chance
from src_v2.memory.lexical import terms

LEAST_NAMED = 3
"""Conversations that a proposal must rightly name: with fewer it is a story, not a pattern."""
LEAST_SPOKEN = 2
"""Of those, in how many the person has to use a word that it is about."""
LEAST_SEEN = 5
"""Conversations in which a word of the summaries must come before it is looked at."""
WORTH_COUNTING = 0.2
"""Of the chance that a pair goes together by accident: above that nobody needs to look."""
MOST_PLAIN = 6
LONGEST_TOPIC_CHARS = 30
HOURS_A_DAY = 24
DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
TIMES: tuple[Statement, ...] = (
    *(Statement(f"on {name}", Kind.TIME, frozenset({day})) for day, name in enumerate(DAYS)),
    Statement("at weekends", Kind.TIME, frozenset({5, 6})),
    Statement("in the morning", Kind.TIME, hours=(5, 11)),
    Statement("in the evening", Kind.TIME, hours=(18, 23)),
    Statement("late at night", Kind.TIME, hours=(23, 5)),
)


def admitted(patterns: Iterable[Pattern], sessions: Sequence[Session]) -> list[Hypothesis]:
    """Return what a model proposed after it was shown `sessions`, as far as these bear it out."""
    shown = {session.number: session for session in sessions}
    found = (_admit(pattern, shown) for pattern in patterns)
    return [hypothesis for hypothesis in found if hypothesis is not None]


def suggested(sessions: Sequence[Session]) -> list[Hypothesis]:
    """Return the pairs of times, topics and feelings that go together most clearly in `sessions`.

    How many pairs they were chosen from is noted with each.
    """
    words = [*_frequent(Kind.TOPIC, sessions), *_frequent(Kind.EMOTION, sessions)]
    held = {one: _mask(one, sessions) for one in (*TIMES, *words)}
    pairs = [(one, other) for one, other in product([*TIMES, *words], words) if _may_pair(one, other)]
    likely = [(chance(_counts(held[one], held[other], len(sessions))), at) for at, (one, other) in enumerate(pairs)]
    shown = frozenset(session.number for session in sessions)
    best = sorted(likely)[:MOST_PLAIN]
    return [_worded(*pairs[at], shown, len(pairs)) for unlikely, at in best if unlikely < WORTH_COUNTING]


def holds_in(statement: Statement, session: Session) -> bool | None:
    """Whether a statement holds in a conversation; None when somebody has to read it."""
    match statement.kind:
        case Kind.TIME:
            return statement.holds_at(session.at)
        case Kind.TOPIC:
            return statement.text in session.topics
        case Kind.EMOTION:
            return statement.text in session.emotions
    return None


def _admit(pattern: Pattern, shown: dict[int, Session]) -> Hypothesis | None:
    condition, behaviour = _condition(pattern), Statement(one_line(pattern.behaviour))
    text = one_line(pattern.text)
    named = [shown[number] for number in dict.fromkeys(pattern.supports) if number in shown]
    about = stems(behaviour.text) | (
        stems(condition.text) if condition and condition.kind is Kind.SAID else frozenset()
    )
    if condition is None or not about or not text or len(named) < LEAST_NAMED:
        return None
    against = [number for number in dict.fromkeys(pattern.contradicts) if number in shown]
    if stems(behaviour.text) <= stems(condition.text) or len(against) >= len(named):
        return None
    keywords = about | stems(*pattern.keywords)
    spoken = [keywords.intersection(stem for line in session.lines for stem in terms(line.text)) for session in named]
    words = frozenset(stem for heard in spoken for stem in heard)
    # The sentence is said to the person: it has to be about this and nothing else.
    if sum(map(bool, spoken)) < LEAST_SPOKEN or stems(text).isdisjoint(about | words):
        return None
    return Hypothesis(condition, behaviour, text, words, frozenset(shown), pattern.about)


def _condition(pattern: Pattern) -> Statement | None:
    """Return the condition; None for one that says nothing, or for times that mean always or never."""
    text = one_line(pattern.condition)
    if pattern.when == "said":
        return Statement(text) if stems(text) else None
    days = frozenset(day for day in pattern.weekdays if 0 <= day < len(DAYS))
    hours = _hours(pattern.from_hour, pattern.to_hour)
    is_some_time = 0 < len(days) < len(DAYS) or hours is not None
    return Statement(text or "at that time", Kind.TIME, days, hours) if is_some_time else None


def _hours(start: int | None, end: int | None) -> tuple[int, int] | None:
    if start is None or end is None or not (0 <= start <= HOURS_A_DAY and 0 <= end <= HOURS_A_DAY):
        return None
    span = (start % HOURS_A_DAY, end % HOURS_A_DAY)
    return span if span[0] != span[1] else None


def _frequent(kind: Kind, sessions: Sequence[Session]) -> list[Statement]:
    """Return the words that come often, but not nearly always."""
    words = sorted({word for session in sessions for word in _said(kind, session)})
    counts = {word: sum(word in _said(kind, session) for session in sessions) for word in words}
    most = len(sessions) * 3 / 4
    return [Statement(word, kind) for word in words if LEAST_SEEN // 2 < counts[word] <= most and _is_a_word(word)]


def _is_a_word(text: str) -> bool:
    """Whether a summary's word is one, or two or three: it will stand in a sentence of ours."""
    return bool(stems(text)) and len(text) <= LONGEST_TOPIC_CHARS and text.replace("-", " ").replace(" ", "").isalpha()


def _said(kind: Kind, session: Session) -> frozenset[str]:
    return session.topics if kind is Kind.TOPIC else session.emotions


def _may_pair(one: Statement, other: Statement) -> bool:
    """Whether one may be the other's condition: two topics once, in one order; never a feeling and another one."""
    if one.kind is other.kind:
        return one.kind is Kind.TOPIC and one.text < other.text and stems(one.text).isdisjoint(stems(other.text))
    return not (one.kind is Kind.TOPIC and other.kind is Kind.EMOTION and stems(one.text) == stems(other.text))


def _mask(statement: Statement, sessions: Iterable[Session]) -> int:
    """Return the conversations in which a statement holds, as bits."""
    return sum(1 << at for at, session in enumerate(sessions) if holds_in(statement, session))


def _counts(condition: int, behaviour: int, total: int) -> Counts:
    both, either = (condition & behaviour).bit_count(), (condition | behaviour).bit_count()
    condition_only = condition.bit_count() - both
    return Counts(both, condition_only, behaviour.bit_count() - both, total - either)


def _worded(condition: Statement, behaviour: Statement, seen: frozenset[int], tested: int) -> Hypothesis:
    """Return a pair as a hypothesis, in plain words."""
    feels = Kind.EMOTION in (condition.kind, behaviour.kind)
    match condition.kind, behaviour.kind:
        case Kind.TIME, Kind.TOPIC:
            text = f"You bring up {behaviour.text} mostly {condition.text}."
        case Kind.TIME, _:
            text = f"You often seem {behaviour.text} {condition.text}."
        case Kind.EMOTION, _:
            text = f"When you seem {condition.text}, you often talk about {behaviour.text}."
        case _, Kind.EMOTION:
            text = f"When you talk about {condition.text}, you often seem {behaviour.text}."
        case _:
            text = f"When you talk about {condition.text}, {behaviour.text} is never far."
    spoken = [one.text for one in (condition, behaviour) if one.kind is not Kind.TIME]
    about = About.FEELINGS if feels else About.HABIT
    return Hypothesis(condition, behaviour, text, stems(*spoken), seen, about, tested)
