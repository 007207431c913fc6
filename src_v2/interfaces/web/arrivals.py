"""Messages that come by themselves, for whoever has a conversation open when they do. Not a store: the history is."""

import asyncio
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

from src_v2.core.audience import Audience

T = TypeVar("T")
MOST_WAITING = 100
"""Messages that a listener who does not listen may leave waiting; then it is let go, and looks into the history."""


class Arrivals(Generic[T]):
    """Who listens to which conversation."""

    def __init__(self) -> None:
        self._listeners: dict[tuple[str, str], set[asyncio.Queue[T | None]]] = {}
        self._closed = False

    def tell(self, audience: Audience, message: T) -> None:
        """Tell those who listen to the conversation of `audience`."""
        for queue in list(self._listeners.get(_key(audience), ())):
            if queue.qsize() < MOST_WAITING:
                queue.put_nowait(message)
            else:
                queue.put_nowait(None)

    async def of(self, audience: Audience, idle_s: float | None = None) -> AsyncIterator[T | None]:
        """Yield what comes to a conversation from now on.

        None comes first, once nothing can be missed any more, and whenever nothing came for `idle_s` seconds.
        """
        queue: asyncio.Queue[T | None] = asyncio.Queue()
        listeners = self._listeners.setdefault(_key(audience), set())
        listeners.add(queue)
        try:
            yield None
            while not self._closed:
                try:
                    async with asyncio.timeout(idle_s):
                        message = await queue.get()
                except TimeoutError:
                    yield None
                    continue
                if message is None:
                    return
                yield message
        finally:
            listeners.discard(queue)
            if not listeners:
                self._listeners.pop(_key(audience), None)

    def close(self) -> None:
        """Let everybody go: the process stops."""
        self._closed = True
        for listeners in self._listeners.values():
            for queue in listeners:
                queue.put_nowait(None)


def _key(audience: Audience) -> tuple[str, str]:
    return audience.character, audience.channel_id
