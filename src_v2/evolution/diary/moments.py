"""When a character writes: in the evening of its own day, on some mornings after a dream; a little different each time.

Follows from the names alone, so that it is the same after a restart. A day begins when the last page was due, so that
nothing that was said falls between two pages. Wall-clock times, so that they stay where they are when clocks change.
"""

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from random import Random
from zoneinfo import ZoneInfo

from src_v2.evolution.diary.models import Kind, Occasion, Whose, Window

EVENING, EARLY = time(21), time(5)
PAGE_JITTER_MIN, DREAM_JITTER_MIN = 75, 60
ONE_DREAM_IN = 4
"""Nights: whoever tells a dream each morning has none."""
LATEST = timedelta(hours=18)
"""After its time: a day that nobody was there to write about is not made up for later than this."""
DAY = timedelta(days=1)


def window_of(occasion: Occasion, zone: ZoneInfo) -> Window:
    """Return what a page is about and when it is due."""
    evening_before = Occasion(occasion.whose, Kind.PAGE, occasion.day - DAY)
    return Window(_due(evening_before, zone), _due(occasion, zone))


def occasions(whose: Whose, zone: ZoneInfo, now: datetime, last_at: datetime) -> list[tuple[Occasion, Window]]:
    """Return what there is to be written about soon or a little late, of somebody who last spoke at `last_at`."""
    today = now.astimezone(zone).date()
    days = [today - 2 * DAY, today - DAY, today]
    wanted = [Occasion(whose, kind, day) for day in days for kind in Kind if kind is Kind.PAGE or dreams(whose, day)]
    windows = [(occasion, window_of(occasion, zone)) for occasion in wanted]
    return [(one, window) for one, window in windows if window.due + LATEST > now and last_at > window.start]


def dreams(whose: Whose, day: date) -> bool:
    """Whether the character dreams in the night after that day."""
    return _dice(Occasion(whose, Kind.DREAM, day), "whether").randrange(ONE_DREAM_IN) == 0


def _due(occasion: Occasion, zone: ZoneInfo) -> datetime:
    """Return the moment in UTC."""
    if occasion.kind is Kind.PAGE:
        day, at, jitter = occasion.day, EVENING, PAGE_JITTER_MIN
    else:
        day, at, jitter = occasion.day + DAY, EARLY, DREAM_JITTER_MIN
    minutes = _dice(occasion, "when").randint(-jitter, jitter)
    return (datetime.combine(day, at, zone) + timedelta(minutes=minutes)).astimezone(UTC)


def _dice(occasion: Occasion, what: str) -> Random:
    names = (occasion.whose.character, occasion.whose.user_id, occasion.kind.value, occasion.day.isoformat(), what)
    return Random(sha256("\0".join(names).encode()).digest())  # noqa: S311 - picks a minute, guards nothing
