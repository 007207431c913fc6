"""What emojis say, from -2 (very bad) to 2 (very good): the one place that reads the table.

Two questions are apart: how somebody feels who uses an emoji in a text, and what it says below a reply. A crying face
is sad in a text; below a reply it may be laughter, or mean that the reply was moving.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

LONGEST_EMOJI_CHARS = 64
_SKIN_AND_FORM = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]|\u200d[\u2640\u2642]")
"""Skin tones, the choice between text and picture, and the gender of a gesture."""
_PICTURE = (
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[#*0-9]\ufe0f?\u20e3"
    "|[\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u25aa-\u27bf\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001f0ff\U0001f170-\U0001f1e5\U0001f200-\U0001f2ff\U0001f300-\U0001f3fa\U0001f400-\U0001faff])"
)
_FORM = "[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
FOUND = re.compile(f"<a?:(?P<name>\\w{{2,32}}):\\d+>|{_PICTURE}{_FORM}*(?:\u200d(?:{_PICTURE}){_FORM}*)*")
"""Finds emojis in a text: pictures, and a server's own as Discord writes them."""
_WORD = re.compile(r"[a-z]+|100|10")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LEAST_GLUED_CHARS = 5
"""Of a word that is found at the begin or end of a longer one: `happycat`."""

Table = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The table. `own` holds what says how the author feels and nothing about a reply; nothing stands in both."""

    emojis: Table
    own_emojis: Table
    words: Table
    own_words: Table
    turning_round: frozenset[str]


@lru_cache(maxsize=1)
def taxonomy() -> Taxonomy:
    """Return the table, read once."""
    text = files(__package__).joinpath("emojis.yaml").read_text(encoding="utf-8")
    read = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe ones
    return Taxonomy(
        emojis=_table(read["emojis"]),
        own_emojis=_table(read["emojis_of_the_author_alone"]),
        words=_table(read["words"]),
        own_words=_table(read["words_of_the_author_alone"]),
        turning_round=frozenset(read["turning_round"].split()),
    )


def normalised(emoji: str) -> str:
    """Return an emoji without what makes no difference: `👍🏽` is `👍`. A server's own is written `:name:`."""
    return _SKIN_AND_FORM.sub("", emoji.strip())[:LONGEST_EMOJI_CHARS]


def feeling_of(emoji: str) -> float:
    """Return how somebody feels who uses `emoji` in a text, -2..2; 0 when it says nothing."""
    known = taxonomy()
    return _value(normalised(emoji), (known.emojis, known.own_emojis), (known.words, known.own_words))


def opinion_of(emoji: str) -> float:
    """Return what `emoji` says below a reply about the reply, -2..2; 0 when it says nothing."""
    known = taxonomy()
    return _value(normalised(emoji), (known.emojis,), (known.words,))


def emojis_in(text: str) -> Iterator[str]:
    """Yield the emojis of a text in order, a server's own as `:name:`."""
    for found in FOUND.finditer(text):
        name = found["name"]
        yield f":{name}:" if name else found[0]


def _value(emoji: str, emojis: tuple[Table, ...], words: tuple[Table, ...]) -> float:
    if len(emoji) > 2 and emoji[0] == emoji[-1] == ":":  # noqa: PLR2004 - two colons and a name
        return _named(emoji[1:-1], words)
    return next((table[emoji] for table in emojis if emoji in table), 0.0)


def _named(name: str, tables: tuple[Table, ...]) -> float:
    """Return what the words in the name of a server's own emoji say: the strongest one, in `not_funny` its reverse."""
    words = _WORD.findall(_HUMP.sub(" ", name).lower())
    whole = "".join(words)
    if any(whole in table for table in tables):
        words = [whole]
    others = [word for word in words if word not in taxonomy().turning_round]
    told = _strongest(others, tables)
    if not told:
        return _strongest(words, tables)
    return -told if len(others) < len(words) else told


def _strongest(words: list[str], tables: tuple[Table, ...]) -> float:
    return max((_of_word(word, tables) for word in words), key=abs, default=0.0)


def _of_word(word: str, tables: tuple[Table, ...]) -> float:
    known = next((table[word] for table in tables if word in table), None)
    return _glued(word, tables) if known is None else known


def _glued(word: str, tables: tuple[Table, ...]) -> float:
    """Return the value of a word that begins or ends with one of the table."""
    for table in tables:
        for known, value in table.items():
            if len(known) >= _LEAST_GLUED_CHARS and (word.startswith(known) or word.endswith(known)):
                return value
    return 0.0


def _table(section: Mapping[Any, str]) -> Table:
    return MappingProxyType({one: float(value) for value, many in section.items() for one in str(many).split()})
