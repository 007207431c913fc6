"""What the memory hands out: recalled memories, conversations, exchanges that were forgotten or interrupted."""

from dataclasses import dataclass, replace
from datetime import datetime

from src_v2.core.messages import Role, StoredMessage


@dataclass(frozen=True, slots=True)
class Memory:
    """Something said earlier that may matter now. `score` only ranks within one recall; higher is better.

    `before` is the question that this answers, when there is one and it may surface in the same place.
    """

    id: str
    speaker_name: str
    role: Role
    text: str
    said_at: datetime
    score: float
    before: StoredMessage | None = None


def seen_by(character: str, said: StoredMessage) -> StoredMessage:
    """Return a message as `character` sees it: what another character said is not its own words."""
    if said.role is Role.CHARACTER and said.character != character:
        return replace(said, role=Role.USER)
    return said


@dataclass(frozen=True, slots=True)
class ForgottenExchange:
    """What `forget_last` removed: how many messages, and where they are visible on their platform."""

    message_ids: tuple[str, ...]
    platform_message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InterruptedTurn:
    """Messages that have no reply because the process ended."""

    character: str
    channel_id: str
    platform_message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexItem:
    """One message as the index needs it. `before` is what was said before it in its session, the nearest first."""

    id: str
    text: str
    speaker_name: str
    said_at: datetime
    payload: dict[str, str | int | float | bool | None]
    before: tuple[StoredMessage, ...] = ()
    edited: bool = False


@dataclass(frozen=True, slots=True)
class ChangedMessage:
    """A stored message that was edited, or is gone. `learned_in` is the stretch that it was read back in, if it was.

    `traces` are the ids of reasoning traces that went with it, or with what changed at the same time. It was said
    between `character` and the person `user_id`.
    """

    id: str
    learned_in: str | None
    gone: bool
    traces: tuple[str, ...] = ()
    character: str = ""
    user_id: str = ""
