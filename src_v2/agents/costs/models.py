"""What reports and caps are about. A day is one in UTC."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

USUAL_DAYS = 7
MOST_DAYS = 90


class By(StrEnum):
    """What a report is broken down by."""

    DAY = "day"
    MODEL = "model"
    PURPOSE = "purpose"


@dataclass(frozen=True, slots=True)
class Used:
    """What some calls took. `cost_usd` is that of the calls whose price is known; `unpriced` counts the others.

    A call that took no token cost nothing, whatever the price.
    """

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: float = 0.0
    unpriced: int = 0

    def __add__(self, other: "Used") -> "Used":
        return Used(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.cost_usd + other.cost_usd,
            self.unpriced + other.unpriced,
        )

    @property
    def tokens(self) -> int:
        """Tokens, asked and answered."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Entry:
    """What the calls of one day (ISO date) to one model (provider:model) for one purpose took."""

    day: str
    model: str
    purpose: str
    used: Used


@dataclass(frozen=True, slots=True)
class CostReport:
    """What the last `days` days took, today included. `priced_on` is the newest price list that was used, if any."""

    days: int
    entries: Sequence[Entry]
    priced_on: str = ""

    @property
    def total(self) -> Used:
        """Everything together."""
        return sum((entry.used for entry in self.entries), Used())

    def by(self, what: By) -> list[tuple[str, Used]]:
        """Return the parts: days in order, the others the dearest first."""
        match what:
            case By.DAY:
                return sorted(_summed(self.entries, lambda entry: entry.day))
            case By.MODEL:
                return _dearest_first(_summed(self.entries, lambda entry: entry.model))
            case By.PURPOSE:
                return _dearest_first(_summed(self.entries, lambda entry: entry.purpose))


@dataclass(frozen=True, slots=True)
class Spent:
    """What counts against a cap."""

    usd: float = 0.0
    tokens: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.usd + other.usd, self.tokens + other.tokens)

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.usd - other.usd, self.tokens - other.tokens)


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may be spent in a day; 0 means that there is no such limit."""

    usd: float = 0.0
    tokens: int = 0

    def __bool__(self) -> bool:
        return self.usd > 0 or self.tokens > 0

    def reached(self, spent: Spent) -> bool:
        """Whether no more may be spent."""
        return (0 < self.usd <= spent.usd) or (0 < self.tokens <= spent.tokens)


NO_CAP = Cap()


@dataclass(frozen=True, slots=True)
class Caps:
    """The caps: of every person, of every server, and over everything."""

    user: Cap = NO_CAP
    server: Cap = NO_CAP
    day: Cap = NO_CAP


def _summed(entries: Iterable[Entry], key: Callable[[Entry], str]) -> list[tuple[str, Used]]:
    found: defaultdict[str, Used] = defaultdict(Used)
    for entry in entries:
        found[key(entry)] += entry.used
    return list(found.items())


def _dearest_first(parts: list[tuple[str, Used]]) -> list[tuple[str, Used]]:
    return sorted(parts, key=lambda part: (-part[1].cost_usd, -part[1].tokens, part[0]))
