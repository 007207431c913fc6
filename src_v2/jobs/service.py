"""Durable background work: what was requested in the outbox is run, once and again, until it is done.

Not for what a job does: the slices bring their kinds. At least once is what is promised; handlers are idempotent.
"""

import asyncio
import importlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from src_v2.core.clock import Clock
from src_v2.core.errors import StoreUnavailable
from src_v2.core.jobs import JobKind, JobRequest, Schedule
from src_v2.jobs.ledger import JobLedger
from src_v2.jobs.loops import woken
from src_v2.jobs.models import JobsConfig
from src_v2.jobs.store import JobStore
from src_v2.jobs.ticks import check_schedule
from src_v2.observability.outages import Outages
from src_v2.storage.database import Database
from src_v2.storage.metrics import MetricsSink

if TYPE_CHECKING:
    from src_v2.jobs.engine_room import EngineRoom

log = structlog.get_logger(__name__)

JOBS_FILE = "jobs.db"
BRING_UP_EVERY_S = 2.0
FIRST_TRY_S = 5.0
"""How long a start waits for a server that hangs; whoever answers people does not wait for jobs."""
IDLE_FIRST_LOOK_S, IDLE_LOOK_S = 0.002, 0.05
PART = "jobs"
ENGINE_ROOM = "src_v2.jobs.engine_room"


def jobs_address(data_dir: Path, database_url: str) -> str:
    """Return where DBOS keeps its tables: beside ours on a server, in a file of their own without one."""
    return database_url or f"sqlite:///{data_dir / JOBS_FILE}"


class Jobs:
    """The background work of one process. DBOS allows one that is started per process."""

    def __init__(
        self,
        database: Database,
        config: JobsConfig,
        kinds: Sequence[JobKind],
        schedules: Sequence[Schedule] = (),
        *,
        clock: Clock,
        metrics: MetricsSink,
        outages: Outages,
        choices: random.Random,
    ) -> None:
        for schedule in schedules:
            check_schedule(schedule)
        self.kinds = {kind.name: kind for kind in kinds}
        self.ledger = JobLedger(database, clock)
        self._database = database
        self._config = config
        self._schedules = schedules
        self._clock = clock
        self._metrics = metrics
        self._outages = outages
        self._choices = choices
        self._store = JobStore(database)
        self._room: EngineRoom | None = None
        self._coming_up: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether this process works on jobs and says so to the others."""
        return self._room is not None and self._room.alive

    async def start(self) -> None:
        """Begin to work. Embedded, raises StoreError when it cannot; a server that is away is tried again."""
        if self._database.is_sqlite:
            await self._bring_up()
            return
        tried = asyncio.Event()
        self._coming_up = asyncio.create_task(self._keep_trying(tried), name="jobs:bring-up")
        await woken(tried, FIRST_TRY_S)

    async def stop(self, grace_s: float) -> None:
        """Take nothing new and let running jobs end for `grace_s`; what is cut off is run again later."""
        if self._coming_up:
            self._coming_up.cancel()
            await asyncio.gather(self._coming_up, return_exceptions=True)
            self._coming_up = None
        if self._room:
            room, self._room = self._room, None
            await room.close(grace_s)

    def wake(self) -> None:
        """Say that the outbox holds something new. Returns at once, also while nothing is started."""
        if self._room:
            self._room.wake()

    async def request(self, *requests: JobRequest) -> None:
        """Request jobs that belong to no other data; raises StoreUnavailable."""
        await self._store.request(requests, self._clock.now())
        self.wake()

    async def idle(self) -> None:
        """Return when nothing that is due waits or runs; what waits for its time, as after a failure, does not count.

        Of queues that this process does not serve, only what was not handed over yet counts.
        """
        served = [kind.name for kind in self.kinds.values() if kind.queue in self._config.queues]
        if self._room:
            await self._room.tick()
            self._room.wake()
        pause_s = IDLE_FIRST_LOOK_S
        while await self._store.busy(self.kinds, served, self._clock.now()):
            if self._room is None:
                raise StoreUnavailable("the jobs are not started, and some are waiting")
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, IDLE_LOOK_S)

    async def _bring_up(self) -> None:
        room = await self._make_room()
        await room.open()
        self._room = room

    async def _make_room(self) -> "EngineRoom":
        engine_room = await asyncio.to_thread(importlib.import_module, ENGINE_ROOM)  # DBOS takes a second to import
        given = engine_room.Equipment(
            self._database, self._config, self.kinds, self._schedules, self._clock, self._metrics, self._outages,
            self._choices,
        )  # fmt: skip
        room: EngineRoom = engine_room.EngineRoom(given)
        return room

    async def _keep_trying(self, tried: asyncio.Event) -> None:
        while True:
            try:
                await self._bring_up()
            except StoreUnavailable as error:
                self._outages.failed(PART, error)
            except Exception as error:  # noqa: BLE001 - a task's edge: a server that refuses today may be mended
                log.error("jobs_not_started", error=type(error).__name__)
            else:
                self._outages.worked(PART)
                return
            finally:
                tried.set()
            await asyncio.sleep(BRING_UP_EVERY_S)
