"""The shape of a question: what is asked, without the details that it is asked about. Pure, well under a millisecond.

"What did I say about Lisbon in May?" and "What did I say about my boss on Monday?" are answered the same way, and share
neither a name nor a topic. Names, numbers, times, quotes and what stands behind "about" and its like become general
words of the same language. A text in a language that is not known is its own shape.
"""

import re
import unicodedata
from collections.abc import Iterator

from src_v2.memory.traces.shape_words import LANGUAGES, Language

LONGEST_READ_CHARS = 1_000
LEAST_OWN_WORDS = 3
"""A shape of fewer words than this says nothing by itself ("And in May?"): then the text is its own shape."""

_MOST_TOPIC_WORDS = 3
_HARDLY_ANY_SMALL = 0.3
"""Below this share of words in small letters, capitals say nothing."""
_ALWAYS_CAPITAL = frozenset(("i", "i'm", "i'd", "i've", "i'll"))
_ENDS = frozenset(".?!:¿¡…")

_TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]")
_QUOTED = re.compile(r"\"[^\"]{1,200}\"|“[^”]{1,200}”|«[^»]{1,200}»|„[^“”]{1,200}[“”]|\bhttps?://\S{1,500}")
_ACCENT = re.compile("[\u0300-\u036f]")


def shape(text: str) -> str:
    """Return what `text` asks without its details; the text itself when too little would be left."""
    short = text[:LONGEST_READ_CHARS]
    words = _TOKEN.findall(short)
    language = _language_of([_folded(word) for word in words])
    if language is None:
        return short
    words = _TOKEN.findall(_QUOTED.sub(f" {language.something} ", short))
    general: list[str] = []
    for one in _general(words, language):
        if not general or general[-1] != one:
            general.append(one)
    details = (language.something, language.some_number, language.some_time)
    own = sum(one not in details and one[0].isalpha() for one in general)
    return " ".join(general) if own >= LEAST_OWN_WORDS else short


def _language_of(plain: list[str]) -> Language | None:
    """Return the language that most of the words belong to which carry the sentence; None when it is none of them."""
    known = {at: sum(word in language.carrying for word in plain) for at, language in enumerate(LANGUAGES)}
    best = max(known, key=lambda at: known[at])
    return LANGUAGES[best] if known[best] else None


def _general(words: list[str], language: Language) -> Iterator[str]:
    plain = [_folded(word) for word in words]
    details = list(_details(words, plain, language))
    at = 0
    while at < len(words):
        yield details[at] or words[at]
        topic_ends = _behind_topic(plain, details, at + 1, language) if plain[at] in language.before_topics else 0
        if topic_ends:
            yield language.something
        at = topic_ends or at + 1


def _details(words: list[str], plain: list[str], language: Language) -> Iterator[str]:
    """Yield for each word the general word that stands for it; an empty one when it stays."""
    capitals_tell = _capitals_tell(words)
    starts = True
    for word, folded in zip(words, plain, strict=True):
        capital = word[0].isupper()
        if word[0].isdigit() or folded in language.numbers:
            yield language.some_number
        elif folded in language.times or (capital and folded in language.names_of_times):
            yield language.some_time
        else:
            named = capital and capitals_tell and not starts and folded not in _ALWAYS_CAPITAL
            yield language.something if named else ""
        starts = word in _ENDS


def _behind_topic(plain: list[str], details: list[str], start: int, language: Language) -> int:
    """Return where the topic that begins at `start` (articles first) ends; 0 when there is none.

    Behind a name only further names belong to it.
    """
    first = start
    while first < len(plain) and plain[first] in language.articles:
        first += 1
    end, named = first, False
    while end < min(len(plain), first + _MOST_TOPIC_WORDS) and _may_be_topic(plain[end], details[end], language):
        if named and not details[end]:
            break
        named = bool(details[end])
        end += 1
    return end if end > first else 0


def _may_be_topic(plain: str, detail: str, language: Language) -> bool:
    return plain[0].isalpha() and detail in ("", language.something) and plain not in language.carrying


def _capitals_tell(words: list[str]) -> bool:
    """Whether a capital marks a name (in German any noun), and is not how everything is written."""
    letters = [word for word in words if word[0].isalpha()]
    return sum(word[0].islower() for word in letters) >= _HARDLY_ANY_SMALL * len(letters)


def _folded(word: str) -> str:
    """Return `word` in small letters, without accents, with straight apostrophes."""
    return _ACCENT.sub("", unicodedata.normalize("NFKD", word.replace("’", "'")).casefold())
