"""Tell the time: here and elsewhere, which day a date is, how far two dates lie apart."""

import asyncio
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from src_v2.tools.arguments import Arguments, MaybeName, MaybeQuery, Number, Unfit
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.places import zone_of
from src_v2.tools.results import ok

MOST_PLACES = 8
FARTHEST_DAYS = 200_000
_DATES = "A date (2026-05-17), or today, tomorrow, yesterday."
_NEAR = {"today": 0, "tomorrow": 1, "yesterday": -1, "now": 0}


class CurrentTime(Arguments):
    """Where, and which dates."""

    places: MaybeQuery = Field(
        None,
        description="Cities or IANA zones, separated by semicolons: Tokyo; America/New_York. Leave it out for here.",
    )
    date: MaybeName = Field(None, description=f"Tell which day of the week this is. {_DATES}")
    other_date: MaybeName = Field(None, description=f"Count the days from date, or from today, until then. {_DATES}")
    plus_days: Number = Field(
        0, ge=-FARTHEST_DAYS, le=FARTHEST_DAYS, description="Tell the date so many days after date, or after today."
    )


def current_time() -> Tool[CurrentTime]:
    """Return the tool. Here is where the person is, when their platform tells, else where the character is."""
    return Tool(
        name="current_time",
        description=(
            "The current date and time, here or in other cities, with the difference; the day of the week of a date; "
            "the days between two dates. Use it instead of guessing what day or time it is."
        ),
        arguments=CurrentTime,
        run=_run,
        permission=Permission.COMPUTE,
        cost=Cost.CHEAP,
    )


async def _run(wanted: CurrentTime, context: ToolContext) -> ToolResult:
    here_name = context.author.timezone or context.timezone.key
    here = (await asyncio.to_thread(zone_of, here_name)) or context.timezone
    today = context.now.astimezone(here).date()
    named = [part.strip() for part in (wanted.places or "").split(";") if part.strip()]
    if len(named) > MOST_PLACES:
        raise Unfit(f"places: at most {MOST_PLACES} at once.")
    zones = await asyncio.to_thread(_zones, named) if named else [here]
    lines = _times(zones, context.now)
    if wanted.date or wanted.other_date or wanted.plus_days:
        lines += _days(wanted, today)
    return ok("\n".join(lines))


def _zones(names: list[str]) -> list[ZoneInfo]:
    found = [zone_of(name) for name in names]
    if None in found:
        at = found.index(None) + 1
        raise Unfit(f"places: number {at} is not known. Name a large city near it, or an IANA zone such as Asia/Tokyo.")
    return [zone for zone in found if zone is not None]


def _times(zones: list[ZoneInfo], now: datetime) -> list[str]:
    first = now.astimezone(zones[0])
    lines = []
    for zone in dict.fromkeys(zones):
        there = now.astimezone(zone)
        offset = f"UTC{there:%z}"
        apart = "" if zone is zones[0] else f", {_apart(there, first)} {zones[0].key}"
        lines.append(f"{zone.key}: {there:%A %Y-%m-%d %H:%M} ({offset}{apart})")
    return lines


def _apart(there: datetime, first: datetime) -> str:
    """Return how far the clocks of two places lie apart."""
    difference = (there.utcoffset() or timedelta()) - (first.utcoffset() or timedelta())
    minutes = int(difference.total_seconds() // 60)
    if minutes == 0:
        return "the same time as"
    hours, rest = divmod(abs(minutes), 60)
    return f"{hours} h{f' {rest} min' if rest else ''} {'ahead of' if minutes > 0 else 'behind'}"


def _days(wanted: CurrentTime, today: date) -> list[str]:
    start = _date("date", wanted.date, today) if wanted.date else today
    lines = [f"{start.isoformat()} is a {start:%A}, {_from_today(start, today)}."]
    if wanted.other_date:
        end = _date("other_date", wanted.other_date, today)
        lines.append(f"{end.isoformat()} is a {end:%A}, {_distance((end - start).days, start)}.")
    if wanted.plus_days:
        try:
            then = start + timedelta(days=wanted.plus_days)
        except OverflowError:
            raise Unfit("plus_days: that leads out of the calendar.") from None
        lines.append(f"{wanted.plus_days} days after {start.isoformat()} is {then.isoformat()}, a {then:%A}.")
    return lines


def _from_today(day: date, today: date) -> str:
    return "today" if day == today else _distance((day - today).days, today)


def _distance(days: int, start: date) -> str:
    if days == 0:
        return f"the same day as {start.isoformat()}"
    weeks, rest = divmod(abs(days), 7)
    also = f" ({weeks} weeks and {rest} days)" if weeks else ""
    return f"{abs(days)} days{also} {'after' if days > 0 else 'before'} {start.isoformat()}"


def _date(name: str, text: str, today: date) -> date:
    if (near := _NEAR.get(text.casefold())) is not None:
        return today + timedelta(days=near)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unfit(f"{name}: {_DATES}") from None
