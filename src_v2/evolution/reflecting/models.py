"""Stretches of conversation that are reflected on, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from src_v2.characters.evolution import Evolution, TrustTrigger
from src_v2.core.audience import Audience
from src_v2.core.messages import StoredMessage
from src_v2.evolution.goals.models import Entry

TRIGGER = "trigger"
"""What the id of an occasion's change of trust begins with; its session and its slug follow, between colons."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stretch that was read back and that nobody reflected on, or whose triggers do not count yet."""

    id: str
    character: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """The messages that were read back together, in order. `id` is that of their summary."""

    id: str
    messages: tuple[StoredMessage, ...]
    timezone: str = ""

    @property
    def audience(self) -> Audience:
        """In front of whom all of it was said."""
        one = self.messages[0]
        return Audience(one.character, one.user_id, one.channel_id, one.visibility, one.guild_id)

    @property
    def session_id(self) -> str:
        """The session that it is a part of."""
        return self.messages[0].session_id or ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something the person did that evolution.yaml names, `change` points of trust, in the words of the file."""

    slug: str
    change: int
    note: str
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """An occasion that is in the trust already. `session` is that of the stretch in which it was found."""

    session: str
    slug: str
    change: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Reflection:
    """What came of one stretch. `counted` says whether its occasions are in the trust."""

    stretch: str
    session_id: str
    audience: Audience
    ended_at: datetime
    occasions: tuple[Occasion, ...] = ()
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is kept of an answer: occasions and entries about goals."""

    occasions: tuple[Occasion, ...] = ()
    entries: tuple[Entry, ...] = ()


def triggers_of(evolution: Evolution) -> Sequence[TrustTrigger]:
    """Return what the file names, in the order in which it is numbered: what pleases, then what hurts."""
    return [*evolution.positive_triggers, *evolution.negative_triggers]
