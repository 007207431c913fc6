"""When reminders are said: at their very time, by a job that looks what is due; and what follows from changed messages.

Every minute one statement fetches what is due within the next minute and a half, and a job is requested for each of
these moments: so nothing waits in the outbox for months, and nothing is a minute late. What is set for a moment that is
nearer than that brings its own.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from src_v2.core.ids import new_id
from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue, Schedule

DELIVER, TIDY, REREAD = "reminders.deliver", "reminders.tidy", "reminders.reread"
LOOK_AHEAD = timedelta(seconds=90)
"""More than a minute, so that what comes between two looks is seen by the first."""
FIRST = 0
"""Before everything else that waits in its queue."""
ATTEMPTS = 3
"""Of one look: the next one comes within a minute anyway."""


def is_soon(due: datetime, now: datetime) -> bool:
    """Whether a moment may come before the next look at all of them."""
    return due - now <= LOOK_AHEAD


def deliver_request(due: datetime) -> JobRequest:
    """Return the request to say what is due at that moment; the same moment gives the same key."""
    return JobRequest(DELIVER, f"{DELIVER}:{due.isoformat()}", priority=FIRST, due_at=due)


def reread_request(message_ids: Sequence[str]) -> JobRequest:
    """Return the request to follow messages that were edited or deleted."""
    return JobRequest(REREAD, f"{REREAD}:{new_id()}", {"ids": list(message_ids)})


def kinds_here(sweep: Callable[[], Awaitable[None]]) -> list[JobKind]:
    """Return the job of the process that people talk to."""

    async def deliver(_payload: Payload) -> None:
        await sweep()

    return [JobKind(DELIVER, Queue.CONVERSATION, deliver, attempts=ATTEMPTS)]


def kinds(tidy: Callable[[], Awaitable[None]], reread: Callable[[Sequence[str]], Awaitable[None]]) -> list[JobKind]:
    """Return the jobs of every process."""

    async def remove_over(_payload: Payload) -> None:
        await tidy()

    async def read_again(payload: Payload) -> None:
        ids = payload["ids"]
        if not isinstance(ids, list):
            raise TypeError("the ids to read again are a list")
        await reread([str(one) for one in ids])

    return [
        JobKind(TIDY, Queue.REFLECTION, remove_over, coalesces=True),
        JobKind(REREAD, Queue.CONVERSATION, read_again),
    ]


def schedules_here() -> list[Schedule]:
    """Return when the process that people talk to looks what is due."""
    return [Schedule(DELIVER, "* * * * *")]


def schedules() -> list[Schedule]:
    """Return when what is over is removed."""
    return [Schedule(TIDY, "17 4 * * *")]
