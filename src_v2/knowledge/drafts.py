"""What a rule takes from a clause, before anybody has said whose message it was; and what rules have in common."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from src_v2.knowledge.models import USER, EntityKind, PreferenceName, Stance
from src_v2.knowledge.roles import word_set

LONGEST_OBJECT_CHARS = 60
LONGEST_OBJECT_WORDS = 6
LONGEST_ENUMERATED_WORDS = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A claim in the making. A retraction of what was so but has `ended` differs from one of what never was."""

    predicate: str
    object: str
    subject: str = USER
    object_kind: EntityKind = EntityKind.THING
    subject_kind: EntityKind = EntityKind.PERSON
    stance: Stance = Stance.STATED
    ended: bool = False
    when: str = ""
    """The words that may hold a date since when it is so."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish in the making."""

    name: PreferenceName
    value: str
    stance: Stance = Stance.STATED


Draft = Told | Asked
Make = Callable[[re.Match[str]], list[Draft]]
"""What a rule makes of a match; nothing when it means nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a clause means that `pattern` matches from its beginning."""

    pattern: re.Pattern[str]
    make: Make


NAME = r"([^\W\d_][\w'’-]*(?: (?:(?:de|del|de la|la|van|von|der|da|di) )?[A-ZÀ-ÖØ-Þ][\w'’-]*){0,3})"
"""One word in any case, then capitalised ones."""
OBJECT = r"([^\s].{0,120})"
"""The rest of a clause; `tidy` says how much of it is meant."""

