"""Everything that turns while jobs are being done: made at the start, gone after the stop."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from src_v2.core.clock import Clock
from src_v2.core.jobs import JobKind, Schedule
from src_v2.jobs.dbos_runtime import Runtime
from src_v2.jobs.dispatcher import Dispatcher
from src_v2.jobs.gauges import Gauges
from src_v2.jobs.janitor import Janitor
from src_v2.jobs.ledger import JobLedger
from src_v2.jobs.loops import Loop
from src_v2.jobs.models import DEAD_AFTER_S, JobsConfig, Worker
from src_v2.jobs.relay import SWEEP_EVERY_S, Relay
from src_v2.jobs.runner import Runner
from src_v2.jobs.store import JobStore
from src_v2.jobs.ticks import Ticks
from src_v2.observability.outages import Outages
from src_v2.storage.database import Database
from src_v2.storage.metrics import MetricsSink

SHARED_LOOK_S = 0.5
"""How often to look into queues that other processes fill as well: nobody rings for what they put there."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """What the jobs of a process are done with."""

    database: Database
    config: JobsConfig
    kinds: Mapping[str, JobKind]
    schedules: Sequence[Schedule]
    clock: Clock
    metrics: MetricsSink
    outages: Outages
    choices: random.Random


class EngineRoom:
    """The relay, the dispatcher, the janitor and the clockwork."""

    def __init__(self, given: Equipment) -> None:
        config, kinds, clock = given.config, given.kinds, given.clock
        store, ledger = JobStore(given.database), JobLedger(given.database, clock)
        queues = sorted(config.queues)
        self._runner = Runner(store, kinds, clock=clock, choices=given.choices, on_more=self.wake)
        self._runtime = Runtime(config.address, config.executor_id, queues, self._runner.run)
        look_s = SWEEP_EVERY_S if given.database.is_sqlite else SHARED_LOOK_S
        self._dispatcher = Dispatcher(self._runtime, queues, look_s, given.outages)
        self._ticks = Ticks(store, given.schedules, clock, self.wake)
        relay = Relay(store, self._runtime, kinds, clock, self._dispatcher.heard_of)
        known = {kind.name: kind.queue.value for kind in kinds.values()}
        worker = Worker(config.executor_id, tuple(queues), known, clock.now())
        keep = timedelta(days=config.keep_days)
        self._janitor = Janitor(store, self._runtime, relay, clock, worker, keep=keep)
        gauges = Gauges(ledger, self._runner, known, given.metrics, clock)
        self._relay = Loop("relay", relay.step, given.outages)
        self._loops = [
            self._relay,
            Loop("ticks", self._ticks.step, given.outages),
            Loop("janitor", self._janitor.step, given.outages),
            Loop("gauges", gauges.step, given.outages),
        ]

    @property
    def alive(self) -> bool:
        """Whether the heart has beaten within the time after which others would think it dead."""
        return asyncio.get_running_loop().time() - self._janitor.beaten_at_s < DEAD_AFTER_S

    async def open(self) -> None:
        """Launch DBOS and begin; raises StoreError when a database cannot be used."""
        try:
            await self._runtime.launch()
            await self._ticks.begin()
            await self._janitor.beat()
        except BaseException:
            await self._runtime.close(0)
            raise
        for loop in self._loops:
            loop.start()
        self._dispatcher.start()

    async def close(self, grace_s: float) -> None:
        """Take nothing new, let what runs end for `grace_s` at most, and end DBOS."""
        await self._dispatcher.stop()
        for loop in self._loops:
            await loop.stop()
        await self._runtime.close(grace_s)

    def wake(self) -> None:
        """Look into the outbox now."""
        self._relay.ring()

    async def tick(self) -> None:
        """Request the scheduled jobs that are due."""
        await self._ticks.step()
