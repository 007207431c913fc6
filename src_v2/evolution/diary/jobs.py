"""The background work of the diary: look who talked, write, remove what rests on words that changed."""

from collections.abc import Sequence
from datetime import date

from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue, Schedule
from src_v2.evolution.diary.models import Kind, Occasion, Whose
from src_v2.evolution.diary.requests import FORGET, SWEEP, WRITE, forget_request
from src_v2.evolution.diary.service import Diary
from src_v2.memory.models import ChangedMessage

HOURLY_LOOK, HOURLY_FORGET = "7 * * * *", "43 * * * *"
WRITE_TIMEOUT_S = 600.0
"""A chain of models, each asked repeatedly, and an answer that is put right once."""


def kinds(diary: Diary) -> list[JobKind]:
    """Return the jobs."""

    async def sweep(_: Payload) -> None:
        await diary.sweep()

    async def write(payload: Payload) -> None:
        whose = Whose(str(payload["character"]), str(payload["user"]))
        await diary.write(Occasion(whose, Kind(str(payload["kind"])), date.fromisoformat(str(payload["day"]))))

    async def forget(payload: Payload) -> None:
        messages = payload.get("messages")
        await diary.forget([str(one) for one in messages] if isinstance(messages, list) else None)

    return [
        JobKind(SWEEP, Queue.SOCIAL, sweep, coalesces=True),
        JobKind(WRITE, Queue.SOCIAL, write, timeout_s=WRITE_TIMEOUT_S),
        JobKind(FORGET, Queue.CONVERSATION, forget),
    ]


def schedules(*, writes: bool) -> list[Schedule]:
    """Return when they come by themselves: forgetting always, writing only when it is wanted."""
    forget = Schedule(FORGET, HOURLY_FORGET)
    return [Schedule(SWEEP, HOURLY_LOOK), forget] if writes else [forget]


def follow_ups(changed: Sequence[ChangedMessage]) -> list[JobRequest]:
    """Return what is to be done after messages were edited or removed."""
    return [forget_request([one.id for one in changed])] if changed else []
