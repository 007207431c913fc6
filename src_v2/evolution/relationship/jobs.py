"""The relationship's background work: settle what changed trust, look for what was missed, let old feelings go."""

from collections.abc import Awaitable, Callable, Sequence

from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue, Schedule
from src_v2.evolution.relationship.models import Whose
from src_v2.memory.models import ChangedMessage

SETTLE = "evolution.settle"
SWEEP = "relationship.sweep"
FORGET = "relationship.forget"
SETTLE_PRIORITY = 20
FORGET_PRIORITY = 5

Step = Callable[[], Awaitable[None]]
Forget = Callable[[Whose, Sequence[str], Sequence[str]], Awaitable[None]]
"""Lets go of what rests on messages: (whose they are, those that changed, those of them that are gone)."""


def kinds(settle: Step, sweep: Step, forget: Forget) -> list[JobKind]:
    """Return the jobs that keep relationships in step with what happened."""

    async def settle_all(_payload: Payload) -> None:
        await settle()

    async def sweep_all(_payload: Payload) -> None:
        await sweep()

    async def forget_those(payload: Payload) -> None:
        whose = Whose(str(payload["character"]), str(payload["user"]))
        await forget(whose, _ids(payload, "changed"), _ids(payload, "gone"))

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


def forget_requests(key: str, changed: Sequence[ChangedMessage]) -> list[JobRequest]:
    """Return the requests to let go of what rests on messages that changed, one for each relationship.

    `key` names the occasion, and nobody.
    """
    requests = []
    for number, whose in enumerate(sorted({Whose(one.character, one.user_id) for one in changed})):
        theirs = [one for one in changed if Whose(one.character, one.user_id) == whose]
        payload: Payload = {
            "character": whose.character, "user": whose.user_id,
            "changed": [one.id for one in theirs], "gone": [one.id for one in theirs if one.gone],
        }  # fmt: skip
        key_of_it = f"unfelt:{key}:{number}"
        requests.append(JobRequest(FORGET, key_of_it, payload, priority=FORGET_PRIORITY, user_id=whose.user_id))
    return requests


def _ids(payload: Payload, name: str) -> list[str]:
    ids = payload[name]
    if not isinstance(ids, list):
        raise TypeError("ids come as a list")
    return [str(one) for one in ids]
