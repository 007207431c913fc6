"""How much a character feels like reacting to a message with an emoji, and with which: from its own ux.yaml. Pure.

Not for whether it may (a place, a limit, somebody in need): the doors know that.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from src_v2.characters.models import Character
from src_v2.evolution.feelings.lexicon import folded
from src_v2.evolution.feelings.regard import regard
from src_v2.evolution.feelings.sentiment import sentiment

HURT, SAD = -0.3, -0.5
"""Treated worse than the first a character does not react; to a feeling below the second it only gives comfort."""
GLAD, THRILLED = 0.5, 1.7
LEAST_WORD_CHARS = 5
"""Of a word in the name of a drive: `care_for_the_ocean` is about the ocean."""
LONGEST_AGREEMENT_WORDS = 5
CHARACTERS_REMEMBERED = 64
_AGREES = re.compile(
    r"^\W*(?:yes|yeah|yep|exactly|true|right|agreed|same|si|claro|exacto|eso es|genau|stimmt|ja|eben|oui|exactement|"
    r"d accord|carrement|sim|exato|isso|com certeza)\b"
)


@dataclass(frozen=True, slots=True)
class Inclination:
    """With which emojis a character would react, and how likely it does, 0..1."""

    chance: float = 0.0
    emojis: tuple[str, ...] = ()


NONE = Inclination()


@dataclass(frozen=True, slots=True)
class Topics:
    """What a character is about. `sets` are its own sets of emojis, each with what names it."""

    any: re.Pattern[str] | None
    sets: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]


def inclination(character: Character, text: str) -> Inclination:
    """Return what a character would like to react to `text` with; `NONE` when nothing fits."""
    own = character.ux.reactions
    feels, treats = sentiment(text), regard(text)
    if not own.enabled or treats < HURT:
        return NONE
    plain = folded(text)
    topics = _topics(character)
    named = [emojis for name, emojis in topics.sets if name.search(plain)]
    is_topic = bool(named) or (topics.any is not None and topics.any.search(plain) is not None)
    chance = min(own.base_rate + (own.topic_boost if is_topic else 0.0), 1.0)
    if feels <= SAD:
        return Inclination(chance, own.supportive_emojis) if own.supportive_emojis else NONE
    emojis = [*_by_feeling(character, max(feels, treats), plain)]
    if is_topic and feels > HURT:
        emojis += [*own.signature_emojis, *(emoji for several in named for emoji in several)]
    return Inclination(chance, tuple(dict.fromkeys(emojis))) if emojis else NONE


def _by_feeling(character: Character, feels: float, plain: str) -> tuple[str, ...]:
    own = character.ux.reactions
    if feels >= THRILLED and own.excitement_emojis:
        return own.excitement_emojis
    if own.agreement_emojis and _AGREES.match(plain) and len(plain.split()) <= LONGEST_AGREEMENT_WORDS:
        return own.agreement_emojis
    if feels >= GLAD:
        return own.positive_emojis
    return own.thinking_emojis if plain.rstrip().endswith("?") else ()


def _topics(character: Character) -> Topics:
    lurks = character.lurk_triggers
    drives = [word for name in character.core.drives for word in _words_of(name) if len(word) >= LEAST_WORD_CHARS]
    words = (*lurks.high_relevance, *lurks.medium_relevance, *lurks.low_relevance, *drives)
    return _compiled(words, tuple(character.ux.emoji_sets.items()))


@lru_cache(maxsize=CHARACTERS_REMEMBERED)
def _compiled(words: tuple[str, ...], sets: tuple[tuple[str, tuple[str, ...]], ...]) -> Topics:
    named = tuple((pattern, emojis) for name, emojis in sets if (pattern := _any_of(_words_of(name))) is not None)
    return Topics(_any_of(words), named)


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds one of these words, in the plural too; None when there are none."""
    found = [re.escape(plain) for word in words if (plain := folded(word).strip())]
    return re.compile(rf"\b(?:{'|'.join(found)})(?:e?s)?\b") if found else None


def _words_of(name: str) -> list[str]:
    return re.findall(r"\w+", name.replace("_", " "))
