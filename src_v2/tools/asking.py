"""Whether the person's own words in this turn ask for a change: what a tool that writes must see before it does.

The rule: a model may propose a change, but it is made only when what the person wrote themselves in this very turn says
so. Quotations, code, links, the middle of pasted texts and messages passed on are not their own words; neither are
memories, pages, names, captions and what others say. A correction must name the new value, a wish must be worded as
one, taking back must say that something is not so. These are plain patterns, no model is asked. Whoever is not
understood is asked to say it in so many words.
"""

import re

from src_v2.core import markers
from src_v2.core.fence import one_line
from src_v2.knowledge import retreats, speech, wishes
from src_v2.knowledge.grounding import found_in
from src_v2.knowledge.models import CHARACTER, USER, Fact, PreferenceName
from src_v2.tools.base import ToolContext
from src_v2.tools.results import refused

NOT_ASKED = refused(
    "They did not ask for this in their own words just now, so nothing was changed. If you think that they want it, "
    "ask them to say it in so many words."
)
TYPED_CHARS = 300
"""Of a long message only so much at its beginning and at its end counts: in between lies what was pasted."""
MOST_UNNAMED = 1
SHORT_ANSWER_WORDS = 3
"""A message that short is an answer: to what they want to be called."""

_CHANGE = re.compile(
    r"\b(?:change|correct|update|fix|replace|edit|put (?:it|that) right|make (?:it|that)|should (?:be|say)|instead"
    r"|actually|cambia\w*|corrige\w*|actualiza\w*|en realidad|änder\w*|korrigier\w*|eigentlich|corrig\w*|chang\w*"
    r"|en fait|mude|muda|atualize|na verdade|cambi\w*|veramente|wijzig|verander|eigenlijk)\b",
    re.IGNORECASE,
)
_NOT_SO = re.compile(
    r"\b(?:wrong|false|untrue|incorrect|not (?:true|right|so|correct)|n['’]?t (?:true|right|so|correct)|never|mistake"
    r"|made (?:it|that) up|joke\w*|joking|kidding|lied?|lying|forget|delete|remove|erase|drop|scratch|no longer|not"
    r"|\w+n['’]t|falso|mentira|olv[ií]da\w*|borra\w*|elimina\w*|nunca|jam[aá]s|equivoc\w*|falsch|stimmt nicht|nicht"
    r"|nie|vergiss|lösch\w*|gelogen|faux|oublie\w*|efface\w*|jamais|pas|errado|esque[çc]a|apag\w*|sbagliato|dimentica"
    r"|cancella|vergeet|fout|onwaar|niet|no)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:that|this|it|all|everything|these|those|eso|esto|todo|das|alles|ça|cela|tout|isso|tudo|questo|tutto|dat|dit)"
    r"\b(?: (?:was|is|were|are|of it|era|es|fue|war|ist|était|est|è|of that|of this)|['’]s)?(?: \w+)? ?"
    r"(?:wrong|false|untrue|incorrect|not (?:true|right|so|correct)|a (?:joke|lie|mistake)|made up|mentira|falso|broma"
    r"|falsch|gelogen|ein (?:witz|scherz)|faux|une blague|errado|mentira|sbagliato|fout|onwaar)\b",
    re.IGNORECASE,
)
_CALL_ME = re.compile(
    r"\b(?:call|name|nick\w*|known as|go by|goes by|i['’]?m|i am|ll[aá]mame|dime|apodo|soy|me llamo|nenn\w*|heiße"
    r"|spitzname|ich bin|appel\w+|surnom|je suis|chama\w*|apelido|sou|chiama\w*|soprannome|sono|noem|bijnaam|ik ben)\b",
    re.IGNORECASE,
)
_RATHER_NOT = re.compile(
    r"\b(?:no|not|\w+n['’]?t|never|stop|avoid|without|rather|hate|enough|leave|skip|off[- ]limits|sick of|tired of"
    r"|nada de|evita\w*|deja\w*|nunca|sin|nicht|kein\w*|hör auf|vermeide\w*|ohne|genug|pas|plus|jamais|évit\w*|arrêt\w*"
    r"|sans|não|evit\w*|pare|sem|non|basta|senza|niet|geen|stop\w*|zonder)\b",
    re.IGNORECASE,
)
_PLEASE = re.compile(
    r"\b(?:bitte|sei|sprich|antworte|schreib\w*|rede|kürzer|länger|deutsch|s['’]il (?:te|vous) pla[iî]t|parle\w*"
    r"|répond\w*|écri\w*|sois|soyez|plus court\w*|por favor|fal[ae]\w*|escrev\w*|seja|per favore|parla\w*|rispond\w*"
    r"|scriv\w*|sii|alsjeblieft|spreek|praat|antwoord|schrijf|wees|korter|please|пожалуйста|отвечай|говори|пиши)\b",
    re.IGNORECASE,
)
_FINE_AGAIN = re.compile(
    r"\b(?:again|normal\w*|fine|okay|ok|no longer|stop|forget|drop|remove|reset|undo|back to|never ?mind|any ?more"
    r"|don['’]?t (?:mind|have to|need to)|otra vez|de nuevo|olvida|quita|ya no|wieder|egal|vergiss|nicht mehr"
    r"|de nouveau|oublie|ne plus|de novo|esque[çc]a|di nuovo|dimentica|weer|vergeet)\b",
    re.IGNORECASE,
)


