"""What people see of their own data, and what they decide about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from src_v2.core.messages import Role


@dataclass(frozen=True, slots=True)
class Whose:
    """One person and one character: what the desk shows at a time. `user_id` is `<platform>:<id>`."""

    character: str
    user_id: str


@dataclass(frozen=True, slots=True)
class MemoryItem:
    """One remembered message. `is_own`: said by the person, who may change its words; a reply can only be deleted.

    `place` says in words where it was said: "private", "a server", or where it was brought in from.
    """

    id: str
    speaker_name: str
    role: Role
    text: str
    said_at: datetime
    place: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class MemoryPage:
    """Some of what is remembered; `next` is given back to get the following page, "" after the last."""

    items: Sequence[MemoryItem] = ()
    next: str = ""


class ErasureState(StrEnum):
    """How far an erasure is."""

    WORKING = "working"
    DONE = "done"
    """Everything was removed, and a search found nothing left."""
    WAITING = "waiting"
    """A store is away: it goes on by itself when the store is back."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure that was asked for."""

    id: str
    state: ErasureState


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A zip file for the person it is about."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a file that was brought in. `left_out` counts what was not taken, by reason."""

    kind: str
    added: int
    known: int
    """Already there, from the same file or an earlier one."""
    left_out: dict[str, int]
