"""What a message says outright that its author wants to reach. Rules without a model, in six languages.

Precision before everything: what is asked, imagined, denied, joked or somebody else's is no goal, and what anybody
wants within the evening neither. What needs understanding is left to the reflection on the whole conversation.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from src_v2.core.fence import one_line
from src_v2.evolution.goals.claims import is_evidence
from src_v2.evolution.goals.models import LONGEST_DESCRIPTION_CHARS
from src_v2.evolution.goals.stating_others import LANGUAGES, Language
from src_v2.knowledge import retreats, speech

MOST_INTENTIONS = 3
MOST_SENTENCES = 12
LONGEST_SENTENCE_CHARS = 400
"""Nobody states more goals in one message, or one in a longer sentence; a hostile one could."""
_LEAST_CHARS = 5

_LAUGHS = re.compile(
    r"\b(?:(?:ha){2,}h?|l(?:o+)l|rofl|lmao|(?:ja){2,}j?|(?:he){2,}|mdr|ptdr|k{3,}|(?:rs){2,}|xd)\b", re.IGNORECASE
)
_OTHERWISE = re.compile(
    r"\b(?:si (?:yo )?(?:quisiera|pudiera)|wenn ich|falls ich|stell dir vor|angenommen|si je|imagine[- ]?toi"
    r"|supposons|imaginons"
    r"|se eu|imagina que|immagina|se io|supponiamo|my character|in the game|quest|level|mein charakter"
    r"|mi personaje)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:\b(?:not|never|no|nunca|jamás|não|nem|non|mai|ne|n['’]|nicht|nie|kein\w*)(?:\s+(?:really|even|ever"
    r"|actually))?\s*)$",
    re.IGNORECASE,
)
_GERMAN_NO = re.compile(r"\b(?:nicht|nie|niemals|kein\w*)\b", re.IGNORECASE)
_ASKING_FOR_HELP = re.compile(
    r"(?:^|[,;:.!?¿]|\b(?:please|hey|hi|hello|so|and|then|ok|okay|well|maybe|you to|bitte|por favor|y|und|et"
    r"|e)\b)\W*$",
    re.IGNORECASE,
)
_FOREMOST = re.compile(
    r"\b(?:biggest|main|most important|more than anything|principal|mayor|más que nada|größtes|wichtigstes"
    r"|größter|plus grand"
    r"|plus que tout|maior|mais que tudo|più grande|più di tutto|life['’]?s)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"(?:\w+ (?:it|this|that|them|so|things?|something|eso|esto|algo|das|es|ça|cela|isso|isto|questo|quello)"
    r"(?: (?:work|happen|right|done|out|off|up|zu \w+|\w+en))?|(?:es|das) zu \w+|y arriver|\w{4,}(?:rlo|rla))",
    re.IGNORECASE,
)
"""What points elsewhere: nobody who reads it later knows what was meant."""
_COMMAS = re.compile(r"\s*(?:[,;:()!?…]|\.(?=\s|$)|\s[-–—]+\s)")
_EDGES = " \t\"'“”«»*_~-–—.,:"


@dataclass(frozen=True, slots=True)
class Intention:
    """What somebody wants to reach, in their own words. `foremost` when they say that it matters most."""

    description: str
    foremost: bool = False


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one language, ready for use."""

    frames: re.Pattern[str]
    lasting: re.Pattern[str]
    ends: re.Pattern[str]
    extras: re.Pattern[str]
    anywhere: bool


def _rules(language: Language) -> _Rules:
    frames = "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("help", language.help), ("meaning", language.meaning_it), ("under", language.under_way),
            ("preparing", language.preparing), ("wanting", language.wanting),
        )
    )  # fmt: skip
    leading = "" if language.lasting_anywhere else r"(?:finally |just |also |be able to |actually )?"
    return _Rules(
        re.compile(rf"(?<![\w'’])(?:{frames})(?:(?<!\w)|(?!\w))", re.IGNORECASE),
        re.compile(rf"{leading}(?:{language.lasting})", re.IGNORECASE),
        re.compile(language.ends, re.IGNORECASE),
        re.compile(rf"(?:\s+(?:{language.extras}))+$", re.IGNORECASE),
        language.lasting_anywhere,
    )


