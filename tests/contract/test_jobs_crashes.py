"""A process dies between two steps of a job's way: nothing is lost, and what was done is not done again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text, update

from src_v2.core.jobs import JobRequest, Queue
from src_v2.jobs.dbos_engine import JobsEngine
from src_v2.jobs.dbos_runtime import DONE, MOST_DEATHS, Runtime, workflow_id
from src_v2.jobs.janitor import BEAT_EVERY_S, Janitor
from src_v2.jobs.ledger import JobLedger
from src_v2.jobs.models import DEAD_AFTER_S, Failure, Run, State, Worker
from src_v2.jobs.relay import Relay
from src_v2.jobs.store import JobStore
from src_v2.storage.database import Database
from src_v2.storage.tables import outbox
from tests.contract.test_jobs import Log, kind, note
from tests.support.clock import VirtualClock
from tests.support.jobs import address_for, make_jobs, working

LIMIT = 10
QUEUES = [queue.value for queue in Queue]


@asynccontextmanager
async def launched(database: Database, folder: Path, executor_id: str = "main") -> AsyncIterator[Runtime]:
    """Give a runtime that runs nothing: what it claims stays begun, as if its process had died then."""

    async def never(_key: str, _number: int) -> None:
        raise AssertionError

    runtime = Runtime(address_for(database, folder), executor_id, list(Queue), never)
    await runtime.launch()
    try:
        yield runtime
    finally:
        await runtime.close(0)


def worker(name: str) -> Worker:
    return Worker(name, ("conversation",), {"note": "conversation"}, VirtualClock().now())


async def request_and_take(database: Database, store: JobStore, *requests: JobRequest) -> list[Run]:
    """Request, and mark as handed over, as a relay does before it hands over."""
    clock = VirtualClock()
    await store.request(requests, clock.now())
    return await store.take(["note"], [], clock.now(), LIMIT)


async def set_state(database: Database, folder: Path, run: Run, state: str, executor_id: str = "main") -> None:
    """Leave a run as a process leaves it that dies."""
    engine = JobsEngine(address_for(database, folder))
    table = "workflow_status" if engine.is_sqlite else "dbos.workflow_status"
    statement = f"UPDATE {table} SET status = :state, executor_id = :executor WHERE workflow_uuid = :id"  # noqa: S608
    with engine.engine.begin() as connection:
        connection.execute(text(statement), {"state": state, "executor": executor_id, "id": workflow_id(run)})
    engine.close()


async def test_it_dies_after_the_commit(database: Database, tmp_path: Path) -> None:
    log = Log()
    await JobStore(database).request([note(1)], VirtualClock().now())
    async with working(make_jobs(database, tmp_path, [kind(log)])) as jobs:
        await jobs.idle()

    assert log.seen == [1]


async def test_it_dies_before_what_it_marked_is_in_the_queue(database: Database, tmp_path: Path) -> None:
    log = Log()
    assert await request_and_take(database, JobStore(database), note(1))
    async with working(make_jobs(database, tmp_path, [kind(log)])) as jobs:
        await jobs.idle()

    assert log.seen == [1]


async def test_it_dies_when_the_job_is_in_the_queue(database: Database, tmp_path: Path) -> None:
    log = Log()
    runs = await request_and_take(database, JobStore(database), note(1))
    async with launched(database, tmp_path) as runtime:
        for _ in range(2):  # a relay that does not know whether it had handed the job over does it again
            assert await runtime.enqueue([(run, "conversation") for run in runs]) == []
    async with working(make_jobs(database, tmp_path, [kind(log)])) as jobs:
        await jobs.idle()

    assert log.seen == [1]


async def test_it_dies_while_the_job_runs(database: Database, tmp_path: Path) -> None:
    log = Log()
    store = JobStore(database)
    runs = await request_and_take(database, store, note(1))
    async with launched(database, tmp_path) as runtime:
        await runtime.enqueue([(run, "conversation") for run in runs])
    await set_state(database, tmp_path, runs[0], "PENDING")
    assert await store.begin("note:1", 1, VirtualClock().now())
    async with working(make_jobs(database, tmp_path, [kind(log)])) as jobs:
        await jobs.idle()

    assert log.seen == [1]


async def test_it_dies_after_the_job_is_done_and_before_the_queue_knows(database: Database, tmp_path: Path) -> None:
    log = Log()
    store = JobStore(database)
    runs = await request_and_take(database, store, note(1))
    async with launched(database, tmp_path) as runtime:
        await runtime.enqueue([(run, "conversation") for run in runs])
    await set_state(database, tmp_path, runs[0], "PENDING")
    await store.finish("note:1", 1)
    async with working(make_jobs(database, tmp_path, [kind(log)])) as jobs:
        await jobs.request(note(2))
        await jobs.idle()

    assert log.seen == [2]


async def test_the_queues_are_lost_and_the_outbox_is_not(database: Database, tmp_path: Path) -> None:
    """For example because somebody deletes the file, or restores a backup of the other one."""
    log = Log()
    await request_and_take(database, JobStore(database), note(1), note(2))
    async with working(make_jobs(database, tmp_path / "new", [kind(log)])) as jobs:
        await jobs.idle()

    assert sorted(log.seen) == [1, 2]


async def test_a_worker_that_was_believed_dead_changes_nothing_any_more(database: Database) -> None:
    store, clock = JobStore(database), VirtualClock()
    await request_and_take(database, store, note(1))
    failure = Failure("ValueError at somewhere.py:1", clock.now(), 1, clock.now())
    await store.try_again("note:1", 1, clock.now(), failure)

    assert await store.begin("note:1", 1, clock.now()) is None
    await store.finish("note:1", 1)
    await store.bury("note:1", 1, failure)
    assert [run.number for run in await store.take(["note"], [], clock.now(), LIMIT)] == [2]


async def test_a_job_that_was_given_up_is_not_taken_for_done(database: Database) -> None:
    store, clock = JobStore(database), VirtualClock()
    await request_and_take(database, store, note(1))
    await store.bury("note:1", 1, Failure("ValueError at somewhere.py:1", clock.now(), 1, clock.now()))

    await store.finish("note:1", 1)

    assert await JobLedger(database, clock).job("note:1") is not None


async def test_two_relays_take_a_job_once(database: Database) -> None:
    one, other, clock = JobStore(database), JobStore(database), VirtualClock()
    await one.request([note(n, order_key=f"user:{n % 2}") for n in range(6)], clock.now())

    first = await one.take(["note"], [], clock.now(), LIMIT)
    second = await other.take(["note"], [], clock.now(), LIMIT)

    assert sorted(run.key for run in first) == ["note:0", "note:1"]
    assert second == []


async def test_the_runs_of_a_dead_worker_are_taken_over(database: Database, tmp_path: Path) -> None:
    log, clock, store = Log(), VirtualClock(), JobStore(database)
    runs = await request_and_take(database, store, note(1))
    async with launched(database, tmp_path, "living") as runtime:
        await runtime.enqueue([(run, "conversation") for run in runs])
        await set_state(database, tmp_path, runs[0], "PENDING", "dead")
        relay = Relay(store, runtime, {"note": kind(log)}, clock, lambda _: None)
        janitor = Janitor(store, runtime, relay, clock, worker("living"), keep=timedelta(days=1))
        await store.beat(worker("dead"), clock.now())
        silent_s = 0.0
        while silent_s < 60 and not await runtime.filled(QUEUES):
            await janitor.step()
            clock.advance(BEAT_EVERY_S)
            silent_s += BEAT_EVERY_S
        assert silent_s <= 30
        assert silent_s > DEAD_AFTER_S
    async with working(make_jobs(database, tmp_path, [kind(log)])) as jobs:
        await jobs.idle()

    assert log.seen == [1]


async def test_a_worker_whose_heart_beats_keeps_its_runs(database: Database, tmp_path: Path) -> None:
    clock, store = VirtualClock(), JobStore(database)
    runs = await request_and_take(database, store, note(1))
    async with launched(database, tmp_path, "main") as runtime:
        await runtime.enqueue([(run, "conversation") for run in runs])
        await set_state(database, tmp_path, runs[0], "PENDING", "busy")
        relay = Relay(store, runtime, {"note": kind(Log())}, clock, lambda _: None)
        janitor = Janitor(store, runtime, relay, clock, worker("main"), keep=timedelta(days=1))
        for _ in range(10):
            await store.beat(worker("busy"), clock.now())
            await janitor.step()
            clock.advance(BEAT_EVERY_S)

        assert await runtime.filled(QUEUES) == set()


async def test_a_job_that_kills_every_worker_is_given_up(database: Database, tmp_path: Path) -> None:
    store = JobStore(database)
    runs = await request_and_take(database, store, note(1))
    async with launched(database, tmp_path) as runtime:
        await runtime.enqueue([(run, "conversation") for run in runs])
    await set_state(database, tmp_path, runs[0], "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
    async with working(make_jobs(database, tmp_path, [kind(Log())])) as jobs:
        await jobs.idle()
        dead = await jobs.ledger.job("note:1")

    assert dead is not None
    assert (dead.state, dead.failures) == (State.DEAD, MOST_DEATHS)


async def test_a_run_that_the_queue_holds_to_be_done_is_done(database: Database, tmp_path: Path) -> None:
    log = Log()
    jobs = make_jobs(database, tmp_path, [kind(log)])
    async with working(jobs):
        await jobs.request(note(1))
        await jobs.idle()
    store = JobStore(database)
    runs = await request_and_take(database, store, note(1))
    async with launched(database, tmp_path) as runtime:
        assert set((await runtime.states(runs)).values()) == {DONE}
    async with working(jobs):
        await jobs.idle()

    assert log.seen == [1]
    assert await jobs.ledger.jobs() == []


async def test_the_queue_is_given_no_payload_and_no_pickle(database: Database, tmp_path: Path) -> None:
    runs = await request_and_take(database, JobStore(database), JobRequest("note", "note:1", {"n": "my secret"}))
    async with launched(database, tmp_path) as runtime:
        await runtime.enqueue([(run, "conversation") for run in runs])
    engine = JobsEngine(address_for(database, tmp_path))
    table = "workflow_input" if engine.is_sqlite else "dbos.workflow_input"
    with engine.engine.begin() as connection:
        given = connection.execute(text(f"SELECT inputs FROM {table}")).scalars().all()  # noqa: S608
    engine.close()

    assert given == ['{"namedArgs":{},"positionalArgs":["note:1",1]}']


async def test_a_run_that_nobody_has_is_begun_again(database: Database, tmp_path: Path) -> None:
    """Its thread broke off, as happens when the database goes away just as the run ends."""
    store = JobStore(database)
    runs = await request_and_take(database, store, note(1))
    async with launched(database, tmp_path) as runtime:
        await runtime.enqueue([(run, "conversation") for run in runs])
        await set_state(database, tmp_path, runs[0], "PENDING")
        assert await runtime.recover("main") == 1
        assert await runtime.filled(QUEUES) == {"conversation"}
        assert await runtime.recover("main") == 0


async def test_work_on_a_row_of_an_older_run_is_not_begun(database: Database, tmp_path: Path) -> None:
    log, clock = Log(), VirtualClock()
    store = JobStore(database)
    runs = await request_and_take(database, store, note(1))
    async with launched(database, tmp_path) as runtime:
        await runtime.enqueue([(run, "conversation") for run in runs])
    later = clock.now() + timedelta(hours=1)
    async with database.write() as connection:
        await connection.execute(update(outbox).values(run=2, sent_at=None, due_at=later))
    async with working(make_jobs(database, tmp_path, [kind(log)], clock=clock)) as jobs:
        await jobs.idle()
        assert log.seen == []
        clock.advance(3600)
        await jobs.idle()

    assert log.seen == [1]
