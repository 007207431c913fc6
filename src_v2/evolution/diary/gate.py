"""Whether there is something to write about, and whether what was written is about it. Nothing hollow gets through.

A page has to speak in the words of the day, and may name nothing that was not there. Pure: no model, no store.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from src_v2.core.fence import one_line
from src_v2.evolution.diary.models import Day, Kind, Writer
from src_v2.evolution.diary.questions import Draft
from src_v2.memory.lexical import plain_words, terms

LEAST_WORDS, LEAST_LINES = 60, 3
IMPORTANT, LEAST_IMPORTANT_WORDS = 4, 20
"""What changes a life may be said in one breath."""
SHORTEST_PAGE_CHARS = 120
SHORTEST_GIST_CHARS = 10
SHARED_WORDS = {Kind.PAGE: 6, Kind.DREAM: 3}
SHARED_PART = {Kind.PAGE: 0.15, Kind.DREAM: 0.06}
"""Of the words that say something: less is a text about any day."""
SHARED_LINES = 2
NOUNS_IN_CAPITALS = 0.15
"""A larger part of words within sentences with a capital letter is a language's habit, not names."""

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’](?=[^\W\d_]))*")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_BEGINNING = re.compile(r"(?:^|[.!?…:\n]['\"”’)*_]*\s+|[\"“„«*_(—–-]\s*)$")
_CALENDAR = plain_words(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december"""
)
_CONTRACTED = plain_words("it that there here he she what who where how let")
_PLAIN = frozenset(
    stem
    for stem in terms(
        """today day night evening morning time thing something nothing everything anything someone people life world
        feel feeling felt think thought know knew talk speak say tell heart mind word words moment little really still
        much many more good nice great happy make get go come see look want need like love stay again always never maybe
        away back well way bit lot hope remember wonder listen hear not no yes what who how why where which when"""
    )
)


@dataclass(frozen=True, slots=True)
class Page:
    """What passed."""

    text: str
    gist: str


def is_enough(day: Day) -> bool:
    """Whether the person said enough for a page."""
    own = [line.text for line in day.lines if line.own]
    words = sum(len(_WORD.findall(text)) for text in own)
    if day.importance >= IMPORTANT and words >= LEAST_IMPORTANT_WORDS:
        return True
    return words >= LEAST_WORDS and len(own) >= LEAST_LINES


def admitted(draft: Draft, kind: Kind, day: Day, writer: Writer, person: str) -> Page | None:
    """Return the page, None when it is hollow or names what was not there."""
    text = "\n\n".join(line for part in draft.page.splitlines() if (line := one_line(part)))
    gist = one_line(draft.gist)
    if len(text) < SHORTEST_PAGE_CHARS or len(gist) < SHORTEST_GIST_CHARS:
        return None
    if not _is_about(text, kind, day) or _telling([gist]).isdisjoint(_telling(line.text for line in day.lines)):
        return None
    there = [*(line.text for line in day.lines), writer.text, *writer.symbols, writer.display_name, person]
    return Page(text, gist) if _names_only(there, [text, gist], draft.names) else None


def _is_about(text: str, kind: Kind, day: Day) -> bool:
    """Whether a text shares enough words that say something with what the person said, and not with one line only."""
    own = [_telling([line.text]) for line in day.lines if line.own]
    written = _telling([text])
    shared = written & frozenset().union(*own)
    lines = sum(not said.isdisjoint(written) for said in own)
    enough = len(shared) >= SHARED_WORDS[kind] and len(shared) >= SHARED_PART[kind] * len(written)
    return enough and lines >= min(SHARED_LINES, len(own))


def _telling(texts: Iterable[str]) -> frozenset[str]:
    """Return the stems that say what a text is about."""
    return frozenset(stem for text in texts for stem in terms(text) if stem not in _PLAIN and len(stem) > 1)


def _names_only(there: Iterable[str], texts: Iterable[str], claimed: Iterable[str]) -> bool:
    """Whether every name and number in `texts` is known from `there`, and every name that the model says it used."""
    there = list(there)
    known = {word.casefold() for text in there for word in _words(text)} | _CALENDAR
    numbers = {number for text in there for number in _NUMBER.findall(text)}
    named = {word for name in claimed for word in _words(name)}
    if _capitals(there) < NOUNS_IN_CAPITALS:
        named |= {word for text in texts for word in _inner_capitals(text)}
    stated = {number for text in texts for number in _NUMBER.findall(text)}
    return {word.casefold() for word in named} <= known and stated <= numbers


def _words(text: str) -> list[str]:
    """Return a text's words, without the endings of possession."""
    return [re.sub(r"['’]\w{1,2}$", "", word) for word in _WORD.findall(text)]


def _inner_capitals(text: str) -> list[str]:
    """Return the words with a capital letter that do not owe it to the beginning of a sentence; "I" is none."""
    found = []
    for match in _WORD.finditer(text):
        word = re.sub(r"['’]\w{1,2}$", "", match[0])
        possesses = word != match[0] and match[0].endswith(("'s", "’s")) and word.casefold() not in _CONTRACTED
        inner = not _BEGINNING.search(text[: match.start()]) or possesses
        if word[0].isupper() and inner and word not in {"I", "I'm"}:
            found.append(word)
    return found


def _capitals(texts: Iterable[str]) -> float:
    """Return which part of the words within sentences begin with a capital letter, 0..1."""
    joined = " ".join(texts)
    total = len(_WORD.findall(joined))
    return len(_inner_capitals(joined)) / total if total else 0.0
