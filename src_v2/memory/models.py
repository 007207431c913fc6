"""What the memory hands out: recalled memories, conversations, exchanges that were forgotten or interrupted."""

from dataclasses import dataclass
from datetime import datetime

from src_v2.core.messages import Role


@dataclass(frozen=True, slots=True)
class Memory:
    """Something said earlier that may matter now. `score` only ranks within one recall; higher is better."""

    id: str
    speaker_name: str
    role: Role
    text: str
    said_at: datetime
    score: float


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
    """One message as the index needs it."""

    id: str
    text: str
    speaker_name: str
    payload: dict[str, str | int | float | bool | None]
