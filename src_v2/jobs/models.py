"""What a job looks like on its way: waiting, begun, failed, and as an operator sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from src_v2.core.jobs import Json, Queue

DEAD_AFTER_S = 15.0
"""A worker that has not been heard of for three beats is dead."""
EVERY_QUEUE = frozenset(Queue)


@dataclass(frozen=True, slots=True)
class JobsConfig:
    """Where the queues are kept and what this process does for them.

    `executor_id` is the same at every start of the same worker, and no other process bears it.
    """

    address: str = field(repr=False)
    executor_id: str = "main"
    queues: frozenset[Queue] = EVERY_QUEUE
    keep_days: int = 7


class State(StrEnum):
    """Where a job is."""

    SCHEDULED = "scheduled"
    """Its time has not come."""
    RETRYING = "retrying"
    """It failed and waits for its next run."""
    WAITING = "waiting"
    """It has not been handed to a queue yet, or an earlier job of its order key is not done."""
    QUEUED = "queued"
    """It waits in its queue for a worker."""
    RUNNING = "running"
    """A worker has begun it; should that worker die, another one begins it again."""
    DEAD = "dead"
    """It was given up after its last attempt and waits for an operator."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one job. The number is what tells a run from a former one that somebody still believes in."""

    key: str
    number: int
    kind: str
    priority: int = 100


@dataclass(frozen=True, slots=True)
class Begun:
    """What a run needs to know."""

    kind: str
    payload: dict[str, Json]
    order_key: str | None
    failures: int
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed: classes and a place in the code, never an error's text, which may quote what people said."""

    error: str
    at: datetime
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Job:
    """An unfinished job, for operators."""

    key: str
    kind: str
    state: State
    payload: dict[str, Json]
    order_key: str | None
    priority: int
    run: int
    failures: int
    error: str | None
    created_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    started_at: datetime | None
    failing_since: datetime | None
    dead_at: datetime | None


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that does jobs: the queues that it serves, and the kinds that it knows with the queue of each."""

    id: str
    queues: tuple[str, ...]
    kinds: Mapping[str, str]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class KindLoad:
    """How many unfinished jobs of one kind there are, by state, and since when the oldest could have run."""

    kind: str
    waiting: int
    running: int
    scheduled: int
    dead: int
    oldest: datetime | None
