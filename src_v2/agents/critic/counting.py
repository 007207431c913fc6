"""Numbers, days and times of a clause: given by a source about the same thing, worked out from one, or wrong."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from src_v2.agents.critic import vocabulary as words
from src_v2.agents.critic.findings import Kind, Lack
from src_v2.agents.critic.persons import Clause, telling
from src_v2.agents.critic.sources import Sources, Unit, holds
from src_v2.agents.critic.tokens import Sort, Token, alike, number, tokens
from src_v2.knowledge.models import USER

_ROUNDED = 0.15
"""How far people round "ten weeks ago"."""
_MONTHS_AHEAD = 2
_LATEST_AGE = 110
_FIRST_YEAR = 1900


class Counting:
    """Holds the numbers of clauses against the sources of one review."""

    def __init__(self, sources: Sources, today: date, spoken: str) -> None:
        self._sources = sources
        self._today = today
        self._spoken = spoken

    def miscounted(self, text: str) -> Lack | None:
        """Return a number of things that the sources count otherwise, whoever the subject is."""
        found = tokens(text, self._spoken)
        for count, thing in pairwise(found):
            if not _counts(count, thing):
                continue
            counted = [
                before for unit in self._sources.units for before, there in pairwise(unit.tokens)
                if _counts(before, there) and alike(there, thing) and {USER, ""} & {unit.speaker, *unit.about}
            ]  # fmt: skip
            if counted and all(before.key != count.key for before in counted):
                return Lack(Kind.WRONG_NUMBER, text[count.start : thing.end])
        return None

    def misdated(self, clause: Clause) -> Lack | None:
        """Return a number or day of something that the person spoke of, and gave another for."""
        things = [t for t in clause.tokens if not t.is_exact and t.key not in words.TIME_UNITS]
        theirs = [unit for unit in self._sources.units if unit.speaker in {USER, ""} and not unit.asked]
        same = [unit for unit in theirs if things and all(holds(unit, thing) for thing in things)]
        for token in clause.tokens:
            others = [t for unit in same for t in unit.tokens if t.sort is token.sort]
            if not token.is_exact or not others or any(token.key in unit.keys for unit in self._sources.units):
                continue
            return Lack(Kind.WRONG_NUMBER, clause.text[token.start : token.end])
        return None

    def lack(self, clause: Clause, rest: Sequence[Token], exact: Sequence[Token], pool: Sequence[Unit]) -> Lack | None:
        """Return a number or day of a clause that no source of `pool` gives; `rest` is all that the clause says."""
        topics = [t for t in rest if not t.is_exact and (clause.goes_on or t.key not in words.TIME_UNITS)]
        about_them = clause.about != "user" or clause.goes_on or clause.strong or clause.past or telling(clause.text)
        if not about_them and not any(holds(unit, topic) for topic in topics for unit in pool):
            return None  # "you have 206": everybody, not this person
        related = [unit for unit in pool if any(holds(unit, topic) for topic in topics)]
        for token in exact:
            where = related or pool
            if any(token.key in unit.keys or token.key in _days_said(unit, rest) for unit in where if not unit.asked):
                continue
            if any(token.key in unit.keys for unit in pool if not unit.about):
                continue
            if self._follows(token, clause, related or pool) or self._is_meant(token, exact, related or pool):
                continue
            other = [t for unit in where for t in unit.tokens if t.sort is token.sort and t.key != token.key]
            kind = Kind.WRONG_NUMBER if other and (related or not topics) else Kind.UNSUPPORTED
            return Lack(kind, clause.text[token.start : token.end])
        return None

    def _follows(self, token: Token, clause: Clause, pool: Iterable[Unit]) -> bool:
        """Whether a number can be worked out: an age or years ago from a year, how many of something there are."""
        value = number(token)
        if token.sort is Sort.WEEKDAY:
            return any(token.key == f"@day{day.weekday()}" for unit in pool for day in self._days(unit))
        if value is None:
            return False
        behind = next((t for t in clause.tokens if t.start >= token.end), None)
        if behind and behind.key in words.TIME_UNITS and self._lies_off(value, words.TIME_UNITS[behind.key], pool):
            return True
        if behind and behind.sort is Sort.ROLE:
            return len(self._sources.names_of.get(behind.key, ())) == value
        years = [n for unit in pool for t in unit.tokens if (n := number(t)) is not None]
        if value < _LATEST_AGE:
            return any(self._today.year - year in {value, value + 1} for year in years if year > _FIRST_YEAR)
        return any(self._today.year - value == n for n in years if n < _LATEST_AGE)

    def _lies_off(self, count: float, unit_days: int, pool: Iterable[Unit]) -> bool:
        """Whether something in the sources lies about that far from today, before or behind it."""
        for unit in pool:
            said = [unit.said_at.date()] if unit.said_at is not None and unit.speaker else []
            for day in (*said, *self._days(unit)):
                distance = abs((day - self._today).days) / unit_days
                if abs(distance - count) <= max(1.0, count * _ROUNDED):
                    return True
        return False

    def _is_meant(self, token: Token, exact: Sequence[Token], pool: Iterable[Unit]) -> bool:
        """Whether a month goes without saying: a source names the day, and was said shortly before or after."""
        if token.sort is not Sort.MONTH:
            return False
        days = {other.key for other in exact if other.sort is Sort.NUMBER}
        said = (u.said_at for u in pool if days & u.keys and not any(t.sort is Sort.MONTH for t in u.tokens))
        return any(at is not None and (int(token.key[6:]) - at.month) % 12 <= _MONTHS_AHEAD for at in said)

    def _days(self, unit: Unit) -> Iterable[date]:
        months = [int(t.key[6:]) for t in unit.tokens if t.sort is Sort.MONTH]
        numbers = [int(n) for t in unit.tokens if (n := number(t)) is not None and n <= 31]  # noqa: PLR2004 - days
        for month in months[:2]:
            for day in numbers[:3]:
                for year in (self._today.year, self._today.year + 1, self._today.year - 1):
                    try:
                        yield date(year, month, day)
                    except ValueError:
                        continue


def _days_said(unit: Unit, rest: Sequence[Token]) -> frozenset[str]:
    """Return the keys of the day that something was said: people date what happened by when they heard of it."""
    at = unit.said_at
    if at is None or not unit.speaker:
        return frozenset()
    days = {f"@month{at.month}", f"@day{at.weekday()}", f"#{at.year}"}
    if any(token.key == f"@month{at.month}" for token in rest):
        days.add(f"#{at.day}")
    return frozenset(days)


def _counts(count: Token, thing: Token) -> bool:
    """Whether a number stands right before what it counts."""
    plain = count.sort is Sort.NUMBER and not thing.is_exact and thing.sort is not Sort.ROLE
    return plain and thing.key not in words.TIME_UNITS and thing.key != "age" and thing.start - count.end <= 1
