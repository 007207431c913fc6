"""Whether somebody really said it: the words of an object or a name looked for in a line."""

import re
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from src_v2.knowledge.dates import month_number
from src_v2.knowledge.names import fold
from src_v2.knowledge.predicates import ROLES_BY_WORD
from src_v2.knowledge.roles import word_set

ENOUGH = 0.5
"""How many of the plain words of an object must be there; models put things in other words. Names and numbers must all
be there."""
SHORTEST_STEM = 3
LONGEST_ENDING = 5

_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.:,]\d+)*")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_ISO_DATE = re.compile(r"^(?:(\d{4})-)?(\d{2})-(\d{2})$")
_EMPTY_WORDS = word_set(
    """
    a an the of in at on to for with and or by from is are was be as my your his her its their our s some very
    el la los las un una de del en a con y o por para es son mi tu su al
    """
)


def _numbered(text: str, *, step: int = 1, start: int = 0) -> dict[str, int]:
    """Return number words -> number, for words that count up from `start` in steps."""
    return {word: start + step * n for n, word in enumerate(text.split())}


_NUMBERS = (
    _numbered("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen")
    | _numbered("seventeen eighteen nineteen", start=17)
    | _numbered("twenty thirty forty fifty sixty seventy eighty ninety", start=20, step=10)
    | _numbered("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis")
    | _numbered("diecisiete dieciocho diecinueve", start=17)
    | _numbered("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", start=20, step=10)
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, folded, and where it stands there."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=256)
def words(text: str) -> tuple[Word, ...]:
    """Return the words of a text."""
    return tuple(Word(fold(match.group()), match.start(), match.end()) for match in _WORD.finditer(text))


def found_in(wanted: str, text: str) -> tuple[int, int] | None:
    """Return where `text` says `wanted`, from its first to the end of its last word there; None when it does not."""
    if (match := _ISO_DATE.match(wanted.strip())) is not None:
        return _date_in(match, text)
    there = words(text)
    needed = [(word, wanted[word.start].isupper()) for word in words(_ORDINAL.sub("", wanted))]
    needed = [item for item in needed if item[0].text not in _EMPTY_WORDS] or needed
    spans = [(word, exact, _place(word.text, exact, there)) for word, exact in needed]
    missing = [item for item in spans if item[2] is None]
    if not needed or any(exact or word.text[:1].isdigit() for word, exact, _ in missing):
        return None
    hits = [place for *_, place in spans if place is not None]
    if len(hits) < ceil(len(spans) * ENOUGH) or not hits:
        return None
    return min(hit.start for hit in hits), max(hit.end for hit in hits)


def names_role(wanted: str, text: str) -> bool:
    """Whether `text` names the same role in another word: hermana, when `wanted` is "sister"."""
    roles = {ROLES_BY_WORD[word.text] for word in words(wanted) if word.text in ROLES_BY_WORD}
    return bool(roles) and roles <= {ROLES_BY_WORD.get(word.text, "") for word in words(text)}


def _place(wanted: str, exact: bool, there: tuple[Word, ...]) -> Word | None:
    """Return the first word that says `wanted`."""
    if wanted[:1].isdigit():
        return next((word for word in there if word.text == wanted), None) or _spelled_out(wanted, there)
    same = _same_name if exact else _same
    return next((word for word in there if same(wanted, word.text)), None)


def _spelled_out(wanted: str, there: tuple[Word, ...]) -> Word | None:
    """Return where a number is written as a word, or as two: forty, forty-two, treinta y cuatro."""
    if not wanted.isdigit():
        return None
    number, rest = int(wanted), 0
    for word in there:
        value = _NUMBERS.get(word.text)
        if value is not None and (value == number or (rest and value and rest + value == number)):
            return word
        if value is not None:
            rest = value if value % 10 == 0 else 0
        elif word.text != "y":
            rest = 0
    return None


def _same_name(one: str, other: str) -> bool:
    """Whether two words are one name, with or without the s of a possessive."""
    return one in {other, f"{other}s"} or other == f"{one}s"


def _same(one: str, other: str) -> bool:
    """Whether two words are forms of one: they begin alike and differ in their ending."""
    if one == other:
        return True
    shorter = min(len(one), len(other))
    if shorter < SHORTEST_STEM or abs(len(one) - len(other)) > LONGEST_ENDING:
        return False
    stem = max(SHORTEST_STEM, ceil(shorter * 0.65))
    return one[:stem] == other[:stem]


def _date_in(wanted: re.Match[str], text: str) -> tuple[int, int] | None:
    """Return where a text names a day, in whatever way."""
    year, month, day = (int(part) if part else None for part in wanted.groups())
    there = words(_ORDINAL.sub("  ", text))
    numbers = {int(word.text): word for word in there if word.text.isdigit()}
    months = {number: word for word in there if (number := month_number(word.text))}
    named = month in months or month in numbers
    if day not in numbers or not named or (year is not None and year not in numbers):
        return None
    return numbers[day].start, numbers[day].end
