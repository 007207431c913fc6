"""Takes a text apart into what can be compared across wordings and languages: numbers, days, roles, names, words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from src_v2.agents.critic import vocabulary as words
from src_v2.agents.critic.concepts import CONCEPTS, ROLE_WORDS
from src_v2.knowledge.names import fold
from src_v2.memory.lexical import terms

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+$")
_ISO = re.compile(r"(?<!\d)(?:(\d{4})-)?(\d{2})-(\d{2})(?!\d)|(?<!\d)(\d{4})-(\d{2})(?!\d)")
_SHORT_IRREGULAR = frozenset({"may", "march", "mars", "mar"})
"""Months that are other words when they are written small."""
_LONG_PREFIX = 5
BEGINNING = 3
"""Letters that forms of one word have in common at least; of shorter words, all."""
_TENS_FROM = 20


class Sort(Enum):
    """What a token is."""

    NUMBER = "number"
    MONTH = "month"
    WEEKDAY = "weekday"
    ROLE = "role"
    CONCEPT = "concept"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Token:
    """One thing that a text speaks of. Tokens with one `key` say the same. `raw` is the folded word."""

    key: str
    sort: Sort
    raw: str
    start: int
    end: int
    capital: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether nearly right is wrong."""
        return self.sort in {Sort.NUMBER, Sort.MONTH, Sort.WEEKDAY}


def tokens(text: str, language: str) -> tuple[Token, ...]:
    """Return what a text speaks of, in order; words without content are left out. `language` is en, es, de or fr."""
    return tuple(_joined(_read(text, language)))


def alike(one: Token, other: Token) -> bool:
    """Whether two tokens can stand for the same: one key, or forms of one word."""
    if one.key == other.key:
        return True
    if one.is_exact or other.is_exact or Sort.ROLE in {one.sort, other.sort}:
        return False
    return _begin_alike(one.raw, other.raw)


def number(token: Token) -> float | None:
    """Return the value of a number, None for anything else."""
    return float(token.key[1:]) if token.sort is Sort.NUMBER and ":" not in token.key else None


def _read(text: str, language: str) -> Iterator[Token]:
    taken = 0
    for date in _ISO.finditer(text):
        yield from _plain(text, taken, date.start(), language)
        yield from _of_date(date)
        taken = date.end()
    yield from _plain(text, taken, len(text), language)


def _of_date(match: re.Match[str]) -> Iterator[Token]:
    year, month, day = match[1] or match[4], match[2] or match[5], match[3]
    start, end = match.span()
    if year:
        yield Token(f"#{int(year)}", Sort.NUMBER, year, start, end)
    yield Token(f"@month{int(month)}", Sort.MONTH, month, start, end)
    if day:
        yield Token(f"#{int(day)}", Sort.NUMBER, day, start, end)


def _plain(text: str, start: int, end: int, language: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text, start, end):
        found = _token(match.group(), match.start(), match.end(), language)
        if found is not None:
            yield found


def _token(word: str, start: int, end: int, language: str) -> Token | None:
    if word[0].isdigit():
        return Token(f"#{_value(word)}", Sort.NUMBER, word, start, end)
    raw, capital = _folded(word), word[0].isupper()
    if language in words.ONLY_IN.get(raw, language).split():
        month = words.MONTHS.get(raw) or (words.SHORT_MONTHS.get(raw) if capital else None)
        if month and (capital or raw not in _SHORT_IRREGULAR):
            return Token(f"@month{month}", Sort.MONTH, raw, start, end, capital)
        key, sort = _meaning(raw)
        if key:
            return Token(key, sort, raw, start, end, capital)
    if raw in words.EMPTY or raw in words.ONLY_IN:
        return None
    return Token(_stem(raw), Sort.WORD, raw, start, end, capital)


def _meaning(raw: str) -> tuple[str, Sort]:
    """Return the key of a word that the vocabulary knows; "" for any other."""
    value = words.NUMBERS.get(raw) or words.ORDINALS.get(raw)
    if value:
        return f"#{value}", Sort.NUMBER
    if raw in words.WEEKDAYS:
        return f"@day{words.WEEKDAYS[raw]}", Sort.WEEKDAY
    if raw in ROLE_WORDS:
        return f"role:{ROLE_WORDS[raw]}", Sort.ROLE
    return CONCEPTS.get(raw, ""), Sort.CONCEPT


def _value(digits: str) -> str:
    if _THOUSANDS.match(digits):
        return re.sub(r"[.,]", "", digits)
    if ":" in digits:
        return digits
    whole, _, rest = digits.replace(",", ".").partition(".")
    rest = rest.rstrip("0")
    return f"{int(whole)}.{rest}" if rest and "." not in rest else str(int(whole))


def _joined(found: Iterator[Token]) -> Iterator[Token]:
    """Let "twenty" and "six" right behind each other be one number."""
    before: Token | None = None
    for token in found:
        if before is not None and _adds_up(before, token):
            total = int(before.key[1:]) + int(token.key[1:])
            before = Token(f"#{total}", Sort.NUMBER, token.raw, before.start, token.end)
            continue
        if before is not None:
            yield before
        before = token
    if before is not None:
        yield before


def _adds_up(tens: Token, ones: Token) -> bool:
    if tens.sort is not Sort.NUMBER or ones.sort is not Sort.NUMBER or tens.raw[0].isdigit() or ones.raw[0].isdigit():
        return False
    first, second = int(tens.key[1:]), int(ones.key[1:])
    gap = ones.start - tens.end
    return first >= _TENS_FROM and first % 10 == 0 and second < 10 and gap <= len(" y ")  # noqa: PLR2004 - one digit


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    return fold(word)


@lru_cache(maxsize=20_000)
def _stem(raw: str) -> str:
    return next(iter(terms(raw)), raw)


def _begin_alike(one: str, other: str) -> bool:
    """Whether two words differ in their endings only."""
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if shorter == longer or longer in {f"{shorter}s", f"{shorter}e", f"{shorter}n"}:
        return True
    stem = max(_LONG_PREFIX, len(longer) - 3)
    return len(shorter) >= stem and shorter[:stem] == longer[:stem]
