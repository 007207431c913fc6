"""Reasons to write that follow from what was noticed about somebody: a pattern that was not mentioned yet.

It is mentioned once, here or in an answer: that it was is written with the message in which it stands.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from src_v2.core.fence import one_line
from src_v2.core.outgoing import Outgoing
from src_v2.evolution.epiphanies.models import MENTION, Epiphany, Whose
from src_v2.evolution.epiphanies.service import Epiphanies
from src_v2.evolution.outreach.models import PURPOSE, Person, PersonKey, Reason
from src_v2.storage.rows import RowWrite

WEIGHT = 0.7
"""Of what is certain; less in the measure in which it is less so."""


class Noticed:
    """Patterns that are ripe for somebody: what an answer could mention, at the trust that it takes."""

    def __init__(self, epiphanies: Epiphanies) -> None:
        self._epiphanies = epiphanies

    async def __call__(self, people: Sequence[Person], now: datetime) -> Mapping[PersonKey, Sequence[Reason]]:
        """Return what may be mentioned, the surest first; one statement for all."""
        trust = {one.candidate.key: one.trust for one in people}
        found: dict[PersonKey, list[Reason]] = {}
        for one in await self._epiphanies.ripe_for([Whose(*key) for key in trust]):
            key = (one.whose.character, one.whose.user_id)
            if trust[key] >= one.trust:
                found.setdefault(key, []).append(noticed(one))
        return found


def noticed(epiphany: Epiphany) -> Reason:
    """Return that something was noticed; the reason is called like its mention."""
    text = f"something you noticed about them, to be said gently and as a guess | {epiphany.text}"
    return Reason(MENTION + epiphany.id, one_line(text), WEIGHT * epiphany.confidence)


def mention_rows(outgoing: Outgoing, at: datetime) -> list[RowWrite]:
    """Return that something was mentioned, when a message does that; to be written with it."""
    if outgoing.purpose != PURPOSE or not outgoing.about.startswith(MENTION):
        return []
    whose = dict(character=outgoing.audience.character, user_id=outgoing.audience.user_id)
    return [RowWrite("v2_mentions", dict(**whose, id=outgoing.about, due_at=at, said_at=at), update=("said_at",))]
