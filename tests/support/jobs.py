"""Jobs in tests: on a database of the test, with handlers that the test writes.

async with working(make_jobs(database, tmp_path, kinds)) as jobs:
    await jobs.request(JobRequest("greet", "greet:1"))
    await jobs.idle()
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from src_v2.core.clock import Clock, SystemClock
from src_v2.core.jobs import JobKind, Schedule
from src_v2.jobs.models import EVERY_QUEUE, JobsConfig
from src_v2.jobs.service import Jobs, jobs_address
from src_v2.observability.outages import Outages
from src_v2.storage.database import Database
from src_v2.storage.metrics import FieldValue, NoMetrics

PATIENCE_S = 90.0


class Notebook(NoMetrics):
    """Metrics that a test can read: (measurement, tags, fields) in the order in which they came."""

    def __init__(self) -> None:
        self.points: list[tuple[str, Mapping[str, str], Mapping[str, FieldValue]]] = []

    def emit(self, measurement: str, tags: Mapping[str, str], fields: Mapping[str, FieldValue]) -> None:
        self.points.append((measurement, tags, fields))


def address_for(database: Database, folder: Path) -> str:
    """Return where the queues are that belong to `database`; embedded ones are in `folder`."""
    url = database.url.set(drivername=database.dialect).render_as_string(hide_password=False)
    return jobs_address(folder, "" if database.is_sqlite else url)


def make_jobs(
    database: Database,
    folder: Path,
    kinds: Sequence[JobKind],
    schedules: Sequence[Schedule] = (),
    *,
    clock: Clock | None = None,
    metrics: NoMetrics | None = None,
    **config: Any,
) -> Jobs:
    """Return `Jobs` that are not started, with their queues beside `database`."""
    settings = JobsConfig(address_for(database, folder), **{"queues": EVERY_QUEUE, **config})
    return Jobs(
        database, settings, kinds, schedules, clock=clock or SystemClock(), metrics=metrics or NoMetrics(),
        outages=Outages(), choices=random.Random(7),
    )  # fmt: skip


@asynccontextmanager
async def working(jobs: Jobs, *, grace_s: float = 5) -> AsyncIterator[Jobs]:
    """Start `jobs` for the length of a block, which fails when it takes too long: jobs that get stuck say nothing."""
    await jobs.start()
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield jobs
    finally:
        await jobs.stop(grace_s)
