"""The goals' background work: two wordings of one goal become one."""

from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue
from src_v2.evolution.goals.service import Goals

JOIN = "goals.join"
JOIN_PRIORITY = 60


def kinds(goals: Goals) -> list[JobKind]:
    """Return the job that joins wordings and lets the prompt know."""

    async def join(payload: Payload) -> None:
        await goals.join(str(payload["character"]), str(payload["user"]))

    return [JobKind(JOIN, Queue.CONVERSATION, join)]


def join_request(character: str, user_id: str, occasion: str) -> JobRequest:
    """Return the request to join the wordings of a person's goals; `occasion` names nobody."""
    return JobRequest(
        JOIN, f"goals:{occasion}", {"character": character, "user": user_id},
        order_key=f"goals:{character}:{user_id}", priority=JOIN_PRIORITY, user_id=user_id,
    )  # fmt: skip
