"""Reasons to write that follow from what is known: a date that somebody mentioned, a birthday, a long absence."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, not_, or_, select, tuple_

from src_v2.core.fence import one_line
from src_v2.evolution.outreach.models import Person, PersonKey, Reason
from src_v2.knowledge import reading
from src_v2.knowledge.models import USER, Claim, Fact
from src_v2.knowledge.resolve import resolve
from src_v2.storage.database import Database
from src_v2.storage.tables import facts

MOST_CLAIMS = 500
"""Of one person, the newest."""
DATE_WEIGHT, BIRTHDAY_WEIGHT, ABSENCE_WEIGHT = 0.8, 0.9, 0.4
NEAR = {-1: "was yesterday", 0: "is today", 1: "is tomorrow", 2: "is in two days"}
"""How far away a date is that is worth writing about, in days."""
FRIEND = 41
"""The trust from which somebody is a friend, who is missed."""
SHORTEST_ABSENCE, LONGEST_ABSENCE = timedelta(days=7), timedelta(days=28)
"""After how long the most eager and the least eager character miss a friend."""
WHOLE_DATE = len("2026-05-17")
_MONTHS = (
    ("jan", "ene"), ("feb",), ("mar",), ("apr", "abr"), ("may",), ("jun",), ("jul",), ("aug", "ago"), ("sep",),
    ("oct",), ("nov",), ("dec", "dic"),
)  # fmt: skip
_ISO = re.compile(r"(?:\d{4}-)?(\d{2})-(\d{2})")
_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b")


class KnownDates:
    """Dates that people mentioned before they came, and birthdays."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def __call__(self, people: Sequence[Person], now: datetime) -> Mapping[PersonKey, Sequence[Reason]]:
        """Return what was yesterday, is today or comes in the next two days; one statement for all."""
        claims = await self._claims(people) if people else {}
        return await asyncio.to_thread(
            lambda: {one.candidate.key: dates_near(claims.get(one.candidate.key, ()), one, now) for one in people}
        )

    async def _claims(self, people: Sequence[Person]) -> dict[PersonKey, list[Claim]]:
        key = tuple_(facts.c.character, facts.c.user_id)
        anywhere = [one.candidate.key for one in people if one.candidate.servers]
        in_private = [one.candidate.key for one in people if not one.candidate.servers]
        whose = or_(key.in_(anywhere), and_(key.in_(in_private), facts.c.guild_id.is_(None)))
        place = (facts.c.user_id, facts.c.character)
        newest = func.row_number().over(partition_by=place, order_by=(facts.c.said_at.desc(), facts.c.id.desc()))
        ranked = select(facts.c.id, newest.label("rank")).where(whose).subquery()
        query = reading.all_claims().where(
            facts.c.id.in_(select(ranked.c.id).where(ranked.c.rank <= MOST_CLAIMS)), not_(facts.c.object == "")
        )
        found: dict[PersonKey, list[Claim]] = {}
        async with self._db.read() as connection:
            for row in (await connection.execute(query)).mappings():
                found.setdefault((row["character"], row["user_id"]), []).append(reading.claim_of(row))
        return found


class Absence:
    """A friend of whom nothing was heard for a long time."""

    async def __call__(self, people: Sequence[Person], now: datetime) -> Mapping[PersonKey, Sequence[Reason]]:
        """Return that they are missed, once per absence."""
        return {one.candidate.key: missed(one, now) for one in people}


def missed(person: Person, now: datetime) -> list[Reason]:
    """Return that a friend is missed; the more eager a character is, the sooner."""
    talked_at = person.candidate.talked_at
    longing = LONGEST_ABSENCE - (LONGEST_ABSENCE - SHORTEST_ABSENCE) * person.eagerness
    if talked_at is None or person.trust < FRIEND or now - talked_at < longing:
        return []
    days = (now - talked_at).days
    text = f"The two of you have not talked for {days} days, and you are friends."
    return [Reason(f"absence:{talked_at:%Y%m%dT%H%M%S}", text, ABSENCE_WEIGHT)]


def dates_near(claims: Iterable[Claim], person: Person, now: datetime) -> list[Reason]:
    """Return the reasons that follow from what somebody said; a date that was moved counts as it was said last."""
    today = now.astimezone(person.zone).date()
    latest: dict[tuple[str, str, str], Fact] = {}
    for fact in sorted(resolve(claims, now=now), key=lambda fact: fact.said_at):
        latest[fact.subject, fact.predicate, fact.object] = fact
    found = []
    for fact in latest.values():
        on = _day_of(fact, person, today)
        if on is not None and (on - today).days in NEAR and fact.is_current:
            weight = BIRTHDAY_WEIGHT if fact.predicate == "birthday" else DATE_WEIGHT
            when = "before" if on > today else "then" if on == today else "after"
            found.append(Reason(f"date:{fact.id}:{on.isoformat()}:{when}", _told(fact, on, today), weight))
    return found


def birthday(text: str, today: date) -> date | None:
    """Return the birthday nearest to `today` that a text names: "17 May", "may 17th 1990", "1990-05-17"."""
    named = _month_and_day(text.casefold())
    if named is None:
        return None
    near = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            near.append(date(year, *named))
        except ValueError:
            continue  # the 29th of February
    return min(near, key=lambda one: abs(one - today)) if near else None


def _day_of(fact: Fact, person: Person, today: date) -> date | None:
    """Return the day that a fact is about, if it is one that was spoken of before it came."""
    if fact.predicate == "birthday":
        return birthday(fact.object, today)
    if fact.valid_from is None or len(fact.valid_from) != WHOLE_DATE:
        return None
    try:
        on = date.fromisoformat(fact.valid_from)
    except ValueError:
        return None
    return on if fact.said_at.astimezone(person.zone).date() < on else None


def _told(fact: Fact, on: date, today: date) -> str:
    whose = "they" if fact.subject == USER else fact.subject
    what = f"{whose} | {fact.predicate.replace('_', ' ')} | {fact.object}"
    return one_line(f"{what} | {on.isoformat()}, which {NEAR[(on - today).days]} for them")


def _month_and_day(text: str) -> tuple[int, int] | None:
    if iso := _ISO.fullmatch(text.strip()):
        return int(iso[1]), int(iso[2])
    words = re.findall(r"[^\W\d_]+", text)
    months = [at for at, starts in enumerate(_MONTHS, 1) for word in words if word.startswith(starts) and len(word) > 2]  # noqa: PLR2004
    days = [int(number) for number in _DAY.findall(text) if 1 <= int(number) <= 31]  # noqa: PLR2004 - of a month
    return (months[0], days[0]) if months and days else None
