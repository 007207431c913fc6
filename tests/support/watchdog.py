"""Watches the event loop of a test: nothing may hold it up."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

TICK_S = 0.005
MOST_CPU_S = 0.05
"""The house's limit for one stall. Counted in CPU time of the loop's thread, which a busy machine does not stretch."""
MOST_WALL_S = 0.5
"""What catches a call that blocks without computing; generous, because other processes take their share."""


@dataclass
class Stalls:
    """The longest stalls so far, in seconds."""

    cpu_s: float = 0.0
    wall_s: float = 0.0

    async def watch(self) -> None:
        while True:
            wall, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK_S)
            self.cpu_s = max(self.cpu_s, time.thread_time() - cpu)
            self.wall_s = max(self.wall_s, time.perf_counter() - wall - TICK_S)


@asynccontextmanager
async def no_stalls() -> AsyncIterator[None]:
    """Fail when the event loop was held up while the block ran."""
    stalls = Stalls()
    task = asyncio.create_task(stalls.watch())
    await asyncio.sleep(0)
    try:
        yield
        await asyncio.sleep(2 * TICK_S)  # one more tick: what came last counts too
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert stalls.cpu_s <= MOST_CPU_S, f"the event loop computed for {stalls.cpu_s * 1000:.0f} ms without a pause"
    assert stalls.wall_s <= MOST_WALL_S, f"the event loop was blocked for {stalls.wall_s * 1000:.0f} ms"
