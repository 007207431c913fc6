"""Which session a message belongs to, and what somebody said last in it."""

from datetime import datetime, timedelta

from src_v2.core.audience import Audience
from src_v2.core.errors import StoreUnavailable
from src_v2.core.ids import new_id
from src_v2.core.messages import IncomingMessage
from src_v2.memory.rows import session_row
from src_v2.memory.store import MemoryStore
from src_v2.storage.rows import RowWrite

SessionKey = tuple[str, str, str]
"""A character, a channel and a user."""
MOST_SESSIONS_REMEMBERED = 10_000


class Sessions:
    """The sessions that go on; one ends when nothing was said in it for `idle`."""

    def __init__(self, store: MemoryStore, *, idle: timedelta) -> None:
        self._store = store
        self._idle = idle
        self._sessions: dict[SessionKey, tuple[str, datetime]] = {}
        self._said_last: dict[str, IncomingMessage] = {}

    async def at(self, audience: Audience, moment: datetime) -> tuple[str, list[RowWrite]]:
        """Return the session that a message of this moment belongs to, and the rows that open it if it is new."""
        key = _key(audience)
        current = self._sessions.get(key) or await self._last_session(audience)
        rows: list[RowWrite] = []
        if current is None or moment - current[1] > self._idle:
            current = (new_id(), moment)
            rows.append(session_row(current[0], audience, moment))
        if len(self._sessions) >= MOST_SESSIONS_REMEMBERED:
            self._sessions.clear()
            self._said_last.clear()
        self._sessions[key] = (current[0], max(moment, current[1]))
        return current[0], rows

    def said(self, session_id: str, message: IncomingMessage) -> IncomingMessage | None:
        """Note what was said last in a session; return what was before."""
        last = self._said_last.get(session_id)
        self._said_last[session_id] = message
        return last

    def drop(self, audience: Audience) -> None:
        """Forget the session of this user here."""
        self._drop(_key(audience))

    def drop_all_of(self, user_id: str) -> None:
        """Forget every session of a user."""
        for key in [key for key in self._sessions if key[-1] == user_id]:
            self._drop(key)

    def _drop(self, key: SessionKey) -> None:
        session = self._sessions.pop(key, None)
        if session is not None:
            self._said_last.pop(session[0], None)

    async def _last_session(self, audience: Audience) -> tuple[str, datetime] | None:
        try:
            return await self._store.last_session(audience)
        except StoreUnavailable:
            return None


def _key(audience: Audience) -> SessionKey:
    return audience.character, audience.channel_id, audience.user_id
