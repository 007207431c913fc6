"""How long what was said is kept: everything, only what was understood of it, or a number of days."""

import re
from dataclasses import dataclass
from typing import Self

EVERYTHING, SUMMARIES = "everything", "summaries"
MOST_DAYS = 36_500
_DAYS = re.compile(r"(\d{1,6})(?: days?)?")


@dataclass(frozen=True, slots=True)
class Retention:
    """A policy. `days` is None for no limit; with `words` false only summaries and facts of a conversation are kept."""

    days: int | None = None
    words: bool = True

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what people write: `everything`, `summaries`, or `90 days`; raises ValueError for anything else."""
        plain = " ".join(text.lower().split())
        if plain in {"", EVERYTHING}:
            return cls()
        if plain == SUMMARIES:
            return cls(words=False)
        match = _DAYS.fullmatch(plain)
        if match is None or not 1 <= int(match[1]) <= MOST_DAYS:
            raise ValueError("is everything, summaries, or a number of days such as 90 days")
        return cls(days=int(match[1]))

    def __str__(self) -> str:
        if self.days is not None:
            return f"{self.days} day{'s' * (self.days != 1)}"
        return EVERYTHING if self.words else SUMMARIES
