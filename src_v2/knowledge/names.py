"""What a name stands for: one key for all the ways in which a person, a place or a thing is written.

Written forms only, in English and Spanish; that "sister" and "Ana" are the same person is what `aliases` finds out from
what was said.
"""

import re
import unicodedata
from functools import lru_cache

from src_v2.knowledge.models import CHARACTER, USER
from src_v2.knowledge.roles import ROLES, word_set

LONGEST_NAME_CHARS = 200
_remembered = lru_cache(maxsize=8_192)
"""The same few names come up in every turn."""
OWNED = "'s "
"""Stands in a key between an owner and what is theirs: tom's sister."""

_FIRST_PERSON = word_set("user i me my myself mine yo mi usuario usuaria") | {"the user", "el usuario", "la usuaria"}
_SECOND_PERSON = word_set("character you your yourself yours tu")
_MINE = frozenset(("my", "our", "mi", "mis", "nuestro", "nuestra", "nuestros", "nuestras"))
_ARTICLES = frozenset(("the", "a", "an", "some", "el", "la", "los", "las", "un", "una", "unos", "unas"))
_ALWAYS_ARTICLES = frozenset(("the",))
"""Articles even before a capital, where others are part of a name: The Hague, but La Paz."""
_KIND_OF_PLACE = re.compile(
    r"^(?:the\s+|la\s+|el\s+)?(?:city|town|village|state|country|island|province|ciudad|pueblo|estado|isla|provincia)"
    r"\s+(?:of|de)\s+(?=\S)",
    re.IGNORECASE,
)
_OWNER = re.compile(r"^(.{1,80}?)(?:['’]s|(?<=s)['’])\s+(?=\S)")
_ROLE_OF = re.compile(r"^((?:\S+\s+){0,3}?\S+)\s+(?:of|de|del)\s+(\S.*)$", re.IGNORECASE)
_EDGES = " \t\r\n\"'“”‘’«».,;:!?¡¿()[]"
_TITLES = frozenset(("uncle", "aunt", "grandmother", "grandfather", "cousin"))
"""Roles that are written with a capital before a name: Uncle Tom, but not Mother Teresa."""
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_LONG_WORD = 7
"""From this length on, a doubled letter that is missing or too much is taken for a slip of the hand."""
_SHORTEST_PLURAL = 4
_NOT_PLURAL = ("ss", "us", "is", "as", "os")


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, on one line."""
    bare = text.casefold()
    if not bare.isascii():
        # Folded once more: some letters are small only after they are taken apart.
        apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", bare).casefold())
        bare = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(bare.split())


@_remembered
def canonical(name: str, own: frozenset[str] = frozenset()) -> str:
    """Return the key of a name; empty when it holds no word. `own` are the user's names, folded.

    USER for the user's own names and first-person words, CHARACTER for second-person words. What belongs to the user
    is named without the user ("my sister", "Sam's sister": sister), what is somebody else's with them (tom's sister).
    """
    text = _trimmed(name)
    folded = fold(text)
    if folded in _FIRST_PERSON or folded in own:
        return USER
    if folded in _SECOND_PERSON:
        return CHARACTER
    owner, rest = _split_owner(text)
    if owner is not None:
        whose, what = canonical(owner, own), canonical(rest, own)
        return what if whose in {USER, ""} else f"{whose}{OWNED}{what}"
    return _key(_bare(text))


@_remembered
def display(name: str, own: frozenset[str] = frozenset()) -> str:
    """Return a name as it was written, without what points at it: sister for "my sister", Oslo for "city of Oslo"."""
    text = _trimmed(name)
    owner, rest = _split_owner(text)
    if owner is not None and canonical(owner, own) != USER:
        return _unpointed(text)
    return _bare(text if owner is None else rest)


@_remembered
def named_role(name: str) -> tuple[str, str] | None:
    """Return the role that stands before a name, as a key, and the name: (sister, Ana) for "my sister Ana"."""
    return _apposition(_unpointed(_trimmed(name)))


@_remembered
def role_word(text: str) -> str | None:
    """Return the role that a text names and nothing else: mother for Mum; None when it names none."""
    return _ROLES.get("_".join(re.split(r"[\s_-]+", fold(text))))


def role_of_key(key: str) -> str | None:
    """Return the role that a key ends in: sister for tom's sister; None for the key of a name."""
    last = key.rpartition(OWNED)[2]
    return last if last in _KEYS_OF_ROLES else None


def role_key(role: str) -> str:
    """Return the key of a role: best friend for best_friend."""
    return role.replace("_", " ")


@_remembered
def is_proper(name: str) -> bool:
    """Whether a name is written like one: with a capital, or in a script that has none."""
    first = next((c for c in name if c.isalnum()), "")
    return bool(first) and not role_word(name) and (first.isupper() or (first.isalpha() and not first.islower()))


def _trimmed(name: str) -> str:
    return " ".join(name[:LONGEST_NAME_CHARS].split()).strip(_EDGES)


def _split_owner(text: str) -> tuple[str | None, str]:
    """Return (owner, what is theirs), or (None, text). "my sister" has no owner here: see `_unpointed`."""
    if found := _OWNER.match(text):
        return found[1], text[found.end() :]
    found = _ROLE_OF.match(text)
    if found and role_word(_unpointed(found[1])):
        return found[2], found[1]
    return None, text


def _bare(text: str) -> str:
    """Return a name without articles, possessives, the kind of place before it, or the role before it."""
    bare = _KIND_OF_PLACE.sub("", _unpointed(text))
    found = _apposition(bare)
    return found[1] if found else bare


def _unpointed(text: str) -> str:
    """Take "my" and "the" from the front, as long as a name is left."""
    words = text.split()
    while len(words) > 1 and _points(words[0], words[1]):
        words = words[1:]
    return " ".join(words)


def _points(word: str, following: str) -> bool:
    folded = fold(word)
    if folded in _MINE or folded in _ALWAYS_ARTICLES:
        return True
    return folded in _ARTICLES and not (word[0].isupper() and following[0].isupper())


def _apposition(text: str) -> tuple[str, str] | None:
    words = text.split()
    for size in (2, 1):
        role = role_word(" ".join(words[:size]))
        name = " ".join(words[size:])
        if role and name and (words[0][0].islower() or role in _TITLES) and is_proper(name):
            return role_key(role), name
    return None


def _key(text: str) -> str:
    role = role_word(text)
    if role:
        return role_key(role)
    words = fold(text).split()
    return " ".join([*(_word(word) for word in words[:-1]), *(_word(_singular(word)) for word in words[-1:])])


def _word(word: str) -> str:
    return _DOUBLED.sub(r"\1", word) if len(word) >= _LONG_WORD else word


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(_NOT_PLURAL):
        return word
    one = f"{word[:-3]}y" if word.endswith("ies") and word not in _SINGULAR_IN_IE else word[:-1]
    return word if one in _ROLES else one  # who likes dogs does not speak of the own dog


_SINGULAR_IN_IE = word_set("movies cookies zombies selfies brownies hoodies smoothies veggies foodies rookies pies")
_ROLES = {"_".join(re.split(r"[\s_-]+", fold(word))): role for word, role in ROLES.items()}
_KEYS_OF_ROLES = frozenset(role_key(role) for role in ROLES.values())
