"""How a person names the queues that a process serves: `conversation, reflection`, `none`, or nothing for all."""

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

from src_v2.core.jobs import Queue

NONE = "none"


def read_queues(text: str) -> tuple[Queue, ...]:
    """Return the queues that a text names, all when it is empty; ValueError for a name that no queue has."""
    names = {part.strip().lower() for part in text.split(",") if part.strip()}
    if names == {NONE}:
        return ()
    unknown = sorted(names - set(Queue))
    if unknown:
        raise ValueError(f"there is no queue {', '.join(unknown)}; there are {', '.join(Queue)}, or {NONE}")
    return tuple(queue for queue in Queue if queue in names or not names)


def _read(value: object) -> object:
    return read_queues(value) if isinstance(value, str) else value


QueueList = Annotated[tuple[Queue, ...], NoDecode, BeforeValidator(_read)]
