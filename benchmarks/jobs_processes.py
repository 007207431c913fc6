"""Processes that request and do jobs, to be killed at any moment: `python -m benchmarks.jobs_processes --help`.

What a job does is a row in a table, once however often it runs, and a counter that says how many rows were new. Each
is written in the transaction that tells it apart from a repetition, so a lost or doubled effect shows.
"""

import argparse
import asyncio
import random
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, update

from src_v2.core.clock import SystemClock
from src_v2.core.ids import new_id
from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue
from src_v2.jobs.models import JobsConfig
from src_v2.jobs.service import Jobs, jobs_address
from src_v2.observability.outages import Outages
from src_v2.storage.database import Database
from src_v2.storage.metrics import NoMetrics
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWriter

READY = "ready"
KIND = "effect"
ORDER_KEYS = 5
SHARE_IN_ORDER = 0.3
SHARE_LATER = 0.1
SHARE_FAILING = 0.1
LONGEST_WORK_S = 0.02
LATER = timedelta(seconds=0.5)

METADATA = MetaData()
produced = Table("chaos_produced", METADATA, Column("key", Text, primary_key=True), Column("lane", Text))
effects = Table(
    "chaos_effects",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("lane", Text),
)
counter = Table("chaos_counter", METADATA, Column("id", Integer, primary_key=True), Column("value", Integer))


async def make_tables(database: Database) -> None:
    """Make the tables of the effects."""
    async with database.write() as connection:
        await connection.run_sync(METADATA.create_all)
        await connection.execute(insert(counter).values(id=1, value=0))


class Effect:
    """The job: a row that is there once, written by whoever comes first."""

    def __init__(self, database: Database, choices: random.Random, *, hold: bool) -> None:
        self._db = database
        self._choices = choices
        self._hold = hold

    async def __call__(self, payload: Payload) -> None:
        """Do it; fails now and then, before or after the effect."""
        if self._hold:
            await asyncio.Event().wait()
        fails, early = self._choices.random() < SHARE_FAILING, self._choices.random() < 0.5
        await asyncio.sleep(self._choices.uniform(0, LONGEST_WORK_S))
        if fails and early:
            raise ConnectionError
        await self._leave(str(payload["key"]), payload.get("lane"))
        if fails:
            raise ConnectionError

    async def _leave(self, key: str, lane: object) -> None:
        row = self._db.upsert(effects).values(key=key, lane=lane)
        new = row.on_conflict_do_nothing(index_elements=[effects.c.key]).returning(effects.c.key)
        async with self._db.write() as connection:
            if (await connection.execute(new)).first():
                await connection.execute(update(counter).values(value=counter.c.value + 1))


async def produce(database: Database, jobs: Jobs, name: str, per_s: float, choices: random.Random) -> None:
    """Write data and the requests that belong to it, each in one transaction, until cancelled."""
    rows = RowWriter(database)
    while True:
        await _produce_some(database, rows, name, choices)
        jobs.wake()
        await asyncio.sleep(choices.uniform(0, 2) * 2.5 / per_s)


async def _produce_some(database: Database, rows: RowWriter, name: str, choices: random.Random) -> None:
    now = datetime.now(UTC)
    async with database.write() as connection:
        for _ in range(choices.randint(1, 4)):
            key = f"effect:{new_id()}"
            lane = f"{name}:{choices.randrange(ORDER_KEYS)}" if choices.random() < SHARE_IN_ORDER else None
            due_at = now + LATER if lane is None and choices.random() < SHARE_LATER else None
            request = JobRequest(KIND, key, {"key": key, "lane": lane}, lane, choices.randint(1, 200), due_at)
            await connection.execute(insert(produced).values(key=key, lane=lane))
            await rows.within(connection, [outbox_row(request, now)])


def make_jobs(
    database: Database, url: str, folder: Path, name: str, queues: Sequence[Queue], kinds: Sequence[JobKind]
) -> Jobs:
    """Return jobs on `database`, for one of these processes."""
    address = jobs_address(folder, "" if database.is_sqlite else url)
    return Jobs(
        database, JobsConfig(address, name, frozenset(queues)), kinds, clock=SystemClock(), metrics=NoMetrics(),
        outages=Outages(), choices=random.Random(),
    )  # fmt: skip


async def live(options: argparse.Namespace) -> None:
    """Do what the arguments say until SIGTERM, or until somebody kills the process."""
    database = Database(options.database)
    choices = random.Random()
    kind = JobKind(
        KIND,
        Queue.CONVERSATION,
        Effect(database, choices, hold=options.hold),
        attempts=50,
        first_wait_s=0.05,
        longest_wait_s=1,
    )
    queues = (Queue.CONVERSATION,) if options.work else ()
    jobs = make_jobs(database, options.database, options.folder, options.name, queues, [kind])
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await jobs.start()
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
    producing = [produce(database, jobs, options.name, options.per_s, choices)] if options.per_s else []
    tasks = [asyncio.create_task(work) for work in producing]
    await stopped.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await jobs.stop(5)
    await database.close()


def command(url: str, folder: Path, name: str, *, work: bool, per_s: float, hold: bool) -> list[str]:
    """Return the command that starts such a process."""
    more = [*(["--work"] if work else []), *(["--hold"] if hold else [])]
    module = [sys.executable, "-m", "benchmarks.jobs_processes"]
    return [*module, "--database", url, "--folder", str(folder), "--name", name, "--per-s", str(per_s), *more]


def run() -> None:
    """Read the arguments and live."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", required=True, help="where the rows are")
    parser.add_argument("--folder", type=Path, required=True, help="where the embedded queues are")
    parser.add_argument("--name", required=True, help="the worker's name")
    parser.add_argument("--work", action="store_true", help="do jobs")
    parser.add_argument("--hold", action="store_true", help="begin jobs and never end them")
    parser.add_argument("--per-s", type=float, default=0.0, help="jobs to request per second")
    asyncio.run(live(parser.parse_args()))


if __name__ == "__main__":
    run()
