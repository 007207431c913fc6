"""Finds the patterns in somebody's conversations: has them proposed, has the conversations labelled, counts.

Half of the conversations suggest, all are counted, and in the other half it has to show as well; then the other way
around. Who proposes what they have seen would find it confirmed by what they have seen.
"""

import asyncio
import random
from collections.abc import Iterable, Sequence

import structlog

from src_v2.core.audience import Audience, Visibility
from src_v2.evolution.epiphanies.fingerprints import is_same, known
from src_v2.evolution.epiphanies.judging import judged, marks_of
from src_v2.evolution.epiphanies.material import chances
from src_v2.evolution.epiphanies.models import (
    Finding,
    Hypothesis,
    Kind,
    Known,
    Labels,
    Material,
    Session,
    Shuffled,
    Statement,
    Whose,
)
from src_v2.evolution.epiphanies.proposing import admitted, suggested
from src_v2.evolution.epiphanies.questions import LabelledSession, LabelledSessions, Patterns, labelling, proposing
from src_v2.evolution.epiphanies.statistics import chance
from src_v2.evolution.models import AskModel, Sentiment

log = structlog.get_logger(__name__)

LABELLED_AT_ONCE = 12
"""Conversations in one question: a few thousand tokens, which a model still reads attentively."""

Numbered = dict[Statement, int]


class Finder:
    """Looks for patterns. Without `ask` only for those that summaries and the clock show by themselves."""

    def __init__(self, ask: AskModel | None, sentiment: Sentiment | None = None) -> None:
        self._ask = ask
        self._sentiment = sentiment

    async def find(self, material: Material) -> list[Finding]:
        """Return the patterns that hold up and are not known, those that a model put into words first.

        Raises ModelError, CapReached.
        """
        dice = chances(material.whose, material.until)
        hypotheses: list[Hypothesis] = []
        for half in halves(material.sessions, dice):
            hypotheses += await asyncio.to_thread(suggested, half)
            hypotheses += await self._proposed(material.whose, half)
        new = [one for one in hypotheses if not _is_known(material.whose, one, (), material.known)]
        statements = _numbered(new, lambda sessions: dice.sample(sessions, len(sessions)))
        labels = await self._labels(material, statements, dice.sample(material.sessions, len(material.sessions)))
        return await asyncio.to_thread(self._counted, material, new, statements, labels)

    async def _proposed(self, whose: Whose, shown: Sequence[Session]) -> list[Hypothesis]:
        if self._ask is None:
            return []
        answer = await self._ask(proposing(shown), Patterns, _audience(whose))
        return await asyncio.to_thread(admitted, answer.patterns, shown)

    async def _labels(self, material: Material, statements: Numbered, mixed: Sequence[Session]) -> Labels:
        """Have every conversation read without saying what goes with what; nothing when nothing has to be read."""
        asked = [(number, one) for one, number in statements.items() if one.kind is Kind.SAID]
        if self._ask is None or not asked:
            return {}
        labels: dict[int, dict[int, int | None]] = {}
        for at in range(0, len(mixed), LABELLED_AT_ONCE):
            batch = mixed[at : at + LABELLED_AT_ONCE]
            answer = await self._ask(labelling(asked, batch), LabelledSessions, _audience(material.whose))
            labels |= _labels_of(answer.sessions, {session.number for session in batch})
        return labels

    def _counted(
        self, material: Material, hypotheses: Iterable[Hypothesis], statements: Numbered, labels: Labels
    ) -> list[Finding]:
        found = []
        for hypothesis in hypotheses:
            numbers = statements[hypothesis.condition], statements[hypothesis.behaviour]
            marks = marks_of(hypothesis, numbers, material.sessions, labels)
            if (finding := judged(hypothesis, marks, self._sentiment)) is not None:
                found.append(finding)
        # Of two that say the same, the one that somebody put into words goes first.
        return _without_repeats(material, sorted(found, key=lambda one: (_is_plain(one), chance(one.counts))))


def halves(sessions: Sequence[Session], dice: random.Random) -> tuple[list[Session], list[Session]]:
    """Return the conversations in two halves, chosen blindly, with as many of each day of the week in either."""
    mixed = sorted(dice.sample(sessions, len(sessions)), key=lambda session: session.at.weekday())
    first, second = (sorted(half, key=lambda session: session.number) for half in (mixed[::2], mixed[1::2]))
    return first, second


def _without_repeats(material: Material, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings of which none says what another one, or something known or refused, says already."""
    there, kept = list(material.known), []
    for finding in findings:
        if _is_known(material.whose, finding.hypothesis, finding.shows_in, there):
            continue
        there.append(_known(material.whose, finding.hypothesis, finding.shows_in))
        kept.append(finding)
    return kept


def _is_plain(finding: Finding) -> bool:
    return finding.hypothesis.behaviour.kind is not Kind.SAID


def _known(whose: Whose, hypothesis: Hypothesis, sessions: Iterable[str]) -> Known:
    return known(whose, hypothesis.condition.text, hypothesis.behaviour.text, sessions)


def _is_known(whose: Whose, hypothesis: Hypothesis, sessions: Iterable[str], there: Iterable[Known]) -> bool:
    mark = _known(whose, hypothesis, sessions)
    return any(is_same(mark, other) for other in there)


def _numbered(hypotheses: Iterable[Hypothesis], mixed: Shuffled) -> Numbered:
    """Return every statement with a number, in mixed order, so that nobody sees which ones go together."""
    statements = list(dict.fromkeys(one for each in hypotheses for one in (each.condition, each.behaviour)))
    return {statement: number for number, statement in enumerate(mixed(statements), start=1)}


def _labels_of(sessions: Iterable[LabelledSession], asked: set[int]) -> dict[int, dict[int, int | None]]:
    """Return what was answered about the conversations that were asked about; of one answered twice, the first."""
    labels: dict[int, dict[int, int | None]] = {}
    for session in sessions:
        if session.number in asked:
            labels.setdefault(session.number, {shown.statement: shown.line for shown in session.holds})
    return labels


def _audience(whose: Whose) -> Audience:
    """Return on whose account it is thought about: nobody else hears of it."""
    return Audience(whose.character, whose.user_id, "", Visibility.PRIVATE)
