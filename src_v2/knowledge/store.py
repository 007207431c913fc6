"""The knowledge's SQL: claims, wishes and summaries in and out. What follows from them is not its business."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, and_, delete, func, or_, select, update

from src_v2.core.audience import Audience
from src_v2.core.messages import Role, StoredMessage
from src_v2.knowledge import reading
from src_v2.knowledge.models import Claim, Stance, Summary, Wish
from src_v2.knowledge.reading import Limits
from src_v2.knowledge.rows import claim_row, preference_row
from src_v2.storage.database import Database
from src_v2.storage.message_rows import stored_message
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import facts, messages, preferences, summaries


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that one audience may know of, as it was said: newest first."""

    claims: Sequence[Claim] = ()
    wishes: Sequence[Wish] = ()
    summaries: Sequence[Summary] = ()


@dataclass(frozen=True, slots=True)
class Learned:
    """Ids of claims and summaries that came of something."""

    claims: frozenset[str]
    summaries: frozenset[str]


class UnreadSession(NamedTuple):
    """A session in which something is to be read back again."""

    id: str
    character: str
    user_id: str


FollowUps = Callable[[Sequence[UnreadSession], Sequence[StoredMessage]], Sequence[RowWrite]]
"""What is to be written because sessions are to be read back again, and because what these messages say is new."""