def own_words(context: ToolContext) -> str:
    """Return what the person wrote themselves in this turn, one message after the other."""
    return "\n".join(_typed(speech.own_words(markers.own_words(message.text))) for message in context.asked)


def says_instead(context: ToolContext, value: str) -> bool:
    """Whether the person states `value`, or asks that something be changed to it."""
    said = own_words(context)
    at = _where(value, said)
    if at is None:
        return False
    place = speech.place_of(said, at)
    if speech.imagines(place.before) or retreats.jokes(place.sentence):
        return False
    asks = speech.is_question(place.sentence) or speech.asks_at_its_end(place.sentence)
    return not asks or bool(_CHANGE.search(place.sentence))


def takes_back(context: ToolContext, fact: Fact) -> bool:
    """Whether the person says that `fact`, by its name or as what was just said, is not so.

    What was just said is one thing: without a name only one fact of a turn is taken back.
    """
    said = own_words(context)
    if speech.imagines(said):
        return False
    named = [name for name in (fact.object, fact.subject) if name not in {USER, CHARACTER}]
    if _NOT_SO.search(said) and any(_where(name, said) is not None for name in named):
        return True
    if not (_POINTS_BACK.search(said) or retreats.jokes(said) or retreats.takes_back(said)):
        return False
    unnamed = context.notes.taken_back
    if fact.id not in unnamed and len(unnamed) >= MOST_UNNAMED:
        return False
    unnamed.add(fact.id)
    return True


def wishes_for(context: ToolContext, name: PreferenceName, value: str) -> bool:
    """Whether the person asks to be spoken with in this way."""
    said = own_words(context)
    if retreats.jokes(said) or speech.imagines(said):
        return False
    match name:
        case PreferenceName.NICKNAME:
            cue = bool(_CALL_ME.search(said)) or len(said.split()) <= SHORT_ANSWER_WORDS
            return cue and _where(value, said) is not None
        case PreferenceName.AVOID:
            at = _where(value, said)
            return at is not None and bool(_RATHER_NOT.search(speech.place_of(said, at).sentence))
        case _:
            return any(_wishes_in(sentence, name, value) for sentence in re.findall(r"[^.!?\n]+[.!?]*", said))


def _wishes_in(sentence: str, name: PreferenceName, value: str) -> bool:
    """Whether one sentence asks for it; a question does only when it names what is wanted."""
    if (speech.is_question(sentence) or sentence.rstrip().endswith("?")) and _where(value, sentence) is None:
        return False
    return wishes.asks_for(sentence, name, value) or bool(_PLEASE.search(sentence))


def takes_wish_back(context: ToolContext, name: PreferenceName, topic: str) -> bool:
    """Whether the person allows again what they did not want, or wants a way of speaking no more."""
    said = own_words(context)
    if topic and _where(topic, said) is None:
        return False
    return bool(_FINE_AGAIN.search(said)) or wishes.takes_wish_back(name, said)


def _typed(said: str) -> str:
    if len(said) <= 2 * TYPED_CHARS:
        return said
    return f"{said[:TYPED_CHARS]}\n{said[-TYPED_CHARS:]}"


def _where(value: str, said: str) -> int | None:
    """Return where `value` is said, in its own form or in other forms of its words."""
    at = said.casefold().find(value.casefold())
    if at >= 0 and value:
        return min(at, len(said))
    found = found_in(value, said) or found_in(value, one_line(said))
    return found[0] if found else None