_NO_NAMES = word_set(
    """
    a an the my your his her our their its this that these those it not no never on in at by to from for with
    and or but if when what who how why where very really so too just only now later back again tomorrow tonight
    today soon asap anytime whatever maybe crazy old biased paranoid mad weird naive cynical out off up over
    hard long short common important unusual unique nothing everything something anything un una el la los las
    mi tu su no muy más luego mañana hoy después cuando si que loco loca difícil largo raro
    """
)
_NO_OBJECTS = word_set(
    """
    it that this these those you him her them me us myself how when what who why where if your whatever
    everything anything nothing something one ones some all none to there here so eso esto te lo la los las que
    cuando cómo como si
    """
)
_NO_PLACES = word_set(
    """
    fear hope peace denial harmony sin poverty constant my our his her tears
    """
)
_AFTER_PLACE = re.compile(r"\s(?:for|with|to|near|by|para|por|con|cerca|y|and)\b.*", re.IGNORECASE | re.DOTALL)
_HARMLESS = frozenset(
    ("", "please", "pls", "now", "then", "btw", "by the way", "instead", "por favor", "ahora", "vale")
)
_STOPS = re.compile(
    r"\s(?:because|since|when|which|who|whom|whose|where|that|than|if|until|till|unless|except|at the "
    r"moment|right now|now"
    r"|these days|nowadays|today|currently|too|as well|though|lately|again|anymore|any more|so much|a lot|very much"
    r"|with (?:me|us)|to (?:me|us)|around me|conmigo|otra vez|de nuevo|nunca más|hace|en (?:enero"
    r"|febrero|marzo|abril|mayo"
    r"|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|19\d\d|20\d\d)|more than|the most"
    r"|best of all|for now|from now on|please|ever since|after|before|and (?:i|it|my|he|she|we|they"
    r"|that)"
    r"|originally|last|this (?:week|month|year|morning)|next|ago|in (?:january|february|march|april"
    r"|may|june|july|august|september"
    r"|october|november|december|19\d\d|20\d\d)|porque|cuando|desde|aunque|ahora|también|mucho|por favor|hasta|donde"
    r"|ya no|y (?:yo|mi|me|no))\b.*",
    re.IGNORECASE | re.DOTALL,
)
_LEADS = re.compile(
    r"^(?:(?:the )?(?:city|town|village) of|la ciudad de|a|an|the|some|un|una|el|la|los|las|unos|unas)\s+(?=\S)",
    re.IGNORECASE,
)
_EDGES = " \t.,;:!?…\"'“”«»()*_~-–—😀😂🙂"
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
_LAUGHTER = re.compile(
    r"lo+l+|lul|lmf?ao+|rofl|x+d+|(?:a?ha){2,}h?|(?:he){2,}h?|(?:hi){2,}|(?:a?ja){2,}j?|(?:je){2,}j?|(?:ji){2,}|omg|tbh"
    r"|imo|[:;=]['’]?-?[()\[\]dpo3*/|]+|<3+|\^\^|[^\w]+",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*,\s*|\s+(?:and|or|y|o|e)\s+", re.IGNORECASE)


def sober(text: str) -> str:
    """Return a clause without the laughter and the faces at its end: lol, haha, xD, :) and emoji."""
    words = text.split(" ")
    while len(words) > 1 and _laughs(words[-1].strip(".,!?…~")):
        words.pop()
    return " ".join(words)


def _laughs(word: str) -> bool:
    """Whether a word only laughs; one with a capital could be a name."""
    return not (word.isalpha() and word.istitle()) and _LAUGHTER.fullmatch(word) is not None


def without_article(text: str) -> str:
    """Return a thing without the article, or the like, that it begins with."""
    return _LEADS.sub("", text)


def tidy(text: str) -> str:
    """Return the object that a rest of a clause begins with, "" when there is none worth keeping."""
    pieces = (piece.strip(_EDGES) for piece in _EMOJI.split(text))
    kept = without_article(" ".join(next(filter(None, pieces), "").split()))
    kept = _STOPS.sub("", f" {kept}").strip(_EDGES)
    words = kept.split(" ")
    if not kept or words[0].casefold() in _NO_OBJECTS or len(words) > LONGEST_OBJECT_WORDS:
        return ""
    return kept if len(kept) <= LONGEST_OBJECT_CHARS else ""


def listed(text: str) -> list[str]:
    """Return the objects of an enumeration such as "nuts and shellfish"; what follows in many words is none of it."""
    things = [tidy(part) for part in _AND.split(text)]
    more = (thing for thing in things[1:] if thing.count(" ") < LONGEST_ENUMERATED_WORDS)
    return [thing for thing in (things[0], *more) if thing]


def name_in(text: str, rest: str = "") -> str:
    """Return a name without what clings to it, "" when it is an ordinary word.

    `rest` is what follows it in its clause: behind a word in small letters hardly anything may.
    """
    name = text.strip(_EDGES).removesuffix("'s").removesuffix("’s")
    if not name or name.split(" ")[0].casefold() in _NO_NAMES:
        return ""
    return name if name[0].isupper() or rest.strip(_EDGES).casefold() in _HARMLESS else ""


def home(match: re.Match[str]) -> list[Draft]:
    """Return where the user lives: a place with a name of its own; with group `moved` the rule is about a move."""
    rest = match.group("where")
    place = tidy(_AFTER_PLACE.sub("", rest))
    named = place[:1].isupper() or match.string.islower()
    if not place or not named or place.split()[0].casefold() in _NO_PLACES:
        return []
    return [Told("lives_in", place, object_kind=EntityKind.PLACE, when=rest if match.groupdict().get("moved") else "")]


def told(predicate: str, kind: EntityKind = EntityKind.THING, stance: Stance = Stance.STATED) -> Make:
    """Return a `make` for a claim about the user whose object is the rule's first group."""

    def make(match: re.Match[str]) -> list[Draft]:
        found = tidy(match.group(1))
        return [Told(predicate, found, object_kind=kind, stance=stance)] if found else []

    return make


def told_each(predicate: str, stance: Stance = Stance.STATED) -> Make:
    """Return a `make` for one claim about the user per thing that the rule's first group enumerates."""

    def make(match: re.Match[str]) -> list[Draft]:
        return [Told(predicate, thing, stance=stance) for thing in listed(match.group(1))]

    return make


def asked(name: PreferenceName, value: str = "", stance: Stance = Stance.STATED) -> Make:
    """Return a `make` for a wish: `value`, or the rule's first group."""

    def make(match: re.Match[str]) -> list[Draft]:
        wanted = value or tidy(match.group(1))
        return [Asked(name, wanted, stance)] if wanted else []

    return make


def nickname(stance: Stance = Stance.STATED) -> Make:
    """Return a `make` for what to call the user, or what not to."""

    def make(match: re.Match[str]) -> list[Draft]:
        name = name_in(match.group(1), match.string[match.end(1) :])
        return [Asked(PreferenceName.NICKNAME, name, stance)] if name else []

    return make


def own_name(match: re.Match[str]) -> list[Draft]:
    """Return the user's name."""
    name = name_in(match.group(1), match.string[match.end(1) :])
    return [Told("is_named", name, object_kind=EntityKind.VALUE)] if name else []


def relatives_name(match: re.Match[str]) -> list[Draft]:
    """Return whose name somebody of the user's has: the rule's `who` and `name`."""
    name = name_in(match.group("name"), match.string[match.end("name") :])
    who = " ".join(match.group("who").casefold().split())
    return [Told("is_named", name, subject=who, object_kind=EntityKind.VALUE)] if name else []


def named_pet(match: re.Match[str]) -> list[Draft]:
    """Return an animal that has a name: the rule's `what` and `name`."""
    name, animal = name_in(match.group("name"), match.string[match.end("name") :]), match.group("what").casefold()
    if not name:
        return []
    what = Told("is_a", animal, subject=name, subject_kind=EntityKind.ANIMAL, object_kind=EntityKind.VALUE)
    return [Told("has_pet", name, object_kind=EntityKind.ANIMAL), what]


def age(match: re.Match[str]) -> list[Draft]:
    """Return an age that a person can have."""
    oldest, youngest = 120, 4
    years = int(match.group(1))
    return [Told("age", str(years), object_kind=EntityKind.VALUE)] if youngest <= years <= oldest else []
