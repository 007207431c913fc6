"""What the job queue promises, on SQLite and on PostgreSQL alike."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from src_v2.core.errors import StoreError, StoreUnavailable
from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue, Schedule
from src_v2.jobs.failures import OUTAGE_PATIENCE
from src_v2.jobs.models import Job, State
from src_v2.jobs.service import Jobs
from src_v2.storage.database import Database
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWriter
from src_v2.storage.tables import outbox
from tests.support.clock import VirtualClock
from tests.support.jobs import Notebook, make_jobs, working

PATIENCE_S = 10.0


class Log:
    """A handler that notes what it was given, in the order in which it began."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    async def __call__(self, payload: Payload) -> None:
        self.seen.append(payload.get("n"))


class Gate(Log):
    """A handler that waits until the test lets it go on."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.ended: list[Any] = []

    async def __call__(self, payload: Payload) -> None:
        await super().__call__(payload)
        await self.open.wait()
        self.ended.append(payload.get("n"))


class Failing(Log):
    """A handler that raises as long as it has something to raise."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__()
        self.errors = list(errors)

    async def __call__(self, payload: Payload) -> None:
        await super().__call__(payload)
        if self.errors:
            raise self.errors.pop(0)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens by itself."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - there is nothing to be told by
            await asyncio.sleep(0.005)


async def job(jobs: Jobs, key: str) -> Job:
    found = await jobs.ledger.job(key)
    assert found is not None
    return found


async def until_state(jobs: Jobs, key: str, state: State) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while (await job(jobs, key)).state is not state:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def note(n: int | str, **more: Any) -> JobRequest:
    return JobRequest("note", f"note:{n}", {"n": n}, **more)


def kind(handler: Any, **more: Any) -> JobKind:
    return JobKind("note", Queue.CONVERSATION, handler, **more)


async def test_a_request_is_written_with_its_data_and_done(database: Database, tmp_path: Path) -> None:
    log = Log()
    jobs = make_jobs(database, tmp_path, [kind(log)])
    async with working(jobs):
        await RowWriter(database).apply([outbox_row(note(1), VirtualClock().now())])
        jobs.wake()
        await until(lambda: log.seen == [1])
        await jobs.idle()

    async with database.read() as connection:
        assert (await connection.execute(select(outbox.c.id))).all() == []


async def test_a_key_is_done_once(database: Database, tmp_path: Path) -> None:
    log = Log()
    jobs = make_jobs(database, tmp_path, [kind(log)])
    async with working(jobs):
        await jobs.request(note(1), JobRequest("note", "note:1", {"n": 2}))
        await jobs.idle()
        await jobs.request(JobRequest("note", "note:1", {"n": 3}))
        await jobs.idle()
    async with working(jobs):
        await jobs.request(JobRequest("note", "note:1", {"n": 4}))
        await jobs.idle()

    assert log.seen == [1]
    assert await jobs.ledger.jobs() == []


async def test_jobs_of_an_order_key_run_one_after_the_other(database: Database, tmp_path: Path) -> None:
    failing = Failing(ValueError())
    jobs = make_jobs(database, tmp_path, [kind(failing, first_wait_s=0.05)])
    async with working(jobs):
        await jobs.request(*(note(n, order_key="user", priority=100 - n) for n in range(5)))
        await until(lambda: len(failing.seen) == 6)
        await jobs.idle()

    assert failing.seen == [0, 0, 1, 2, 3, 4]


async def test_another_order_key_does_not_wait(database: Database, tmp_path: Path) -> None:
    gate = Gate()
    jobs = make_jobs(database, tmp_path, [kind(gate)])
    async with working(jobs):
        await jobs.request(note(1, order_key="a"), note(2, order_key="a"), note(3, order_key="b"))
        await until(lambda: sorted(gate.seen) == [1, 3])
        assert (await job(jobs, "note:2")).state is State.WAITING
        gate.open.set()
        await jobs.idle()

    assert gate.ended.index(2) > gate.ended.index(1)


