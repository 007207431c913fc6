"""Which of four languages a text is in, and what its sentences do: tell, ask, doubt, imagine, speak to somebody."""

import re

from src_v2.knowledge.names import fold
from src_v2.knowledge.roles import word_set

ENGLISH = "en"

_FUNCTION_WORDS = {
    "en": word_set("the and you your is are was of to it that this i my have has with for not but what she he did so"),
    "es": word_set(
        "el la los las que y tu tus es eres de del en un una te me mi no por para con pero como lo su se muy ya al yo "
        "has esta tienes fue cuando"
    ),
    "de": word_set(
        "der die das und du dein deine ist bist ich nicht ein eine mit fur auf dir dich mir zu im am hast es sie wir "
        "aber den dem deiner war wie von er mein meine"
    ),
    "fr": word_set(
        "le la les et tu ton ta tes est es je ne pas un une de des du avec pour que qui dans il elle mais mon ma moi "
        "toi au ce c j l as a ai nous son sa"
    ),
}
_WORD = re.compile(r"[^\W\d_]+")


def language(text: str) -> str:
    """Return en, es, de or fr, whichever a text looks like most; en when it looks like none."""
    found = _WORD.findall(fold(text[:600]))
    scores = {name: sum(word in own for word in found) for name, own in _FUNCTION_WORDS.items()}
    return max(scores, key=lambda name: (scores[name], name == ENGLISH))


_HEDGES = re.compile(
    r"\b(?:i['’]?m not (?:\w+ )?(?:sure|certain)|not (?:quite |entirely )?sure|i (?:may|might|could) be (?:wrong"
    r"|mistaken"
    r"|mixing)|if i(?:['’]m| am)? (?:remember|recall|not mistaken|understood)|i (?:don['’]?t|do not|can['’]?t|cannot)"
    r" (?:\w+ )?(?:know|think|remember|recall|believe|have|find|see|say|tell)|as far as i (?:know|remember|can tell)"
    r"|maybe|perhaps|possibly|probably|presumably|i (?:would |['’]d )?(?:guess|suppose|imagine|assume|bet|wonder"
    r"|hope|wish)"
    r"|might|may (?:be|have|well)|correct me|it (?:sounds|seems|looks) (?:like|as)|i think you|unless i|no idea"
    r"|(?:no|without a|not a) (?:note|trace|record|mention|memory)|(?:have|has)(?:n['’]?t| not| never) (?:told"
    r"|mentioned"
    r"|said|shared|come up)|never (?:told|mentioned|said|came up|shared)|didn['’]?t (?:tell|mention|say)"
    r"|nobody (?:told|said)"
    r"|no estoy segur[oa]|no s[eé]\b|no me (?:acuerdo|consta|has|contaste|dijiste)|no recuerdo|no tengo|creo que"
    r"|quizás?"
    r"|tal vez|a lo mejor|puede que|supongo|imagino|si no (?:me equivoco|recuerdo)|que yo sepa|probablemente|nunca me"
    r"|ojalá|espero que|ich bin (?:mir )?nicht sicher|nicht sicher|ich weiß nicht|weiß ich nicht|vielleicht"
    r"|wahrscheinlich|vermutlich|ich glaube|ich vermute|soweit ich weiß|wenn ich mich (?:recht|richtig) erinnere"
    r"|keine ahnung|hast (?:du )?(?:mir )?(?:nie|noch nicht|nicht)|hoffentlich|ich hoffe|je ne (?:suis pas|sais pas|me"
    r" souviens pas|crois pas|vois)|pas (?:sûre?|certaine?)|peut-être|sans doute|probablement|je (?:crois|pense|suppose"
    r"|imagine)|si je (?:ne me trompe|me souviens)|à ma connaissance|tu ne m['’]as (?:pas|jamais)|j['’]espère"
    r"|j['’]ignore|aucune idée)\b",
    re.IGNORECASE,
)
_IMAGINES = re.compile(
    r"^\W*(?:(?:and|but|so|then|or|even|only) )*(?:if|unless|when(?:ever)?|once|until|in case|whether|should you"
    r"|suppose|imagine|as soon as|"
    r"next time|every time|wherever|no matter|let|si|cuando|aunque|en cuanto|wenn|falls|sobald|ob|stell|lorsque"
    r"|quand|dès que|"
    r"imagina|imagine|supongamos|whoever|whatever|however|to|by the time|before|after|antes de|después de|bevor|nachdem"
    r"|avant|après|pour|para|um)\b",
    re.IGNORECASE,
)
_WAS_SO = re.compile(
    r"^\W*(?:when you (?:were|lived|worked|had|got|moved|told|said)|cuando (?:eras|vivías)|als du)\b", re.I
)
_MODAL = re.compile(
    r"\b(?:could|would|should|can|can['’]?t|cannot|couldn['’]?t|might|(?-i:may|will)|must|shall|won['’]?t|['’]ll|['’]d"
    r"|going to"
    r"|gonna|ought|have to|need(?:n['’]?t)?|brauch\w*|necesit\w*|besoin|let['’]?s|make sure|feel free|try(?:ing)?"
    r"|hope|wish|podrías?|puedes?"
    r"|pueden|deberías?|tienes que|hay que|vas a|va a|quieras?|necesitas|seguro que|kannst|könntest|könnte|kann"
    r"|solltest"
    r"|sollte|musst|muss|wirst|wird|würde|würdest|darfst|lass|peux|peut|pourrais|pourrait|devrais|devrait|dois|vas|va"
    r"|faut|sera|serait|serais|seras|aurais|podemos|vamos|können|sollten|wollen|probablemente|sicher|bestimmt"
    r"|(?:estar|ser|tendr|har|podr|querr)(?:ás|á|ías?|án)|[^\W\d_]{2,}(?:rás|ras|rez))(?!\w)",
    re.IGNORECASE,
)


_SUPPOSES = re.compile(
    r"^\W*(?:(?:and|but|so|then|or|even|now|ok|okay) )*(?:if|imagine|suppose|supposing|picture|pretend|let['’]?s say"
    r"|what if|say|si|imagina|imagínate|supongamos"
    r"|wenn|falls|stell dir|angenommen|imagine|supposons)\b",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(
    r"^\W*(?:(?:and|so|but|y|und|et) )?(?:what|who|how|why|where|when|which|do|does|did|is|are|was|were|have|has|can"
    r"|could|would|will|should|shall|right|no|eh|isn|aren|don|didn|hasn"
    r"|qué|quién|cómo|por qué|dónde|cuándo|cuál|verdad|wie|was|wer|wo|warum|wann|oder|nicht|ist|hast|geht|magst"
    r"|willst|kannst"
    r"|comment|pourquoi|où|quand|qui|que|est-ce|non|ça)\b",
    re.IGNORECASE,
)


def supposes(sentence: str) -> bool:
    """Whether a sentence as a whole is a condition, or something imagined."""
    return bool(_SUPPOSES.search(sentence))


def is_question(clause: str) -> bool:
    """Whether the last clause of a question begins like one of its own."""
    return bool(_QUESTION_WORD.search(clause))


def hedges(text: str) -> bool:
    """Whether a sentence says itself that it is not sure of what it says, or that nothing is known."""
    return bool(_HEDGES.search(text))


def imagines(clause: str) -> bool:
    """Whether a clause is a condition, an aim, or a time to come."""
    return bool(_IMAGINES.search(clause)) and not _WAS_SO.search(clause)


def suggests(clause: str) -> bool:
    """Whether a clause speaks of what could, should or will be."""
    return bool(_MODAL.search(clause))
