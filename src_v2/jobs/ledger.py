"""The outbox as operators see it: what is not done, and what they may do about it. Needs no running queue.

A job that is retried or dropped here is noticed by the running processes within seconds.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, RowMapping, and_, case, delete, func, or_, select, update

from src_v2.core.clock import Clock
from src_v2.jobs.models import DEAD_AFTER_S, Job, KindLoad, State, Worker
from src_v2.storage.database import Database
from src_v2.storage.tables import outbox, workers


class JobLedger:
    """Unfinished jobs, by state."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def jobs(self, *, dead: bool = False, kinds: Sequence[str] | None = None, limit: int = 50) -> list[Job]:
        """Return up to `limit` unfinished jobs in the order of requests; `dead` and `kinds` leave others out."""
        query = select(outbox).order_by(outbox.c.seq).limit(limit)
        if dead:
            query = query.where(outbox.c.dead_at.is_not(None))
        if kinds is not None:
            query = query.where(outbox.c.kind.in_(kinds))
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [self._job(row) for row in rows]

    async def job(self, key: str) -> Job | None:
        """Return one unfinished job; None when there is none of that key."""
        async with self._db.read() as connection:
            row = (await connection.execute(select(outbox).where(outbox.c.id == key))).mappings().first()
        return self._job(row) if row else None

    async def retry(self, key: str) -> bool:
        """Let a dead job run at once, and one that waits for its next run likewise; False when there is none."""
        return bool(await self._retry(and_(outbox.c.id == key, or_(_dead(), outbox.c.sent_at.is_(None)))))

    async def retry_dead(self) -> int:
        """Let every dead job run at once; return how many there were."""
        return await self._retry(_dead())

    async def drop(self, key: str) -> bool:
        """Remove a job; one that is running goes on to its end. False when there is none of that key."""
        async with self._db.write() as connection:
            gone = await connection.execute(delete(outbox).where(outbox.c.id == key).returning(outbox.c.id))
            return gone.first() is not None

    async def loads(self) -> list[KindLoad]:
        """Return how much of each kind is not done."""
        state = _state_of(self._clock.now())
        since = func.coalesce(outbox.c.due_at, outbox.c.created_at)
        query = select(
            outbox.c.kind,
            _count(state.in_([State.WAITING, State.QUEUED])),
            _count(state == State.RUNNING),
            _count(state.in_([State.SCHEDULED, State.RETRYING])),
            _count(state == State.DEAD),
            func.min(case((state.in_([State.WAITING, State.QUEUED]), since))),
        ).group_by(outbox.c.kind)
        async with self._db.read() as connection:
            rows = await connection.execute(query.order_by(outbox.c.kind))
            return [KindLoad(*row) for row in rows]

    async def workers(self) -> list[Worker]:
        """Return the processes that live."""
        alive = self._clock.now() - timedelta(seconds=DEAD_AFTER_S)
        query = select(workers).where(workers.c.beat_at > alive).order_by(workers.c.id)
        async with self._db.read() as connection:
            return [_worker(row) for row in (await connection.execute(query)).mappings()]

    async def kinds(self) -> Mapping[str, str]:
        """Return the queue of each kind, as the process says that was heard of last; nothing before the first one."""
        query = select(workers).order_by(workers.c.beat_at.desc()).limit(1)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _worker(row).kinds if row else {}

    async def _retry(self, which: ColumnElement[bool]) -> int:
        """Begin anew: what a run that was given up may still do must not count, so the next run has a new number."""
        anew: dict[str, Any] = dict(
            run=outbox.c.run + 1, sent_at=None, started_at=None, due_at=None, failures=0, failing_since=None,
            dead_at=None,
        )  # fmt: skip
        async with self._db.write() as connection:
            rows = await connection.execute(update(outbox).where(which).values(anew).returning(outbox.c.id))
            return len(rows.all())

    def _job(self, row: RowMapping) -> Job:
        return Job(
            key=row["id"], kind=row["kind"], state=_state(row, self._clock.now()),
            payload=orjson.loads(row["payload"]), order_key=row["order_key"], priority=row["priority"],
            run=row["run"], failures=row["failures"], error=row["error"], created_at=row["created_at"],
            due_at=row["due_at"], sent_at=row["sent_at"], started_at=row["started_at"],
            failing_since=row["failing_since"], dead_at=row["dead_at"],
        )  # fmt: skip


def _worker(row: RowMapping) -> Worker:
    queues = tuple(name for name in row["queues"].split(",") if name)
    return Worker(row["id"], queues, orjson.loads(row["kinds"]), row["started_at"])


def _dead() -> ColumnElement[bool]:
    return outbox.c.dead_at.is_not(None)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _state_of(now: datetime) -> ColumnElement[str]:
    """Say in SQL what `_state` says of one row."""
    return case(
        (_dead(), State.DEAD),
        (outbox.c.started_at.is_not(None), State.RUNNING),
        (outbox.c.sent_at.is_not(None), State.QUEUED),
        (and_(outbox.c.due_at > now, outbox.c.failures > 0), State.RETRYING),
        (outbox.c.due_at > now, State.SCHEDULED),
        else_=State.WAITING,
    )


def _state(row: RowMapping, now: datetime) -> State:
    if row["dead_at"]:
        return State.DEAD
    if row["started_at"]:
        return State.RUNNING
    if row["sent_at"]:
        return State.QUEUED
    if row["due_at"] and row["due_at"] > now:
        return State.RETRYING if row["failures"] else State.SCHEDULED
    return State.WAITING