async def test_a_job_that_was_given_up_does_not_hold_up_those_behind_it(database: Database, tmp_path: Path) -> None:
    failing = Failing(ValueError())
    jobs = make_jobs(database, tmp_path, [kind(failing, attempts=1)])
    async with working(jobs):
        await jobs.request(note(1, order_key="user"), note(2, order_key="user"))
        await jobs.idle()

        assert failing.seen == [1, 2]
        assert (await job(jobs, "note:1")).state is State.DEAD


async def test_the_most_urgent_job_is_taken_first(database: Database, tmp_path: Path) -> None:
    before, gate = Gate(), Gate()
    kinds = [JobKind("before", Queue.MEDIA, before), JobKind("note", Queue.MEDIA, gate)]
    jobs = make_jobs(database, tmp_path, kinds)
    async with working(jobs):
        await jobs.request(JobRequest("before", "before:1"), JobRequest("before", "before:2"))
        await until(lambda: len(before.seen) == 2)  # as many as that queue has room for
        await jobs.request(*(note(n, priority=n) for n in (4, 3, 1, 2)))
        await until_state(jobs, "note:2", State.QUEUED)
        before.open.set()
        await until(lambda: len(gate.seen) == 2)
        assert set(gate.seen) == {1, 2}
        gate.open.set()
        await jobs.idle()


async def test_what_is_due_later_waits_for_its_time(database: Database, tmp_path: Path) -> None:
    log, clock = Log(), VirtualClock()
    jobs = make_jobs(database, tmp_path, [kind(log)], clock=clock)
    async with working(jobs):
        await jobs.request(note(1, due_at=clock.now() + timedelta(hours=1)))
        await jobs.idle()
        assert log.seen == []
        assert (await job(jobs, "note:1")).state is State.SCHEDULED

        clock.advance(3600)
        await jobs.idle()
        assert log.seen == [1]


async def test_a_failed_job_is_tried_again_and_given_up_in_the_end(database: Database, tmp_path: Path) -> None:
    clock = VirtualClock()
    failing = Failing(*(ValueError("Sam said: my secret") for _ in range(3)))
    jobs = make_jobs(database, tmp_path, [kind(failing, attempts=3, first_wait_s=10)], clock=clock)
    waits = []
    with capture_logs() as logs:
        async with working(jobs):
            await jobs.request(note(1))
            await jobs.idle()
            for _ in range(2):
                failed = await job(jobs, "note:1")
                assert (failed.state, failed.failing_since) == (State.RETRYING, VirtualClock().now())
                assert failed.due_at is not None
                waits.append((failed.due_at - clock.now()).total_seconds())
                clock.advance(waits[-1])
                await jobs.idle()
            dead = await job(jobs, "note:1")

    assert 8 <= waits[0] <= 12
    assert 16 <= waits[1] <= 24
    assert (dead.state, dead.failures, len(failing.seen)) == (State.DEAD, 3, 3)
    assert dead.error is not None
    assert dead.error.startswith("ValueError at test_jobs.py:")
    assert "secret" not in str(logs)
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["job_given_up"]


async def test_waiting_for_another_run_survives_a_restart(database: Database, tmp_path: Path) -> None:
    clock = VirtualClock()
    failing = Failing(ValueError())
    jobs = make_jobs(database, tmp_path, [kind(failing, first_wait_s=60)], clock=clock)
    async with working(jobs):
        await jobs.request(note(1))
        await jobs.idle()
    async with working(jobs):
        await jobs.idle()
        assert failing.seen == [1]
        clock.advance(80)
        await jobs.idle()

    assert failing.seen == [1, 1]


