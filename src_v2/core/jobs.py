"""Work that is done after the reply: what a slice says about a job. Nothing here runs one.

A slice declares its `JobKind`s and writes a `JobRequest` in the same SQL transaction as the data that the job is about.
A job may run more than once (a process can die between the effect and its acknowledgement), so a handler must be
idempotent: it looks at what is there instead of trusting that it runs for the first time.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Payload = Mapping[str, Json]
Handler = Callable[[Payload], Awaitable[None]]


class Queue(StrEnum):
    """What a worker process can be told to serve."""

    CONVERSATION = "conversation"
    """What the next reply may need: indexing, facts that were just stated."""
    REFLECTION = "reflection"
    """What takes a language model and may wait: extraction, summaries."""
    MEDIA = "media"
    """Pictures and sound."""
    SOCIAL = "social"
    """What characters do on their own."""


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One job to be done.

    `key` is its idempotency key: a second request with the same key does nothing, for as long as finished jobs are
    kept. Jobs with the same `order_key` run one after the other, in the order in which they were requested. A smaller
    `priority` runs first. `payload` is plain JSON and holds ids, never message text. `user_id` says whose data it is
    about, when it is one person's: erasing them drops the job. The key outlives the job and names nobody.
    """

    kind: str
    key: str
    payload: Payload = field(default_factory=dict)
    order_key: str | None = None
    priority: int = 100
    due_at: datetime | None = None
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job and what does it.

    A handler that raises is tried again, `attempts` times in all, after `first_wait_s`, twice that, and so on up to
    `longest_wait_s`; then the job is dead and waits for an operator. One run may take `timeout_s`.
    """

    name: str
    queue: Queue
    handler: Handler
    attempts: int = 8
    first_wait_s: float = 1.0
    longest_wait_s: float = 300.0
    timeout_s: float = 300.0
    coalesces: bool = False
    """Requests that wait together become one job, with the key of the newest: for work that itself looks for what is to
    be done."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Requests a job of `kind` at the times of `cron` (five fields, or six with seconds first) in an IANA time zone."""

    kind: str
    cron: str
    timezone: str = "UTC"
