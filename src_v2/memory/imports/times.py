"""When the messages of an imported chat were sent: reads what exports write about it and fills in what is missing."""

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LEEWAY = timedelta(days=1)
"""How far a clock that wrote an export may be ahead of ours."""
_MILLISECONDS_FROM = 10**11
"""Smaller numbers are seconds: as milliseconds they would lie before March 1973, as seconds this lies past 5138."""
_LONGEST = 64
"""Characters of a written time."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND_US = 1_000_000

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBER = re.compile(r"[0-9]{9,14}(?:\.[0-9]{1,9})?", re.ASCII)
_LETTERED = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\s*@\s*(?P<hour>\d{1,2})h\s*(?P<minute>\d{1,2})m"
    r"\s*(?P<second>\d{1,2})s(?:\s*(?P<milli>\d{1,3})ms)?",
    re.ASCII,
)
"""2023-11-12 @14h 03m 22s 123ms"""
_WORDED = re.compile(
    r"(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2}),\s*(?P<year>\d{4})\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2}))?\s*(?P<half>[ap]m)?",
    re.ASCII | re.IGNORECASE,
)
"""November 12, 2023 2:03pm"""


def moment(value: object, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the UTC time that an export means by `value`; None when it is no time, or outside 1990..`now` + 1 day.

    Numbers (also as text) are seconds or milliseconds since 1970; text is ISO 8601 or one of SillyTavern's own ways.
    Text without an offset is the local time of `zone`, in a repeated hour the first.
    """
    with suppress(ValueError, OverflowError):
        found = _number(value) if isinstance(value, int | float) else _text(value, zone)
        if found is not None and _EARLIEST <= found <= now + _LEEWAY:
            return found
    return None


def spread(given: Sequence[datetime | None], fallback_end: datetime, start: datetime | None = None) -> list[datetime]:
    """Return one time for each message, strictly growing, keeping as many of the `given` times as can be kept.

    A time that is missing, repeated or out of order is interpolated: a second after the message before it, less where
    the next given time is nearer; messages before the first given time get seconds back from it. With none given they
    run on from `start` by the second, or up to `fallback_end` when there is no start either.
    """
    if not given:
        return []
    anchors = _in_order(_microseconds(given))
    if not anchors:
        first = start if start is not None else fallback_end - timedelta(seconds=len(given))
        anchors = {0: (first - _EPOCH) // _MICROSECOND}
    places = sorted(anchors)
    times = [anchors[places[0]] - (places[0] - index) * _SECOND_US for index in range(places[0])]
    for place, following in pairwise([*places, len(given)]):
        step = _SECOND_US
        if following in anchors:
            step = min(step, (anchors[following] - anchors[place]) // (following - place))
        times.extend(anchors[place] + step * offset for offset in range(following - place))
    return [_EPOCH + timedelta(microseconds=at) for at in times]


def _microseconds(given: Sequence[datetime | None]) -> list[int | None]:
    """Return the times since 1970, None for those that only repeat the one before: of a minute's messages the first."""
    found: list[int | None] = []
    last: datetime | None = None
    for at in given:
        found.append(None if at is None or at == last else (at - _EPOCH) // _MICROSECOND)
        last = at or last
    return found


def _in_order(given: Sequence[int | None]) -> dict[int, int]:
    """Return, by position, the most times that grow by at least a microsecond for each message between them.

    The longest subsequence that does not fall (patience sorting), over the times less their positions.
    """
    tails: list[int] = []
    tail_places: list[int] = []
    before: dict[int, int | None] = {}
    for place, at in enumerate(given):
        if at is None:
            continue
        length = bisect_right(tails, at - place)
        before[place] = tail_places[length - 1] if length else None
        tails[length : length + 1] = [at - place]
        tail_places[length : length + 1] = [place]
    kept: dict[int, int] = {}
    step = tail_places[-1] if tail_places else None
    while step is not None:
        at = given[step]
        if at is not None:
            kept[step] = at
        step = before[step]
    return kept


def _number(value: float) -> datetime | None:
    if isinstance(value, bool) or not math.isfinite(value):
        return None
    seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
    return _EPOCH + timedelta(seconds=seconds)


def _text(value: object, zone: ZoneInfo) -> datetime | None:
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = value.strip()
    if _NUMBER.fullmatch(text):
        return _number(float(text))
    if match := _LETTERED.fullmatch(text):
        local = _local(match, int(match["month"]), int(match["hour"]), 1000 * int(match["milli"] or 0))
    elif match := _WORDED.fullmatch(text):
        local = _local(match, _month(match["name"]), _hour(match), 0)
    else:
        local = datetime.fromisoformat(text)
    return local.replace(tzinfo=local.tzinfo or zone).astimezone(UTC)


def _local(match: re.Match[str], month: int, hour: int, microsecond: int) -> datetime:
    second = int(match["second"] or 0)
    return datetime(int(match["year"]), month, int(match["day"]), hour, int(match["minute"]), second, microsecond)  # noqa: DTZ001 - the caller knows the zone


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _hour(match: re.Match[str]) -> int:
    hour = int(match["hour"])
    if not match["half"]:
        return hour
    if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock face
        raise ValueError("no hour of a clock face")
    return hour % 12 + (12 if match["half"].lower() == "pm" else 0)
