"""The reminders' SQL: the only place that queries `v2_reminders`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, ScalarSelect, and_, delete, func, or_, select, update

from src_v2.core.audience import Audience, Visibility
from src_v2.core.messages import Role, StoredMessage
from src_v2.evolution.reminders.models import MOST_OPEN, OPEN, Reminder, Status
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
            return len((await connection.execute(query.returning(reminders.c.id))).all())

    async def change(self, reminder: Reminder, at: datetime, *also: RowWrite) -> None:
        """Put a reminder in the place of the one with its id; one that is gone stays gone."""
        values = {name: reminder_row(reminder, at).values[name] for name in CHANGING}
        async with self._db.write() as connection:
            await connection.execute(update(reminders).where(reminders.c.id == reminder.id).values(**values))
            await self._rows.within(connection, also)

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
        return await self._changed(update(reminders).where(same).values(missed=reminders.c.missed + times, **values))

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

    async def reread(self, message_ids: Collection[str], rows: Sequence[RowWrite]) -> None:
        """Put `rows` in the place of what messages asked for, as far as it was not said yet."""
        kept = [row.values["id"] for row in rows if row.table == "v2_reminders"]
        old = and_(reminders.c.source_message_id.in_(message_ids), reminders.c.id.not_in(kept))
        async with self._db.write() as connection:
            await connection.execute(delete(reminders).where(old))
            await self._rows.within(connection, rows)

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
        row["outgoing_id"] or "", row["text"] or "",
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
