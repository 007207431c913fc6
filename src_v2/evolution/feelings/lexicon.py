"""The word lists of five languages, folded and ready to be looked up. `words/*.yaml` is the data.

A word that ends with `*` stands for all that begin so; `@` is `o`, `a`, `os` or `as`. A phrase goes before its words.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("en", "es", "de", "fr", "pt")
LEAST_STEM_CHARS, LONGEST_STEM_CHARS = 3, 20
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "œ": "oe", "æ": "ae", "’": "'", "‘": "'", "`": "'"}
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_ELISION = re.compile(r"\b([ldjmtnsc]|qu)'(?=[a-z])")
_WORDS = re.compile(r"[a-z0-9]+")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is some ten times faster where it is built in


@dataclass(frozen=True, slots=True)
class WordTable:
    """Words and beginnings of words, each with a number."""

    words: Mapping[str, float]
    stems: Mapping[str, float]

    def get(self, word: str) -> float | None:
        """Return a word's number, by itself or by its longest known beginning."""
        known = self.words.get(word)
        if known is not None or not self.stems:
            return known
        for end in range(min(len(word), LONGEST_STEM_CHARS), LEAST_STEM_CHARS - 1, -1):
            known = self.stems.get(word[:end])
            if known is not None:
                return known
        return None


Phrases = Mapping[str, list[tuple[tuple[str, ...], float]]]
"""By their first word, the longest first."""


@dataclass(frozen=True, slots=True)
class RegardWords:
    """The words with which somebody speaks about whom they speak to."""

    you: frozenset[str]
    others: frozenset[str]
    reported: frozenset[str]
    generic: frozenset[str]
    fill: frozenset[str]
    judgements: WordTable
    phrases: Phrases


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language."""

    small_words: frozenset[str]
    """By which the language is known: articles, pronouns, degrees, negations."""
    negations: frozenset[str]
    negations_behind: frozenset[str]
    """Those that also stand after what they negate: "gefällt mir nicht"."""
    strong: frozenset[str]
    weak: frozenset[str]
    but: frozenset[str]
    words: WordTable
    phrases: Phrases
    regard: RegardWords


def folded(text: str) -> str:
    """Return text in lower case without accents; umlauts are written out, and what French elides stands apart."""
    plain = text.lower().translate(_UMLAUTS)
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    return _ELISION.sub(r"\1 ", plain).replace("'", "")


@lru_cache(maxsize=1)
def lexicons() -> Mapping[str, Lexicon]:
    """Return all languages by their ISO codes, read once, which takes some 20 ms: call it in a thread before."""
    return {language: _read(language) for language in LANGUAGES}


@lru_cache(maxsize=1)
def addresses() -> Phrases:
    """Return what people of all languages say to somebody's face, read once: short texts hide their language."""
    merged: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    for lexicon in lexicons().values():
        for first, phrases in lexicon.regard.phrases.items():
            merged.setdefault(first, []).extend(phrases)
    for same_start in merged.values():
        same_start.sort(key=lambda one: -len(one[0]))
    return merged


def _read(language: str) -> Lexicon:
    text = files(__package__).joinpath("words", f"{language}.yaml").read_text(encoding="utf-8")
    raw = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe one
    values = dict.fromkeys(_split(raw["ignore"]), 0.0) | _valued(raw["words"])
    return Lexicon(
        small_words=_set(" ".join(raw[name] for name in ("common", "not", "strong", "weak", "but"))),
        negations=_set(raw["not"]),
        negations_behind=_set(raw["not_behind"]),
        strong=_set(raw["strong"]),
        weak=_set(raw["weak"]),
        but=_set(raw["but"]),
        words=_table(values),
        phrases=_phrases(raw["phrases"]),
        regard=_regard(raw["regard"]),
    )


def _regard(raw: Mapping[str, Any]) -> RegardWords:
    return RegardWords(
        you=_set(raw["you"]),
        others=_set(raw["others"]),
        reported=_set(raw["reported"]),
        generic=_set(raw["generic"]),
        fill=_set(raw["fill"]),
        judgements=_table(_valued(raw["judgements"])),
        phrases=_phrases(raw["phrases"]),
    )


def _set(listed: str) -> frozenset[str]:
    return frozenset(_split(listed))


def _split(listed: str) -> Iterator[str]:
    for word in str(listed).split():
        for ending in ("o", "a", "os", "as") if "@" in word else ("",):
            yield folded(word.replace("@", ending))


def _valued(section: Mapping[Any, str]) -> dict[str, float]:
    return {word: float(value) for value, listed in section.items() for word in _split(listed)}


def _table(values: Mapping[str, float]) -> WordTable:
    stems = {word[:-1]: value for word, value in values.items() if word.endswith("*")}
    return WordTable({word: value for word, value in values.items() if not word.endswith("*")}, stems)


def _phrases(section: Mapping[Any, Iterable[str]]) -> Phrases:
    found: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    for value, listed in section.items():
        for phrase in listed:
            words = tuple(_WORDS.findall(folded(phrase)))
            found.setdefault(words[0], []).append((words, float(value)))
    for same_start in found.values():
        same_start.sort(key=lambda one: -len(one[0]))
    return found
