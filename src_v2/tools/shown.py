"""Short ids for what a model is shown in one turn: m1 for a message, f1 for a fact, s1 for a summary.

Models copy short ids without mistakes, and can only name what they were shown: no real id ever comes from a model.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from src_v2.knowledge.models import Fact, Summary
from src_v2.memory.models import Memory

_SHORT_ID = re.compile(r"\s*\[?\s*([a-z])([1-9][0-9]{0,3})\s*\]?\s*", re.IGNORECASE | re.ASCII)


class Identified(Protocol):
    """Something with a real id."""

    @property
    def id(self) -> str:
        """The id in the stores."""
        ...


T = TypeVar("T", bound=Identified)


class ShortIds(Generic[T]):
    """The short ids of one kind of things, numbered from 1 in the order in which they were shown first."""

    def __init__(self, letter: str) -> None:
        self._letter = letter
        self._numbers: dict[str, int] = {}
        self._items: dict[int, T] = {}

    def show(self, item: T) -> str:
        """Return the short id of `item`, the same every time; what it is from now on is what was shown last."""
        number = self._numbers.setdefault(item.id, len(self._numbers) + 1)
        self._items[number] = item
        return f"{self._letter}{number}"

    def show_all(self, items: Iterable[T]) -> None:
        """Give what the prompt shows its numbers, in its order, so that tools mean the same by the same short ids."""
        for item in items:
            self.show(item)

    def get(self, short_id: str) -> T | None:
        """Return what a model means by `short_id` ("f1", "[F1]"); None for anything that was not shown."""
        match = _SHORT_ID.fullmatch(short_id)
        if match is None or match[1].lower() != self._letter:
            return None
        return self._items.get(int(match[2]))


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that was shown in one turn."""

    messages: ShortIds[Memory] = field(default_factory=lambda: ShortIds("m"))
    facts: ShortIds[Fact] = field(default_factory=lambda: ShortIds("f"))
    summaries: ShortIds[Summary] = field(default_factory=lambda: ShortIds("s"))
