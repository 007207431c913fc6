"""Keys, and the texts that they are looked for in.

Patterns are hostile input: bounded in length, probed when they are loaded, and searched on a clock.
"""

import time
from collections.abc import Sequence
from functools import cached_property

import regex

from src_v2.characters.lorebook.models import Key

MAX_PATTERN_CHARS = 300
MAX_REPEATS = 5_000
"""Product of the counted repeats of a pattern: what is nested is multiplied, and takes seconds to compile."""
SEARCH_TIMEOUT_S = 0.005
MAX_TEXT_CHARS = 60_000
"""The newest part of what was said; far more than the running conversation holds."""

_PROBE_TIMEOUT_S = 0.02
_PROBES = ("a" * 600 + "!", "x" * 600 + "!", "the quick brown fox 0123456789 " * 20, "0" * 600 + "!")
_DELIMITED = regex.compile(r"/(.+)/([a-z]*)", flags=regex.DOTALL)
_REPEAT = regex.compile(r"\{(?:\d*,)?(\d+)[^}]*\}|\{(\d+),\}")
_WORD = regex.compile(r"\w+")
_NO_SPACES = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)  # scripts that put no space between words, or hang endings onto them
_FLAGS = {"i": regex.IGNORECASE, "s": regex.DOTALL, "m": regex.MULTILINE}


class BadPattern(Exception):
    """A pattern cannot be used; the text says why."""


class Searching:
    """How much time patterns may still take in this turn, in seconds of all of them together."""

    def __init__(self, budget_s: float) -> None:
        self._left_s = budget_s

    def finds(self, pattern: "regex.Pattern[str]", text: str) -> bool:
        """Say whether `pattern` is in `text`; one that takes too long is not, and none is once the time is up."""
        if self._left_s <= 0:
            return False
        begun = time.perf_counter()
        try:
            return pattern.search(text, timeout=min(SEARCH_TIMEOUT_S, self._left_s)) is not None
        except (TimeoutError, MemoryError, RecursionError):
            return False
        finally:
            self._left_s -= time.perf_counter() - begun


class Scanned:
    """Some messages as one text: as it is, folded, and as a set of words, each made when it is asked for."""

    def __init__(self, messages: Sequence[str]) -> None:
        self.text = "\n".join(messages)[-MAX_TEXT_CHARS:]
        self._searched: dict[object, bool] = {}

    @cached_property
    def folded(self) -> str:
        """The text for comparison in any case."""
        return self.text.casefold()

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word, folded."""
        return frozenset(_WORD.findall(self.folded))

    def has(self, key: Key, searching: Searching) -> bool:
        """Say whether `key` is in the text."""
        if key.pattern is not None:
            if key.pattern not in self._searched:
                self._searched[key.pattern] = searching.finds(key.pattern, self.text)
            return self._searched[key.pattern]
        if not key.whole:
            return key.text in (self.text if key.exact else self.folded)
        if not all(word in self.words for word in key.words):
            return False
        if not key.exact and key.words == (key.text,):
            return True
        return _stands_alone(key.text, self.text if key.exact else self.folded)


def literal_key(text: str, *, exact: bool, whole: bool) -> Key | None:
    """Return the key for a plain text, None when there is nothing in it."""
    folded = text.strip().casefold()
    if not folded:
        return None
    words = tuple(_WORD.findall(folded))
    alone = whole and bool(words) and _NO_SPACES.search(folded) is None
    return Key(text.strip() if exact else folded, exact, alone, words if alone else ())


def delimited(text: str) -> tuple[str, str] | None:
    """Return pattern and flags of a key that is written as `/pattern/flags`, None for any other."""
    found = _DELIMITED.fullmatch(text.strip())
    return (found[1], found[2]) if found else None


def pattern_key(text: str, flags: str) -> Key:
    """Return the key for a pattern. Raises BadPattern; takes up to 0.1 s for one that turns out too slow."""
    if len(text) > MAX_PATTERN_CHARS:
        raise BadPattern(f"is a pattern of more than {MAX_PATTERN_CHARS} characters")
    product = 1
    for upper, lower in _REPEAT.findall(text):
        product *= max(1, int((upper or lower)[:6]))
    if product > MAX_REPEATS:
        raise BadPattern("is a pattern that repeats too often")
    combined = regex.VERSION0
    for flag in flags:
        combined |= _FLAGS.get(flag, 0)
    try:
        pattern = regex.compile(text, flags=combined, cache_pattern=False)
    except (regex.error, RecursionError, OverflowError, ValueError, MemoryError) as error:
        raise BadPattern("is no pattern that can be read") from error
    _probe(pattern)
    return Key(text, exact=True, whole=False, pattern=pattern)


def _probe(pattern: "regex.Pattern[str]") -> None:
    try:
        for text in _PROBES:
            pattern.search(text, timeout=_PROBE_TIMEOUT_S)
    except (TimeoutError, MemoryError, RecursionError) as error:
        raise BadPattern("is a pattern that takes too long") from error


def _stands_alone(key: str, text: str) -> bool:
    """Say whether `key` is in `text` and not a part of a longer word there."""
    at = text.find(key)
    while at >= 0:
        end = at + len(key)
        joined_before = at > 0 and _is_word(key[0]) and _is_word(text[at - 1])
        joined_behind = end < len(text) and _is_word(key[-1]) and _is_word(text[end])
        if not joined_before and not joined_behind:
            return True
        at = text.find(key, at + 1)
    return False


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
