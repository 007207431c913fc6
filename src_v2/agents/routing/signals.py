"""What can be counted and found in a message: classes of words, questions, numbers, parts. No judgement here."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from src_v2.agents.routing.words import LONGEST_PHRASE, LONGEST_STEM, NAMES, PHRASES, SHORTEST_STEM, STEMS

LONGEST_READ_CHARS = 2_000
"""Of a longer text the beginning and the end are read: what is wanted stands there, between them is material."""
_ENDING_CHARS = 700

_CODE = re.compile(r"```.*?(?:```|$)", re.DOTALL)
_LINK = re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)
_ACCENT = re.compile("[\u0300-\u036f]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[%€$£¥]")
_MARKS = re.compile(r"[?？؟]+")
_PARTS = re.compile(r"[,;:\n]|\s-\s")
_ITEM = re.compile(r"(?:^|\s)\(?\d{1,2}[.)]\s+(?=\S)|(?:^|\n)\s*[-*•]\s+(?=\S)")
_SENTENCE = re.compile(r"[.!?;:](?:\s|$)")
_OPERATION = re.compile(r"\d\s?(?:[*x×/÷^+]|-(?=\s?\d))\s?\(?\d")
_ACTS = re.compile(r"^\s*\*[^\s*]")

_FILLER_WORDS = """
so ok okay oh well hey hi honestly btw omg lol ugh and but yeah no yes tbh ngl lowkey then wait pues oye bueno y pero
vale also ja na und aber ey boah bon et mais alors dis e mas entao ai ma allora dai
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
"""Words before the first one that counts."""
_TELLING = ("self", "others", "article", "back_then", "warmth", "now")
_WORK = ("do", "study", "undo", "said", "plan", "world", "sum", "formula", "calendar")
_SENTENCES = 20
_SIDES = 2
_SHORT = 8
_SMALL = 20
_ROUND = 100
_AT_MOST = 3
"""Of one class of words more than this tells nothing new."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What a message consists of; code and links are taken out of it first and only counted.

    `classes` counts words by class, in the order of `NAMES`. `first` are the classes of the first word, `bids`
    says whether a sentence begins with an order. `numbers` are written ones by value, infinite where that is unclear.
    """

    words: int
    classes: tuple[int, ...]
    first: frozenset[int]
    bids: bool
    numbers: tuple[float, ...]
    questions: int
    parts: int
    items: int
    operations: int
    links: int
    exclaims: bool
    acts: bool
    code: bool

    def has(self, *names: str) -> bool:
        """Return whether a word of one of these classes is there."""
        return any(self.classes[_NUMBER_OF[name]] for name in names)

    @property
    def tells(self) -> bool:
        """Whether something is told, and nothing in it asks for anything."""
        if self.questions or self.items > 1 or self.operations or self.bids or self.has("request"):
            return False
        begins = any(_NUMBER_OF[name] in self.first for name in _TELLING)
        asks = _NUMBER_OF["question"] in self.first
        return begins or (self.has("self") and not asks and not self.has(*_WORK))

    @property
    def handy_sum(self) -> bool:
        """Whether it is a short sum of numbers that one reckons with in one's head."""
        reckons = self.operations > 0 or self.has("sum")
        handy = len(self.numbers) == _SIDES and not self.beyond_the_head and not self.has("formula")
        return reckons and handy and self.words <= _SHORT

    @property
    def odd_sum(self) -> bool:
        """Whether something is to be reckoned with numbers that one needs paper for."""
        if not self.numbers or self.tells:
            return False
        reckons = self.operations > 0 or self.has("sum", "unit")
        return self.has("formula") or (reckons and self.beyond_the_head)

    @property
    def beyond_the_head(self) -> bool:
        """Whether the numbers are too many or too odd to reckon with in one's head."""
        return len(self.numbers) > _SIDES or not all(map(_is_handy, self.numbers))