async def test_an_outage_uses_up_no_attempts_until_it_lasts_too_long(database: Database, tmp_path: Path) -> None:
    clock = VirtualClock()
    failing = Failing(*(StoreUnavailable("away") for _ in range(12)))
    impatient = kind(failing, attempts=2, first_wait_s=1, longest_wait_s=30)
    jobs = make_jobs(database, tmp_path, [impatient], clock=clock)
    async with working(jobs):
        await jobs.request(note(1))
        wait_s = 0.0
        for _ in range(10):
            await jobs.idle()
            waiting = await job(jobs, "note:1")
            assert waiting.state is State.RETRYING
            assert waiting.due_at is not None
            wait_s = (waiting.due_at - clock.now()).total_seconds()
            clock.advance(wait_s)
        assert 24 <= wait_s <= 36

        clock.advance(OUTAGE_PATIENCE.total_seconds())
        await jobs.idle()
        assert (await job(jobs, "note:1")).state is State.DEAD


async def test_an_operator_retries_and_drops(database: Database, tmp_path: Path) -> None:
    failing = Failing(*(ValueError() for _ in range(4)))
    jobs = make_jobs(database, tmp_path, [kind(failing, attempts=1)])
    async with working(jobs):
        await jobs.request(*(note(n) for n in range(4)))
        await jobs.idle()
        dead = await jobs.ledger.jobs(dead=True)
        assert [job.key for job in dead] == ["note:0", "note:1", "note:2", "note:3"]

        assert await jobs.ledger.drop("note:0")
        assert not await jobs.ledger.drop("note:0")
        assert await jobs.ledger.retry("note:1")
        assert not await jobs.ledger.retry("note:nowhere")
        await jobs.idle()
        assert await jobs.ledger.job("note:1") is None

        assert await jobs.ledger.retry_dead() == 2
        await jobs.idle()
        assert await jobs.ledger.jobs() == []

    assert sorted(failing.seen) == [0, 1, 1, 2, 2, 3, 3]


async def test_a_run_that_takes_too_long_has_failed(database: Database, tmp_path: Path) -> None:
    gate = Gate()
    jobs = make_jobs(database, tmp_path, [kind(gate, timeout_s=0.05, attempts=1)])
    async with working(jobs):
        await jobs.request(note(1))
        await jobs.idle()
        dead = await job(jobs, "note:1")

    assert (dead.state, gate.ended) == (State.DEAD, [])
    assert dead.error is not None
    assert dead.error.startswith("TimeoutError")


async def test_requests_that_wait_together_become_one_job(database: Database, tmp_path: Path) -> None:
    gate = Gate()
    jobs = make_jobs(database, tmp_path, [kind(gate, coalesces=True)])
    async with working(jobs):
        await jobs.request(note(0))
        await until(lambda: gate.seen == [0])
        for n in range(1, 6):
            await jobs.request(note(n))
        await asyncio.gather(*(jobs.request(note(n)) for n in range(6, 9)))
        gate.open.set()
        await jobs.idle()

    assert len(gate.seen) == 2
    assert gate.seen[1] in range(6, 9)


async def test_running_jobs_may_end_before_a_stop(database: Database, tmp_path: Path) -> None:
    gate = Gate()
    jobs = make_jobs(database, tmp_path, [kind(gate)])
    await jobs.start()
    await jobs.request(note(1))
    await until(lambda: gate.seen == [1])
    stopping = asyncio.create_task(jobs.stop(PATIENCE_S))
    await jobs.request(note(2))
    gate.open.set()
    await stopping

    assert gate.ended == [1]
    assert [job.key for job in await jobs.ledger.jobs()] == ["note:2"]


async def test_a_job_that_is_cut_off_runs_again_after_the_next_start(database: Database, tmp_path: Path) -> None:
    gate = Gate()
    jobs = make_jobs(database, tmp_path, [kind(gate)])
    await jobs.start()
    await jobs.request(note(1))
    await until(lambda: gate.seen == [1])
    await jobs.stop(0)
    assert gate.ended == []
    gate.open.set()
    async with working(jobs):
        await jobs.idle()

    assert (gate.seen, gate.ended) == ([1, 1], [1])


