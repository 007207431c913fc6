"""What one bot has noticed about its channels since it started: who talked lately, and where a conversation is on.

Small and in memory only; the memory holds what must last.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from src_v2.core.clock import Clock

CHANNELS_REMEMBERED = 2048
MESSAGES_REMEMBERED = 20
PEOPLE_NAMED = 5
SESSION_KNOWN_S = 5.0
"""How long the answer to "is a conversation on here?" is trusted."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One message that went by. `name` is empty for bots: they are nobody to talk about."""

    message_id: int
    author_id: int
    name: str


@dataclass(slots=True)
class Notes:
    """About one channel."""

    seen: deque[Seen] = field(default_factory=lambda: deque(maxlen=MESSAGES_REMEMBERED))
    session_live: bool = False
    session_asked_at: float = float("-inf")


class ChannelNotes:
    """The notes of one bot; the channel used longest ago is forgotten first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._notes: OrderedDict[int, Notes] = OrderedDict()
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._changing: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._arriving: set[int] = set()

    def in_order(self, channel_id: int) -> asyncio.Lock:
        """Return the lock that lets a channel's events be handled one after the other, in the order of arrival."""
        return self._locks.setdefault(channel_id, asyncio.Lock())

    def changing(self, channel_id: int) -> asyncio.Lock:
        """Return the lock under which what waits and runs in a channel is changed: held for moments, after `in_order`.

        Opening the pictures of one message holds up the messages behind it, but nothing that is done to others.
        """
        return self._changing.setdefault(channel_id, asyncio.Lock())

    @asynccontextmanager
    async def arriving(self, channel_id: int, message_id: int) -> AsyncIterator[None]:
        """Hold back what comes later in a channel, and what is done to this message, until it has been taken in."""
        self._arriving.add(message_id)
        try:
            async with self.in_order(channel_id):
                yield
        finally:
            self._arriving.discard(message_id)

    @asynccontextmanager
    async def change(self, channel_id: int, message_id: int) -> AsyncIterator[None]:
        """Wait until a message that is still coming in is there, and let nothing else change meanwhile."""
        async with AsyncExitStack() as held:
            if message_id in self._arriving:
                await held.enter_async_context(self.in_order(channel_id))
            await held.enter_async_context(self.changing(channel_id))
            yield

    def note(self, channel_id: int, seen: Seen) -> None:
        """Remember that a message went by."""
        self._of(channel_id).seen.append(seen)

    def present(self, channel_id: int, *, without: int) -> tuple[str, ...]:
        """Return the names of those who talked here lately, the latest first, except the author `without`."""
        lately = reversed(self._of(channel_id).seen)
        names = dict.fromkeys(seen.name for seen in lately if seen.name and seen.author_id != without)
        return tuple(names)[:PEOPLE_NAMED]

    def interrupted(self, channel_id: int, message_id: int, author_id: int) -> bool:
        """Whether somebody else's message, the bot's included, came after this one."""
        return any(s.message_id > message_id and s.author_id != author_id for s in self._of(channel_id).seen)

    async def session_live(self, channel_id: int, ask: Callable[[], Awaitable[bool]]) -> bool:
        """Return whether a conversation is on here; `ask` is called at most once every few seconds."""
        notes = self._of(channel_id)
        now = self._clock.monotonic()
        if now - notes.session_asked_at > SESSION_KNOWN_S:
            notes.session_live = await ask()
            notes.session_asked_at = now
        return notes.session_live

    def spoke(self, channel_id: int) -> None:
        """Note that the character just said something here."""
        notes = self._of(channel_id)
        notes.session_live = True
        notes.session_asked_at = self._clock.monotonic()

    def _of(self, channel_id: int) -> Notes:
        notes = self._notes.setdefault(channel_id, Notes())
        self._notes.move_to_end(channel_id)
        if len(self._notes) > CHANNELS_REMEMBERED:
            self._notes.popitem(last=False)
        return notes
