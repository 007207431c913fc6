"""Dates as exact as they were said: 2026, 2026-05 or 2026-05-17; and plain relative ones counted from a day."""

import re
from datetime import date, timedelta

EARLIEST_YEAR = 1900
LATEST_YEARS_AHEAD = 30
"""Plans reach no further, and nobody who speaks today remembers the nineteenth century."""

_PARTIAL = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?=$|[T\s])")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero", "february feb febrero", "march mar marzo", "april apr abril", "may mayo",
            "june jun junio", "july jul julio", "august aug agosto", "september sep sept septiembre setiembre",
            "october oct octubre", "november nov noviembre", "december dec diciembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = re.compile(
    rf"\b(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?(?:,? (?:de(?:l)? )?(?P<year>\d{{4}}))?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_AGO = re.compile(
    r"\b(?P<n>\d{1,3}|an?|one|two|three|four|five|six|un|una|dos|tres|cuatro|cinco|seis) (?P<unit>day"
    r"|week|month|year|día"
    r"|semana|mes|año)(?:e?s)? ago\b|\bhace (?P<n2>\d{1,3}|un|una|dos|tres|cuatro|cinco|seis) "
    r"(?P<unit2>día|semana|mes|año)(?:e?s)?\b",
    re.IGNORECASE,
)
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "un": 1, "una": 1, "two": 2, "dos": 2, "three": 3, "tres": 3, "four": 4, "cuatro": 4,
    "five": 5, "cinco": 5, "six": 6, "seis": 6,
}  # fmt: skip
_SIMPLE = (
    (re.compile(r"\b(?:yesterday|ayer)\b", re.IGNORECASE), lambda day: (day - timedelta(days=1)).isoformat()),
    (re.compile(r"\b(?:today|this morning|hoy)\b", re.IGNORECASE), lambda day: day.isoformat()),
    (re.compile(r"\b(?:last month|el mes pasado)\b", re.IGNORECASE), lambda day: _months_before(day, 1)),
    (re.compile(r"\b(?:last year|el año pasado)\b", re.IGNORECASE), lambda day: f"{day.year - 1:04}"),
    (re.compile(r"\b(?:this year|este año)\b", re.IGNORECASE), lambda day: f"{day.year:04}"),
)
_DAYS_OF = {"day": 1, "día": 1, "week": 7, "semana": 7}


def partial(text: str | None, said_on: date) -> str | None:
    """Return the date in `text` as an ISO date of its own exactness, None when there is none that can be meant."""
    if not text:
        return None
    match = _PARTIAL.match(text.strip())
    found = _checked(match) if match else relative(text, said_on)
    if found is None or not EARLIEST_YEAR <= int(found[:4]) <= said_on.year + LATEST_YEARS_AHEAD:
        return None
    return found


def relative(text: str, said_on: date) -> str | None:
    """Return the date that a phrase such as "last May" or "two years ago" means on that day; None without one."""
    for pattern, date_of in _SIMPLE:
        if pattern.search(text):
            return date_of(said_on)
    if match := _AGO.search(text):
        return _before(match, said_on)
    if match := _MONTH.search(text):
        return _month(match, said_on)
    year = _YEAR.search(text)
    return year.group() if year else None


def is_after(found: str, day: date) -> bool:
    """Whether a partial date begins after `day`: every exactness is compared as exactly as it goes."""
    return found > day.isoformat()[: len(found)]


def month_number(word: str) -> int | None:
    """Return 1..12 for the name of a month in English or Spanish."""
    return _MONTHS.get(word.casefold().rstrip("."))


def _checked(match: re.Match[str]) -> str | None:
    """Return the parts of a date, when there is such a day."""
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        date(year or 1, month or 1, day or 1)
    except ValueError:
        return None
    parts = [f"{year:04}", *(f"{part:02}" for part in (month, day) if part is not None)]
    return "-".join(parts)


def _before(match: re.Match[str], day: date) -> str:
    number = match.group("n") or match.group("n2")
    count = _NUMBERS.get(number.casefold()) or int(number)
    unit = (match.group("unit") or match.group("unit2")).casefold()
    if unit in _DAYS_OF:
        return (day - timedelta(days=count * _DAYS_OF[unit])).isoformat()
    return _months_before(day, count) if unit in {"month", "mes"} else f"{day.year - count:04}"


def _months_before(day: date, count: int) -> str:
    months = day.year * 12 + day.month - 1 - count
    return f"{months // 12:04}-{months % 12 + 1:02}"


def _month(match: re.Match[str], day: date) -> str | None:
    """Return a month with its year, or the most recent one of that name."""
    word = match.group("month")
    number = _MONTHS[word.casefold()]
    if match.group("year"):
        return f"{match.group('year')}-{number:02}"
    if not word[0].isupper() and word.casefold() in {"may", "march", "mar"}:  # a verb, or the sea
        return None
    return f"{day.year - (number > day.month):04}-{number:02}"
