"""The memory's background work: bring what was said to the vector store, take away what was removed."""

from collections.abc import Sequence

from src_v2.core.ids import new_id
from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue, Schedule
from src_v2.memory.indexer import Indexer
from src_v2.memory.models import ChangedMessage

INDEX = "memory.index"
FORGET = "memory.forget"
INDEX_PRIORITY = 10


def kinds(indexer: Indexer) -> list[JobKind]:
    """Return the jobs that keep the vectors of messages in step with SQL."""

    async def index(_payload: Payload) -> None:
        await indexer.sweep()

    async def forget(payload: Payload) -> None:
        ids = payload["ids"]
        if not isinstance(ids, list):
            raise TypeError("the ids to forget are a list")
        await indexer.remove([str(one) for one in ids])

    return [
        JobKind(INDEX, Queue.CONVERSATION, index, coalesces=True),
        JobKind(FORGET, Queue.CONVERSATION, forget),
    ]


def schedules() -> list[Schedule]:
    """Return when to look without being asked: finds what a store that was down left behind."""
    return [Schedule(INDEX, "* * * * *")]


def index_request(key: str) -> JobRequest:
    """Return the request to index what is new; `key` names its occasion."""
    return JobRequest(INDEX, f"index:{key}", priority=INDEX_PRIORITY)


def follow_ups(changed: Sequence[ChangedMessage]) -> list[JobRequest]:
    """Return what the vectors need after messages changed: those said after them hold their words too."""
    if not changed:
        return []
    gone = [message.id for message in changed if message.gone]
    gone += [trace for message in changed for trace in message.traces]
    requests = [forget_request(gone)] if gone else []
    return [*requests, index_request(new_id())]


def forget_request(ids: Sequence[str]) -> JobRequest:
    """Return the request to remove the vectors of messages that SQL no longer has."""
    return JobRequest(FORGET, f"forget:{new_id()}", {"ids": list(ids)}, priority=INDEX_PRIORITY)
