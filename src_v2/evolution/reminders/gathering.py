"""What expressions of time say, one after the other: gathered here, put together in `times`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

from src_v2.evolution.reminders.rules import DAY_NAMES
from src_v2.evolution.reminders.tongues import Found, Kind, Tongue

NOON = 12
ABBREVIATED_CHARS = 4
"""A weekday's name that is no longer is cut off, and tells nothing by its beginning."""
_DAY = timedelta(days=1)
_MINUTES = {
    "minute": 1,
    "hour": 60,
    "day": 1_440,
    "week": 10_080,
    "fortnight": 20_160,
    "month": 21_900,
    "year": 525_600,
}
_EXACT_UNITS = frozenset({"minute", "hour"})
_MONTHS_A_YEAR = 12
_FREQUENCIES = {
    "minute": "MINUTELY", "hour": "HOURLY", "day": "DAILY", "week": "WEEKLY", "fortnight": "WEEKLY",
    "month": "MONTHLY", "year": "YEARLY",
}  # fmt: skip
_ADVERBS = {
    "HOURLY": ("hourly", "stundlich"),
    "DAILY": ("daily", "diariamente", "a diario", "taglich"),
    "WEEKLY": ("weekly", "semanalmente", "wochentlich"),
    "MONTHLY": ("monthly", "mensualmente", "mensalmente", "monatlich"),
    "YEARLY": ("yearly", "annually", "anualmente", "jahrlich"),
}


@dataclass(slots=True)
class Said:
    """What all expressions of one time say together."""

    tongue: Tongue
    now: datetime
    minutes: float = 0
    days: int = 0
    months: int = 0
    day: date | None = None
    weekday: int | None = None
    not_today: bool = False
    month: int | None = None
    dom: int | None = None
    year: int | None = None
    hour: int | None = None
    minute: int = 0
    exact: bool = False
    part: str = ""
    frequency: str = ""
    interval: int = 1
    by_day: list[str] = field(default_factory=list)


def take(found: Found, said: Said) -> None:
    """Note what one expression says."""
    parts = found.parts
    if "part" in parts:
        said.part = said.tongue.parts[parts["part"]]
    match found.kind:
        case Kind.RELATIVE:
            _take_relative(parts, said)
        case Kind.DAY:
            said.day = said.now.date() + (said.tongue.days[parts["day"]] if "day" in parts else 0) * _DAY
            said.part = "night" if parts.get("today") == "tonight" else said.part
        case Kind.PART:
            said.part = "night" if "atnight" in parts else said.tongue.parts.get(parts.get("alone", ""), said.part)
        case Kind.WEEKDAY:
            _take_weekday(parts, said)
        case Kind.DATE | Kind.DAY_OF_MONTH | Kind.EVERY_DATE:
            _take_date(parts, said)
            said.frequency = "YEARLY" if found.kind is Kind.EVERY_DATE else said.frequency
        case Kind.NEXT:
            _take_next(said.tongue.units[parts.get("unit") or parts["unit2"]], said)
        case Kind.CLOCK | Kind.HALF | Kind.QUARTER:
            _take_clock(found.kind, parts, said)
        case _:
            _take_every(found.kind, parts, said)


def _take_relative(parts: Mapping[str, str], said: Said) -> None:
    half = 0.5 if "half" in parts or "half2" in parts else 0.0
    count, unit = said.tongue.number(parts["num"]) + half, said.tongue.units[parts["unit"]]
    if "num2" in parts:
        more = said.tongue.number(parts["num2"]) * _MINUTES[said.tongue.units[parts["unit2"]]]
        said.minutes += count * _MINUTES[unit] + more
        return
    if unit in _EXACT_UNITS or count != int(count):
        said.minutes += count * _MINUTES[unit]
    elif unit in {"month", "year"}:
        said.months += int(count) * (_MONTHS_A_YEAR if unit == "year" else 1)
    else:
        said.days += int(count) * _MINUTES[unit] // _MINUTES["day"]


def _take_weekday(parts: Mapping[str, str], said: Said) -> None:
    said.weekday = said.tongue.weekdays[parts["wd"]]
    said.not_today = "next" in parts
    if "week" in parts:  # of next week, not the next one
        said.day = said.now.date() + (7 - said.now.weekday() + said.weekday) * _DAY
        said.weekday = None


