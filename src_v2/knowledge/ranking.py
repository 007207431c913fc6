"""Which facts a prompt should hold first: who somebody is, who is close to them, then what the text is about. Pure."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from src_v2.knowledge.models import USER, Fact
from src_v2.knowledge.names import fold
from src_v2.knowledge.predicate_words import IDENTITY
from src_v2.knowledge.predicates import meaning, role_of
from src_v2.knowledge.roles import CLOSE, word_set

_WORD = re.compile(r"\w+")
_SHORTEST_STEM = 3
_ENDINGS = ("ings", "ing", "ed", "es", "s", "e")
_EMPTY = word_set(
    "the and but for with from that this what when where who how why are was were did does have has had not you your "
    "yours mine his her its our they them their about would could should can will just there here then than que los "
    "las una con por para como mis sus del"
)
_PAST = re.compile(
    r"\b(?:used to|before|previous(?:ly)?|former(?:ly)?|earlier|in the past|once|ever|back then|no longer|any ?more|"
    r"ex|old(?:er)? (?:job|home|place|flat|house)|did i|was i|were we|had i|last (?:year|month|time)|"
    r"(?:19|20)\d\d|antes|anterior(?:mente)?|en el pasado|ya no|solía)\b",
    re.IGNORECASE,
)
_CLOSE_PREDICATES = frozenset(("parent_of", "child_of", "sibling_of"))


def ranked(facts: Sequence[Fact], text: str, limit: int) -> list[Fact]:
    """Return up to `limit` facts for a reply to `text`, most telling first.

    Closed facts are among them only right behind the current one that took their place, or when `text` asks about the
    past.
    """
    wanted = words_of(text)
    asks_about_past = _PAST.search(text) is not None
    before = _predecessors(facts)
    chosen: dict[str, Fact] = {}
    for fact in sorted((fact for fact in facts if fact.is_current), key=lambda fact: _worth(fact, wanted)):
        chosen[fact.id] = fact
        if past := before.get(_slot(fact)):
            chosen[past.id] = past
    if asks_about_past:
        closed = sorted((fact for fact in facts if not fact.is_current), key=lambda fact: _worth(fact, wanted))
        asked = {fact.id: fact for fact in closed if _shared(fact, wanted)}
        chosen = asked | chosen | {fact.id: fact for fact in closed}
    return list(chosen.values())[:limit]


def words_of(text: str) -> frozenset[str]:
    """Return the stems of the telling words of a text."""
    found = _WORD.findall(fold(text).replace("_", " "))
    return frozenset(_stem(word) for word in found if len(word) >= _SHORTEST_STEM and word not in _EMPTY)


def _stem(word: str) -> str:
    ending = next((one for one in _ENDINGS if word.endswith(one) and len(word) - len(one) >= _SHORTEST_STEM), "")
    return word.removesuffix(ending)


def _worth(fact: Fact, wanted: frozenset[str]) -> tuple[int, int, int, float, str]:
    """Return a key that sorts the most telling first."""
    tier, place = _tier(fact)
    return (tier, place, -_shared(fact, wanted), -fact.said_at.timestamp(), fact.id)


def _tier(fact: Fact) -> tuple[int, int]:
    """Return 0 and its place for who the user is, 1 for who is close to them, 2 for the rest."""
    if fact.subject != USER:
        return 2, 0
    if fact.predicate in IDENTITY:
        return 0, IDENTITY.index(fact.predicate)
    is_close = role_of(fact.predicate) in CLOSE or fact.predicate in _CLOSE_PREDICATES
    return (1, 0) if is_close or meaning(fact.predicate).topic == "partner" else (2, 0)


def _shared(fact: Fact, wanted: frozenset[str]) -> int:
    return len(wanted & _words_in(fact.subject, fact.predicate, fact.object, fact.also)) if wanted else 0


@lru_cache(maxsize=8_192)
def _words_in(subject: str, predicate: str, object_: str, also: tuple[str, ...]) -> frozenset[str]:
    return words_of(" ".join((subject, predicate, object_, *also)))


def _predecessors(facts: Iterable[Fact]) -> dict[tuple[str, str, str], Fact]:
    """Return the last closed fact of everything that can only hold one at a time, if it is known when it ended."""
    last: dict[tuple[str, str, str], Fact] = {}
    for fact in sorted((fact for fact in facts if fact.valid_until), key=lambda fact: fact.valid_until or ""):
        last[_slot(fact)] = fact
    return last


def _slot(fact: Fact) -> tuple[str, str, str]:
    said = meaning(fact.predicate)
    return fact.subject, said.topic, "" if said.single else fact.object