_NUMBER_OF = {name: number for number, name in enumerate(NAMES)}
_ORDERS = frozenset(_NUMBER_OF[name] for name in ("do", "study", "undo"))


def fold(text: str) -> str:
    """Return `text` in small letters, without accents, with straight quotes and single spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(_QUOTES)).casefold()
    return " ".join(_ACCENT.sub("", plain).split())


def read(text: str) -> Signals:
    """Return the signals of a message: in about 0.1 ms for what people type, bounded for what they paste."""
    code = "```" in text
    bare, links = _LINK.subn(" ", _CODE.sub(" ", _shortened(text)) if code else _shortened(text))
    folded = fold(bare)
    tokens = _TOKEN.findall(folded)
    words = _words(tokens)
    return Signals(
        words=len(words),
        classes=_classes(words),
        first=_first(words),
        bids=any(
            _first(_words(_TOKEN.findall(sentence))) & _ORDERS for sentence in _SENTENCE.split(folded)[:_SENTENCES]
        ),
        numbers=tuple(_value(token) for token in tokens if token[0].isdigit()),
        questions=len(_MARKS.findall(folded)),
        parts=len(_PARTS.findall(bare)),
        items=len(_ITEM.findall(bare)),
        operations=len(_OPERATION.findall(folded)),
        links=links,
        exclaims="!" in bare,
        acts=bool(_ACTS.match(bare)),
        code=code,
    )


def as_vector(found: Signals) -> npt.NDArray[np.float64]:
    """Return the signals as numbers of about the same size, most of them 0..1.5."""
    counted = [min(_AT_MOST, count) / 2 for count in found.classes]
    first = [float(number in found.first) for number in range(len(NAMES))]
    shape = [
        math.log1p(found.words) / 2, min(3, found.questions) / 1.5, min(8, found.parts) / 3, min(4, found.items) / 2,
        min(6, len(found.numbers)) / 2, float(found.beyond_the_head), float(found.operations > 0),
        min(2, found.links) / 1.0, float(found.exclaims), float(found.acts), float(found.code), float(found.tells),
        float(found.handy_sum), float(found.odd_sum),
    ]  # fmt: skip
    return np.array([*counted, *first, *shape])


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_READ_CHARS:
        return text
    return f"{text[: LONGEST_READ_CHARS - _ENDING_CHARS]}\n{text[-_ENDING_CHARS:]}"


def _words(tokens: Sequence[str]) -> list[str]:
    return ["#" if token[0].isdigit() else token for token in tokens]


def _first(words: Sequence[str]) -> frozenset[int]:
    """Return the classes of the first word that is no filler."""
    start = next((number for number, word in enumerate(words[:_SHORT]) if word not in _FILLERS), None)
    return frozenset() if start is None else frozenset(_classes_of(words, start))


def _classes(words: Sequence[str]) -> tuple[int, ...]:
    counts = [0] * len(NAMES)
    for start in range(len(words)):
        for number in _classes_of(words, start):
            counts[number] += 1
    return tuple(counts)


def _classes_of(words: Sequence[str], start: int) -> set[int]:
    """Return the classes of the word at `start` and of the phrases that begin there."""
    found: set[int] = set()
    for end in range(start + 1, min(start + LONGEST_PHRASE, len(words)) + 1):
        phrase = words[start] if end == start + 1 else " ".join(words[start:end])
        found.update(PHRASES.get(phrase, ()))
        for length in range(SHORTEST_STEM, min(len(phrase), LONGEST_STEM) + 1):
            found.update(STEMS.get(phrase[:length], ()))
    return found


def _is_handy(value: float) -> bool:
    return (
        value == int(value) and (value <= _SMALL or (value <= _ROUND and value % 5 == 0)) if value < math.inf else False
    )


def _value(written: str) -> float:
    """Return a number as it may be meant: only its size matters, not what divides its thousands."""
    try:
        return float(written.replace(",", "."))
    except ValueError:
        return math.inf
