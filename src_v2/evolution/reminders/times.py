"""From expressions of time to a moment or a rule: what a person's words mean on their own clock.

All times in here are local and naive: the wall clock of whoever asked. Not for what is to be done then (`asking`).
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

from src_v2.evolution.reminders.gathering import NOON, Said, take
from src_v2.evolution.reminders.rules import DAY_NAMES, first_of
from src_v2.evolution.reminders.tongues import Found, Tongue

DEFAULT_HOUR = 9
"""When a day is named and no time: early enough for anything, and nobody is woken."""
PART_HOURS = {"morning": 9, "noon": 12, "afternoon": 15, "evening": 19, "night": 20}
LEAST_MINUTES_BETWEEN = 15
"""Nobody wants to hear of the same thing more often, whatever they say."""
DAY_HOURS, LAST_SURE_HOUR = 24, 6
"""Whoever says "at five" and not which means the afternoon; from seven on, whichever comes next."""
SURELY_EVERY_MONTH = 28
FARTHEST = timedelta(days=3660)
_DAY = timedelta(days=1)


class Problem(StrEnum):
    """Why a time cannot be taken."""

    MISSING = "missing"
    """None is said, or none that is understood."""
    PAST = "past"
    """It is over."""
    OFTEN = "often"
    """More often than every fifteen minutes."""
    FAR = "far"
    """More than ten years ahead."""


@dataclass(frozen=True, slots=True)
class When:
    """A moment of the wall clock, and when it comes again: the value of an RRULE, or empty for once.

    `counted` says that it is counted from now, so that it is the same moment in every time zone; `elapsed` is the real
    time until then, when it is counted in minutes.
    """

    first: datetime
    rule: str = ""
    counted: bool = False
    elapsed: timedelta | None = None


def understand(found: Iterable[Found], tongue: Tongue, now: datetime) -> When | Problem:
    """Return what expressions mean together; `now` is local and naive."""
    said = Said(tongue, now.replace(microsecond=0))
    try:
        for one in found:
            take(one, said)
        return _resolved(said)
    except (ValueError, OverflowError):  # no calendar has that date
        return Problem.MISSING


def _resolved(said: Said) -> When | Problem:
    when = _rule(said) if said.frequency else _once(said)
    if isinstance(when, When) and not when.rule:
        if when.first <= said.now:
            return Problem.PAST
        if when.first - said.now > FARTHEST:
            return Problem.FAR
    return when


def _once(said: Said) -> When | Problem:
    now, clock = said.now, said.hour is not None or bool(said.part)
    if said.minutes:
        elapsed = timedelta(minutes=said.minutes)
        return When(now + elapsed, counted=True, elapsed=elapsed)
    if said.days or said.months:
        moment = now + relativedelta(days=said.days, months=said.months)
        return When(_at(said, moment.date()) if clock else moment, counted=not clock)
    if said.day is not None:
        if said.day == now.date() and not clock:
            return Problem.MISSING
        return When(_at(said, said.day))
    if said.weekday is not None:
        ahead = (said.weekday - now.weekday()) % 7
        moment = _at(said, now.date() + ahead * _DAY)
        over = moment <= now or (ahead == 0 and said.not_today)
        return When(moment + 7 * _DAY if over else moment)
    if said.dom is not None:
        return _on_date(said)
    if not clock:
        return Problem.MISSING
    moment = _at(said, now.date())
    return When(moment if moment > now else _at(said, now.date() + _DAY))


def _on_date(said: Said) -> When | Problem:
    """Return the next such date, or the one of the year that is named."""
    if said.year is not None and said.month is not None:
        return When(_at(said, date(said.year, said.month, said.dom or 1)))
    months = range(1, 13 * 8) if said.month is None else range(said.month, said.month + 12 * 9, 12)
    first = said.now.month if said.month is None else 0
    for month in months:
        year, index = divmod(month + (first - 2 if said.month is None else -1), 12)
        year += said.now.year
        if said.dom is not None and said.dom <= monthrange(year, index + 1)[1]:
            moment = _at(said, date(year, index + 1, said.dom))
            if moment > said.now:
                return When(moment)
    return Problem.MISSING


def _at(said: Said, day: date) -> datetime:
    """Return the time of day that is meant, on that day."""
    hour = said.hour
    if hour is None:
        return datetime.combine(day, time(PART_HOURS.get(said.part, DEFAULT_HOUR)))
    later = 0
    if said.exact or hour > NOON:
        later = int(hour == 0 and not said.minute and not said.part)  # midnight is the end of the day that is named
    elif said.part in {"afternoon", "evening", "noon"}:
        hour = hour % NOON + NOON
    elif said.part == "night":
        later = int(hour == NOON or hour < LAST_SURE_HOUR)
        hour = hour % NOON if later else hour + NOON
    elif said.part == "morning":
        hour %= NOON
    elif 1 <= hour <= LAST_SURE_HOUR or (hour < NOON and _is_over(said, day, hour)):
        hour += NOON
    if hour >= DAY_HOURS:
        hour, later = hour - DAY_HOURS, 1
    return datetime.combine(day + later * _DAY, time(hour, said.minute))


def _is_over(said: Said, day: date, hour: int) -> bool:
    """Whether that time of today has passed, and no other day is named: then the evening is meant."""
    other = said.frequency or said.weekday is not None or said.dom is not None
    return not other and day == said.now.date() and datetime.combine(day, time(hour, said.minute)) <= said.now


def _rule(said: Said) -> When | Problem:
    """Return what comes again and again, with its next time."""
    now = said.now
    if said.frequency in {"MINUTELY", "HOURLY"}:
        minutes = said.interval * (1 if said.frequency == "MINUTELY" else 60)
        if minutes < LEAST_MINUTES_BETWEEN:
            return Problem.OFTEN
        elapsed = timedelta(minutes=minutes)
        return When(now + elapsed, _text(said, []), counted=True, elapsed=elapsed)
    if said.weekday is not None and not said.by_day:
        said.by_day = [DAY_NAMES[said.weekday]]
    fixed, start = _fixed(said)
    rule = _text(said, fixed)
    return When(first_of(_at(said, start), rule, now), rule)


def _fixed(said: Said) -> tuple[list[str], date]:
    """Return on which days it comes, and the day from which they are counted."""
    today, after = said.day or said.now.date(), said.interval
    if said.frequency == "DAILY":
        return [], today
    if said.frequency == "WEEKLY":
        if said.by_day:
            return [f"BYDAY={','.join(said.by_day)}"], _first_weekday(said, today)
        start = today + 7 * after * _DAY if said.day is None else today
        return [f"BYDAY={DAY_NAMES[start.weekday()]}"], start
    if said.by_day:
        return [f"BYDAY={','.join(said.by_day)}"], today
    named = said.dom is not None
    dom = said.dom if said.dom is not None else today.day
    if said.frequency == "YEARLY":
        month = said.month or today.month
        start = today if named else today + relativedelta(years=after)
        return [f"BYMONTH={month}", f"BYMONTHDAY={dom}"], start
    start = today if named else today + relativedelta(months=after)
    if dom <= SURELY_EVERY_MONTH:
        return [f"BYMONTHDAY={dom}"], start.replace(day=1) if not named else start
    days = ",".join(map(str, range(SURELY_EVERY_MONTH, dom + 1)))  # the 31st of a short month is its last day
    return [f"BYMONTHDAY={days}", "BYSETPOS=-1"], start


def _first_weekday(said: Said, today: date) -> date:
    """Return the first day that counts: every other week is counted from the one in which it comes first."""
    wanted = {DAY_NAMES.index(day) for day in said.by_day}
    days = (today + ahead * _DAY for ahead in range(8))
    return next(day for day in days if day.weekday() in wanted and _at(said, day) > said.now)


def _text(said: Said, fixed: list[str]) -> str:
    interval = [f"INTERVAL={said.interval}"] if said.interval > 1 else []
    return ";".join([f"FREQ={said.frequency}", *interval, *fixed])