def _take_date(parts: Mapping[str, str], said: Said) -> None:
    said.dom = int(parts.get("dom") or parts["dom2"])
    month = parts.get("month") or parts.get("month2")
    said.month = said.tongue.months[month] if month else int(parts["monthno"]) if "monthno" in parts else None
    said.year = int(parts["year"]) if "year" in parts else None


def _take_next(unit: str, said: Said) -> None:
    today = said.now.date()
    if unit == "week":
        said.day = today + (7 - today.weekday()) * _DAY
    elif unit == "month":
        said.day = (today + relativedelta(months=1)).replace(day=1)
    elif unit == "year":
        said.day = date(today.year + 1, 1, 1)
    elif unit == "day":
        said.day = today + _DAY


def _take_clock(kind: Kind, parts: Mapping[str, str], said: Said) -> None:
    if "noon" in parts or "midnight" in parts:
        said.hour, said.exact = (NOON if "noon" in parts else 0), True
        return
    word = parts["hour"]
    minute = parts.get("minute") or parts.get("minute2")
    said.hour, said.minute = int(said.tongue.number(word)), int(minute or 0)
    said.exact = "exact" in parts or word.startswith("0") or (said.tongue.clock24 and minute is not None)
    back = kind is Kind.HALF and said.tongue.backwards_half
    if kind is Kind.HALF or "half" in parts or "plus" in parts:
        said.minute = 15 if parts.get("plus") == "cuarto" else 30
    if kind is Kind.QUARTER:
        back = parts["to"] in {"to", "vor"}
        said.minute = 45 if back else 15
    if "minus" in parts:
        back, said.minute = True, 45
    said.hour -= back
    if "ampm" in parts:
        said.hour = said.hour % NOON + (NOON if parts["ampm"].startswith("p") else 0)
        said.exact = True


def _take_every(kind: Kind, parts: Mapping[str, str], said: Said) -> None:
    """Note how often something comes again."""
    tongue = said.tongue
    match kind:
        case Kind.WORKDAYS:
            said.frequency, said.by_day = "WEEKLY", list(DAY_NAMES[:5])
        case Kind.WEEKENDS:
            said.frequency, said.by_day = "WEEKLY", list(DAY_NAMES[5:])
        case Kind.EVERY_PART:
            said.frequency = "DAILY"
        case Kind.LAST_DAY:
            said.frequency, said.dom = "MONTHLY", -1
        case Kind.EVERY_DAY_OF_MONTH:
            said.frequency, said.dom = "MONTHLY", int(parts["dom"])
        case Kind.EVERY_NTH:
            said.frequency = "MONTHLY"
            said.by_day = [f"{tongue.ordinals[parts['nth']]}{DAY_NAMES[tongue.weekdays[parts['wd']]]}"]
        case Kind.EVERY_WEEKDAY:
            named = _weekdays_in(parts, tongue)
            said.frequency, said.by_day = "WEEKLY", [DAY_NAMES[day] for day in named]
            said.interval = 2 if "other" in parts or "wd2" in parts else 1
        case Kind.EVERY:
            _take_unit(parts, said)


def _weekdays_in(parts: Mapping[str, str], tongue: Tongue) -> list[int]:
    words = (parts.get("wds") or parts["wd"]).replace(",", " ").split()
    known = {tongue.weekdays.get(word, tongue.weekdays.get(word.removesuffix("s"), -1)) for word in words}
    long_names = {name: day for name, day in tongue.weekdays.items() if len(name) > ABBREVIATED_CHARS}
    short = {day for word in words for name, day in long_names.items() if word.startswith(name[:5])}  # mittwochs
    return sorted((known | short) - {-1})


def _take_unit(parts: Mapping[str, str], said: Said) -> None:
    if "adverb" in parts:
        said.frequency = next(name for name, words in _ADVERBS.items() if parts["adverb"] in words)
        return
    unit = said.tongue.units[parts["unit"]]
    said.frequency = _FREQUENCIES[unit]
    said.interval = 2 if "other" in parts else 1
    if "num" in parts:
        count = said.tongue.number(parts["num"])
        said.frequency, count = (
            ("MINUTELY", count * 60) if count != int(count) and unit == "hour" else (said.frequency, count)
        )
        said.interval = int(count)
    said.interval *= 2 if unit == "fortnight" else 1
