"""Moves jobs from the outbox into their queues, as soon as it is their turn."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress

from src_v2.core.clock import Clock
from src_v2.core.errors import StoreError
from src_v2.core.jobs import JobKind, Queue
from src_v2.jobs.dbos_runtime import Runtime
from src_v2.jobs.models import Run
from src_v2.jobs.store import JobStore

AT_ONCE = 200
SWEEP_EVERY_S = 5.0
"""How often to look without being woken: finds what others wrote and could not relay any more."""


class Relay:
    """Hands jobs over. Several processes may do so at once; a crash at any point leaves the row."""

    def __init__(
        self,
        store: JobStore,
        runtime: Runtime,
        kinds: Mapping[str, JobKind],
        clock: Clock,
        on_handed_over: Callable[[Collection[Queue]], None],
    ) -> None:
        self._store = store
        self._runtime = runtime
        self._kinds = kinds
        self._coalescing = [kind.name for kind in kinds.values() if kind.coalesces]
        self._clock = clock
        self._on_handed_over = on_handed_over

    async def step(self) -> float:
        """Hand over every job whose turn it is; return the seconds until the next one's time comes."""
        while await self.once() == AT_ONCE:
            continue
        now = self._clock.now()
        due = await self._store.next_due(self._kinds, now)
        return SWEEP_EVERY_S if due is None else min(SWEEP_EVERY_S, (due - now).total_seconds())

    async def once(self) -> int:
        """Hand over up to AT_ONCE jobs; return how many."""
        runs = await self._store.take(self._kinds, self._coalescing, self._clock.now(), AT_ONCE)
        if runs:
            try:
                await self.hand_over(runs)
            except StoreError:
                with suppress(StoreError):  # the janitor finds those that are marked and were not handed over
                    await self._store.hand_back(runs)
                raise
        return len(runs)

    async def hand_over(self, runs: Sequence[Run]) -> None:
        """Put runs that are marked as handed over into their queues; once more does no harm."""
        queues = {run: self._kinds[run.kind].queue for run in runs}
        for run in await self._runtime.enqueue([(run, queue.value) for run, queue in queues.items()]):
            await self._store.finish(run.key, run.number)  # a request for what had been done already
        self._on_handed_over(set(queues.values()))
