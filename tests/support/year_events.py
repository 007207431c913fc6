"""What can happen in the simulated year, and to whom."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
BERLIN, NEW_YORK, TOKYO, HERS = "Europe/Berlin", "America/New_York", "Asia/Tokyo", "America/Los_Angeles"


@dataclass(frozen=True)
class Resident:
    """Somebody. `zone` is what their platform tells, "" for nothing; `quiet` the hours they asked for."""

    name: str
    zone: str
    answers: bool = False
    wants_messages: bool = False
    quiet: tuple[int, int] = (22, 8)

    @property
    def user_id(self) -> str:
        return f"discord:{self.name.casefold()}"

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone or HERS)


@dataclass(frozen=True)
class Event:
    """Something that happens at a moment (UTC)."""

    at: datetime
    who: str


@dataclass(frozen=True)
class Talk(Event):
    """A conversation: what the person says, a minute apart."""

    texts: tuple[str, ...]
    in_server: bool = False


@dataclass(frozen=True)
class Order(Event):
    """A command. With `first_item` what it shows first is what the action is for."""

    command: str
    action: str = ""
    text: str = ""
    first_item: bool = False


@dataclass(frozen=True)
class React(Event):
    """A reaction to one of the replies that the person got, counted from the last one; `back` takes it back."""

    emoji: str
    which: int = -1
    back: bool = False


@dataclass(frozen=True)
class Glance(Event):
    """Somebody looks how the character stands to them."""


@dataclass(frozen=True)
class NoLongerRemembered(Event):
    """They do not want to be remembered from now on."""


@dataclass(frozen=True)
class Erasure(Event):
    """They have everything erased."""


@dataclass(frozen=True)
class Weekly:
    """A reminder that comes every so many weeks: `weekday` 0 is Monday; `until` it is over, for whatever reason."""

    who: str
    zone: str
    asked_at: datetime
    weekday: int
    at: time
    what: str
    weeks: int = 1
    until: datetime = END

    def times(self) -> list[datetime]:
        """Return when it is to be said, counted on the wall clock of its zone."""
        there = ZoneInfo(self.zone)
        day = self.asked_at.astimezone(there).date()
        found = [local(day + timedelta(days=ahead), self.at, self.zone) for ahead in range(400)]
        due = [one for one in found if one > self.asked_at and one.astimezone(there).weekday() == self.weekday]
        return [one for one in due[:: self.weeks] if one < self.until]


def local(day: date, at: time, zone: str) -> datetime:
    """Return the moment (UTC) at which a wall clock shows that."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
