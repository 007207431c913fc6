"""Which times a text speaks of: "last March", "two weeks ago", "el 3 de mayo", as ranges that memories can lie in.

Only the past counts, because that is where memories are: "next week" gives nothing, "in March" is the latest March
that has begun. A range is as wide as the words allow. What is said about a time need not have been said at that time:
whoever narrows by these ranges must still find something when a range holds nothing.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from src_v2.memory import when_words as words

MOST_SPANS = 8
"""Per text: a question names one time or two; more is a list or an attack, and each costs the store a condition."""
_MOST_LOOKED_AT = 32
"""Expressions per text, those included that mean nothing or the same again: bounds the time that a text can cost."""

_DAY = timedelta(days=1)
_MONTHS_A_YEAR = 12
_THIS = frozenset({"this", "este", "esta"})
_LAST = frozenset({"last", "pasado", "pasada", "pasados", "pasadas"})
_YEARS_BACK = 9
"""From one 29 February to the next it can be eight years, around 2100."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time that a text speaks of: from `start` until before `end`, both UTC, and the words that say so."""

    start: datetime
    end: datetime
    text: str


@dataclass(frozen=True, slots=True)
class _Now:
    at: datetime
    today: date


_Range = tuple[date, date]
"""Days mean their local midnight, datetimes without zone are local, with zone they are what they say."""
_Parts = dict[str, str]
"""What a pattern's named groups matched, with single spaces."""
_OfYear = Callable[[int], _Range | None]
"""The range of something that comes once a year, in that year."""


def spans(text: str, now: datetime, zone: ZoneInfo) -> list[Span]:
    """Return the past times that `text` speaks of, in its order, each once, at most `MOST_SPANS`.

    `now` is aware; days, weeks (from Monday) and seasons (northern) are those of `zone`. Every span has
    start < end and start <= now; it may end after now ("this year"). Never raises because of the text.
    """
    text = unicodedata.normalize("NFC", text)
    folded = words.folded(text)
    here = _Now(now.astimezone(UTC), now.astimezone(zone).date())
    result: dict[tuple[datetime, datetime], Span] = {}
    for name, match in islice(words.found(folded), _MOST_LOOKED_AT):
        span = _span(name, match, here, zone) if words.is_meant(name, match, text) else None
        if span:
            result.setdefault(span, Span(*span, text[match.start() : match.end()]))
        if len(result) == MOST_SPANS:
            break
    return list(result.values())


