"""A figure about an embedding model that takes a while to find out: measured once, also when who asked has gone."""

import asyncio
from collections.abc import Awaitable, Callable


class MeasuredOnce:
    """What `measure` finds out. A slow model then costs the first few questions their examples, not every one."""

    def __init__(self, measure: Callable[[], Awaitable[float]]) -> None:
        self._measure = measure
        self._measuring: asyncio.Task[float] | None = None

    async def get(self) -> float:
        """Return the figure; raises what `measure` raised, and begins anew the next time."""
        if self._measuring is None or _has_failed(self._measuring):
            self._measuring = asyncio.create_task(self._measured(), name="measuring-embeddings")
            self._measuring.add_done_callback(_has_failed)  # looked at, so that nobody complains of it
        return await asyncio.shield(self._measuring)

    async def _measured(self) -> float:
        return await self._measure()


def _has_failed(measuring: "asyncio.Task[float]") -> bool:
    return measuring.done() and (measuring.cancelled() or measuring.exception() is not None)
