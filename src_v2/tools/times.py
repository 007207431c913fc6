"""A time as a model names it: an ISO date as exact as it is known, or words such as "last March"."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from src_v2.memory.when import spans
from src_v2.tools.arguments import Unfit
from src_v2.tools.base import ToolContext

TIME_WORDS = "A date as exact as you know it (2026, 2026-05, 2026-05-17), or words such as last March."
"""What the description of such an argument says."""

Period = tuple[datetime, datetime]
"""From the first moment until before the second, both UTC."""

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_DECEMBER = 12


def limits(since: str | None, until: str | None, context: ToolContext) -> tuple[datetime | None, datetime | None]:
    """Return from when and until before when something must have been said; raises Unfit."""
    start, end = (_limit(name, text, context) for name, text in (("since", since), ("until", until)))
    if start and end and start[0] >= end[1]:
        raise Unfit("since lies after until.")
    return start[0] if start else None, end[1] if end else None


def stretch(since: str, until: str, context: ToolContext) -> Period:
    """Return the time from the beginning of `since` until the end of `until`; raises Unfit."""
    start, end = _limit("since", since, context), _limit("until", until, context)
    if start is None or end is None or start[0] >= end[1]:
        raise Unfit("since lies after until.")
    return start[0], end[1]


def period(text: str, now: datetime, zone: ZoneInfo) -> Period | None:
    """Return the time that `text` names, as wide as its words; None when it names none.

    Takes 2026, 2026-05, 2026-05-17 (days of `zone`), a date and time with or without offset, or words for a time in
    the past, as they are understood in questions.
    """
    try:
        if match := _DATE.fullmatch(text):
            return _dates(*match.groups(), zone=zone)
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        return moment, moment + timedelta(seconds=1)
    except (ValueError, OverflowError):
        said = spans(text, now, zone)
        return (said[0].start, said[0].end) if said else None


def _limit(name: str, text: str | None, context: ToolContext) -> Period | None:
    if text is None:
        return None
    named = period(text, context.now, context.timezone)
    if named is None:
        raise Unfit(f"{name} names no time. {TIME_WORDS}")
    return named


def _dates(year: str, month: str | None, day: str | None, *, zone: ZoneInfo) -> Period:
    first = date(int(year), int(month or 1), int(day or 1))
    if day:
        end = first + timedelta(days=1)
    elif month and first.month < _DECEMBER:
        end = first.replace(month=first.month + 1)
    else:
        end = date(first.year + 1, 1, 1)
    return _midnight(first, zone), _midnight(end, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