def _span(name: str, match: re.Match[str], now: _Now, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    parts = {key: " ".join(value.split()) for key, value in match.groupdict().items() if value}
    with suppress(ValueError, OverflowError):  # no calendar has that date
        said = _MEANINGS[name](parts, now)
        if said is None:
            return None
        start, end = (_instant(moment, zone) for moment in said)
        if words.reaches_until_now(match):
            end = max(end, _instant(now.today + _DAY, zone))
        if start <= now.at and start < end:
            return start, end
    return None


def _instant(moment: date, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _day(parts: _Parts, now: _Now) -> _Range:
    if "nights_back" in parts:
        return _part_of(now.today - words.NIGHTS_BACK[parts["nights_back"]] * _DAY, "night")
    days = words.DAYS_BACK[parts["days_back"]] if "days_back" in parts else 0
    return _part_of(now.today - days * _DAY, parts.get("part"))


def _part_of(day: date, part: str | None) -> _Range:
    if part is None:
        return day, day + _DAY
    midnight = datetime.combine(day, time())
    first, end = words.PARTS[part]
    return midnight + timedelta(hours=first), midnight + timedelta(hours=end)


def _weekday(parts: _Parts, now: _Now) -> _Range:
    """Return the latest such day before today, or that of last week."""
    weekday = words.WEEKDAYS[parts["weekday"]]
    if "week" in parts:
        day = _calendar_range("week", now.today, 1)[0] + weekday * _DAY
    else:
        day = now.today - ((now.today.weekday() - weekday) % 7 or 7) * _DAY
    return _part_of(day, parts.get("part"))


def _calendar(parts: _Parts, now: _Now) -> _Range:
    """Return a whole week, weekend, month or year of the calendar."""
    unit, which = words.CALENDAR[parts["calendar"]], parts.get("which", "")
    if not which:
        latest = _calendar_range(unit, now.today, 0)
        return latest if latest[0] <= now.today else _calendar_range(unit, now.today, 1)
    if which == "before last" or which.startswith("ante"):
        return _calendar_range(unit, now.today, 2)
    return _calendar_range(unit, now.today, 0 if which in _THIS else 1)


def _calendar_range(unit: str, today: date, ago: int) -> _Range:
    if unit == "year":
        return _year_range(today.year - ago)
    if unit == "month":
        first = _months_later(today.replace(day=1), -ago)
        return first, _months_later(first, 1)
    monday = today - (today.weekday() + 7 * ago) * _DAY
    return (monday + 5 * _DAY if unit == "weekend" else monday), monday + 7 * _DAY


def _year_range(year: int) -> _Range:
    return date(year, 1, 1), date(year + 1, 1, 1)


def _months_later(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day."""
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, _MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _ago(parts: _Parts, now: _Now) -> _Range:
    """Return one unit around that day; people round, so from far away it is a tenth of the distance to each side."""
    unit = words.UNITS[parts["unit"]]
    least, most = _counted(parts)
    if unit.minutes:
        far, near = (timedelta(minutes=count * unit.minutes) for count in (most, least))
        slack = max(timedelta(minutes=unit.slack), far / 10)
        return now.at - far - slack, min(now.at, now.at - near + slack)
    first, last = (_back(now.today, count, unit) for count in (most, least))
    slack = max(unit.slack, (now.today - first).days // 10) * _DAY
    return first - slack, last + slack + _DAY


def _until_now(parts: _Parts, now: _Now) -> _Range:
    unit = words.UNITS[parts["unit"]]
    _, most = _counted(parts)
    if unit.minutes:
        return now.at - timedelta(minutes=most * unit.minutes), now.at
    return _back(now.today, most, unit), now.today + _DAY


def _counted(parts: _Parts) -> tuple[float, float]:
    """Return the least and the most units that are meant."""
    plural = parts["unit"].endswith("s") and parts["unit"] != "mes"
    least, most = _count(parts.get("count", "few" if plural else "one"))
    if "count2" in parts:
        least, most = sorted((least, _count(parts["count2"])[1]))
    if parts.get("more") == "or two":
        return least, most + 1
    half = 0.5 if parts.get("more", "or so") != "or so" else 0.0
    return least + half, most + half


def _count(word: str) -> tuple[float, float]:
    return words.COUNTS.get(word) or (float(word), float(word))


def _back(today: date, count: float, unit: words.Unit) -> date:
    if unit.months:
        return _months_later(today, -round(count * unit.months))
    return today - round(count * unit.days) * _DAY


def _yearly(of_year: _OfYear, parts: _Parts, now: _Now) -> _Range | None:
    """Return the one of the year that is named, else the latest that has begun, or with "last" has ended."""
    which = parts.get("which", "")
    if "year" in parts:
        return of_year(_year_of(parts["year"], now.today))
    for year in range(now.today.year, now.today.year - _YEARS_BACK, -1):
        found = of_year(year)
        if found and found[0] <= now.today and (found[1] <= now.today or which not in _LAST):
            over = found[1] <= now.today and found[0].year < now.today.year
            return None if over and which in _THIS else found
    return None


def _year_of(said: str, today: date) -> int:
    if said.isdecimal():
        return int(said)
    if said.endswith("ago"):
        return today.year - int(_count(said.split(maxsplit=1)[0])[0])
    if said.startswith(("last", "ano pasado")):
        return today.year - 1
    return today.year if said.startswith(("this", "este")) else today.year + 1


def _month_range(year: int, month: int, months: int = 1) -> _Range:
    return date(year, month, 1), _months_later(date(year, month, 1), months)


def _month(parts: _Parts, now: _Now) -> _Range | None:
    return _yearly(lambda year: _month_range(year, words.MONTHS[parts["month"]]), parts, now)


def _months(parts: _Parts, now: _Now) -> _Range | None:
    """Return the time from one month to another; the year behind the second is that of both."""
    first, last = words.MONTHS[parts["month"]], words.MONTHS[parts["month2"]]
    length = (last - first) % _MONTHS_A_YEAR + 1
    if "year2" not in parts and "year" not in parts:
        latest = _yearly(lambda year: _month_range(year, last), parts, now)
        return latest and (_months_later(latest[1], -length), latest[1])
    if "year2" not in parts:
        return _month_range(_year_of(parts["year"], now.today), first, length)
    year2 = _year_of(parts["year2"], now.today)
    year = _year_of(parts["year"], now.today) if "year" in parts else year2 - (first > last)
    return date(year, first, 1), _month_range(year2, last)[1]


def _season(parts: _Parts, now: _Now) -> _Range | None:
    return _yearly(lambda year: _month_range(year, words.SEASONS[parts["season"]], 3), parts, now)


def _holiday(parts: _Parts, now: _Now) -> _Range | None:
    month, day, days = words.HOLIDAYS[parts["holiday"]]
    return _yearly(lambda year: (date(year, month, day), date(year, month, day) + days * _DAY), parts, now)


def _date(parts: _Parts, now: _Now) -> _Range | None:
    """Return a day, or the days from one to another, of a month."""
    month = words.MONTHS[parts["month"]]
    first = words.ORDINALS[parts["ordinal"]] if "ordinal" in parts else int(parts["day"])
    return _yearly(lambda year: _days_range(year, month, first, int(parts.get("day2", first))), parts, now)


def _days_range(year: int, month: int, first: int, last: int) -> _Range | None:
    with suppress(ValueError):  # 29 February of most years, or 31 June of any
        return date(year, month, first), date(year, month, last) + _DAY
    return None


def _day_of_month(parts: _Parts, now: _Now) -> _Range | None:
    """Return the latest that has begun; of three months in a row at least one has a 31st."""
    months = (_months_later(now.today.replace(day=1), -ago) for ago in range(3))
    days = (_days_range(first.year, first.month, int(parts["day"]), int(parts["day"])) for first in months)
    return next((found for found in days if found and found[0] <= now.today), None)


def _year(parts: _Parts, _: _Now) -> _Range:
    first, last = parts["plain_year"], parts.get("plain_year2", parts["plain_year"])
    return _year_range(int(first))[0], _year_range(int(last))[1]


def _iso(parts: _Parts, _: _Now) -> _Range | None:
    if parts["sign"] != parts["sign2"]:
        return None
    return _days_range(int(parts["plain_year"]), int(parts["number"]), int(parts["number2"]), int(parts["number2"]))


def _numeric(parts: _Parts, now: _Now) -> _Range | None:
    """Return the day of 3/5 and the like if it can be only one: Spanish and dots put the day first, 13 is no month."""
    day, month, sign = int(parts["number"]), int(parts["number2"]), parts["sign"]
    if sign != "." and parts.get("on") not in {"el", "del"}:
        if month > _MONTHS_A_YEAR:
            day, month = month, day
        elif day <= _MONTHS_A_YEAR and day != month:
            return None
    if "sign2" not in parts:
        named = sign == "/" and "on" in parts
        return _yearly(lambda year: _days_range(year, month, day, day), parts, now) if named else None
    if parts["sign2"] != sign or ("short_year" in parts and sign != "/"):
        return None
    return _days_range(int(parts.get("plain_year") or "20" + parts["short_year"]), month, day, day)


_MEANINGS: dict[str, Callable[[_Parts, _Now], _Range | None]] = {
    "ago": _ago, "calendar": _calendar, "date": _date, "day": _day, "day_of_month": _day_of_month,
    "holiday": _holiday, "iso": _iso, "month": _month, "months": _months, "numeric": _numeric,
    "season": _season, "until_now": _until_now, "weekday": _weekday, "year": _year,
}  # fmt: skip
