"""Who may be written to, why one would write, and what is decided about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from src_v2.core.audience import Audience
from src_v2.evolution.outreach.hours import Hours

PURPOSE = "outreach"
"""What these messages and the model calls for them are called in the records."""
USUAL_PER_WEEK = 2
MOST_PER_WEEK = 7

PersonKey = tuple[str, str]
"""A character and a user id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person said about being written to. `quiet` None: the usual hours."""

    enabled: bool = False
    quiet: Hours | None = None
    per_week: int = USUAL_PER_WEEK


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who wants to be written to by a character, and how things stand between them.

    `timezone` is an IANA name or empty, `servers` whether their words of servers may be used. `talked_at` is when they
    last said something to the character, `place` where that was in private last. `wrote_at` are the moments at which
    the character wrote by itself in the last week, or last, oldest first. `used` are the reasons that it had already.
    `trust` is what was earned; what the character's file says instead is not in it.
    """

    character: str
    user_id: str
    name: str
    timezone: str
    servers: bool
    wanted: Wanted
    talked_at: datetime | None
    place: Audience | None
    platform: str
    wrote_at: tuple[datetime, ...] = ()
    used: frozenset[str] = frozenset()
    trust: int = 0

    @property
    def key(self) -> PersonKey:
        """Who it is about."""
        return (self.character, self.user_id)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why to write. `id` names it: it is used once. `text` is for the prompt and may hold words of the person.

    `weight` is 0..1, how much of a reason it is; the best one is taken.
    """

    id: str
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Person:
    """Whom reasons are asked for. `zone` is theirs, or the character's; `eagerness` is 0..1."""

    candidate: Candidate
    zone: ZoneInfo
    trust: int
    eagerness: float


class Reasons(Protocol):
    """A source of reasons. Raises StoreUnavailable while its store is away."""

    async def __call__(self, people: Sequence[Person], now: datetime) -> Mapping[PersonKey, Sequence[Reason]]:
        """Return what there is to write to each of these people about, used reasons among them."""
        ...


class Why(StrEnum):
    """What keeps a character from writing, or that nothing does."""

    WRITES = "writes"
    OFF = "off"
    NOWHERE = "nowhere"
    NEVER_TALKED = "never talked"
    TOO_DISTANT = "too distant"
    TOO_SOON = "too soon"
    UNANSWERED = "unanswered"
    WEEK_FULL = "week full"
    QUIET = "quiet hours"
    TIRED = "tired"
    NOT_YET = "not yet today"
    NO_REASON = "no reason"


@dataclass(frozen=True, slots=True)
class State:
    """Everything that the decision rests on. `spent` is how many people the character wrote to in the last 24 h."""

    now: datetime
    enabled: bool
    has_place: bool
    trust: int
    talked_at: datetime | None
    wrote_at: tuple[datetime, ...]
    per_week: int
    zone: ZoneInfo
    quiet: tuple[Hours, ...]
    eagerness: float
    battery: int
    spent: int
    seed: str
    used: frozenset[str] = frozenset()
    reasons: tuple[Reason, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to write now, and about what."""

    why: Why
    reason: Reason | None = None

    @property
    def writes(self) -> bool:
        """Whether the character writes."""
        return self.why is Why.WRITES
