"""What the replies that a person liked have in common, beside the others: length, questions, emojis, lists. Pure.

One reaction says nothing about style, and neither do many when all replies look the same: it takes several liked ones
and a clear difference. Old ones count less and less.
"""

import math
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from src_v2.core.emojis import FOUND

LEAST_LIKED, LEAST_OTHERS = 3, 4
HALF_LIFE_DAYS = 45.0
LEAST_WEIGHT = 1.0
"""Of all liked replies together: three of them count for some ten weeks, ten for five months."""
CLEARLY_LONGER = 1.5
MOSTLY = 0.8
"""How many pairs of a liked and another reply must agree about which is longer."""
SHORT_WORDS, LONG_WORDS = 45, 60
CLEAR_SHARE, LEAST_CHANCE = 0.4, 0.05
"""By how much a trait must be more frequent among the liked ones, and how likely it may be that this is chance."""
_DAY_S = 86_400.0
_LISTED = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)]|#{1,4})\s+\S", re.MULTILINE)
_WORD = re.compile(r"\w+")
_CLOSING = "\"'”’»)*_~ \n"


class Taste(StrEnum):
    """Something that a person likes about answers, as the prompt says it."""

    SHORT = "They like short answers: two or three sentences."
    SHORTER = "They like answers that are not too long."
    LONG = "They like answers that go into detail."
    QUESTION = "They like it when an answer ends with a question to them."
    NO_QUESTION = "They like answers that do not end with a question."
    EMOJIS = "They like emojis in answers."
    NO_EMOJIS = "They like answers without emojis."
    LISTS = "They like lists and headings where there is much to say."
    NO_LISTS = "They like running text better than lists."

    @property
    def about(self) -> str:
        """What it is about: `length`, `question`, `emojis` or `lists`. An explicit wish about the same goes before."""
        return "length" if self in _LENGTHS else self.name.removeprefix("NO_").lower()


_LENGTHS = {Taste.SHORT, Taste.SHORTER, Taste.LONG}


@dataclass(frozen=True, slots=True)
class Shape:
    """How a reply looks, without its words. `words` is their number."""

    words: int
    asks: bool
    has_emojis: bool
    is_listed: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """A reply's shape and what the person thinks of it, -1..1; 0 for nothing. `place` is what visibility needs."""

    shape: Shape
    value: float
    at: datetime
    place: Mapping[str, str | None]


def shape_of(text: str) -> Shape:
    """Return how a reply looks."""
    pictures = len(FOUND.findall(text))
    ending = FOUND.sub("", text).rstrip(_CLOSING)
    return Shape(
        words=len(_WORD.findall(text)),
        asks=ending.endswith(("?", "？")),
        has_emojis=pictures > 0,
        is_listed=len(_LISTED.findall(text)) > 1,
    )


def tastes(samples: Sequence[Sample], now: datetime) -> list[Taste]:
    """Return what the liked ones among `samples` have in common and the others have not; mostly nothing."""
    liked = [one for one in samples if one.value > 0]
    others = [one.shape for one in samples if one.value <= 0]
    weight = sum(0.5 ** (max((now - one.at).total_seconds(), 0.0) / _DAY_S / HALF_LIFE_DAYS) for one in liked)
    if len(liked) < LEAST_LIKED or len(others) < LEAST_OTHERS or weight < LEAST_WEIGHT:
        return []
    shapes = [one.shape for one in liked]
    found = (
        _length([one.words for one in shapes], [one.words for one in others]),
        _habit(shapes, others, lambda one: one.asks, Taste.QUESTION, Taste.NO_QUESTION),
        _habit(shapes, others, lambda one: one.has_emojis, Taste.EMOJIS, Taste.NO_EMOJIS),
        _habit(shapes, others, lambda one: one.is_listed, Taste.LISTS, Taste.NO_LISTS),
    )
    return [one for one in found if one is not None]


def _length(liked: Sequence[int], others: Sequence[int]) -> Taste | None:
    usual, wanted = statistics.median(others), statistics.median(liked)
    pairs = len(liked) * len(others)
    shorter = sum(one < other for one in liked for other in others) / pairs
    longer = sum(one > other for one in liked for other in others) / pairs
    if shorter >= MOSTLY and wanted * CLEARLY_LONGER <= usual:
        return Taste.SHORT if wanted <= SHORT_WORDS else Taste.SHORTER
    if longer >= MOSTLY and usual * CLEARLY_LONGER <= wanted and wanted >= LONG_WORDS:
        return Taste.LONG
    return None


def _habit(
    liked: Sequence[Shape], others: Sequence[Shape], has: Callable[[Shape], bool], more: Taste, less: Taste
) -> Taste | None:
    """Return what a trait that liked replies have clearly more often, or less often, says."""
    among_liked, among_others = sum(map(has, liked)), sum(map(has, others))
    difference = among_liked / len(liked) - among_others / len(others)
    rate = (among_others + 1) / (len(others) + 2)
    if difference >= CLEAR_SHARE and _chance(len(liked), among_liked, rate) <= LEAST_CHANCE:
        return more
    if -difference >= CLEAR_SHARE and _chance(len(liked), len(liked) - among_liked, 1 - rate) <= LEAST_CHANCE:
        return less
    return None


def _chance(tries: int, hits: int, rate: float) -> float:
    """Return how likely that many hits or more are when each try is one with probability `rate`."""
    return sum(math.comb(tries, one) * rate**one * (1 - rate) ** (tries - one) for one in range(hits, tries + 1))
