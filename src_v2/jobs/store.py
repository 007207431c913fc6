"""The jobs' SQL: the only place that reads and changes `v2_outbox` and `v2_workers`.

A row of the outbox is a job that is not finished. Whatever ends a run names the run's number, so a worker that was
believed dead and comes back late changes nothing.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.core.jobs import JobRequest
from src_v2.jobs.coalescing import Candidate, coalesced
from src_v2.jobs.models import Begun, Failure, Run, Worker
from src_v2.storage.database import Database
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWriter
from src_v2.storage.tables import outbox, workers

_RELAY_LOCK = 0x7632_6A62
"""Held while rows are taken, on PostgreSQL: of two relays only one may decide whose turn it is in an order key."""


class JobStore:
    """Rows of the outbox, and the heartbeats of those who work on them."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)

    async def request(self, requests: Sequence[JobRequest], at: datetime) -> None:
        """Write requests that belong to no other data; one whose key is there already changes nothing."""
        await self._rows.apply([outbox_row(request, at) for request in requests])

    async def take(self, kinds: Collection[str], coalescing: Collection[str], now: datetime, limit: int) -> list[Run]:
        """Mark up to `limit` jobs of `kinds` whose turn it is as handed over, most urgent first, and return them."""
        async with self._taking() as connection:
            together = await self._coalesce(connection, coalescing, now) if coalescing else set()
            query = (
                select(outbox.c.id, outbox.c.run, outbox.c.kind, outbox.c.priority)
                .where(_may_go(kinds, now), or_(outbox.c.kind.not_in(coalescing), outbox.c.id.in_(together)))
                .order_by(outbox.c.priority, outbox.c.seq)
                .limit(limit)
            )
            runs = [Run(*row) for row in await connection.execute(query)]
            if runs:
                taken = update(outbox).where(outbox.c.id.in_([run.key for run in runs]))
                await connection.execute(taken.values(sent_at=now, started_at=None))
        return runs

    async def hand_back(self, runs: Sequence[Run]) -> None:
        """Undo `take` for runs that could not be handed over."""
        query = update(outbox).where(outbox.c.id.in_([run.key for run in runs]), outbox.c.started_at.is_(None))
        async with self._db.write() as connection:
            await connection.execute(query.values(sent_at=None))

    async def next_due(self, kinds: Collection[str], now: datetime) -> datetime | None:
        """Return when the next job that waits for its time may go."""
        query = select(func.min(outbox.c.due_at)).where(_waits(), outbox.c.kind.in_(kinds), outbox.c.due_at > now)
        async with self._db.read() as connection:
            due: datetime | None = (await connection.execute(query)).scalar_one()
        return due

    async def begin(self, key: str, number: int, now: datetime) -> Begun | None:
        """Note that a run begins and return what it is about; None when it is done or superseded."""
        query = update(outbox).where(_is(key, number), outbox.c.dead_at.is_(None)).values(started_at=now)
        columns = (outbox.c.kind, outbox.c.payload, outbox.c.order_key, outbox.c.failures, outbox.c.failing_since)
        async with self._db.write() as connection:
            row = (await connection.execute(query.returning(*columns))).first()
        return Begun(row[0], orjson.loads(row[1]), *row[2:]) if row else None

    async def finish(self, key: str, number: int) -> None:
        """Remove a job that is done; one that was given up meanwhile is an operator's."""
        async with self._db.write() as connection:
            await connection.execute(delete(outbox).where(_is(key, number), outbox.c.dead_at.is_(None)))

    async def try_again(self, key: str, number: int, due_at: datetime, failure: Failure | None = None) -> None:
        """Let a job wait for another run; without a `failure` this one does not count."""
        values: dict[str, Any] = dict(run=number + 1, sent_at=None, started_at=None, due_at=due_at)
        await self._end_run(key, number, values, failure)

    async def bury(self, key: str, number: int, failure: Failure) -> None:
        """Give a job up."""
        await self._end_run(key, number, dict(dead_at=failure.at, started_at=None), failure)

    async def sent(self, limit: int, *, after: str = "") -> list[tuple[str, Run]]:
        """Return (seq, run) of jobs that were handed over and are not done, in the order of requests from `after`."""
        query = (
            select(outbox.c.seq, outbox.c.id, outbox.c.run, outbox.c.kind, outbox.c.priority)
            .where(_in_flight(), outbox.c.seq > after)
            .order_by(outbox.c.seq)
            .limit(limit)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [(row[0], Run(*row[1:])) for row in rows]

    async def busy(self, kinds: Collection[str], served: Collection[str], now: datetime) -> bool:
        """Whether a job of `kinds` could go now, or one of the `served` kinds is on its way."""
        something = or_(_may_go(kinds, now), and_(_in_flight(), outbox.c.kind.in_(served)))
        async with self._db.read() as connection:
            return (await connection.execute(select(outbox.c.id).where(something).limit(1))).first() is not None

    async def unknown_kinds(self, kinds: Collection[str]) -> list[str]:
        """Return the kinds of waiting jobs that are none of `kinds`."""
        query = select(outbox.c.kind).distinct().where(_waits(), outbox.c.kind.not_in(kinds))
        async with self._db.read() as connection:
            return sorted((await connection.execute(query)).scalars())

    async def beat(self, worker: Worker, now: datetime) -> None:
        """Say that this worker lives."""
        values = dict(
            id=worker.id, queues=",".join(worker.queues), kinds=orjson.dumps(dict(worker.kinds)).decode(),
            started_at=worker.started_at, beat_at=now,
        )  # fmt: skip
        insert = self._db.upsert(workers).values(values)
        newer = {name: insert.excluded[name] for name in values if name != "id"}
        async with self._db.write() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=[workers.c.id], set_=newer))

    async def beats(self) -> Mapping[str, datetime]:
        """Return when each worker was last heard of."""
        async with self._db.read() as connection:
            rows = await connection.execute(select(workers.c.id, workers.c.beat_at))
            return {row[0]: row[1] for row in rows}

    async def forget_workers(self, before: datetime) -> None:
        """Remove workers that have not been heard of since `before`."""
        async with self._db.write() as connection:
            await connection.execute(delete(workers).where(workers.c.beat_at < before))

    async def _end_run(self, key: str, number: int, values: dict[str, Any], failure: Failure | None) -> None:
        if failure:
            values |= dict(failures=failure.count, failing_since=failure.since, error=failure.error)
        async with self._db.write() as connection:
            await connection.execute(update(outbox).where(_is(key, number)).values(values))

    @asynccontextmanager
    async def _taking(self) -> AsyncIterator[AsyncConnection]:
        """Give a transaction in which nobody else takes jobs."""
        async with self._db.write() as connection:
            if not self._db.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _RELAY_LOCK})
            yield connection

    async def _coalesce(self, connection: AsyncConnection, kinds: Collection[str], now: datetime) -> set[str]:
        """Make one job of those that wait together; return the keys of those that may go."""
        columns = (outbox.c.id, outbox.c.kind, outbox.c.order_key, outbox.c.seq, outbox.c.sent_at)
        query = select(*columns, outbox.c.due_at, outbox.c.failures)
        rows = await connection.execute(query.where(outbox.c.kind.in_(kinds), outbox.c.dead_at.is_(None)))
        absorbed, may_go = coalesced([Candidate(*row) for row in rows], now)
        if absorbed:
            await connection.execute(delete(outbox).where(outbox.c.id.in_(absorbed)))
        return may_go


def _is(key: str, number: int) -> ColumnElement[bool]:
    return and_(outbox.c.id == key, outbox.c.run == number)


def _waits() -> ColumnElement[bool]:
    return and_(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))


def _in_flight() -> ColumnElement[bool]:
    return and_(outbox.c.sent_at.is_not(None), outbox.c.dead_at.is_(None))


def _may_go(kinds: Collection[str], now: datetime) -> ColumnElement[bool]:
    """Say whether a job waits, is due, and is the first of its order key that is not done."""
    other = outbox.alias("other")
    before_it = exists().where(
        other.c.order_key == outbox.c.order_key,
        other.c.dead_at.is_(None),
        other.c.id != outbox.c.id,
        or_(other.c.sent_at.is_not(None), other.c.seq < outbox.c.seq),
    )
    due = or_(outbox.c.due_at.is_(None), outbox.c.due_at <= now)
    first = or_(outbox.c.order_key.is_(None), ~before_it)
    return and_(_waits(), outbox.c.kind.in_(kinds), due, first)
