"""The queries of learning: which sessions wait to be read back, what was said in them, and what came of it.

A message is read back once: its `learned_in` goes from nothing to a stretch in the transaction that writes what the
stretch left behind, or the transaction leaves nothing at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update

from src_v2.core.errors import StoreError
from src_v2.core.messages import StoredMessage
from src_v2.storage.database import Database
from src_v2.storage.message_rows import stored_message
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import messages, switches, users


@dataclass(frozen=True, slots=True)
class WaitingSession:
    """A session with messages that nobody has read back: whose it is, how many, the last one's id and moment."""

    id: str
    character: str
    user_id: str
    waiting: int
    chars: int
    last_id: str
    last_at: datetime


class LearningStore:
    """Sessions and messages that wait to be read back."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)

    async def waiting(
        self, *, silent_since: datetime, most_messages: int, most_chars: int, limit: int
    ) -> list[WaitingSession]:
        """Return sessions that are silent since then, or have that many unread messages or characters; oldest first."""
        last_at, count, chars = func.max(messages.c.created_at), func.count(), func.sum(func.length(messages.c.text))
        ready = or_(last_at <= silent_since, count >= most_messages, chars >= most_chars)
        query = _sessions().having(ready).order_by(func.min(messages.c.created_at)).limit(limit)
        async with self._db.read() as connection:
            return [_waiting(row) for row in await connection.execute(query)]

    async def waiting_in(self, session_id: str) -> WaitingSession | None:
        """Return one session, None when nothing in it waits."""
        query = _sessions().where(messages.c.session_id == session_id)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return _waiting(row) if row else None

    async def unread(self, session_id: str, limit: int) -> list[StoredMessage]:
        """Return the oldest messages of a session that nobody has read back, in order."""
        query = select(messages).where(_unread(), messages.c.session_id == session_id)
        query = query.order_by(messages.c.created_at, messages.c.id).limit(limit)
        async with self._db.read() as connection:
            return [stored_message(row) for row in (await connection.execute(query)).mappings()]

    async def timezone_of(self, user_id: str) -> str:
        """Return the IANA time zone that a person's platform told, "" when it did not."""
        async with self._db.read() as connection:
            return (await connection.execute(select(users.c.timezone).where(users.c.id == user_id))).scalar() or ""

    async def finish(self, stretch: Sequence[StoredMessage], batch: str, rows: Sequence[RowWrite]) -> None:
        """Mark a stretch as read back and write what came of it, all or nothing.

        Raises StoreError, to be tried again, when a message was changed, deleted or read back by somebody else
        meanwhile: what was taken from it may not hold any more.
        """
        ids = [message.id for message in stretch]
        mark = update(messages).where(messages.c.id.in_(ids), messages.c.learned_in.is_(None)).values(learned_in=batch)
        async with self._db.write() as connection:
            marked = await connection.execute(mark.returning(messages.c.id, messages.c.text))
            if {row[0]: row[1] for row in marked} != {message.id: message.text for message in stretch}:
                raise StoreError("the stretch changed while it was read back", retryable=True)
            await self._rows.within(connection, rows)

    async def request(self, rows: Sequence[RowWrite]) -> None:
        """Write requests for jobs."""
        await self._rows.apply(rows)


def _unread() -> ColumnElement[bool]:
    """Return the condition for messages of finished or running turns, of people who want to be remembered.

    What was only overheard is nobody's to learn.
    """
    unheard = select(switches.c.user_id).where(~switches.c.remember)
    return and_(
        messages.c.learned_in.is_(None), messages.c.turn_id.is_not(None), messages.c.session_id.is_not(None),
        messages.c.user_id.not_in(unheard),
    )  # fmt: skip


def _sessions() -> Select[str, str, str, int, int, str, datetime]:
    """Return the query for sessions with messages that wait."""
    whose = (messages.c.session_id, messages.c.character, messages.c.user_id)
    counted = (
        func.count(), func.sum(func.length(messages.c.text)), func.max(messages.c.id), func.max(messages.c.created_at),
    )  # fmt: skip
    return select(*whose, *counted).where(_unread()).group_by(*whose)


def _waiting(row: Row[str, str, str, int, int, str, datetime]) -> WaitingSession:
    session, character, user, waiting, chars, last_id, last_at = row
    return WaitingSession(session, character, user, waiting, chars, last_id, last_at)
