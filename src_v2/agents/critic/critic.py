"""Reviews a draft before it counts as final: rules first, then a model where there is one; rules have the last word."""

import asyncio
from collections.abc import Sequence

from src_v2.agents.critic.findings import Finding, Kind, Review
from src_v2.agents.critic.grounding import Looked, Standing, concerns_person, look
from src_v2.agents.critic.judge import ModelJudge, Objected
from src_v2.agents.critic.material import Material
from src_v2.agents.critic.repair import repaired
from src_v2.agents.models.records import CallRecord, Payer, Recorder

_OF_SOURCES = frozenset({Kind.CONTRADICTED, Kind.WRONG_NUMBER})


class Critic:
    """Holds drafts against their sources. `judge` is the second opinion; without one the rules decide alone."""

    def __init__(self, judge: ModelJudge | None = None) -> None:
        self._judge = judge

    async def review(
        self, draft: str, material: Material, record: Recorder | None = None, payer: Payer | None = None
    ) -> Review:
        """Return what does not hold. Never raises because of a model; `record` gets every call of one.

        With a `payer` a model is only asked while more may be spent on that account.

        The rules run in a thread: they take milliseconds, which the event loop should not wait for.
        """
        looked = await asyncio.to_thread(look, draft, material)
        findings = [one.finding for one in looked if one.finding is not None]
        if self._judge is None or not self._judge.can_ask or not any(one.tells for one in looked):
            return Review(tuple(findings))
        passages = [one.passage for one in looked]
        objected = await self._judge.objections(passages, material, record or _unrecorded, payer)
        if objected is None:
            return Review(tuple(findings))
        return Review(_joined(findings, looked, objected, material), asked_model=True)

    def repaired(self, draft: str, review: Review) -> str:
        """Return the draft with what was found taken out, or marked as unsure; never empty, never raises."""
        return repaired(draft, review)


def _joined(
    findings: Sequence[Finding], looked: Sequence[Looked], objected: Sequence[Objected], material: Material
) -> tuple[Finding, ...]:
    """Return the findings of both judges, in the order of the draft, one per sentence."""
    found = {finding.start: finding for finding in findings}
    for one in objected:
        sentence = looked[one.passage]
        start = sentence.passage.start
        if start not in found and _may_count(sentence, one, material):
            found[start] = Finding(sentence.passage.shown, one.claim, one.kind, start)
    return tuple(found[start] for start in sorted(found))


def _may_count(looked: Looked, objected: Objected, material: Material) -> bool:
    """Whether a model's objection can be right: not against what sources bear out, nor against what claims nothing."""
    if looked.standing is not Standing.FREE or not looked.tells:
        return False
    if concerns_person(looked.passage.text, material):
        return True
    return bool(material.observations) and objected.kind in _OF_SOURCES


def _unrecorded(record: CallRecord) -> None:
    """Take a record that nobody asked for."""