class KnowledgeStore:
    """What people said to be true, how they want to be spoken with, and what was talked about."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)

    async def add(
        self,
        claims: Sequence[Claim] = (),
        wishes: Sequence[Wish] = (),
        *,
        also: Sequence[RowWrite] = (),
    ) -> None:
        """Write claims and wishes, and what belongs with them, in one transaction."""
        await self._rows.apply([*map(claim_row, claims), *map(preference_row, wishes), *also])

    async def told(self, audience: Audience, limits: Limits) -> Told:
        """Return all that `audience` may know of about its user, in one statement."""
        async with self._db.read() as connection:
            rows = (await connection.execute(reading.everything(audience, limits))).mappings().all()
        found = {row["id"]: reading.summary_of(row) for row in rows if row["kind"] == reading.SUMMARY}
        return Told(
            [reading.claim_of(row) for row in rows if row["kind"] == reading.FACT],
            [reading.wish_of(row) for row in rows if row["kind"] == reading.WISH],
            list(found.values()),
        )

    async def claims(self, audience: Audience, limit: int) -> list[Claim]:
        """Return the latest claims that `audience` may know of, newest first."""
        query = reading.claims_of(audience).order_by(facts.c.said_at.desc(), facts.c.id.desc()).limit(limit)
        async with self._db.read() as connection:
            return [reading.claim_of(row) for row in (await connection.execute(query)).mappings()]

    async def wishes(self, audience: Audience) -> list[Wish]:
        """Return the wishes that `audience` may know of."""
        async with self._db.read() as connection:
            rows = (await connection.execute(reading.wishes_of(audience))).mappings()
            return [reading.wish_of(row) for row in rows]

    async def summaries(self, audience: Audience, limit: int) -> list[Summary]:
        """Return the latest summaries that `audience` may know of, newest first."""
        query = reading.summaries_of(audience).order_by(summaries.c.ended_at.desc(), summaries.c.id.desc())
        async with self._db.read() as connection:
            rows = (await connection.execute(query.limit(limit))).mappings()
            return [reading.summary_of(row) for row in rows]

    async def summaries_by_id(self, audience: Audience, ids: Sequence[str]) -> dict[str, Summary]:
        """Return those of `ids` that exist and that `audience` may know of."""
        query = reading.summaries_of(audience).where(summaries.c.id.in_(ids))
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings()
            return {row["id"]: reading.summary_of(row) for row in rows}

    async def to_graph(self, layout: str, limit: int, *, after: str = "") -> list[Claim]:
        """Return up to `limit` statements that the graph does not hold in this layout, with ids beyond `after`."""
        query = reading.all_claims().where(_missing_in(layout), facts.c.id > after).order_by(facts.c.id).limit(limit)
        async with self._db.read() as connection:
            return [reading.claim_of(row) for row in (await connection.execute(query)).mappings()]

    async def count_to_graph(self, layout: str) -> int:
        """Count what `to_graph` would return without a limit; also claims whose message is gone, for a moment."""
        return await self._count(_missing_in(layout))

    async def count_graphed(self, layout: str) -> int:
        """Count the statements that the graph should hold in this layout."""
        return await self._count(facts.c.graphed_in == layout)

    async def mark_graphed(self, ids: Sequence[str], layout: str) -> list[str]:
        """Note that the graph holds these claims; return those of which SQL knows nothing any more."""
        marked = update(facts).where(facts.c.id.in_(ids)).values(graphed_in=layout).returning(facts.c.id)
        async with self._db.write() as connection:
            known = set((await connection.execute(marked)).scalars())
        return [one for one in ids if one not in known]

    async def not_graphed(self, ids: Sequence[str], layout: str) -> list[str]:
        """Return those of `ids` that are no claims which the graph holds in this layout."""
        query = select(facts.c.id).where(facts.c.id.in_(ids), facts.c.graphed_in == layout)
        async with self._db.read() as connection:
            known = set((await connection.execute(query)).scalars())
        return [one for one in ids if one not in known]

    async def learned_from(self, message_ids: Sequence[str], batches: Sequence[str]) -> Learned:
        """Return what was learned from these messages or in these stretches."""
        async with self._db.read() as connection:
            claims = await connection.execute(select(facts.c.id).where(_from(facts, message_ids, batches)))
            found = await connection.execute(select(summaries.c.id).where(summaries.c.id.in_(batches)))
            return Learned(frozenset(claims.scalars()), frozenset(found.scalars()))

    async def unlearn(self, message_ids: Sequence[str], batches: Sequence[str], then: FollowUps) -> Learned:
        """Forget what was learned from these messages or in these stretches, and that the stretches were read back.

        What `then` returns, for the sessions and for those of the messages that are still there, is written in the same
        transaction. Returns what was forgotten.
        """
        forget_claims = delete(facts).where(_from(facts, message_ids, batches)).returning(facts.c.id)
        forget_summaries = delete(summaries).where(summaries.c.id.in_(batches)).returning(summaries.c.id)
        unread = update(messages).where(messages.c.learned_in.in_(batches)).values(learned_in=None)
        unread = unread.returning(messages.c.session_id, messages.c.character, messages.c.user_id)
        async with self._db.write() as connection:
            claims = frozenset((await connection.execute(forget_claims)).scalars())
            await connection.execute(delete(preferences).where(_from(preferences, message_ids, batches)))
            gone = frozenset((await connection.execute(forget_summaries)).scalars())
            sessions = {UnreadSession(*row) for row in await connection.execute(unread) if row[0]}
            left = [stored_message(row) for row in (await connection.execute(_still_there(message_ids))).mappings()]
            await self._rows.within(connection, then(sorted(sessions), left))
        return Learned(claims, gone)

    async def batches(self) -> list[str]:
        """Return every stretch that was read back, oldest first."""
        query = select(messages.c.learned_in).where(messages.c.learned_in.is_not(None)).distinct()
        async with self._db.read() as connection:
            return sorted((await connection.execute(query)).scalars())

    async def begin_rebuild(self, stale: str) -> None:
        """Have the graph hold everything anew: note `stale` instead of the layout, unless that was begun before."""
        others = facts.alias()
        begun = select(others.c.id).where(others.c.graphed_in == stale).exists()
        anew = update(facts).where(facts.c.graphed_in.is_not(None), ~begun).values(graphed_in=stale)
        async with self._db.write() as connection:
            await connection.execute(anew)

    async def _count(self, condition: ColumnElement[bool]) -> int:
        async with self._db.read() as connection:
            return int(
                (await connection.execute(select(func.count()).select_from(facts).where(condition))).scalar_one()
            )


def _still_there(message_ids: Sequence[str]) -> Select[Any]:
    """Return the query for those of the messages that a person said to a character."""
    said = and_(messages.c.role == Role.USER.value, messages.c.turn_id.is_not(None))
    return select(messages).where(messages.c.id.in_(message_ids), said)


def _from(table: Table, message_ids: Sequence[str], batches: Sequence[str]) -> ColumnElement[bool]:
    return or_(table.c.source_message_id.in_(message_ids), table.c.learned_in.in_(batches))


def _missing_in(layout: str) -> ColumnElement[bool]:
    """Return the condition for what belongs into the graph: statements about something, not retractions."""
    missing = or_(facts.c.graphed_in.is_(None), facts.c.graphed_in != layout)
    return and_(missing, facts.c.stance == Stance.STATED.value, facts.c.object != "")
