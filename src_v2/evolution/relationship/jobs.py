"""The relationship's background work: settle what changed trust, look for what was missed, let old feelings go."""

from collections.abc import Awaitable, Callable, Sequence

from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue, Schedule

SETTLE = "evolution.settle"
SWEEP = "relationship.sweep"
FORGET = "relationship.forget"
SETTLE_PRIORITY = 20
FORGET_PRIORITY = 5

Step = Callable[[], Awaitable[None]]
Forget = Callable[[Sequence[str], Sequence[str]], Awaitable[None]]
"""Lets go of what rests on messages: (those that changed, those of them that are gone)."""


def kinds(settle: Step, sweep: Step, forget: Forget) -> list[JobKind]:
    """Return the jobs that keep relationships in step with what happened."""

    async def settle_all(_payload: Payload) -> None:
        await settle()

    async def sweep_all(_payload: Payload) -> None:
        await sweep()

    async def forget_those(payload: Payload) -> None:
        await forget(_ids(payload, "changed"), _ids(payload, "gone"))

    return [
        JobKind(SETTLE, Queue.CONVERSATION, settle_all, coalesces=True),
        JobKind(SWEEP, Queue.CONVERSATION, sweep_all, coalesces=True),
        JobKind(FORGET, Queue.CONVERSATION, forget_those),
    ]


def schedules() -> list[Schedule]:
    """Return when to look for what was missed."""
    return [Schedule(SWEEP, "23 * * * *")]


def settle_request(key: str) -> JobRequest:
    """Return the request to settle what waits; `key` names the occasion."""
    return JobRequest(SETTLE, f"settle:{key}", priority=SETTLE_PRIORITY)


def forget_request(key: str, changed: Sequence[str], gone: Sequence[str]) -> JobRequest:
    """Return the request to let go of what rests on messages that changed; `key` names the occasion."""
    payload: Payload = {"changed": list(changed), "gone": list(gone)}
    return JobRequest(FORGET, f"unfelt:{key}", payload, priority=FORGET_PRIORITY)


def _ids(payload: Payload, name: str) -> list[str]:
    ids = payload[name]
    if not isinstance(ids, list):
        raise TypeError("ids come as a list")
    return [str(one) for one in ids]