_LANGUAGES = tuple(map(_rules, LANGUAGES))
_WORTH_READING = re.compile(
    r"\b(?:i|i['’]\w+|my|help|resolution|quiero|quisiera|necesito|espero|pienso|voy|mi|me|nos|estoy|he"
    r"|decidí|tengo|ayúd\w+|ayud\w+"
    r"|intentando|ich|mein|hilf|helfen|je|j['’]\w+|mon|ma|aide|aider|quero|preciso|pretendo|vou|meu|minha"
    r"|estou|tô|ajud\w+|gostaria"
    r"|voglio|vorrei|devo|spero|mio|sto|aiut\w+|piacerebbe|ho)\b",
    re.IGNORECASE,
)
"""What every frame has at least one of: most short messages hold none."""


def intentions(text: str) -> list[Intention]:
    """Return the goals that a text states, in order, each once."""
    found: dict[Intention, None] = {}
    for one in _stated(speech.own_words(text.replace("|", " "))):
        found[one] = None
        if len(found) >= MOST_INTENTIONS:
            break
    return list(found)


def taken_back(text: str, previous: str) -> list[Intention]:
    """Return what `previous` stated at its end, when `text` begins by calling it a joke or untrue."""
    opening = next(iter(speech.sentences(speech.own_words(text))), None)
    if opening is None or not retreats.only_takes_back(opening.text):
        return []
    said = speech.sentences(speech.own_words(previous))
    return list(_stated(said[-1].text)) if said else []


def _stated(text: str) -> Iterator[Intention]:
    if not _WORTH_READING.search(text):
        return
    sentences = speech.sentences(text)
    for number, sentence in enumerate(sentences[:MOST_SENTENCES]):
        following = sentences[number + 1].text if number + 1 < len(sentences) else ""
        if not retreats.only_takes_back(following) and not retreats.turns_serious(following):
            yield from _of_sentence(" ".join(sentence.text[:LONGEST_SENTENCE_CHARS].split()))


def _of_sentence(sentence: str) -> Iterator[Intention]:
    """Yield what one sentence states; the first language that has a frame for it decides."""
    if _LAUGHS.search(sentence) or _OTHERWISE.search(sentence) or retreats.jokes(sentence):
        return
    for rules in _LANGUAGES:
        for frame in rules.frames.finditer(sentence):
            if (wanted := _wanted(rules, sentence, frame)) is not None:
                yield Intention(wanted, bool(_FOREMOST.search(sentence)))
                return


def _wanted(rules: _Rules, sentence: str, frame: re.Match[str]) -> str | None:
    """Return what stands behind a frame, when it is meant, the speaker's own, and a goal."""
    before = sentence[: frame.start()]
    for_help = frame["help"] is not None
    if for_help and not _ASKING_FOR_HELP.search(before):
        return None
    if not for_help and (sentence.rstrip(" )\"”'*_").endswith("?") or speech.is_question(sentence)):
        return None
    if not is_evidence(sentence) or _DENIED.search(before) or speech.imagines(f"{before}i ") or speech.reports(before):
        return None
    tail = _tidy(rules, sentence[frame.end() :])
    if len(tail) < _LEAST_CHARS or _VAGUE.fullmatch(tail) or (rules.anywhere and _GERMAN_NO.search(tail)):
        return None
    if frame["meaning"] is None and frame["under"] is None:
        matched = rules.lasting.search(tail) if rules.anywhere else rules.lasting.match(tail)
        if matched is None:
            return None
    return tail


def _tidy(rules: _Rules, tail: str) -> str:
    """Return what is wanted, without what follows it in the sentence."""
    tail = tail.lstrip(_EDGES)
    if comma := _COMMAS.search(tail):
        tail = tail[: comma.start()]
    if end := rules.ends.search(tail):
        tail = tail[: end.start()]
    return one_line(rules.extras.sub("", tail)).strip(_EDGES)[:LONGEST_DESCRIPTION_CHARS]
