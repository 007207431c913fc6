"""Looks after what others left behind: runs of dead workers, rows and runs that lost each other, old records."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from src_v2.core.clock import Clock
from src_v2.jobs.dbos_runtime import DONE, GIVEN_UP, MOST_DEATHS, Runtime, workflow_id
from src_v2.jobs.models import DEAD_AFTER_S, Failure, Run, Worker
from src_v2.jobs.relay import Relay
from src_v2.jobs.store import JobStore

log = structlog.get_logger(__name__)

BEAT_EVERY_S = 5.0
"""So a worker that dies is taken over within 25 s: the silence, and a beat at each end of it to notice."""
RECONCILE_EVERY_S = 30.0
CLEAN_EVERY_S = 600.0
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Heard:
    """The last beat of a worker, and when it was first seen, by this process's own monotonic clock."""

    beat: datetime | None
    at_s: float


class Janitor:
    """One worker's heartbeat, and its eye on the others."""

    def __init__(
        self,
        store: JobStore,
        runtime: Runtime,
        relay: Relay,
        clock: Clock,
        worker: Worker,
        *,
        keep: timedelta,
    ) -> None:
        self._store = store
        self._runtime = runtime
        self._relay = relay
        self._clock = clock
        self._worker = worker
        self._keep = keep
        self._heard: dict[str, Heard] = {}
        self._reconciled_s = self._cleaned_s = -CLEAN_EVERY_S
        self._reported: set[str] = set()
        self.beaten_at_s = -DEAD_AFTER_S
        """When this worker's heart beat last, on the event loop's clock."""

    async def beat(self) -> None:
        """Tell the others that this worker lives."""
        await self._store.beat(self._worker, self._clock.now())
        self.beaten_at_s = asyncio.get_running_loop().time()

    async def step(self) -> float:
        """Beat, and do whatever is due; return the seconds until the next beat."""
        await self.beat()
        now_s = self._clock.monotonic()
        await self._runtime.recover(self._worker.id)
        await self.take_over(now_s)
        if now_s - self._reconciled_s >= RECONCILE_EVERY_S:
            await self.reconcile()
            await self._report_unknown()
            self._reconciled_s = now_s
        if now_s - self._cleaned_s >= CLEAN_EVERY_S:
            await self._clean()
            self._cleaned_s = now_s
        return BEAT_EVERY_S

    async def take_over(self, now_s: float) -> None:
        """Put the runs of workers whose heart has stopped back into their queues."""
        beats = await self._store.beats()
        others = await self._runtime.busy_workers() - {self._worker.id}
        self._heard = {worker: heard for worker, heard in self._heard.items() if worker in others}
        for worker in others:
            heard = self._heard.get(worker)
            if heard is None or heard.beat != beats.get(worker):
                self._heard[worker] = Heard(beats.get(worker), now_s)
            elif now_s - heard.at_s >= DEAD_AFTER_S:
                runs = await self._runtime.recover(worker)
                log.warning("dead_worker_taken_over", worker=worker, runs=runs)

    async def reconcile(self) -> None:
        """Hand over once more what never arrived, and end what DBOS has ended and the outbox does not know of."""
        after = ""
        while batch := await self._store.sent(AT_ONCE, after=after):
            after = batch[-1][0]
            runs = [run for _, run in batch]
            states = await self._runtime.states(runs)
            lost = [run for run in runs if workflow_id(run) not in states and run.kind in self._worker.kinds]
            if lost:
                await self._relay.hand_over(lost)
            for run in runs:
                await self._end(run, states.get(workflow_id(run), ""))

    async def _end(self, run: Run, state: str) -> None:
        if state == DONE:
            await self._store.finish(run.key, run.number)
        elif state in GIVEN_UP:
            now = self._clock.now()
            log.error("job_given_up", kind=run.kind, error=state)
            await self._store.bury(run.key, run.number, Failure(state, now, MOST_DEATHS, now))

    async def _report_unknown(self) -> None:
        for kind in await self._store.unknown_kinds(self._worker.kinds):
            if kind not in self._reported:
                self._reported.add(kind)
                log.warning("job_kind_unknown", kind=kind)

    async def _clean(self) -> None:
        before = self._clock.now() - self._keep
        while await self._runtime.forget(before):
            continue
        await self._store.forget_workers(before)
