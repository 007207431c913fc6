"""What is kept of a relationship, as the store reads it. What it means for a prompt is worked out in `service`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from src_v2.evolution.models import ChangeKind

TURN_POINTS = 1
REACTION_POINTS = 5
MOST_TURN_POINTS_A_DAY = 10
"""What talking can earn on one day of the character's."""


class Whose(NamedTuple):
    """A character and a person."""

    character: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that moves a mood: `value` is -2 (very bad) to 2 (very good). `id` is that of the message."""

    id: str
    value: float
    at: datetime
    is_reaction: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What SQL holds for one moment of a relationship. `waiting` are ids of mentions, the oldest first."""

    trust: int = 0
    turns: int = 0
    since: datetime | None = None
    talked_at: datetime | None = None
    waiting: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()
    asides: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Applied:
    """A change that was settled: trust `before` and `after` it, and its number among those of the relationship."""

    whose: Whose
    before: int
    after: int
    step: int


@dataclass(frozen=True, slots=True)
class PastChange:
    """One entry of the history; `points` is what it changed."""

    kind: ChangeKind
    points: int
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """All that there is to tell of a relationship: the changes newest first, and the mentions that were said."""

    changes: tuple[PastChange, ...] = ()
    said: tuple[str, ...] = ()
