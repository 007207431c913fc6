"""The form in which a language is described, and how its patterns become regular expressions.

A pattern is a regular expression over folded text (small letters, no accents, every character where it was) in which a
space stands for one to three white-space characters, " ?" for up to three, and `<month>` for any word of that kind.
Nothing in a pattern repeats without a bound, so that the work per character is bounded whatever the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache, partial


class Kind(StrEnum):
    """What an expression says about a time."""

    RELATIVE = "relative"
    DAY = "day"
    PART = "part"
    WEEKDAY = "weekday"
    DATE = "date"
    DAY_OF_MONTH = "day_of_month"
    NEXT = "next"
    CLOCK = "clock"
    HALF = "half"
    QUARTER = "quarter"
    EVERY = "every"
    EVERY_WEEKDAY = "every_weekday"
    EVERY_PART = "every_part"
    WORKDAYS = "workdays"
    WEEKENDS = "weekends"
    EVERY_DAY_OF_MONTH = "every_day_of_month"
    EVERY_DATE = "every_date"
    EVERY_NTH = "every_nth"
    LAST_DAY = "last_day"


@dataclass(frozen=True, slots=True)
class Found:
    """One expression: what it says, where it stands, and what its groups are, folded."""

    kind: Kind
    start: int
    end: int
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that ask for a reminder. `needs_time`: without a time they ask for something else, or nothing.

    `closing` must stand later in the sentence, where a language splits its verb. `anywhere`: they ask wherever they
    stand, not only at the beginning of a clause.
    """

    pattern: str
    needs_time: bool = False
    closing: str = ""
    anywhere: bool = False


@dataclass(frozen=True)
class Tongue:
    """One language. Word maps are folded; `clock24`: there 7:15 is the morning."""

    code: str
    triggers: tuple[Trigger, ...]
    lead: str
    """What may stand before a trigger, besides the start of a clause."""
    refusals: str
    """What behind a trigger makes it a question or a refusal."""
    refusals_as_written: str
    """The same where accents tell: over the text as it was written, in small letters."""
    weak: str
    """What behind a trigger speaks of a likeness when no time is said: "remind me of"."""
    connectors: str
    """What joins a trigger or a time to what is to be done."""
    glue: str
    """What may stand between two expressions of one time, or before one."""
    numbers: Mapping[str, float]
    units: Mapping[str, str]
    days: Mapping[str, int]
    parts: Mapping[str, str]
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    ordinals: Mapping[str, int]
    patterns: tuple[tuple[Kind, str], ...]
    clock24: bool = False
    backwards_half: bool = False
    """Whether half four is half past three."""
    _compiled: list[tuple[Kind, re.Pattern[str]]] = field(default_factory=list)
    _spotter: list[re.Pattern[str]] = field(default_factory=list)

    def expand(self, pattern: str) -> str:
        """Return the regular expression that a pattern stands for."""
        words = {
            "num": rf"\d{{1,3}}|{_any(self.numbers)}", "unit": _any(self.units), "wd": _any(self.weekdays),
            "month": _any(self.months), "part": _any(self.parts), "nth": _any(self.ordinals),
            "day": _any(self.days), "dom": r"[0-3]?\d", "year": r"20\d\d", "minute": r"[0-5]\d",
            "hour": rf"[01]?\d|2[0-4]|{_any(self._hours())}",
            "ampm": r"[ap]\.?\s?m\b\.?",
        }  # fmt: skip
        for name, regex in words.items():
            pattern = re.sub(rf"(?<!\?P)<{name}(\d?)>", partial(_group, name, regex), pattern)
            pattern = pattern.replace(f"~{name}", f"(?:{regex})")
        return pattern.replace(" ?", r"\s{0,3}").replace(" ", r"\s{1,3}")

    def found(self, folded: str) -> Iterator[Found]:
        """Yield every expression of folded text, from left to right, none within another."""
        compiled, spotter = self.compile()
        for spot in spotter.finditer(folded):
            kind, pattern = compiled[(spot.lastindex or 1) - 1]
            match = pattern.match(folded, spot.start())
            if match:
                parts = {name: " ".join(value.split()) for name, value in match.groupdict().items() if value}
                yield Found(kind, match.start(), match.end(), parts)

    def number(self, word: str) -> float:
        """Return what a number's word or digits say."""
        return float(word) if word.isdecimal() else self.numbers[word]

    def _hours(self) -> list[str]:
        return [word for word, number in self.numbers.items() if number == int(number) and 1 <= number <= 12]  # noqa: PLR2004 - a clock's face

    def compile(self) -> tuple[list[tuple[Kind, re.Pattern[str]]], re.Pattern[str]]:
        """Return the patterns one by one, and the one that tells where and which; they are made once."""
        if not self._compiled:
            whole = [(kind, rf"(?:{self.expand(pattern)})(?!\w)") for kind, pattern in self.patterns]
            branches = "|".join(re.sub(r"\(\?P<\w+>", "(?:", one) + "()" for _, one in whole)
            self._spotter.append(re.compile(rf"(?<![\w.:/-])(?:{branches})"))
            self._compiled.extend((kind, re.compile(one)) for kind, one in whole)
        return self._compiled, self._spotter[0]


def words(*lines: str, start: int = 0) -> dict[str, int]:
    """Return word -> number of its line; the words of a line are separated by commas."""
    return {word.strip(): number for number, line in enumerate(lines, start) for word in line.split(",")}


def named(**lines: str) -> dict[str, str]:
    """Return word -> name of its line."""
    return {word.strip(): name for name, line in lines.items() for word in line.split(",")}


def numbered(lines: Mapping[float, str]) -> dict[str, float]:
    """Return word -> the number of its line."""
    return {word.strip(): number for number, line in lines.items() for word in line.split(",")}


def folded(text: str) -> str:
    """Return the text in small letters and without accents, every character where it was."""
    return "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    small = character.lower()
    base = unicodedata.normalize("NFD", small)[0]
    if character in "’‘´`":
        return "'"
    return base if len(small) == 1 else character


def _any(known: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, known), key=len, reverse=True)).replace("\\ ", r"\s{1,3}")


def _group(name: str, regex: str, number: re.Match[str]) -> str:
    return f"(?P<{name}{number[1]}>{regex})"
