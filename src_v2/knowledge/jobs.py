"""The knowledge's background work: bring claims to the graph, take back what edited and deleted messages had taught."""

from collections.abc import Sequence

from src_v2.core.jobs import JobKind, JobRequest, Json, Payload, Queue, Schedule
from src_v2.knowledge.projection import Projection
from src_v2.knowledge.unlearning import Unlearning

GRAPH = "knowledge.graph"
RELEARN = "knowledge.relearn"
GRAPH_PRIORITY = 50
RELEARN_PRIORITY = 5
"""Before everything else: until then what somebody deleted may still be known."""


def kinds(projection: Projection, unlearning: Unlearning) -> list[JobKind]:
    """Return the jobs that keep what is known in step with what was said."""

    async def graph(_payload: Payload) -> None:
        await projection.sweep()

    async def relearn(payload: Payload) -> None:
        messages, batches = _texts(payload["messages"]), _texts(payload["batches"])
        await unlearning.unlearn(messages, batches, mark=str(payload["mark"]))

    return [
        JobKind(GRAPH, Queue.CONVERSATION, graph, coalesces=True),
        JobKind(RELEARN, Queue.CONVERSATION, relearn),
    ]


def schedules() -> list[Schedule]:
    """Return when to look without being asked: finds what a graph that was down left behind."""
    return [Schedule(GRAPH, "* * * * *")]


def graph_request(key: str) -> JobRequest:
    """Return the request to bring new claims to the graph; `key` names the occasion."""
    return JobRequest(GRAPH, f"graph:{key}", priority=GRAPH_PRIORITY)


def relearn_request(key: str, messages: Sequence[str], batches: Sequence[str]) -> JobRequest:
    """Return the request to take back what came of messages that changed, and of the stretches they were read in.

    `key` names the occasion.
    """
    payload: dict[str, Json] = {"mark": key, "messages": list(messages), "batches": list(batches)}
    return JobRequest(RELEARN, f"relearn:{key}", payload, priority=RELEARN_PRIORITY)


def _texts(value: Json) -> list[str]:
    if not isinstance(value, list):
        raise TypeError("ids come as a list")
    return [str(one) for one in value]
