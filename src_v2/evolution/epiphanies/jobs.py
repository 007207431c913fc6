"""The background work of epiphanies: look for whom to look at, look, count anew what rests on words that changed."""

from collections.abc import Sequence

from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue, Schedule
from src_v2.evolution.epiphanies.models import Whose
from src_v2.evolution.epiphanies.requests import LOOK, RECOUNT, SWEEP, recount_request
from src_v2.evolution.epiphanies.service import Epiphanies
from src_v2.memory.models import ChangedMessage

EVERY_NIGHT = "23 3 * * *"
EVERY_HOUR = "41 * * * *"
LOOK_TIMEOUT_S = 1_800.0
"""Seven questions to a chain of models, each asked repeatedly."""


def kinds(epiphanies: Epiphanies) -> list[JobKind]:
    """Return the jobs."""

    async def sweep(_: Payload) -> None:
        await epiphanies.sweep()

    async def look(payload: Payload) -> None:
        await epiphanies.look(Whose(str(payload["character"]), str(payload["user"])))

    async def recount(payload: Payload) -> None:
        messages = payload.get("messages")
        await epiphanies.recount([str(one) for one in messages] if isinstance(messages, list) else None)

    return [
        JobKind(SWEEP, Queue.REFLECTION, sweep, coalesces=True),
        JobKind(LOOK, Queue.REFLECTION, look, timeout_s=LOOK_TIMEOUT_S),
        JobKind(RECOUNT, Queue.CONVERSATION, recount),
    ]


def schedules(*, looks: bool) -> list[Schedule]:
    """Return when they come by themselves: counting anew always, looking only when it is wanted."""
    recount = Schedule(RECOUNT, EVERY_HOUR)
    return [Schedule(SWEEP, EVERY_NIGHT), recount] if looks else [recount]


def follow_ups(changed: Sequence[ChangedMessage]) -> list[JobRequest]:
    """Return what is to be done after messages were edited or removed."""
    return [recount_request([one.id for one in changed])] if changed else []
