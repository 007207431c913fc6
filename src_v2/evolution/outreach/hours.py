"""Quiet hours: when somebody does not want to be written to, in the time of where they are. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTES_OF_DAY = 24 * 60
LOOKED_AHEAD = timedelta(hours=48)
STEP = timedelta(minutes=5)

_HOURS = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*h?\s*(?:-|–|to|until|till)\s*(\d{1,2})(?::(\d{2}))?\s*h?")


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of every day, in minutes after midnight; it goes over midnight when it ends before it begins."""

    begins: int
    ends: int

    def hold(self, minute: int) -> bool:
        """Whether a minute of the day is within."""
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends

    @property
    def in_words(self) -> str:
        """The hours as they stand in a sentence: "22:00 and 8:00"."""
        return f"{_clock(self.begins)} and {_clock(self.ends)}"


USUAL = Hours(22 * 60, 8 * 60)
"""For who said nothing else."""
ALWAYS = Hours(0, MINUTES_OF_DAY)
"""For those of whom nobody knows what time it is where they are: whatever the hour, it may be night there."""


def parse(text: str) -> Hours | None:
    """Read `22-8` or `22:30 - 7:15`; None for anything else, and for a stretch without end."""
    match = _HOURS.fullmatch(text.strip().casefold())
    if match is None:
        return None
    begins = int(match[1]) * 60 + int(match[2] or 0)
    ends = int(match[3]) * 60 + int(match[4] or 0)
    valid = begins <= MINUTES_OF_DAY and ends <= MINUTES_OF_DAY and int(match[2] or 0) < 60 > int(match[4] or 0)  # noqa: PLR2004
    begins, ends = begins % MINUTES_OF_DAY, ends % MINUTES_OF_DAY
    return Hours(begins, ends) if valid and begins != ends else None


def minute_of(moment: datetime) -> int:
    """Return the minute of the day."""
    return moment.hour * 60 + moment.minute


def zone_named(name: str) -> ZoneInfo | None:
    """Return a time zone by its IANA name; None when there is no such."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def next_open(moment: datetime, zone: ZoneInfo, quiet: tuple[Hours, ...]) -> datetime:
    """Return the next moment (UTC in, UTC out) that is in none of the quiet hours; two days on when there is none."""
    for step in range(int(LOOKED_AHEAD / STEP)):
        then = moment + step * STEP
        if not is_quiet(then, zone, quiet):
            return then
    return moment + LOOKED_AHEAD


def is_quiet(moment: datetime, zone: ZoneInfo, quiet: tuple[Hours, ...]) -> bool:
    """Whether a moment is in any of the quiet hours of somebody in that zone."""
    minute = minute_of(moment.astimezone(zone))
    return any(hours.hold(minute) for hours in quiet)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"
