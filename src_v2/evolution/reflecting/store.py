"""The queries of reflection: which stretches wait, what was said in them, and what came of it.

A stretch is reflected on once: its row is written together with what it left behind, and only while every message is
still as it was read.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ScalarSelect, and_, func, or_, select, update

from src_v2.core.audience import Audience, Visibility
from src_v2.core.errors import StoreError
from src_v2.core.messages import Role
from src_v2.evolution.goals.rows import entry_row
from src_v2.evolution.reflecting.models import (
    TRIGGER,
    Counted,
    Occasion,
    Outcome,
    Reflection,
    Stretch,
    Waiting,
)
from src_v2.memory.profile_store import heard
from src_v2.storage.database import Database
from src_v2.storage.message_rows import stored_message
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import messages, reflections, summaries, trust_changes, users


class ReflectionStore:
    """Stretches that wait to be reflected on, and reflections."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)

    async def waiting(self, *, since: datetime, least_chars: int, limit: int) -> list[Waiting]:
        """Return stretches read back since then, with enough words of a person who wants to be remembered."""
        rests = or_(reflections.c.id.is_(None), reflections.c.counted_at.is_(None))
        query = (
            select(summaries.c.id, summaries.c.character, summaries.c.user_id)
            .outerjoin(reflections, reflections.c.id == summaries.c.id)
            .where(summaries.c.created_at >= since, rests, *heard(summaries.c.user_id, summaries.c.guild_id))
            .where(_chars_of_the_person() >= least_chars)
            .order_by(summaries.c.created_at)
            .limit(limit)
        )
        async with self._db.read() as connection:
            return [Waiting(row[0], row[1], row[2]) for row in await connection.execute(query)]

    async def request(self, rows: Sequence[RowWrite]) -> None:
        """Write requests for jobs."""
        await self._rows.apply(rows)

    async def stretch(self, stretch_id: str) -> Stretch | None:
        """Return a stretch; None when nothing of it is left, or its person does not want to be remembered there."""
        query = (
            select(messages, users.c.timezone)
            .outerjoin(users, users.c.id == messages.c.user_id)
            .where(messages.c.learned_in == stretch_id, *heard(messages.c.user_id, messages.c.guild_id))
            .order_by(messages.c.created_at, messages.c.id)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        if not rows:
            return None
        return Stretch(stretch_id, tuple(map(stored_message, rows)), rows[0]["timezone"] or "")

    async def reflection(self, stretch_id: str) -> Reflection | None:
        """Return what came of a stretch; None when nobody reflected on it."""
        async with self._db.read() as connection:
            row = (
                (await connection.execute(select(reflections).where(reflections.c.id == stretch_id))).mappings().first()
            )
        return _reflection(row) if row else None

    async def latest(self, character: str, user_id: str, since: datetime) -> list[Counted]:
        """Return what a person did since then that counts, each once, also when what showed it is gone by now."""
        of, done = trust_changes.c, reflections.c
        counted = select(of.id, of.amount, of.happened_at).where(
            of.user_id == user_id, of.character == character, of.happened_at >= since, of.id.startswith(f"{TRIGGER}:")
        )
        written = select(reflections).where(
            done.user_id == user_id, done.character == character, done.ended_at >= since
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(counted)).all()
            found = [_reflection(row) for row in (await connection.execute(written)).mappings()]
        named = ((*row[0].partition(":")[2].rpartition(":"), row[1], row[2]) for row in rows)
        known = [Counted(session, slug, change, at) for session, _, slug, change, at in named]
        known += [Counted(r.session_id or r.stretch, o.slug, o.change, o.at) for r in found for o in r.occasions]
        return list({(one.session, one.slug): one for one in known}.values())

    async def finish(self, stretch: Stretch, outcome: Outcome, at: datetime) -> None:
        """Write what came of a stretch, all or nothing, unless somebody did; no occasions, nothing to count.

        Raises StoreError, to be tried again, when a message of it was changed or removed meanwhile.
        """
        read = {message.id: message.text for message in stretch.messages}
        there = select(messages.c.id, messages.c.text).where(messages.c.learned_in == stretch.id)
        async with self._db.write() as connection:
            found = await connection.execute(there.with_for_update())  # whoever else reflects on it waits here
            if {row[0]: row[1] for row in found} != read:
                raise StoreError("the stretch changed while it was reflected on", retryable=True)
            done = select(reflections.c.id).where(reflections.c.id == stretch.id)
            if (await connection.execute(done)).first() is not None:
                return
            rows = [entry_row(entry, founded=True) for entry in outcome.entries]
            await self._rows.within(connection, [_row(stretch, outcome, at), *rows])

    async def count(self, stretch_id: str, at: datetime) -> None:
        """Note that what the person did in a stretch is in the trust."""
        counted = update(reflections).where(reflections.c.id == stretch_id).values(counted_at=at)
        async with self._db.write() as connection:
            await connection.execute(counted)


def _chars_of_the_person() -> ScalarSelect[int]:
    said = and_(messages.c.learned_in == summaries.c.id, messages.c.role == Role.USER.value)
    total = select(func.coalesce(func.sum(func.length(messages.c.text)), 0)).where(said)
    return total.correlate(summaries).scalar_subquery()


def _row(stretch: Stretch, outcome: Outcome, at: datetime) -> RowWrite:
    audience = stretch.audience
    told = [
        dict(slug=one.slug, change=one.change, note=one.note, message=one.message_id, at=one.at.isoformat())
        for one in outcome.occasions
    ]
    values = dict(
        id=stretch.id, session_id=stretch.session_id, character=audience.character, user_id=audience.user_id,
        guild_id=audience.guild_id, channel_id=audience.channel_id, visibility=audience.visibility.value,
        triggers=orjson.dumps(told).decode(), ended_at=max(message.created_at for message in stretch.messages),
        counted_at=None if told else at,
    )  # fmt: skip
    return RowWrite("v2_reflections", values)


def _reflection(row: Any) -> Reflection:
    audience = Audience(
        row["character"], row["user_id"], row["channel_id"], Visibility(row["visibility"]), row["guild_id"]
    )
    occasions = tuple(
        Occasion(one["slug"], one["change"], one["note"], one["message"], datetime.fromisoformat(one["at"]))
        for one in orjson.loads(row["triggers"])
    )
    return Reflection(
        row["id"], row["session_id"], audience, row["ended_at"], occasions, row["counted_at"] is not None
    )  # fmt: skip
