"""Whether a line says it of its speaker at all: some facts need more than that their words appear.

A name needs words that name, an age is not one of the past, and what a twin claim says of somebody else must be said of
the speaker too.
"""

import re
from collections.abc import Collection, Iterable

from src_v2.knowledge import speech
from src_v2.knowledge.extraction import ExtractedFact
from src_v2.knowledge.grounding import found_in, words
from src_v2.knowledge.models import CHARACTER, USER, Transcript
from src_v2.knowledge.subjects import about_at
from src_v2.knowledge.verdicts import Spot

_MOST_WORDS_OF_A_BARE_NAME = 4

_NAMES_ONESELF = re.compile(
    r"\bmy (?:(?:full|first|last|middle|real|actual|legal|given|birth|maiden|family|new|old|own|only|pen|stage|user"
    r")[ -]?)*(?:nick)?names?\b|\bnamed me\b|\bcall(?:s|ed|ing)? me\b|\bi(?:['’]?m| am| was| got| go| went|['’]ve been"
    r") (?:\w+ ){0,2}(?:called|named|known as|baptised|baptized|christened|by)\b|\b(?:i sign|i answer to|for short"
    r"|short for|is short|the name['’]?s|name['’]s|name here)\b"
    r"|\bme (?:llamo|llamaba|llaman|llamas|dicen|conocen|pusieron)\b"
    r"|\b(?:llám[ae]me|llamarme|dime|mi (?:\w+ )?nombre|mi apodo|mi apellido|my surname)\b",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"\b(?:i['’]?m|i am|it['’]?s|it is|this is|soy|aquí|that['’]?s)[\s,:]*"
    r"(?:(?:actually|really|just|still|now|only|also|not|your|mr|mrs|ms|dr|old|realmente|la|el)\W+){0,2}$",
    re.IGNORECASE,
)
_ASKS_FOR_A_NAME = re.compile(r"\b(?:names?|call(?:ed)?|who|nombre|llam\w+|quién)\b[^?]*\?", re.IGNORECASE)
_AGE_OF_THEN = re.compile(
    r"\b(?:(?:when|since|until|till|before|after|while) i (?:was|turned)|i was|at(?: the)? age(?: of)?|age|aged|at"
    r"|(?:cuando|desde que) (?:yo )?(?:tenía|cumplí)|yo tenía|desde los|a los|con)\W*(?:\w+ )?$",
    re.IGNORECASE,
)
_IS_OF_A_THING = re.compile(
    r"^\W*(?:must|might|may|could|sounds?|looks?|seems?|is|was|has|had|used to|debe|suena|parece|es|tiene|está)\b"
    r"(?!\W*(?:home|my|mine|me|our|mi|hogar|casa|where|donde))",
    re.IGNORECASE,
)
_OF_A_PLACE = frozenset(("is_from", "born_in", "lives_in"))
_SPEAKER = re.compile(
    r"\b(?:i|i['’]\w+|im|ive|me|my|mine|myself|we|we['’]\w+|us|our|ours|yo|mí|mi|mis|nosotr[oa]s|nuestr[oa]s?)\b",
    re.IGNORECASE,
)
_ACTS_ONESELF = re.compile(
    r"\b(?:i|i['’]\w+|im|ive|we|we['’]\w+|yo|nosotr[oa]s|both|together|tengo|vivo|soy|estoy|trabajo|tenemos|vivimos"
    r"|somos|me|nos|ambos|junt[oa]s|my|our|mi|mis|nuestr[oa]s?)\b",
    re.IGNORECASE,
)
_ALSO_ONESELF = re.compile(
    r"\b(?:so (?:do|am|did|have|was|can) (?:i|we)|(?:me|i|we|us|myself|mine) (?:too|neither|either|also)|same here"
    r"|just like me|as (?:do|am) i|neither (?:do|am) i|both of us|we both|yo también|yo tampoco"
    r"|a mí también|l[oa]s dos|igual que yo|como yo)\b",
    re.IGNORECASE,
)


