"""Facts and summaries as search keys to the messages they come from: a `core.keys.KeySource`.

The words of a fact's key name who is meant as far as the fact's own audience may know it, so that nothing said in
private decides what is found in a server.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, RowMapping, Table, and_, or_, select, update

from src_v2.core.audience import Audience, visible_to
from src_v2.core.filters import matches
from src_v2.core.keys import FACT_KEY, SUMMARY_KEY, KeyItem
from src_v2.knowledge import reading
from src_v2.knowledge.aliases import Names
from src_v2.knowledge.models import CHARACTER, USER, Claim, Stance
from src_v2.knowledge.names import display, is_proper, role_word
from src_v2.knowledge.predicates import canonical
from src_v2.storage.database import Database
from src_v2.storage.tables import facts, summaries

MOST_CLAIMS = 2_000
"""Of one person, to find out who is meant."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A claim that needs a key, and the session it was said in."""

    claim: Claim
    session_id: str


class KnowledgeKeys:
    """The keys of everything that was stated and summed up."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def to_index(self, limit: int, collection: str) -> list[KeyItem]:
        """Return up to `limit` keys that `collection` does not hold, facts first."""
        found = await self._claims(limit, collection)
        around = {whose: await self._around(*whose) for whose in {_whose(one.claim) for one in found}}
        items = await asyncio.to_thread(_fact_keys, found, around)
        if len(items) < limit:
            items += await self._summaries(limit - len(items), collection)
        return items

    async def mark_indexed(self, items: Sequence[KeyItem], collection: str) -> list[str]:
        """Note that `collection` holds `items`; return the ids of those that are gone meanwhile."""
        known: set[str] = set()
        async with self._db.write() as connection:
            for kind, table in ((FACT_KEY, facts), (SUMMARY_KEY, summaries)):
                ids = [item.id for item in items if item.kind == kind]
                marked = update(table).where(table.c.id.in_(ids)).values(indexed_in=collection)
                known |= set((await connection.execute(marked.returning(table.c.id))).scalars())
        return [item.id for item in items if item.id not in known]

    async def unknown(self, ids: Sequence[str]) -> list[str]:
        """Return those of `ids` that are neither a claim's nor a summary's."""
        async with self._db.read() as connection:
            known = set((await connection.execute(select(facts.c.id).where(facts.c.id.in_(ids)))).scalars())
            known |= set((await connection.execute(select(summaries.c.id).where(summaries.c.id.in_(ids)))).scalars())
        return [one for one in ids if one not in known]

    async def _claims(self, limit: int, collection: str) -> list[_Found]:
        stated = and_(facts.c.stance == Stance.STATED.value, facts.c.object != "", _missing(facts, collection))
        query = reading.all_claims().where(stated).order_by(facts.c.id).limit(limit)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [_Found(reading.claim_of(row), row["session_id"] or "") for row in rows]

    async def _around(self, character: str, user_id: str) -> list[Claim]:
        """Return everything that was said between one user and one character."""
        query = reading.all_claims().where(facts.c.character == character, facts.c.user_id == user_id)
        query = query.order_by(facts.c.said_at.desc()).limit(MOST_CLAIMS)
        async with self._db.read() as connection:
            return [reading.claim_of(row) for row in (await connection.execute(query)).mappings()]

    async def _summaries(self, limit: int, collection: str) -> list[KeyItem]:
        query = reading.all_summaries().where(_missing(summaries, collection)).order_by(summaries.c.id).limit(limit)
        async with self._db.read() as connection:
            return [_summary_key(row) for row in (await connection.execute(query)).mappings()]


def sentence(claim: Claim, names: Names) -> str:
    """Return what a claim says in a few words: "Ana (Sam's sister) lives in Oslo"."""
    subject, object_ = (_named(name, claim, names) for name in (claim.subject, claim.object))
    return f"{subject} {canonical(claim.predicate).replace('_', ' ')} {object_}"


def _named(name: str, claim: Claim, names: Names) -> str:
    speaker = claim.speaker_name or USER
    entity = names.entity(name, claim.said_at)
    if entity in {USER, CHARACTER}:
        return speaker if entity == USER else claim.audience.character
    best = names.best(entity) or display(name)
    if role_word(best):
        return f"{speaker}'s {best}"
    role = next((other for other in names.also(entity) if role_word(other)), None)
    return f"{best} ({speaker}'s {role})" if role and is_proper(best) else best


def _fact_keys(found: Sequence[_Found], around: Mapping[tuple[str, str], Sequence[Claim]]) -> list[KeyItem]:
    names: dict[Audience, Names] = {}
    for one in found:
        audience = one.claim.audience
        if audience not in names:
            told = visible_to(audience)
            names[audience] = Names([c for c in around[_whose(one.claim)] if matches(told, _fields(c.audience))])
    return [_fact_key(one, names[one.claim.audience]) for one in found]


def _fact_key(found: _Found, names: Names) -> KeyItem:
    claim = found.claim
    payload = _payload(claim.audience) | {"created_at": int(claim.said_at.timestamp() * 1000)}
    return KeyItem(
        claim.id, FACT_KEY, sentence(claim, names), claim.source_message_id, found.session_id,
        payload | {"speaker_id": claim.speaker_id},
    )  # fmt: skip


def _summary_key(row: RowMapping) -> KeyItem:
    summary = reading.summary_of(row)
    payload = _payload(reading.audience_of(row)) | {"created_at": int(summary.ended_at.timestamp() * 1000)}
    text = " ".join((summary.text, *summary.topics))
    return KeyItem(summary.id, SUMMARY_KEY, text, "", summary.session_id, payload, summary.importance)


def _payload(audience: Audience) -> dict[str, str | int | None]:
    return {**_fields(audience)}


def _fields(audience: Audience) -> dict[str, str | None]:
    return {
        "character": audience.character, "user_id": audience.user_id, "guild_id": audience.guild_id,
        "channel_id": audience.channel_id, "visibility": audience.visibility.value,
    }  # fmt: skip


def _whose(claim: Claim) -> tuple[str, str]:
    return claim.audience.character, claim.audience.user_id


def _missing(table: Table, collection: str) -> ColumnElement[bool]:
    return or_(table.c.indexed_in.is_(None), table.c.indexed_in != collection)
