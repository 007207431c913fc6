"""The memory as the rest of the code sees it: keep what was said, give it back to those who may hear it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.errors import StoreUnavailable
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage, Scene, StoredMessage, Turn
from src_v2.memory.jobs import index_request
from src_v2.memory.models import ChangedMessage, ForgottenExchange, InterruptedTurn
from src_v2.memory.rows import (
    RefChange,
    message_rows,
    ref_row,
    reply_row,
    session_row,
    turn_row,
    user_row,
)
from src_v2.memory.store import MemoryStore
from src_v2.memory.writer import Writer
from src_v2.storage.cache import Cache
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite

log = structlog.get_logger(__name__)

SessionKey = tuple[str, str, str]
PROFILE_TTL_S = 300
INTERRUPTED_FOR = timedelta(minutes=15)
"""A turn that was interrupted longer ago than this is not answered out of the blue after a restart."""
MOST_SESSIONS_REMEMBERED = 10_000


Notes = Callable[[IncomingMessage, str], Sequence[RowWrite]]
"""What is written together with a message that a character is asked, because it can be understood at once. The text is
what the same person said before it."""


def nothing_noted(_message: IncomingMessage, _previous: str) -> Sequence[RowWrite]:
    """Write nothing else."""
    return ()


class MemoryService:
    """History, sessions and what follows from a message being written."""

    def __init__(
        self,
        store: MemoryStore,
        writer: Writer,
        cache: Cache,
        clock: Clock,
        *,
        session_idle: timedelta,
        notes: Notes = nothing_noted,
        wake_jobs: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._writer = writer
        self._notes = notes
        self._wake_jobs = wake_jobs
        self._cache = cache
        self._clock = clock
        self._session_idle = session_idle
        self._sessions: dict[SessionKey, tuple[str, datetime]] = {}
        self._long: set[tuple[str, str]] = set()
        self._said_last: dict[str, IncomingMessage] = {}

    async def keep(self, message: IncomingMessage, *, turn_id: str | None = None) -> None:
        """Store a message that waits to be answered in turn `turn_id`, or that was only overheard (None)."""
        session_id, rows = await self._session(message.audience, message.sent_at)
        rows += message_rows([message], session_id, turn_id)
        if turn_id is None:
            rows.append(self._indexed_soon(message.id))
        await self._writer.write(rows)

    async def begin_turn(self, turn: Turn) -> str:
        """Store what was asked, and what is understood from it at once; return the session's id.

        A turn whose end is never stored counts as interrupted. Indexing waits for the end of the turn: before the first
        word the machine has better things to do.
        """
        session_id, rows = await self._session(turn.audience, turn.messages[-1].sent_at)
        rows += message_rows(turn.messages, session_id, turn.id)
        for message in turn.messages:
            rows += self._noted(message, session_id)
        await self._writer.write(rows)
        return session_id

    async def finish_turn(
        self,
        turn: Turn,
        session_id: str,
        status: str,
        *,
        name: str,
        reply: str,
        error: str | None,
        calls: Sequence[RowWrite],
    ) -> None:
        """Close the turn in one transaction: its outcome, the reply unless it is empty, the model calls it took.

        `name` is the character's display name.
        """
        now = self._clock.now()
        rows = [turn_row(turn, session_id, status, now, error)]
        if reply:
            rows.append(reply_row(turn, session_id, name, reply, now))
        await self._writer.write([*rows, *calls, self._indexed_soon(turn.id)])

    async def record(self, calls: Sequence[RowWrite]) -> None:
        """Store model calls of a turn that has not ended."""
        if calls:
            await self._writer.write(calls)

    async def edit(self, character: str, platform_message_id: str, text: str) -> bool:
        """Replace the text of a stored message; say whether there was one (or may be: SQL is away)."""
        return await self._change(RefChange(character, platform_message_id, text))

    async def delete(self, character: str, platform_message_id: str) -> bool:
        """Remove a stored message and its vector; say whether there was one (or may be: SQL is away)."""
        return await self._change(RefChange(character, platform_message_id, None))

    async def link(self, character: str, message_id: str, platform_message_ids: Sequence[str]) -> None:
        """Note which platform messages show a stored reply."""
        await self._writer.write([ref_row(character, ref, message_id) for ref in platform_message_ids])

    async def forget_last(self, audience: Audience) -> ForgottenExchange | None:
        """Remove the last exchange of this user with this character here; None when there is none.

        Raises StoreUnavailable while the exchange may not be written yet: another one would be removed instead.
        """
        await self._writer.require_caught_up()
        ids, platform_ids = await self._store.forget_last(audience)
        if not ids:
            return None
        self._wake_jobs()
        return ForgottenExchange(tuple(ids), tuple(platform_ids))

    async def conversation(self, audience: Audience, limit: int) -> list[StoredMessage]:
        """Return the last `limit` messages of this conversation, oldest first."""
        return await self._store.recent(audience, limit)

    async def everything(self, audience: Audience, limit: int) -> list[StoredMessage] | None:
        """Return all that may surface in front of `audience`, oldest first; None when it is more than `limit`.

        Once it was more, that is taken to stay so.
        """
        place = (audience.character, audience.guild_id or audience.user_id)
        if place in self._long:
            return None
        said = await self._store.everything(audience, limit + 1)
        if len(said) <= limit:
            return said
        if len(self._long) >= MOST_SESSIONS_REMEMBERED:
            self._long.clear()
        self._long.add(place)
        return None

    async def forget(self, user_id: str) -> None:
        """Let go of what is held of a person in this process and in the cache, for somebody who was erased."""
        self._long = {place for place in self._long if place[1] != user_id}
        for key in [key for key in self._sessions if key[2] == user_id]:
            session_id, _ = self._sessions.pop(key)
            self._said_last.pop(session_id, None)
        await self._cache.delete(f"user:{user_id}")

    async def quoted(self, audience: Audience, platform_message_id: str) -> StoredMessage | None:
        """Return the message that another one replies to, when it is stored and may surface here."""
        return await self._store.by_ref(audience, platform_message_id)

    async def unanswered(self, audience: Audience) -> list[IncomingMessage]:
        """Return what the user said here since the last reply, ready to be asked again."""
        return [_again(message) for message in await self._store.unanswered(audience)]

    async def interrupted(self, platform: str) -> list[InterruptedTurn]:
        """Return the turns of `platform` that a stop or crash cut off lately; older ones are given up."""
        since = self._clock.now() - INTERRUPTED_FOR
        turns: dict[str, InterruptedTurn] = {}
        for turn_id, character, channel_id, ref in await self._store.interrupted(platform, since):
            before = turns.get(turn_id)
            refs = (*before.platform_message_ids, ref) if before else (ref,)
            turns[turn_id] = InterruptedTurn(character, channel_id, refs)
        return list(turns.values())

    async def session_active(self, character: str, channel_id: str) -> bool:
        """Whether the character spoke in this channel within the time that ends a session."""
        return await self._store.spoke_since(character, channel_id, self._clock.now() - self._session_idle)

    async def timezone(self, author: Author) -> str:
        """Return the person's IANA time zone, or an empty text; a change that came with the message is stored."""
        key = f"user:{author.user_id}"
        known = await self._cache.get(key)
        told = [author.name, author.timezone]
        if known is None or (known[:2] != told):
            await self._writer.write([user_row(author, self._clock.now())])
            stored = author.timezone or await self._store.timezone_of(author.user_id) or ""
            known = [*told, stored]
            await self._cache.set(key, known, ttl_s=PROFILE_TTL_S)
        return str(known[2])

    async def _change(self, change: RefChange) -> bool:
        return await self._writer.write(change)

    def _noted(self, message: IncomingMessage, session_id: str) -> list[RowWrite]:
        """Return what is understood from a message at once; what its former version taught is taken back."""
        last = self._said_last.get(session_id)
        self._said_last[session_id] = message
        if last is None or last.id != message.id:
            return list(self._notes(message, last.text if last else ""))
        if last.text == message.text:
            return []
        return self._store.follow_up_rows([ChangedMessage(message.id, None, gone=False)])

    def _indexed_soon(self, occasion: str) -> RowWrite:
        return outbox_row(index_request(occasion), self._clock.now())

    async def _session(self, audience: Audience, at: datetime) -> tuple[str, list[RowWrite]]:
        """Return the session that a message of this moment belongs to, and the rows that open it if it is new."""
        key = (audience.character, audience.channel_id, audience.user_id)
        current = self._sessions.get(key) or await self._last_session(audience)
        rows: list[RowWrite] = []
        if current is None or at - current[1] > self._session_idle:
            current = (new_id(), at)
            rows.append(session_row(current[0], audience, at))
        if len(self._sessions) >= MOST_SESSIONS_REMEMBERED:
            self._sessions.clear()
            self._said_last.clear()
        self._sessions[key] = (current[0], max(at, current[1]))
        return current[0], rows

    async def _last_session(self, audience: Audience) -> tuple[str, datetime] | None:
        try:
            return await self._store.last_session(audience)
        except StoreUnavailable:
            return None


def _again(message: StoredMessage) -> IncomingMessage:
    audience = Audience(message.character, message.user_id, message.channel_id, message.visibility, message.guild_id)
    author = Author(message.speaker_id, message.speaker_name)
    fields: dict[str, Any] = dict(text=message.text, sent_at=message.created_at, scene=Scene())
    return IncomingMessage(message.id, author, audience, platform=message.platform, **fields)
