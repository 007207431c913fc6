"""The job queues' server is away, dies or hangs: whoever answers people does not wait, and the jobs are done later."""

import asyncio
import gc
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from src_v2.core.errors import StoreUnavailable
from src_v2.core.jobs import JobKind, Queue
from src_v2.jobs.service import FIRST_TRY_S
from src_v2.storage import migrate
from src_v2.storage.database import Database
from tests.contract.test_jobs import Gate, Log, kind, note, until
from tests.support.jobs import make_jobs, working
from tests.support.servers import Server
from tests.support.watchdog import no_stalls

STOP_WITHIN_S = 15.0


async def migrated(url: str) -> Database:
    database = Database(url)
    await migrate.upgrade(database)
    return database


@pytest.fixture
def settled() -> Iterator[None]:
    """Do as the process does when it has started: leave what was imported out of the search for garbage."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


async def test_a_server_that_is_away_at_the_start_is_awaited(
    postgres: Server, postgres_url: str, tmp_path: Path
) -> None:
    log = Log()
    database = await migrated(postgres_url)
    await database.close()
    postgres.kill()
    jobs = make_jobs(database, tmp_path, [kind(log)])
    began = time.perf_counter()
    async with working(jobs):
        assert time.perf_counter() - began < FIRST_TRY_S + 2
        assert not jobs.alive
        jobs.wake()
        with pytest.raises(StoreUnavailable):
            await jobs.request(note(1))

        postgres.start()
        await until(lambda: jobs.alive)
        await jobs.request(note(1))
        await jobs.idle()
    await database.close()

    assert log.seen == [1]


async def test_jobs_outlive_a_server_that_dies(postgres: Server, postgres_url: str, tmp_path: Path) -> None:
    gate = Gate()
    database = await migrated(postgres_url)
    jobs = make_jobs(database, tmp_path, [kind(gate)])
    async with working(jobs):
        await jobs.request(*(note(n) for n in range(12)))
        await until(lambda: len(gate.seen) == 8)
        postgres.kill()
        gate.open.set()
        await until(lambda: len(gate.ended) == 8)
        postgres.start()
        async with asyncio.timeout(60):
            while await _waiting(database):  # noqa: ASYNC110 - there is nothing to be told by
                await asyncio.sleep(0.1)
    await database.close()

    assert set(gate.ended) == set(range(12))


@pytest.mark.usefixtures("settled")
async def test_a_server_that_hangs_holds_up_neither_the_loop_nor_the_stop(
    postgres: Server, postgres_url: str, tmp_path: Path
) -> None:
    gate = Gate()
    database = await migrated(postgres_url)
    jobs = make_jobs(database, tmp_path, [kind(gate)])
    async with working(jobs):
        await jobs.request(*(note(n) for n in range(20)))
        await until(lambda: len(gate.seen) == 8)
        postgres.freeze()
        async with no_stalls():
            gate.open.set()
            jobs.wake()
            await until(lambda: len(gate.ended) == 8)
            # Threads of the event loop's own are for those who answer people: jobs must not hold them.
            async with asyncio.timeout(1):
                await asyncio.gather(*(asyncio.to_thread(time.monotonic) for _ in range(20)))
        began = time.perf_counter()
        await jobs.stop(1)
        assert time.perf_counter() - began < STOP_WITHIN_S
    postgres.thaw()
    await database.close()


@pytest.mark.usefixtures("settled")
async def test_a_busy_hour_does_not_hold_up_the_loop(database: Database, tmp_path: Path) -> None:
    log = Log()
    kinds = [kind(log), JobKind("ponder", Queue.REFLECTION, log)]
    jobs = make_jobs(database, tmp_path, kinds)
    async with working(jobs):
        await jobs.request(note("the first one pays for what is only done once"))
        await jobs.idle()
        async with no_stalls():
            for hundred in range(3):
                await jobs.request(*(note(100 * hundred + n, order_key=f"user:{n % 20}") for n in range(100)))
            await jobs.idle()

    assert len(log.seen) == 301


@pytest.mark.usefixtures("settled")
async def test_starting_and_stopping_does_not_hold_up_the_loop(database: Database, tmp_path: Path) -> None:
    jobs = make_jobs(database, tmp_path, [kind(Log())])
    async with working(jobs):
        await jobs.idle()
    async with no_stalls():
        await jobs.start()
        await jobs.stop(1)


async def _waiting(database: Database) -> bool:
    jobs = make_jobs(database, Path(), [])
    try:
        return bool(await jobs.ledger.jobs())
    except StoreUnavailable:
        return True
