"""The reminders' SQL: the only place that queries `v2_reminders`."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, ScalarSelect, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.core.audience import Audience, Visibility
from src_v2.core.messages import Role, StoredMessage
from src_v2.core.outgoing import Outgoing
from src_v2.evolution.reminders.models import MOST_OPEN, OPEN, PURPOSE, Followed, Reminder, Status
from src_v2.evolution.reminders.planning import soon
from src_v2.memory.outgoing import OutgoingState, OutgoingStore, let_go
from src_v2.storage.database import Database
from src_v2.storage.message_rows import stored_message
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import messages, reminders, users

AT_ONCE = 200
"""Reminders that one look fetches."""
CHANGING = ("what", "language", "rule", "timezone", "guessed_zone", "due_at", "status", "outgoing_id", "text", "missed")


class ReminderStore:
    """Reminders. Everything raises StoreUnavailable while SQL is away."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)
        self._outgoing = OutgoingStore(database)

    async def add(self, reminder: Reminder, at: datetime, *also: RowWrite) -> bool:
        """Keep a reminder; False when this person has as many as there may be."""
        count = select(_count_of(reminder.audience.user_id))
        async with self._db.write() as connection:
            if int((await connection.execute(count)).scalar_one()) >= MOST_OPEN:
                return False
            await self._rows.within(connection, [reminder_row(reminder, at), *also])
        return True

    async def asked_in(self, user_id: str, message_ids: Collection[str]) -> tuple[list[Reminder], bool]:
        """Return the open ones that messages asked for, and whether there was room for them; if not they are gone."""
        query = select(reminders, _count_of(user_id).label("open")).where(
            reminders.c.source_message_id.in_(message_ids), reminders.c.user_id == user_id, _open()
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        fits = not rows or rows[0]["open"] <= MOST_OPEN
        found = [reminder_of(row) for row in rows]
        if not fits:
            await self.remove(user_id, [one.id for one in found])
        return (found if fits else []), fits

    async def of(self, character: str, user_id: str) -> list[Reminder]:
        """Return a person's with a character: what is ahead and what was not said; soonest first."""
        query = select(reminders).where(
            reminders.c.user_id == user_id, reminders.c.character == character,
            or_(_open(), reminders.c.missed > 0),
        ).order_by(reminders.c.due_at, reminders.c.id)  # fmt: skip
        return await self._read(query)

    async def get(self, user_id: str, reminder_id: str) -> Reminder | None:
        """Return one of a person's."""
        query = select(reminders).where(reminders.c.id == reminder_id, reminders.c.user_id == user_id)
        return next(iter(await self._read(query)), None)

    async def remove(self, user_id: str, ids: Collection[str]) -> int:
        """Remove some of a person's; return how many there were."""
        query = delete(reminders).where(reminders.c.id.in_(ids), reminders.c.user_id == user_id)
        async with self._db.write() as connection:
            gone = list((await connection.execute(query.returning(reminders.c.id))).scalars())
            await let_go(connection, PURPOSE, gone)
        return len(gone)

    async def change(self, changed: Sequence[Reminder], at: datetime, *also: RowWrite) -> int:
        """Put reminders in the place of those with their ids; return how many: one that is gone stays gone."""
        async with self._db.write() as connection:
            count = await self._change(connection, changed, at)
            await self._rows.within(connection, also)
        return count

    async def put_off(self, kept: Reminder, once: Reminder, at: datetime, *also: RowWrite) -> bool:
        """Write what a recurring one is now, and that it is said `once` more; False when it is gone."""
        async with self._db.write() as connection:
            if not await self._change(connection, [kept], at):
                return False
            copy = replace(reminder_row(once, at), update=CHANGING, needs="")
            await self._rows.within(connection, [copy, *also])
        return True

    async def _change(self, connection: AsyncConnection, changed: Sequence[Reminder], at: datetime) -> int:
        count = 0
        for one in changed:
            values = {name: reminder_row(one, at).values[name] for name in CHANGING}
            query = update(reminders).where(reminders.c.id == one.id).values(**values).returning(reminders.c.id)
            count += (await connection.execute(query)).first() is not None
        await let_go(connection, PURPOSE, [one.id for one in changed])
        return count

    async def due(self, until: datetime, after: Reminder | None = None) -> list[Reminder]:
        """Return up to `AT_ONCE` that are to be said until then, soonest first, from `after` on."""
        query = select(reminders).where(_open(), reminders.c.due_at <= until)
        if after is not None:
            at = reminders.c.due_at
            query = query.where(or_(at > after.due_at, and_(at == after.due_at, reminders.c.id > after.id)))
        return await self._read(query.order_by(reminders.c.due_at, reminders.c.id).limit(AT_ONCE))

    async def name_of(self, user_id: str) -> str:
        """Return what a person is called; empty when that is not known."""
        async with self._db.read() as connection:
            name = await connection.execute(select(users.c.display_name).where(users.c.id == user_id))
            return name.scalar() or ""

    async def decide(self, reminder: Reminder, outgoing_id: str, text: str) -> bool:
        """Note what is going to be said; False when the reminder was changed or removed meanwhile."""
        same = and_(reminders.c.id == reminder.id, reminders.c.due_at == reminder.due_at, _open())
        same = and_(same, reminders.c.what == reminder.what)
        query = update(reminders).where(same).values(status=Status.SAYING.value, outgoing_id=outgoing_id, text=text)
        return await self._changed(query)

    async def plan(self, reminder: Reminder, outgoing: Outgoing, at: datetime) -> bool:
        """Plan the message that says a reminder; False when that is not what is to be said any more."""
        there = select(reminders.c.id).where(_is_saying(reminder, outgoing.id))
        return await self._outgoing.plan_while(there, outgoing, at, OutgoingState.PLANNED) is not None

    async def is_saying(self, reminder: Reminder, outgoing_id: str) -> bool:
        """Whether this is still what is to be said."""
        async with self._db.read() as connection:
            query = select(reminders.c.id).where(_is_saying(reminder, outgoing_id))
            return (await connection.execute(query)).first() is not None

    async def let_go(self, reminder: Reminder) -> None:
        """Give up the message of a reminder that was changed or removed while it was on its way."""
        async with self._db.write() as connection:
            await let_go(connection, PURPOSE, [reminder.id])

    async def said(self, reminder: Reminder, outgoing_id: str, at: datetime, next_at: datetime | None) -> bool:
        """Note that it was said, and when it comes again."""
        query = update(reminders).where(_is_saying(reminder, outgoing_id))
        again = {"due_at": next_at} if next_at else {}
        status = Status.PLANNED if next_at else Status.SAID
        return await self._changed(query.values(status=status.value, said_at=at, outgoing_id=None, text=None, **again))

    async def put_back(self, reminder: Reminder, outgoing_id: str) -> bool:
        """Note that it could not be sent just now."""
        query = update(reminders).where(_is_saying(reminder, outgoing_id))
        return await self._changed(query.values(status=Status.PLANNED.value, outgoing_id=None, text=None))

    async def miss(self, reminder: Reminder, times: int, next_at: datetime | None) -> bool:
        """Note that so many times were not said, and when it comes again."""
        same = and_(reminders.c.id == reminder.id, reminders.c.due_at == reminder.due_at, _open())
        status = Status.PLANNED if next_at else Status.UNDELIVERED
        values: dict[str, Any] = dict(status=status.value, outgoing_id=None, text=None)
        values |= {"due_at": next_at} if next_at else {}
        query = update(reminders).where(same).values(missed=reminders.c.missed + times, **values)
        async with self._db.write() as connection:
            if (await connection.execute(query.returning(reminders.c.id))).first() is None:
                return False
            await let_go(connection, PURPOSE, [reminder.id])
        return True

    async def mentioned(self, ids: Collection[str], at: datetime) -> None:
        """Note that what had not been said was mentioned."""
        these = reminders.c.id.in_(ids)
        over = and_(these, reminders.c.status == Status.UNDELIVERED.value)
        async with self._db.write() as connection:
            await connection.execute(update(reminders).where(these).values(missed=0))
            await connection.execute(update(reminders).where(over).values(status=Status.SAID.value, said_at=at))

    async def remove_over(self, before: datetime) -> None:
        """Remove what is over since then."""
        over = and_(reminders.c.status.in_([Status.SAID.value, Status.UNDELIVERED.value]), reminders.c.due_at < before)
        async with self._db.write() as connection:
            await connection.execute(delete(reminders).where(over))

    async def guessed(self, user_id: str) -> list[Reminder]:
        """Return the open ones that are counted on a clock that is not theirs."""
        mine = and_(reminders.c.user_id == user_id, reminders.c.guessed_zone, _open())
        return await self._read(select(reminders).where(mine))

    async def said_by_people(self, message_ids: Collection[str]) -> list[StoredMessage]:
        """Return those messages of people that are still there."""
        query = select(messages).where(messages.c.id.in_(message_ids), messages.c.role == Role.USER.value)
        async with self._db.read() as connection:
            return [stored_message(row) for row in (await connection.execute(query)).mappings()]

    async def said_before(self, message: StoredMessage) -> str:
        """Return what the same person said there before a message; empty when that is not known."""
        at = messages.c.created_at
        earlier = or_(at < message.created_at, and_(at == message.created_at, messages.c.id < message.id))
        query = select(messages.c.text).where(
            messages.c.character == message.character, messages.c.channel_id == message.channel_id,
            messages.c.user_id == message.user_id, messages.c.role == Role.USER.value, earlier,
        ).order_by(at.desc(), messages.c.id.desc()).limit(1)  # fmt: skip
        async with self._db.read() as connection:
            return (await connection.execute(query)).scalar() or ""

    async def reread(self, followed: Followed, at: datetime) -> None:
        """Write what messages ask for now that they were edited or deleted."""
        asked_by = reminders.c.source_message_id.in_(followed.gone)
        old = delete(reminders).where(or_(asked_by, reminders.c.id.in_(followed.dropped)))
        rows = [replace(reminder_row(one, at), update=CHANGING) for one in followed.asked]
        async with self._db.write() as connection:
            gone = list((await connection.execute(old.returning(reminders.c.id))).scalars())
            await let_go(connection, PURPOSE, [*gone, *(one.id for one in followed.asked)])
            await self._change(connection, followed.changed, at)
            await self._rows.within(connection, [*rows, *(row for one in followed.asked for row in soon(one, at))])

    async def write(self, rows: Sequence[RowWrite]) -> None:
        """Write rows in one transaction."""
        await self._rows.apply(rows)

    async def _read(self, query: Any) -> list[Reminder]:
        async with self._db.read() as connection:
            return [reminder_of(row) for row in (await connection.execute(query)).mappings()]

    async def _changed(self, query: Any) -> bool:
        async with self._db.write() as connection:
            return (await connection.execute(query.returning(reminders.c.id))).first() is not None


def missed_of(character: str, user_id: str) -> ScalarSelect[Any]:
    """Return the number of times that were not said and not mentioned: read together with the standing."""
    mine = and_(reminders.c.character == character, reminders.c.user_id == user_id)
    return select(func.coalesce(func.sum(reminders.c.missed), 0)).where(mine).scalar_subquery()


def reminder_row(reminder: Reminder, at: datetime) -> RowWrite:
    """Return a reminder as a row; it is not written when the message that asks for it is gone."""
    audience = reminder.audience
    values: dict[str, Any] = dict(
        id=reminder.id, character=audience.character, user_id=audience.user_id, guild_id=audience.guild_id,
        channel_id=audience.channel_id, visibility=audience.visibility.value, platform=reminder.platform,
        source_message_id=reminder.source_message_id or None, what=reminder.what, language=reminder.language,
        rule=reminder.rule or None, timezone=reminder.timezone, guessed_zone=reminder.guessed_zone,
        due_at=reminder.due_at, status=reminder.status.value, outgoing_id=reminder.outgoing_id or None,
        text=reminder.text or None, said_at=None, missed=reminder.missed, created_at=at,
    )  # fmt: skip
    return RowWrite("v2_reminders", values, needs=reminder.source_message_id)


def reminder_of(row: RowMapping) -> Reminder:
    """Return the reminder that a row holds."""
    audience = Audience(
        row["character"], row["user_id"], row["channel_id"], Visibility(row["visibility"]), row["guild_id"]
    )
    return Reminder(
        row["id"], audience, row["platform"], row["what"], row["language"], row["rule"] or "", row["timezone"],
        row["guessed_zone"], row["due_at"], Status(row["status"]), row["missed"], row["source_message_id"] or "",
        row["outgoing_id"] or "", row["text"] or "", row["said_at"],
    )  # fmt: skip


def _open() -> ColumnElement[bool]:
    return reminders.c.status.in_([status.value for status in OPEN])


def _count_of(user_id: str) -> ScalarSelect[int]:
    """Return the number of open ones of a person."""
    theirs = reminders.alias("theirs")
    is_open = theirs.c.status.in_([status.value for status in OPEN])
    return select(func.count()).select_from(theirs).where(theirs.c.user_id == user_id, is_open).scalar_subquery()


def _is_saying(reminder: Reminder, outgoing_id: str) -> ColumnElement[bool]:
    return and_(
        reminders.c.id == reminder.id, reminders.c.outgoing_id == outgoing_id,
        reminders.c.status == Status.SAYING.value,
    )  # fmt: skip
