"""The relationship's SQL. Trust changes by one statement each, which needs no look at what was there before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.evolution.models import Aside, ChangeKind
from src_v2.evolution.relationship import reading, reckoning
from src_v2.evolution.relationship.models import Applied, Kept, PastChange, Story, Whose
from src_v2.evolution.relationship.rows import settle_row
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import feelings, mentions, messages, relationships, trust_changes

AT_ONCE = 200
MOST_HISTORY = 300
_RECONCILING = 0x7632_7273
"""Held on PostgreSQL while reactions are looked at: of two who look, the later one sees what is there then."""


class RelationshipStore:
    """Relationships. All raise StoreUnavailable while SQL is away."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)

    async def read(self, whose: Whose, since: datetime, asides: Mapping[str, Aside]) -> Kept:
        """Return a relationship with what moved the mood from `since` on, in one statement."""
        async with self._db.read() as connection:
            rows = (await connection.execute(reading.everything(whose, since, asides))).mappings().all()
        return reading.kept_of(rows)

    async def story(self, whose: Whose) -> Story:
        """Return what changed lately and what was said once. Of what a message showed, while that is there."""
        of = trust_changes.c
        source = exists().where(messages.c.id == of.source_message_id)
        shown = or_(of.kind != ChangeKind.TRIGGER.value, of.source_message_id == "", source)
        changes = select(of.kind, of.applied, of.note, of.happened_at).where(
            _of(trust_changes, whose), of.applied != 0, shown
        )
        changes = changes.order_by(of.step.desc()).limit(MOST_HISTORY)
        said = select(mentions.c.id).where(_of(mentions, whose), mentions.c.said_at.is_not(None))
        async with self._db.read() as connection:
            past = [PastChange(ChangeKind(row[0]), *row[1:]) for row in await connection.execute(changes)]
            lines = (await connection.execute(said.order_by(mentions.c.said_at, mentions.c.id))).scalars().all()
        return Story(tuple(past), tuple(lines))

    async def ask(self, rows: Sequence[RowWrite], now: datetime) -> None:
        """Write occasions down, each once, and have them settled."""
        await self._rows.apply([*rows, settle_row(now)])

    async def waiting(self, limit: int = AT_ONCE) -> list[str]:
        """Return the occasions that are not settled, the oldest first."""
        of = trust_changes.c
        query = select(of.id).where(of.settled.is_(False)).order_by(of.happened_at, of.id).limit(limit)
        async with self._db.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def settle(self, change_id: str, lines: reckoning.Lines, now: datetime) -> Applied | None:
        """Let an occasion change trust; None when that has happened already. All of it or nothing.

        What `lines` says is to be said because of it waits from then on.
        """
        async with self._db.write() as connection:
            claim = update(trust_changes).where(trust_changes.c.id == change_id, trust_changes.c.settled.is_(False))
            row = (await connection.execute(claim.values(settled=True).returning(*reckoning.CLAIMED))).first()
            if row is None:
                return None
            change = reckoning.Claimed(*row)
            earned = await self._earned(connection, change)
            moved = (await connection.execute(reckoning.applied(self._db.upsert(relationships), change, earned))).one()
            done = Applied(Whose(change.character, change.user_id), moved.trust - moved.moved, moved.trust, moved.steps)
            noted = update(trust_changes).where(trust_changes.c.id == change_id)
            noted = noted.values(applied=trust_changes.c.applied + moved.moved, reached=done.after, step=done.step)
            await connection.execute(noted)
            await self._let_wait(connection, done, lines, now)
        return done

    async def _earned(self, connection: AsyncConnection, change: reckoning.Claimed) -> int:
        """Return what talking has earned on the day of a turn, and keep others from settling one of it meanwhile."""
        if change.kind != ChangeKind.TURN.value:
            return 0
        await connection.execute(reckoning.begun(self._db.upsert(relationships), change))
        await connection.execute(reckoning.held(change))
        return int((await connection.execute(reckoning.earned_by_talking(change))).scalar_one())

    async def reconcile(self, whose: Whose, now: datetime) -> bool:
        """Ask for what this person's reactions are worth as they stand; say whether that is anything new."""
        async with self._db.write() as connection:
            if not self._db.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _RECONCILING})
            wanted = await connection.execute(reckoning.reactions_wanted(self._db.upsert(trust_changes), whose))
            is_wanted = bool(wanted.all())
            taken_back = await connection.execute(reckoning.reactions_taken_back(whose, now))
            is_new = bool(taken_back.all()) or is_wanted
            if is_new:
                await self._rows.within(connection, [settle_row(now)])
        return is_new

    async def unreconciled(self, limit: int = AT_ONCE) -> list[Whose]:
        """Return those whose reactions are worth something else than was asked for."""
        async with self._db.read() as connection:
            return [Whose(*row) for row in await connection.execute(reckoning.differing().limit(limit))]

    async def forget(self, changed: Sequence[str], gone: Sequence[str]) -> None:
        """Remove what was felt in messages that changed, and what those showed that are gone.

        That something counted stays, without what it was: who deletes a message does not make it count once more.
        """
        of = trust_changes.c
        shown = and_(of.kind == ChangeKind.TRIGGER.value, of.source_message_id.in_(gone))
        async with self._db.write() as connection:
            await connection.execute(delete(feelings).where(feelings.c.message_id.in_(changed)))
            await connection.execute(delete(trust_changes).where(shown, of.settled.is_(False)))
            await connection.execute(update(trust_changes).where(shown, of.settled).values(note=""))

    async def people(self, character: str | None, user_id: str | None) -> list[Whose]:
        """Return all relationships, or those of one character, of one person."""
        query = select(relationships.c.character, relationships.c.user_id)
        if character is not None:
            query = query.where(relationships.c.character == character)
        if user_id is not None:
            query = query.where(relationships.c.user_id == user_id)
        async with self._db.read() as connection:
            return [Whose(*row) for row in await connection.execute(query)]

    async def tidy(self, faded_before: datetime, idle_before: datetime) -> None:
        """Remove feelings that can matter to no mood any more, and talk beyond the daily limit, which did nothing."""
        of = trust_changes.c
        nothing = and_(of.kind == ChangeKind.TURN.value, of.settled, of.applied == 0, of.happened_at < idle_before)
        async with self._db.write() as connection:
            await connection.execute(delete(feelings).where(feelings.c.said_at < faded_before))
            await connection.execute(delete(trust_changes).where(nothing))

    async def _let_wait(
        self, connection: AsyncConnection, done: Applied, lines: reckoning.Lines, now: datetime
    ) -> None:
        waiting = [f"milestone:{level}" for level in lines.reached(done)]
        for fall in lines.falls(done):
            if await _highest_above(connection, done, fall.to_max) >= fall.from_min:
                prefix = f"drop:{fall.from_min}:{fall.to_max}:"
                unsaid = and_(_of(mentions, done.whose), mentions.c.id.startswith(prefix), mentions.c.said_at.is_(None))
                await connection.execute(delete(mentions).where(unsaid))
                waiting.append(f"{prefix}{done.step}")
        values = [dict(zip(("character", "user_id"), done.whose, strict=True), id=one, due_at=now) for one in waiting]
        await self._rows.within(connection, [RowWrite("v2_mentions", one) for one in values])


async def _highest_above(connection: AsyncConnection, done: Applied, floor: int) -> int:
    """Return how high trust was since it was last at `floor` or below, before this change; it began at 0."""
    of = trust_changes.c
    mine = and_(_of(trust_changes, done.whose), of.step < done.step)
    last_below = select(func.max(of.step)).where(mine, of.reached <= floor).scalar_subquery()
    highest = select(last_below, func.max(of.reached)).where(mine, of.step > func.coalesce(last_below, 0))
    below: int | None
    found: int | None
    below, found = (await connection.execute(highest)).one()
    began = [0] if below is None and floor < 0 else []
    return max([done.before, *began, *([found] if found is not None else [])])


def _of(table: Any, whose: Whose) -> ColumnElement[bool]:
    return and_(table.c.user_id == whose.user_id, table.c.character == whose.character)
