"""What background work costs and how soon it is done: `python -m benchmarks.jobs [--json PATH] [--chaos SECONDS]`.

On both tiers, PostgreSQL with fsync on: how many requests a second reach the queues, how long from a commit to the
job's effect, how many jobs a second are done, how long until what a killed process had begun is done by another one,
and what an idle process takes of a core. `--chaos` kills processes at random instead, and counts.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlalchemy import ColumnElement, func, insert, select

from benchmarks.jobs_chaos import EMBEDDED, EMBEDDED_KILLS_S, SERVED, SERVED_KILLS_S, Family, Role, chaos
from benchmarks.jobs_processes import KIND, make_jobs, make_tables, produced
from benchmarks.support import arguments, loop_watch, percentile, report
from src_v2.core.clock import SystemClock
from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue
from src_v2.jobs.service import Jobs
from src_v2.storage import migrate
from src_v2.storage.database import Database
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWriter
from src_v2.storage.tables import outbox
from tests.support.servers import postgres_server

BUDGETS = {"recovery_after_kill_s": 30.0, "idle_cpu_percent": 1.0}
REQUESTS = 2_000
IN_ONE_TRANSACTION = 20
MEASURED = 300
IDLE_S = 20.0
LOOK_S = 0.02
PATIENCE_S = 120.0

Figures = dict[str, float]


@dataclass
class Bench:
    """A database with queues, and a handler that notes when it was called."""

    url: str
    folder: Path
    database: Database = field(init=False)
    done: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.database = Database(self.url)

    def jobs(self, queues: Sequence[Queue] = tuple(Queue)) -> Jobs:
        """Return jobs that are not started."""
        kind = JobKind(KIND, Queue.CONVERSATION, self._note)
        return make_jobs(self.database, self.url, self.folder, "main", queues, [kind])

    async def request(self, keys: Sequence[str]) -> None:
        """Write a row and a request for each key, in one transaction."""
        rows, now = RowWriter(self.database), SystemClock().now()
        requests = [JobRequest(KIND, key, {"key": key}) for key in keys]
        async with self.database.write() as connection:
            await connection.execute(insert(produced), [{"key": key, "lane": None} for key in keys])
            await rows.within(connection, [outbox_row(request, now) for request in requests])

    async def until_none(self, condition: ColumnElement[bool]) -> None:
        """Return when no job fulfils the condition."""
        query = select(func.count()).where(condition)
        async with asyncio.timeout(PATIENCE_S):
            while await self._count(query):  # noqa: ASYNC110 - what is measured is not to be helped along
                await asyncio.sleep(LOOK_S)

    async def _count(self, query: object) -> int:
        async with self.database.read() as connection:
            return int((await connection.execute(query)).scalar_one())  # type: ignore[call-overload]

    async def _note(self, payload: Payload) -> None:
        self.done[str(payload["key"])] = time.perf_counter()


async def measure(url: str, folder: Path) -> Figures:
    """Return the figures of one tier."""
    bench = Bench(url, folder)
    await migrate.upgrade(bench.database)
    await make_tables(bench.database)
    try:
        figures = await starting(bench)
        async with loop_watch() as watch:
            figures |= await under_load(bench) | await one_by_one(bench)
        figures["longest_stall_ms"] = watch.longest_s * 1000
        figures |= await idling(bench)
        figures |= await recovering(bench)
    finally:
        await bench.database.close()
    return figures


async def starting(bench: Bench) -> Figures:
    """Start and stop, twice: the first time imports DBOS and makes its tables."""
    figures: Figures = {}
    async with loop_watch() as watch:
        for name in ("first_", ""):
            jobs = bench.jobs()
            began = time.perf_counter()
            await jobs.start()
            figures[f"{name}start_ms"] = (time.perf_counter() - began) * 1000
            began = time.perf_counter()
            await jobs.stop(1)
            figures[f"{name}stop_ms"] = (time.perf_counter() - began) * 1000
    return figures | {"start_longest_stall_ms": watch.longest_s * 1000}


async def under_load(bench: Bench) -> Figures:
    """Let many requests wait, relay them all, then do them all."""
    keys = [f"load:{number}" for number in range(REQUESTS)]
    for start in range(0, REQUESTS, IN_ONE_TRANSACTION):
        await bench.request(keys[start : start + IN_ONE_TRANSACTION])
    relaying = bench.jobs(queues=())
    await relaying.start()
    began = time.perf_counter()
    relaying.wake()
    await bench.until_none(outbox.c.sent_at.is_(None))
    relayed_s = time.perf_counter() - began
    await relaying.stop(1)
    working = bench.jobs()
    began = time.perf_counter()
    await working.start()
    await bench.until_none(outbox.c.id.is_not(None))
    done_s = time.perf_counter() - began
    await working.stop(1)
    return {"relayed_per_s": REQUESTS / relayed_s, "done_per_s": REQUESTS / done_s}


async def one_by_one(bench: Bench) -> Figures:
    """Request jobs as turns do, one now and then."""
    choices, taken_ms = random.Random(1), []
    jobs = bench.jobs()
    await jobs.start()
    for number in range(MEASURED):
        key = f"single:{number}"
        await bench.request([key])
        committed = time.perf_counter()
        jobs.wake()
        async with asyncio.timeout(PATIENCE_S):
            while key not in bench.done:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.001)
        taken_ms.append((bench.done[key] - committed) * 1000)
        await asyncio.sleep(choices.uniform(0, 0.04))
    await jobs.idle()
    await jobs.stop(1)
    return {"commit_to_effect_ms_p50": percentile(taken_ms, 0.5), "commit_to_effect_ms_p95": percentile(taken_ms, 0.95)}


async def idling(bench: Bench) -> Figures:
    """Do nothing, with all queues served."""
    jobs = bench.jobs()
    await jobs.start()
    await jobs.idle()
    await asyncio.sleep(1)
    used, began = time.process_time(), time.perf_counter()
    await asyncio.sleep(IDLE_S)
    percent = 100 * (time.process_time() - used) / (time.perf_counter() - began)
    await jobs.stop(1)
    return {"idle_cpu_percent": percent}


async def recovering(bench: Bench) -> Figures:
    """Kill a process in the middle of a job, and wait for the job's effect.

    Embedded, from the kill by way of a restart; on a server, another worker that was there before takes it over.
    """
    embedded = bench.database.is_sqlite
    family = Family(bench.url, bench.folder)
    victim, heir = Role("victim", hold=True), Role("victim" if embedded else "heir")
    family.start(victim)
    await family.ready(victim)
    await bench.request(["recovered"])
    await bench.until_none(outbox.c.started_at.is_(None))
    if not embedded:
        family.start(heir)
        await family.ready(heir)
    family.kill(victim)
    killed = time.perf_counter()
    if embedded:
        family.start(heir)
    await bench.until_none(outbox.c.id == "recovered")
    figures = {"recovery_after_kill_s": time.perf_counter() - killed}
    family.stop()
    return figures


@contextmanager
def fresh_postgres() -> Iterator[str]:
    """Run a PostgreSQL that writes through to the disk, and give its address."""
    with tempfile.TemporaryDirectory(prefix="whisperengine-bench-") as folder:
        server = postgres_server(Path(folder))
        server.command = ["fsync=on" if part == "fsync=off" else part for part in server.command]
        server.start()
        try:
            yield server.url
        finally:
            server.stop()


def chaos_figures(url: str, folder: Path, seconds: float, *, embedded: bool) -> Figures:
    """Return what became of the jobs while processes were killed."""
    roles, kills = (EMBEDDED, EMBEDDED_KILLS_S) if embedded else (SERVED, SERVED_KILLS_S)
    verdict = asyncio.run(chaos(url, folder, seconds, roles, kills))
    return {**asdict(verdict), "ok": float(verdict.ok)}


def main() -> None:
    """Measure and print; the exit code is 1 when a job was lost or done twice."""
    parser = arguments(__doc__)
    parser.add_argument("--chaos", type=float, default=0, help="kill for so many seconds on each tier, and count")
    options = parser.parse_args()
    figures: Figures = {}
    for tier in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="whisperengine-bench-") as name, _database(tier, Path(name)) as url:
            if options.chaos:
                of_tier = chaos_figures(url, Path(name), options.chaos, embedded=tier == "sqlite")
            else:
                of_tier = asyncio.run(measure(url, Path(name)))
        figures |= {f"{tier}_{figure}": value for figure, value in of_tier.items()}
    budgets = {f"{tier}_{figure}": most for tier in ("sqlite", "postgresql") for figure, most in BUDGETS.items()}
    report("Background work", figures, options.json, budgets)
    sys.exit(any(value == 0 for figure, value in figures.items() if figure.endswith("_ok")))


@contextmanager
def _database(tier: str, folder: Path) -> Iterator[str]:
    if tier == "sqlite":
        yield f"sqlite:///{folder / 'whisperengine.db'}"
        return
    with fresh_postgres() as url:
        yield url


if __name__ == "__main__":
    main()
