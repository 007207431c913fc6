"""What comes again: RFC 5545 rules on somebody's wall clock, in a time zone with summer time.

A rule is kept with its start and zone as one text (DTSTART and RRULE). Days and weeks keep the wall clock's time
whatever the clocks do; hours and minutes are counted in real time. An occurrence in an hour that the clocks leap over
is an hour later, one in an hour that comes twice is in the first.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr  # type: ignore[import-untyped]

DAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_COUNTED = 1000
"""Missed occurrences that are counted; more are "many"."""
_STAMP = "%Y%m%dT%H%M%S"
_COUNTED = {"HOURLY": timedelta(hours=1), "MINUTELY": timedelta(minutes=1)}


def first_of(start: datetime, rule: str, after: datetime) -> datetime:
    """Return the first occurrence after a time; all naive and of one clock. Raises ValueError when there is none."""
    found: datetime | None = _parsed(start, rule).after(after)
    if found is None:
        raise ValueError("a rule without an occurrence")
    return found


def rule_text(first: datetime, rule: str, zone: ZoneInfo) -> str:
    """Return a rule as it is kept; `first` is its first occurrence, local and naive."""
    if _step(rule) is not None:
        return f"DTSTART:{utc(first, zone):{_STAMP}}Z\nRRULE:{rule}"
    return f"DTSTART;TZID={zone.key}:{first:{_STAMP}}\nRRULE:{rule}"


def next_after(text: str, after: datetime) -> datetime | None:
    """Return the first occurrence of a kept rule after a time; both UTC."""
    return next(_occurrences(text, after), None)


def until(text: str, due: datetime, now: datetime) -> list[datetime]:
    """Return the occurrences from `due` up to `now`, both included, at most `MOST_COUNTED`; UTC."""
    ahead = islice(_occurrences(text, due - timedelta(seconds=1)), MOST_COUNTED)
    found: list[datetime] = []
    for moment in ahead:
        if moment > now:
            break
        found.append(moment)
    return found


def value_of(text: str) -> str:
    """Return the RRULE's value of a kept rule."""
    return text.partition("RRULE:")[2]


def utc(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which a wall clock shows `local`."""
    return local.replace(tzinfo=zone).astimezone(UTC)


def in_zone(text: str, zone: ZoneInfo) -> str:
    """Return a kept rule with the same times on the clocks of another zone."""
    head, _, rule = text.partition("\nRRULE:")
    if _step(rule) is not None:
        return text
    return rule_text(datetime.strptime(head.rpartition(":")[2], _STAMP), rule, zone)  # noqa: DTZ007 - local on purpose


def at_time(text: str, first: datetime, zone: ZoneInfo) -> str:
    """Return a kept rule with another time of day: that of `first`, local and naive; its days stay.

    What is counted in hours or minutes is counted from `first`.
    """
    head, _, rule = text.partition("\nRRULE:")
    if _step(rule) is not None:
        return rule_text(first, rule, zone)
    start = datetime.strptime(head.rpartition(":")[2], _STAMP)  # noqa: DTZ007 - local on purpose
    return rule_text(datetime.combine(start, first.time()), rule, zone)


def _occurrences(text: str, after: datetime) -> Iterator[datetime]:
    """Yield the occurrences after a time, in order, without end."""
    head, _, rule = text.partition("\nRRULE:")
    stamp = head.rpartition(":")[2]
    start = datetime.strptime(stamp.rstrip("Z"), _STAMP)  # noqa: DTZ007 - local, or UTC, as its head says
    step = _step(rule)
    if step is not None:
        yield from _counted(start.replace(tzinfo=UTC), step, after)
        return
    zone = ZoneInfo(head.partition("TZID=")[2].partition(":")[0])
    local = after.astimezone(zone).replace(tzinfo=None) - timedelta(hours=2)  # an hour may come twice
    for moment in _parsed(start, rule).xafter(local):
        if (found := utc(moment, zone)) > after:
            yield found


def _counted(start: datetime, step: timedelta, after: datetime) -> Iterator[datetime]:
    number = max(0, (after - start) // step + 1)
    while True:
        yield start + number * step
        number += 1


def _step(rule: str) -> timedelta | None:
    """Return the real time between two occurrences, when the rule counts hours or minutes."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    unit = _COUNTED.get(parts["FREQ"])
    return unit * int(parts.get("INTERVAL", "1")) if unit else None


def _parsed(start: datetime, rule: str) -> rrule:
    parsed = rrulestr(f"RRULE:{rule}", dtstart=start)
    if not isinstance(parsed, rrule):
        raise ValueError("one rule is expected")
    return parsed