_FORMS = {
    "has": ("have", "has", "had", "got", "ve", "own", "tengo", "tiene", "tenemos", "tienen"),
    "is": ("am", "m", "is", "s", "are", "was", "soy", "es", "estoy", "está"),
    "does": ("do", "does", "did", "hago", "hace"),
}
"""How the shortest verbs, whose forms do not begin alike, stand in a sentence."""


def is_of_the_speaker(fact: ExtractedFact, spot: Spot, transcript: Transcript) -> bool:
    """Whether the sentence where the words of a claim about the user stand can say it of them."""
    if spot.place is None:
        return True
    sentence = spot.place.sentence
    if fact.predicate == "is_named":
        return _names_them(sentence, spot) or _was_asked(_ASKS_FOR_A_NAME, spot, transcript)
    if fact.predicate == "age":
        return _AGE_OF_THEN.search(spot.place.clause_before) is None
    if fact.predicate in _OF_A_PLACE:
        return _SPEAKER.search(sentence) is not None or _IS_OF_A_THING.search(sentence[spot.end :]) is None
    return True


def speaks_for_oneself_too(text: str) -> bool:
    """Whether `text` adds that the same goes for its speaker: so do I, me too."""
    return bool(_ALSO_ONESELF.search(text))


def is_only_a_twins(fact: ExtractedFact, facts: Iterable[ExtractedFact], text: str, people: Collection[str]) -> bool:
    """Whether the line says of a third person, and of nobody else, what a model took for a fact about both."""
    others = (one for one in facts if one.source == fact.source and one.subject != USER)
    twins = [one for one in others if one.predicate == fact.predicate and _alike(one.object, fact.object)]
    if not twins or speaks_for_oneself_too(text):
        return False
    deciding = _deciding_words(fact, text)
    return not any(_speaker_at(sentence, position, people) for sentence, position in deciding)


def _names_them(sentence: str, spot: Spot) -> bool:
    if _NAMES_ONESELF.search(sentence) or len(words(sentence)) <= _MOST_WORDS_OF_A_BARE_NAME:
        return True
    return _INTRODUCES.search(sentence[: spot.start]) is not None


def _was_asked(question: re.Pattern[str], spot: Spot, transcript: Transcript) -> bool:
    """Whether the character asked for it in the line before."""
    asked = next((line for line in transcript.lines if line.number == spot.line.number - 1), None)
    return asked is not None and asked.speaker == CHARACTER and question.search(asked.text) is not None


def _alike(one: str, other: str) -> bool:
    return found_in(one, other) is not None or found_in(other, one) is not None


def _deciding_words(fact: ExtractedFact, text: str) -> list[tuple[str, int]]:
    """Return where a text says a fact, as sentence and position: verb and object in one clause, else either."""
    verb = fact.predicate.removeprefix("is_").removeprefix("has_").replace("_", " ")
    forms = _FORMS.get(fact.predicate, (verb,))
    verbs: list[tuple[str, int]] = []
    objects: list[tuple[str, int]] = []
    both: list[tuple[str, int]] = []
    for sentence in speech.sentences(text):
        for clause in speech.clauses(sentence.text):
            spans = [span for form in forms if (span := found_in(form, clause.text)) is not None]
            thing = found_in(fact.object, clause.text)
            verbs += [(sentence.text, clause.start + span[0]) for span in spans[:1]]
            objects += [(sentence.text, clause.start + thing[0])] if thing else []
            both += [(sentence.text, clause.start + spans[0][0])] if spans and thing else []
    return both or verbs or objects


def _speaker_at(sentence: str, position: int, people: Collection[str]) -> bool:
    """Whether the speaker is the subject at a word of a sentence."""
    return about_at(sentence, position, people) is None and _ACTS_ONESELF.search(sentence[:position]) is not None
