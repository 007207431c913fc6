"""Whom a clause speaks of (the person, one of theirs, nobody who matters) and what it says they do. Patterns only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from src_v2.agents.critic import vocabulary as words
from src_v2.agents.critic.concepts import CONCEPTS, ROLE_WORDS
from src_v2.agents.critic.tokens import Sort, Token, tokens
from src_v2.knowledge.names import fold
from src_v2.knowledge.roles import word_set

_ADVERBS = (
    "(?:(?:still|now|currently|actually|really|just|only|also|mostly|already|recently|finally|always|both|once|never"
    "|absolutely|not|even) +)*"
)
_YOU_EN = re.compile(rf"\byou(?: and \w+|['’](?:re|ve))? +{_ADVERBS}(?P<verb>[a-z]+)", re.IGNORECASE)
_BE_EN = re.compile(rf"\byou(?:['’]re| +{_ADVERBS}(?:are|were|have been))\b", re.IGNORECASE)
_HAVE_EN = re.compile(rf"\byou(?:['’]ve)? +{_ADVERBS}(?:have|had|got|own)\b", re.IGNORECASE)
_HAVE_DONE_EN = re.compile(
    rf"\byou(?:['’]ve| +have| +had) +{_ADVERBS}(?P<verb>[a-z]{{2,}}(?:ed|wn|ought|told)|run|taken|given|written|made"
    rf"|left|lost|met|won)\b",
    re.IGNORECASE,
)
_YOU_ES = re.compile(
    r"\b(?P<verb>vives|trabajas|eres|das|haces|comes|bebes|duermes|llevas|cantas|pintas|lees|escribes|viajas|fumas"
    r"|cocinas|conduces|prefieres|tienes|odias|detestas|hablas|tocas|juegas|estudias|estás|soportas|nadas|corres"
    r"|quieres"
    r"|[^\W\d_]{2,}(?:aste|iste)|[^\W\d_]{3,}abas|te +(?:gustan?|encantan?)|has +[^\W\d_]+(?:ado|ido|to|cho))\b",
    re.IGNORECASE,
)
_YOU_DE = re.compile(
    r"\b(?P<verb>[^\W\d_]+st) +du\b|\bdu +(?:[^\W\d_]+ +){0,6}?(?P<late>[^\W\d_]+st|isst)\b", re.IGNORECASE
)
_YOU_FR = re.compile(r"\btu +(?:ne +|n['’]|t['’]|te +|l['’]|m['’]|me +|y +|en +)*(?P<verb>[^\W\d_]+)", re.IGNORECASE)
_YOURS = re.compile(r"\b(?:your|tus?|deine?[rmns]?|ton|ta|tes)\s+(?P<what>[^\W\d_]+)(?P<rest>[-\w]*)", re.IGNORECASE)
_THEY = re.compile(
    r"^\W*(?:(?:and|but|so|because|since|y|pero|und|aber|et|mais|also) +)*(?:she|he|ella|él|er|sie|elle"
    r"|il)\b(?! +y +a)",
    re.IGNORECASE,
)
_CHARACTER = re.compile(r"\b(?:i|i['’]\w+|my|me|yo|mi|mis|ich|mein\w*|mir|je|j|mon|ma|mes)\b", re.IGNORECASE)
_NOBODY = re.compile(
    r"^\W*(?:(?:and|but|so|because) +)*(?:it|that|this|there|eso|esto|das|es|ça|cela|c['’]est|we|one)\b", re.IGNORECASE
)
_TELLING = re.compile(
    r"\byou (?:\w+ )?(?:said|told|mentioned|wrote)\b|\byou['’]ve (?:\w+ )?(?:said|told|mentioned)\b"
    r"|\b(?:dijiste|contaste|mencionaste|comentaste)\b|\bme has (?:dicho|contado)\b"
    r"|\b(?:hast du|du hast) (?:mir )?(?:\w+ ){0,3}(?:gesagt|erzählt|erwähnt)\b|\btu m['’]as (?:dit|raconté|parlé)\b",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(
    r"\b(?:[^\W\d_]{0,4}ge[^\W\d_]{3,}(?:t|en)|(?:be|ver|er)[^\W\d_]{2,}(?:t|en))(?![^\W\d_])"
    r"|\bas +(?!(?:le|la|les|un|une|des|du)\b)(?:[^\W\d_]+ +)?[^\W\d_]{2,}(?:é|i|u|is|it)(?![^\W\d_])",
    re.IGNORECASE,
)
_PAST_EN = re.compile(
    r"(?:[a-z]{2,}ed|bought|got|went|met|became|took|lost|won|fell|left|sold|gave|found|kept|quit|ran|broke|grew|came"
    r"|built|beat|caught|drove|flew|read|spent|taught|wore|sang|slept|paid|sent|had|wrote)$"
)
_DONE_TO = re.compile(r"\byou (?:were|have been|['’]ve been) (?:\w+ly )?[a-z]{3,}(?:ed|en|ght)\b", re.IGNORECASE)
_AT_A_TIME = re.compile(
    r"^\W*(?:(?:and|y|und|et) )?(?:since|until|in|on|at|for|by|with|from|have been|has been|seit|bis|am|im|mit|um|desde"
    r"|hasta|el|a|en|con|depuis|le|à|avec|pendant)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^\W*(?:(?:and|y|e|und|et|then|also|auch|aussi|también) +)*(?P<word>[^\W\d_]+)", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+")
_NEXT_WORD = re.compile(r"[\s,]*([^\W\d_]+)")
_DOING = word_set("fais haces machst das")
_TELL = word_set("said told mentioned say tell mention wrote asked")
_BE = word_set("eres estas bist es")
_HAVE = word_set("tienes hast as")
_SOFT_VERBS = word_set(
    "sound seem look deserve care mean know understand need try mind think feel asked ask wanted needed felt thought "
    "decided hoped tried seemed looked managed deserved handled earned worried noticed used supposed allowed invited "
    "welcomed loved liked"
)
_OWNED = word_set(
    "house car boat ship yacht garden farm cabin shop company business bike motorbike motorcycle piano guitar tattoo "
    "degree doctorate phd licence license allergy allergies asthma migraines epilepsy scar twin twins puppy kitten "
    "casa coche barco jardin moto piso empresa tienda haus auto boot garten motorrad laden firma maison voiture "
    "bateau magasin entreprise"
)
"""Plain words for what people have: everything else that they are told to have is as often a turn of phrase."""
_FAR_WORDS = 4
"""Before a subject; what stands further behind is an object."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence that says one thing.

    `about` is "user", the key of somebody of theirs, or "" for neither. `strong` says that it needs a source even when
    all that it holds are plain words; `past` that it tells what the person did or what was done to them. `owned_at` is
    where a thing of theirs stands that is the subject, -1 without one; `goes_on` that the subject is that of the clause
    before.
    """

    text: str
    tokens: tuple[Token, ...]
    about: str = ""
    strong: bool = False
    past: bool = False
    owned_at: int = -1
    goes_on: bool = False


def telling(clause: str) -> bool:
    """Whether a clause says that the person told something."""
    return bool(_TELLING.search(clause))


def owned(sentence: str) -> Iterator[tuple[str, str]]:
    """Yield (role, name) for every "your sister Ana"; the name is "" where none follows."""
    for match in _YOURS.finditer(sentence):
        role = ROLE_WORDS.get(fold(match["what"]))
        if role is None:
            continue
        following = _NEXT_WORD.match(sentence, match.end())
        yield role, following[1] if following and following[1][0].isupper() else ""


def read_clause(text: str, spoken: str, people: set[str], last: str, before: str, *, told: bool = False) -> Clause:
    """Return what a clause is about. `last` is who "she" is; `before` whom the clause before it was about.

    `told` says that the sentence is about what the person said: then whatever "you" does in it is a claim.
    """
    found = tokens(text, spoken)
    verb = _what_you_do(text, spoken, told=told)
    if verb:
        past = bool(_PAST_EN.match(verb) or _DONE_TO.search(text)) or verb.endswith(("aste", "iste", _DONE))
        return Clause(text, found, "user", _is_strong(verb, found), past)
    whose, at = _subject(text, found, people)
    if whose:
        return Clause(text, found, whose, _speaks_of(found), owned_at=at)
    if _THEY.search(text) and last:
        return Clause(text, found, last, _speaks_of(found))
    if _NOBODY.search(text) or _CHARACTER.search(text):
        return Clause(text, found)
    if before and found and (_begins_with_verb(text) or (_AT_A_TIME.search(text) and any(t.is_exact for t in found))):
        return Clause(text, found, before, _speaks_of(found), goes_on=True)
    return Clause(text, found)


_DONE = "(done)"
"""Behind an auxiliary verb."""


def _what_you_do(text: str, spoken: str, *, told: bool) -> str:
    """Return the verb that has "you" for a subject, when the clause tells something with it; "" otherwise."""
    if spoken == "en":
        return _english_verb(text, told=told)
    match = {"es": _YOU_ES, "de": _YOU_DE, "fr": _YOU_FR}[spoken].search(text)
    if match is None:
        return ""
    verb = fold(next(group for group in match.groups() if group))
    return f"{verb}{_DONE}" if verb.startswith("has ") or (verb in _HAVE and _PARTICIPLE.search(text)) else verb


def _english_verb(text: str, *, told: bool) -> str:
    if _BE_EN.search(text):
        return "are"
    if match := _HAVE_DONE_EN.search(text):
        return "" if match["verb"].casefold() in _SOFT_VERBS else match["verb"].casefold()
    if _HAVE_EN.search(text):
        return "have"
    for match in _YOU_EN.finditer(text):
        verb = match["verb"].casefold()
        if not _WORDS.search(text, match.end()) or verb in _SOFT_VERBS:
            continue  # "if you like", "as you said"
        concept = CONCEPTS.get(verb, "")
        if verb in _TELL or concept in words.BIOGRAPHIC or concept in {"plan", "visit"} or _PAST_EN.match(verb):
            return verb
        if told and verb not in words.EMPTY:
            return verb
    return ""


def _is_strong(verb: str, found: tuple[Token, ...]) -> bool:
    """Whether a source is needed for the plain words alone: for what somebody is, has, does or likes."""
    if verb == "have" or verb in _HAVE:
        return _speaks_of(found) or any(token.sort is Sort.ROLE or token.raw in _OWNED for token in found)
    if verb in _DOING:
        return True
    if verb == "are" or verb in _BE:
        return _speaks_of(found)
    return CONCEPTS.get(verb.rsplit(maxsplit=1)[-1], "") in words.BIOGRAPHIC


def _speaks_of(found: tuple[Token, ...]) -> bool:
    return any(token.sort is Sort.CONCEPT and token.key in words.BIOGRAPHIC for token in found)


def _begins_with_verb(text: str) -> bool:
    match = _LEAD.match(text)
    word = fold(match["word"]) if match else ""
    return CONCEPTS.get(word, "") in words.BIOGRAPHIC or bool(_PAST_EN.match(word))


def _subject(text: str, found: tuple[Token, ...], people: set[str]) -> tuple[str, int]:
    """Return whom of the person's people a clause is about, or "user" and where a thing of theirs stands."""
    match = _YOURS.search(text)
    if match and not any(_leads(word) for word in _WORDS.findall(text[: match.start()])):
        role = ROLE_WORDS.get(fold(match["what"]))
        name = next((t.raw for t in found if t.raw in people and t.start >= match.start()), "")
        whose = name or (f"role:{role}" if role else "user")
        return whose, match.start("what") if whose == "user" else -1
    for token in found:
        raw = token.raw if token.raw in people else token.raw.removesuffix("s")
        if token.capital and raw in people and len(text[: token.start].split()) <= _FAR_WORDS:
            return ("", -1) if _CHARACTER.search(text[: token.start]) else (raw, -1)
    return "", -1


def _leads(word: str) -> bool:
    """Whether a word before "your" is more than a way to begin."""
    return fold(word) not in words.EMPTY or bool(_CHARACTER.match(word))
