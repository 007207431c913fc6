"""Decides when this process takes jobs out of its queues, and how many it has under way at once."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from functools import partial

from src_v2.core.jobs import Queue
from src_v2.jobs.dbos_runtime import Runtime
from src_v2.jobs.loops import Loop
from src_v2.observability.outages import Outages

SLOTS: Mapping[Queue, int] = {
    Queue.CONVERSATION: 8,
    Queue.REFLECTION: 4,
    Queue.MEDIA: 2,
    Queue.SOCIAL: 2,
}
"""Jobs of a queue that one process runs at once: short ones wait for stores, long ones for a model that others pay."""


class Dispatcher:
    """Claims jobs as soon as it hears of some and has room for them; `look_s` says how often it looks by itself."""

    def __init__(self, runtime: Runtime, queues: Collection[Queue], look_s: float, outages: Outages) -> None:
        self._runtime = runtime
        self._queues = queues
        self._look_s = look_s
        self._under_way: Counter[Queue] = Counter()
        self._filled: set[Queue] = set()
        self._looked_at_s = -look_s
        self._loop = Loop("dispatch", self._step, outages)

    def start(self) -> None:
        """Look at once: an earlier life may have left something."""
        self._loop.start()

    async def stop(self) -> None:
        """Take nothing new."""
        await self._loop.stop()

    def heard_of(self, queues: Collection[Queue]) -> None:
        """Note that these queues hold something."""
        self._filled.update(queue for queue in queues if queue in self._queues)
        self._loop.ring()

    async def _step(self) -> float:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._looked_at_s >= self._look_s:
            self._looked_at_s = now_s
            unknown = [queue.value for queue in self._queues if queue not in self._filled]
            self._filled.update(Queue(name) for name in await self._runtime.filled(unknown))
        for queue in sorted(self._filled):
            await self._claim(queue)
        return self._look_s

    async def _claim(self, queue: Queue) -> None:
        free = SLOTS[queue] - self._under_way[queue]
        if free <= 0:
            return
        claimed = await self._runtime.claim(queue, free, partial(self._ended, queue))
        self._under_way[queue] += claimed
        if claimed < free:
            self._filled.discard(queue)

    def _ended(self, queue: Queue) -> None:
        self._under_way[queue] -= 1
        if queue in self._filled:
            self._loop.ring()