async def test_a_kind_that_nobody_knows_waits_and_is_reported(database: Database, tmp_path: Path) -> None:
    log = Log()
    older = make_jobs(database, tmp_path, [])
    with capture_logs() as logs:
        async with working(older):
            await older.request(note(1))
            await until(lambda: any(entry["event"] == "job_kind_unknown" for entry in logs))
            await older.idle()
    newer = make_jobs(database, tmp_path, [kind(log)])
    async with working(newer):
        await newer.idle()

    assert log.seen == [1]


async def test_a_tick_is_requested_once(database: Database, tmp_path: Path) -> None:
    log = Log()
    clock = VirtualClock(datetime(2026, 1, 10, 1, 0, tzinfo=UTC))
    nightly = [Schedule("note", "30 3 * * *", "Europe/Berlin")]
    jobs = make_jobs(database, tmp_path, [kind(log)], nightly, clock=clock)
    async with working(jobs):
        await jobs.idle()
        assert log.seen == []
        clock.advance(timedelta(hours=1, minutes=31).total_seconds())
        await jobs.idle()
        await jobs.idle()
        assert len(log.seen) == 1
    async with working(jobs):
        await jobs.idle()
        assert len(log.seen) == 1
    clock.advance(timedelta(days=3).total_seconds())
    async with working(jobs):
        await jobs.idle()

    assert len(log.seen) == 2, "of the ticks that nobody was there for, the last is made up for"


async def test_finished_jobs_are_forgotten_after_a_time(database: Database, tmp_path: Path) -> None:
    log = Log()
    clock = VirtualClock(datetime.now(UTC))
    jobs = make_jobs(database, tmp_path, [kind(log)], clock=clock, keep_days=2)
    async with working(jobs):
        await jobs.request(note(1))
        await jobs.idle()
    clock.advance(timedelta(days=3).total_seconds())
    async with working(jobs):
        async with asyncio.timeout(PATIENCE_S):
            while len(log.seen) < 2:
                await jobs.request(note(1))
                await jobs.idle()

    assert log.seen == [1, 1]


async def test_queues_are_measured_without_ids(database: Database, tmp_path: Path) -> None:
    notebook = Notebook()
    jobs = make_jobs(database, tmp_path, [kind(Failing(ValueError()), attempts=1)], metrics=notebook)
    async with working(jobs):
        await jobs.request(note(1), JobRequest("strange", "strange:1"))
        await jobs.idle()
    async with working(jobs):
        await until(lambda: len(notebook.points) >= 8)

    queues = {tags["queue"]: fields for name, tags, fields in notebook.points if name == "job_queue"}
    assert queues.keys() == {"conversation", "reflection", "media", "social"}
    assert queues["conversation"] == {"depth": 0, "oldest_s": 0.0, "running": 0, "scheduled": 0, "dead": 1}
    assert all(set(tags) <= {"queue", "kind"} for _, tags, _ in notebook.points)


async def test_only_served_queues_are_taken_from(database: Database, tmp_path: Path) -> None:
    log = Log()
    kinds = [kind(log), JobKind("ponder", Queue.REFLECTION, log)]
    jobs = make_jobs(database, tmp_path, kinds, queues=frozenset({Queue.CONVERSATION}))
    async with working(jobs):
        await jobs.request(JobRequest("ponder", "ponder:1", {"n": "deep"}), note(1))
        await jobs.idle()
        await until_state(jobs, "ponder:1", State.QUEUED)
        assert log.seen == [1]
    async with working(make_jobs(database, tmp_path, kinds)) as everything:
        await everything.idle()

    assert log.seen == [1, "deep"]


async def test_a_process_starts_its_jobs_once_at_a_time(database: Database, tmp_path: Path) -> None:
    jobs = make_jobs(database, tmp_path, [kind(Log())])
    other = make_jobs(database, tmp_path / "other", [kind(Log())])
    async with working(jobs):
        if database.is_sqlite:
            with pytest.raises(StoreError, match="run already"):
                await other.start()
        await until(lambda: jobs.alive)
        await jobs.request(note(1))
        await jobs.idle()
    assert not jobs.alive
    async with working(other):
        await other.idle()
