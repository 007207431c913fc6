"""What a predicate means: its one name among many words, how many may hold at once, what it rules out.

The words are in `predicate_words`. A predicate that no table knows keeps its own words in snake case, may hold with
many objects and is ruled out by its own denial only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from src_v2.knowledge import predicate_words as words
from src_v2.knowledge.names import fold
from src_v2.knowledge.roles import ONE_AT_A_TIME, PARTNERS, ROLES, word_set
from src_v2.knowledge.roles import SYMMETRIC as SYMMETRIC_ROLES

OVER = "no_longer_"
"""Begins a predicate that says that something held and is over."""
LONGEST_PREDICATE_CHARS = 60

_SHORTEST_IES = 4
_MOST_LAYERS = 4
"""A denial within a denial within an end: nobody says more."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_APOSTROPHES = re.compile("['’`]")
_NOT_WORD = re.compile(r"[\W_]+")
_EMPTY_WORDS = word_set("a an the currently now still really actually un una el la los las")
_SPELLINGS = {"favorite": "favourite", "color": "colour", "neighbour": "neighbor", "preferred": "favourite"}
_NAMED = re.compile(r"_(?:is_)?(?:named|called|name)$|_is$")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a predicate says. Statements on one `topic` compete: yes with no, and if `single` one value with the next.

    `predicate` is the canonical one, of what was before if `past` (no_longer_has: has). `affirms` is False for no.
    """

    predicate: str
    topic: str
    affirms: bool = True
    past: bool = False
    single: bool = False


@lru_cache(maxsize=4096)
def canonical(predicate: str) -> str:
    """Return the one name of a predicate, in snake case; the canonical name of a canonical name is itself."""
    name = snake_case(predicate)
    for _ in range(_MOST_LAYERS):
        inner = _known(name) or _over(name) or _denied(name) or name
        if inner == name:
            break
        name = inner
    return name


@lru_cache(maxsize=4096)
def meaning(predicate: str) -> Meaning:
    """Return what a predicate says, canonical or not."""
    name = canonical(predicate)
    if name.startswith(OVER):
        held = meaning(name.removeprefix(OVER))
        return Meaning(held.predicate, held.topic, held.affirms, past=True, single=held.single)
    denied = _base_of_denial(name)
    if denied:
        topic = meaning(denied).topic
        return Meaning(name, topic, affirms=False, single=meaning(denied).single)
    topic, affirms = words.TOPICS.get(name, (_role_topic(name) or _plain(name), True))
    return Meaning(name, topic, affirms, single=_is_single(name))


def inverse(predicate: str) -> str | None:
    """Return what the object is to the subject, for a canonical predicate: sister_of for has_sister."""
    if predicate in words.SYMMETRIC:
        return predicate
    if predicate in words.INVERSE:
        return words.INVERSE[predicate]
    role = role_of(predicate)
    if role is None:
        return None
    if role in SYMMETRIC_ROLES:
        return predicate
    return f"{role}_of" if predicate.startswith("has_") else f"has_{role}"


def role_of(predicate: str) -> str | None:
    """Return the role that a canonical predicate names: sister for has_sister and for sister_of."""
    role = predicate.removeprefix("has_") if predicate.startswith("has_") else predicate.removesuffix("_of")
    return role if role != predicate and ROLES.get(role) == role else None


def snake_case(text: str) -> str:
    """Return `text` in lower case without accents and articles, its words joined by _."""
    split = _CAMEL.sub("_", _APOSTROPHES.sub("", text[: 2 * LONGEST_PREDICATE_CHARS]))
    parts = [_SPELLINGS.get(part, part) for part in _NOT_WORD.split(fold(split)) if part]
    kept = [part for part in parts if part not in _EMPTY_WORDS] or parts
    return "_".join(kept)[:LONGEST_PREDICATE_CHARS].strip("_")


def _known(name: str) -> str | None:
    """Return the canonical name of words that a table knows, conjugated or with an auxiliary or not."""
    return next((found for form in _forms(name) if (found := _looked_up(form))), None)


def _forms(name: str) -> Iterator[str]:
    """Yield ways to write the same: "is sister of" like "sister of", "speak" like "speaks"."""
    yield name
    for auxiliary in ("is_", "are_", "am_", "has_been_"):
        if name.startswith(auxiliary):
            yield name.removeprefix(auxiliary)
    head, _, rest = name.partition("_")
    yield f"{head}s_{rest}" if rest else f"{head}s"


def _looked_up(name: str) -> str | None:
    return _BY_WORD.get(name) or _favourite(name) or _relation(name)


def _favourite(name: str) -> str | None:
    """Return favourite_<what> for every way to name a favourite."""
    kind = name.removeprefix("has_").removesuffix("_is")
    return kind if kind.startswith(("favourite_", "least_favourite_")) else None


def _relation(name: str) -> str | None:
    """Return has_<role> or <role>_of for every way to name a relation to somebody."""
    if name.endswith(("_of", "_de")):
        role = ROLES_BY_WORD.get(name[:-3])
        form = f"has_{role}" if role in SYMMETRIC_ROLES else f"{role}_of"
    else:
        role = ROLES_BY_WORD.get(_NAMED.sub("", name).removeprefix("has_").removeprefix("owns_"))
        form = f"has_{role}"
    return _BY_WORD.get(form, form) if role else None


def _over(name: str) -> str | None:
    """Return no_longer_<predicate> for words that say that something held and is over."""
    if name in _PAST:
        return OVER + _PAST[name]
    rest = _without(name, words.OVER)
    if not rest:
        maybe = _without(name, words.MAYBE_OVER)
        rest = maybe if maybe and _known(maybe) else None
    if not rest:
        return None
    was = canonical(rest)
    return was if was.startswith(OVER) else OVER + was


def _denied(name: str) -> str | None:
    """Return the canonical name of a denial: dislikes, does_not_have, is_not_allergic_to."""
    base = words.DENIED.get(name) or _base_of_denial(name)
    if not base or base.startswith(OVER):
        return None
    if again := _base_of_denial(base):
        return again  # who does not not like something likes it
    if base in words.OPPOSITES:
        return words.OPPOSITES[base]
    if base.startswith("is_"):
        return f"is_not_{base.removeprefix('is_')}"
    plain = _plain(base)
    doing = plain != base or (base not in _BY_WORD and not _without(name, words.BEING_DENIED))
    return f"does_not_{plain}" if doing else f"is_not_{base}"


def _base_of_denial(name: str) -> str | None:
    rest = _without(name, words.BEING_DENIED + words.DOING_DENIED)
    return canonical(rest) if rest else None


def _plain(name: str) -> str:
    """Return a predicate with its verb as it follows "does not": live_in for lives_in."""
    verb, _, rest = name.partition("_")
    if verb in words.IRREGULAR:
        verb = words.IRREGULAR[verb]
    elif verb.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
        verb = verb[:-2]
    elif verb.endswith("ies") and len(verb) > _SHORTEST_IES:
        verb = f"{verb[:-3]}y"
    elif verb.endswith("s") and not verb.endswith(("ss", "us", "is")):
        verb = verb[:-1]
    return f"{verb}_{rest}" if rest else verb


def _without(name: str, beginnings: tuple[str, ...]) -> str | None:
    """Return what follows the longest of `beginnings`; None when there is none, or nothing follows."""
    fitting = [beginning for beginning in beginnings if name.startswith(f"{beginning}_")]
    return name[len(max(fitting, key=len)) + 1 :] if fitting else None


def _is_single(name: str) -> bool:
    role = role_of(name)
    return (
        name in words.SINGLE
        or name.startswith(words.SINGLE_PREFIXES)
        or (role in ONE_AT_A_TIME and name.startswith("has_"))
    )


def _role_topic(name: str) -> str | None:
    """Return what has_<role> competes about: with other partners, or with having one at all."""
    role = role_of(name)
    if role is None or not name.startswith("has_"):
        return None
    if role in PARTNERS:
        return "partner"
    return name if role in ONE_AT_A_TIME else "have"


def _table(same: dict[str, str]) -> dict[str, str]:
    return {snake_case(word): name for name, others in same.items() for word in (name, *others.split())}


_BY_WORD = _table(words.SAME_AS)
_PAST = {word: name for word, name in _table(words.PAST_OF).items() if word != name}
ROLES_BY_WORD = {snake_case(word): role for word, role in ROLES.items()}
"""Role words without accents -> role."""
