"""The order of statements of which one can hold at a time, and from when until when each held. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from src_v2.knowledge.models import Claim

LEAST_CONFIDENCE = 0.5
"""Below this a claim counts only while nothing surer is said about the same."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim, understood: `subject` and `value` are entities. `past` says that it held and is over.

    `flipped` when it was said from its other end: subject and value are the claim's object and subject. `strength` is
    how much it says: less is implied by more.
    """

    claim: Claim
    subject: str
    topic: str
    predicate: str
    value: str
    affirms: bool = True
    single: bool = False
    past: bool = False
    takes_back: bool = False
    flipped: bool = False
    strength: int = 0

    @property
    def at(self) -> datetime:
        """When it was said."""
        return self.claim.said_at

    @property
    def day(self) -> str:
        """The day it was said on, as an ISO date."""
        return self.at.date().isoformat()

    @property
    def begins(self) -> str | None:
        """Since when it holds, as far as that was said."""
        return self.claim.valid_from

    @property
    def ends(self) -> str | None:
        """Until when it held, as far as that was said."""
        return self.claim.valid_until

    def about(self, value: str) -> Self:
        """Return the same with another value."""
        return replace(self, value=value)

    def says_like(self, other: "Statement") -> bool:
        """Whether both say the same of the same."""
        return self.value == other.value and self.affirms == other.affirms


@dataclass(frozen=True, slots=True)
class Episode:
    """A time in which something held: the statements that say so, in order, and when it ended.

    `until` is None while it lasts, and empty when it is over and nobody said since when.
    """

    statements: tuple[Statement, ...]
    until: str | None = None

    @property
    def last(self) -> Statement:
        """The latest statement: what the episode rests on."""
        return max(self.statements, key=_order)

    @property
    def fullest(self) -> Statement:
        """The latest of those that say most."""
        return max(self.statements, key=lambda said: (said.strength, _order(said)))

    @property
    def begins(self) -> str | None:
        """Since when it holds, as said last."""
        return next((said.begins for said in sorted(self.statements, key=_order, reverse=True) if said.begins), None)


def episodes(stated: Sequence[Statement], backs: Sequence[Statement], today: str | None) -> list[Episode]:
    """Return what held one after the other.

    `backs` are retractions on the same topic, of this value, of another or of all. `today` is an ISO date; what is
    announced for later has not come. None: all of it has come.
    """
    standing = _surest(_standing(stated, backs))
    ended = _standing([back for back in backs if not back.takes_back], backs)
    ends = sorted([*ended, *(said for said in standing if _is_over(said, today))], key=_order)
    coming = [said for said in standing if not _is_over(said, today) and not _reached(said.begins, today)]
    held = [said for said in standing if not _is_over(said, today) and _reached(said.begins, today)]
    found, used = _closed(_runs(_timeline(held), ends), ends)
    found += [Episode((said,)) for said in coming]
    return found + _bygone([said for said in ends if said not in used and said.value])


def _standing(statements: Sequence[Statement], backs: Sequence[Statement]) -> list[Statement]:
    """Return what was not taken back, in the order in which it was said."""
    return sorted((said for said in statements if not any(_takes_back(b, said) for b in backs)), key=_order)


def _takes_back(back: Statement, said: Statement) -> bool:
    """Whether a retraction means a statement: only what was said before it can be meant."""
    return (
        back.takes_back
        and back.at > said.at
        and back.affirms == said.affirms
        and (said.past or not back.past)
        and back.value in {"", said.value}
    )


def _surest(statements: list[Statement]) -> list[Statement]:
    sure = [said for said in statements if said.claim.confidence >= LEAST_CONFIDENCE]
    return sure or statements


def _is_over(said: Statement, today: str | None) -> bool:
    return said.past or (said.ends is not None and _reached(said.ends, today))


def _reached(date: str | None, today: str | None) -> bool:
    return not date or today is None or today[: len(date)] >= date


def _timeline(statements: Sequence[Statement]) -> list[Statement]:
    """Return statements in the order in which they began to hold: as said, unless the dates of two say otherwise."""
    line: list[Statement] = []
    for said in statements:
        place = len(line)
        if said.begins:
            later = (n for n, other in enumerate(line) if other.begins and _before(said.begins, other.begins))
            place = next(later, place)
        line.insert(place, said)
    return line


def _before(date: str, other: str) -> bool:
    """Whether a date lies before another one, compared as exactly as both are known."""
    exact = min(len(date), len(other))
    return date[:exact] < other[:exact]


def _runs(line: Sequence[Statement], ends: Sequence[Statement]) -> list[list[Statement]]:
    """Return neighbours that say the same together, unless it had ended between them."""
    runs: list[list[Statement]] = []
    for said in line:
        before = runs[-1][-1] if runs and said.says_like(runs[-1][-1]) else None
        is_more = before is not None and said.strength > max(other.strength for other in runs[-1])
        if before is None or is_more or any(_ends(end, before) and end.at < said.at for end in ends):
            runs.append([said])
        else:
            runs[-1].append(said)
    return runs


def _closed(runs: list[list[Statement]], ends: Sequence[Statement]) -> tuple[list[Episode], list[Statement]]:
    """Return the runs as episodes, each closed by what ended it or by the next; and the ends that did so."""
    latest = [max(run, key=_order) for run in runs]
    ended: dict[int, list[Statement]] = {}
    used: list[Statement] = []
    for end in ends:
        place = max((n for n, said in enumerate(latest) if _ends(end, said)), default=None)
        if place is not None:
            ended.setdefault(place, []).append(end)
            used.append(end)
    found: list[Episode] = []
    for n, run in enumerate(runs):
        following = runs[n + 1] if n + 1 < len(runs) else []
        endings = ended.get(n, [])
        dated = [end for end in endings if end.ends or not _is_after(end, following)]
        until = (dated[-1].ends or "") if dated else _since(following) if following else None
        found.append(Episode((*run, *(end for end in endings if end.value)), until))
    return found, used


def _ends(end: Statement, said: Statement) -> bool:
    """Whether an end is that of a statement: said no earlier, and not about a time before it was said to hold."""
    if end.value not in {"", said.value} or end.affirms != said.affirms or end.at < said.at:
        return False
    return not end.ends or not _before(end.ends, said.day)


def _is_after(end: Statement, following: list[Statement]) -> bool:
    """Whether what came next had ended the time before already."""
    return bool(following) and not end.ends and end.at > min(said.at for said in following)


def _since(following: list[Statement]) -> str:
    first = min(following, key=_order)
    return Episode(tuple(following)).begins or first.day


def _bygone(ends: Sequence[Statement]) -> list[Episode]:
    """Return what is only known to have ended, once for each value."""
    same: dict[tuple[str, bool], list[Statement]] = {}
    for said in ends:
        same.setdefault((said.value, said.affirms), []).append(said)
    return [Episode(tuple(group), max(group, key=_order).ends or "") for group in same.values()]


def _order(said: Statement) -> tuple[datetime, str, str, float, str]:
    claim = said.claim
    return (claim.said_at, claim.valid_from or "", claim.valid_until or "", claim.confidence, claim.id)
