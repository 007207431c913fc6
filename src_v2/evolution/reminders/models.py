"""The nouns of reminders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from src_v2.core.audience import Audience

MOST_OPEN = 100
"""Per person, of all characters together."""
SNOOZE = timedelta(minutes=10)
LATE_FROM = timedelta(minutes=5)
"""Nobody minds less; more is apologised for."""
TOO_LATE = timedelta(days=7)
"""What was to be said longer ago than this would only confuse: it is listed instead."""
KEPT_AFTER = timedelta(days=30)
"""How long something said, or never said, can still be put off or looked up."""
PURPOSE = "reminder"
"""What messages that say one are for, in the records."""
DONE, PUT_OFF = "reminder.done", "reminder.snooze"
"""What the buttons below a reminder do."""


class Status(StrEnum):
    """How far a reminder has come."""

    PLANNED = "planned"
    SAYING = "saying"
    """What is said is decided, and under what id; whether it was sent is not known yet."""
    SAID = "said"
    UNDELIVERED = "undelivered"
    """It could not be said at its time: it is mentioned the next time they talk."""


OPEN = (Status.PLANNED, Status.SAYING)


@dataclass(frozen=True, slots=True)
class Reminder:
    """What somebody asked to be reminded of. `rule` is an RFC 5545 text, or empty; times are UTC.

    `audience` is where it is said. `missed` are the times that could not be said and were not mentioned since.
    """

    id: str
    audience: Audience
    platform: str
    what: str
    language: str
    rule: str
    timezone: str
    guessed_zone: bool
    due_at: datetime
    status: Status = Status.PLANNED
    missed: int = 0
    source_message_id: str = ""
    outgoing_id: str = ""
    text: str = ""
    said_at: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        """On whose clock it is counted."""
        return ZoneInfo(self.timezone)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be said."""
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class Followed:
    """What messages ask for after they were edited or deleted.

    `gone` are messages whose reminders all go; of the others, `dropped` are the ids of reminders that nobody asks for
    any more, `asked` those that are set anew, and `changed` those whose time stays.
    """

    gone: Sequence[str] = ()
    dropped: Sequence[str] = ()
    asked: Sequence[Reminder] = ()
    changed: Sequence[Reminder] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """On whose clock times are counted; `guessed` when it is the character's, because the person's is not known.

    `called` is the character's name.
    """

    zone: ZoneInfo
    guessed: bool
    called: str = ""
