"""How hard a turn is thought about: at once, or step by step with tools. Decided before the first model call."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Complexity(StrEnum):
    """How much an answer takes."""

    SIMPLE = "simple"
    LOW = "complex_low"
    MID = "complex_mid"
    HIGH = "complex_high"


class Mode(StrEnum):
    """How an answer is made."""

    FAST = "fast"
    """One streamed model call."""
    REFLECTIVE = "reflective"
    """A loop of reasoning and tools."""


STEPS: Mapping[Complexity, int] = MappingProxyType(
    {Complexity.SIMPLE: 1, Complexity.LOW: 5, Complexity.MID: 10, Complexity.HIGH: 15}
)
"""Most model calls of one answer, the one that gives it included."""


@dataclass(frozen=True, slots=True)
class Route:
    """The way that a turn takes.

    `confidence` is 0..1. `reasons` are names of rules and signals, never words that somebody said. `max_steps` may be
    fewer than `STEPS` allows, when a similar question took fewer.
    """

    complexity: Complexity
    max_steps: int
    confidence: float
    reasons: tuple[str, ...] = ()

    @property
    def mode(self) -> Mode:
        """How the answer is made."""
        return Mode.FAST if self.complexity is Complexity.SIMPLE else Mode.REFLECTIVE


def route(complexity: Complexity, confidence: float, *reasons: str) -> Route:
    """Return a route with the full number of steps."""
    return Route(complexity, STEPS[complexity], confidence, reasons)
