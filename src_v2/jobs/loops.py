"""A step that is repeated: after a while, or at once when somebody rings."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from src_v2.core.errors import StoreError
from src_v2.observability.outages import Outages

log = structlog.get_logger(__name__)

AGAIN_S = 2.0
"""How long a step that failed rests: a store that is away is not asked more often than this."""


class Loop:
    """Calls `step` until it is stopped. A step returns after how many seconds of real time it wants to be called again.

    Real time, because looking too often is harmless and a clock that stands still must not keep anybody from looking:
    what is due is for the step to decide.
    """

    def __init__(self, name: str, step: Callable[[], Awaitable[float]], outages: Outages) -> None:
        self._name = name
        self._step = step
        self._outages = outages
        self._bell = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin with a step at once."""
        self._task = asyncio.create_task(self._repeat(), name=f"jobs:{self._name}")

    async def stop(self) -> None:
        """End, in the middle of a step if need be."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def ring(self) -> None:
        """Have the next step begin as soon as the current one is done."""
        self._bell.set()

    async def _repeat(self) -> None:
        while True:
            self._bell.clear()
            try:
                wait_s = await self._step()
                self._outages.worked(f"jobs:{self._name}")
            except StoreError as error:
                self._outages.failed(f"jobs:{self._name}", error)
                wait_s = AGAIN_S
            except Exception as error:  # a task's edge: one bad step must not end background work for ever
                log.exception("jobs_step_failed", step=self._name, error=type(error).__name__)
                wait_s = AGAIN_S
            await woken(self._bell, wait_s)


async def woken(bell: asyncio.Event, within_s: float) -> None:
    """Return when the bell rings, or when the time is over."""
    try:
        async with asyncio.timeout(within_s):
            await bell.wait()
    except TimeoutError:
        return
