"""What a sentence does with what it says: asserts, asks, imagines, jokes, quotes, denies. English and Spanish.

Plain patterns that never look back, so that hostile text costs no more than its length. Not for what a sentence says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

LONGEST_READ_CHARS = 8_000
"""Of one message; whoever pastes more is not stating things about themselves."""

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]{0,400}`|https?://\S+|^[ \t]*>[^\n]*", re.DOTALL | re.MULTILINE)
_QUOTED = re.compile(r"[\"“«]([^\"“”«»\n]{1,400})[\"”»]|(?<!\w)['‘]([^'’\n]{1,300})['’](?!\w)")
_END = re.compile(r"(?<=[.!?…;])(?=[\s)\"”’*_]|$)|\n")
_ABBREVIATION = re.compile(
    r"(?:^|\s)(?:Dr|Mr|Mrs|Ms|St|Prof|Sr|Sra|Srta|Dra|Sta|e\.g|i\.e|vs|approx)\.$", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"\s*[,:()]\s+|\s+[-–—]+\s+|\s+(?:but|pero|though|although|aunque|so|because|porque|whereas|while|mientras)\s+"
    r"|\s+(?:and|y|e|plus|then)\s+(?=(?:i|i['’]\w+|my|we|he|she|they|his|her|our|please|call|also|ya|yo|mi|mis|él|ella"
    r"|no|me|soy|vivo|tengo|trabajo|now|don['’]?t|never|keep|llámame|el|la|the)\b)",
    re.IGNORECASE,
)
_MOST_WORDS_OF_A_NAME = 4

_ASKS = re.compile(
    r"^(?:\W*(?:and|so|but|y|pero|hey|ok(?:ay)?|well)\b\W*)?"
    r"(?:do|does|did|am|are|is|was|were|can|could|would|will|should|have|has|had|shall|may|what|who|whom|whose|where|"
    r"when|why|how|which|guess|isn['’]?t|don['’]?t you|aren['’]?t|qué|quién|dónde|cuándo|cómo|cuál|cuánt[oa]s?|crees|"
    r"adivina|sabes|piensas|es que|por qué)\b|^\W*¿",
    re.IGNORECASE,
)
_ASKS_INSIDE = re.compile(
    r"\b(?:do you (?:think|believe|reckon)|would you (?:say|believe)|(?:can|could) you guess|i wonder|i['’]m wondering|"
    r"i was wondering|would it be|is it true|crees que|me pregunto|será que|piensas que)\b",
    re.IGNORECASE,
)
_TELLS_ANYWAY = re.compile(
    r"\b(?:(?:did|have|haven['’]?t|didn['’]?t) i (?:ever |already |not )*(?:tell|told|mention|mentioned|say|said)"
    r"|did you know|do you (?:know|remember)(?: that)? (?:i|my|we)|remember (?:when|that|how) (?:i|my)"
    r"|can you believe|guess what|you know what|sab[ií]as que|te (?:conté|dije|he contado|he dicho)"
    r"|te acuerdas de que)\b",
    re.IGNORECASE,
)
_IMAGINES = re.compile(
    r"\b(?:(?:if|unless|whether) (?:only )?(?:i|we|he|she|they|my|our|you)(?! (?:remember|recall"
    r"|don['’]?t mind|may|mind"
    r"|ask me|must|like|want|prefer|can|please))|imagine|imagining|suppose|supposing|pretend(?:ing)?"
    r"|let['’]?s say|what if|i wish|as if|as though|"
    r"in another life|hypothetically|i(?:['’]d| would) (?:be|have|live|call|name|own|get|buy|work"
    r"|marry|move|like to|love to)"
    r"|(?:it|he|she|they|we|that)(?:['’]d| would) (?:be|have|live|call)|would (?:be|have been) (?:called|named)"
    r"|(?:i |i just |last night i )?dream(?:ed|t)(?: that| of| about)?|in (?:my|a|the) dream"
    r"|(?:in|for) (?:the|a|this|my) (?:movie|film|novel|story|role-?play|play|game|campaign|script)(?! of life)"
    r"|my character|in[- ]character|role-?play(?:ing)?|si (?:yo )?(?:tuviera|fuera|viviera|pudiera"
    r"|tuviese|fuese)|imagina"
    r"|imagínate|supongamos|supón|finge|finjamos|ojalá|soñé|he soñado|como si|sería|tendría|viviría|me llamaría)\b",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\b(?:thinks?|claims?|claimed|jokes?(?! aside)|joked|pretends?|pretended|believes?|believed"
    r"|guess(?:es|ed)|bets?|says?|said|told me|tells me|goes|was like|wrote|texted|shouted|screamed"
    r"|dice|dijo|cree|piensa|escribió)\b",
    re.IGNORECASE,
)
_ONESELF_SAYS = re.compile(
    r"\bi(?:['’]ve| have)?(?: \w{1,9})? (?:think|claim|claimed|believe|believed|say|said|told|wrote|texted)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:(?:do|does|did)(?: not|n['’]?t) (?!forget|worry|mind|tell|you|ask|let|get me)|(?:am|are|is|was|were)(?: not"
    r"|n['’]?t)|ain['’]?t|['’]?(?:m|s|re) not(?! only)|not (?:a|an|my|in|from|at|called|the)|have no|has no|had no"
    r"|(?:have|has)(?: not|n['’]?t) (?:got|had|lived|worked|been|a|any|eaten|owned)|no longer|any ?more"
    r"|never (?:lived|had|liked|worked|was|owned|said|been(?! (?:so|more|better|happier|as|such)\b)"
    r"|have|eat|ate|drink|met|studied)|stopped"
    r"|quit|gave up|given up"
    r"|ya no|tampoco|dej[éó] de|no (?:me |le |nos |lo |la )?(?:vivo|vive|tengo|tiene|trabajo|trabaja|soy|es|estoy|está"
    r"|gustan?|encantan?|llamo|llama|como|bebo|estudio|estudia|vivía|tenía|hay))\b",
    re.IGNORECASE,
)
_NEVER_AHEAD = re.compile(
    r"(?<!que )(?<!como )\b(?:never|nunca|jamás)(?= *$| (?!(?:ever |me )?(?:mind|forget|forgot|miss|tire|tired"
    r"|get (?:tired|bored|enough)|stop|fail|skip|leave|without|regret|look|thought|knew|imagined|expected|guessed"
    r"|dreamt|dreamed|(?:been|felt) (?:so|more|better|happier|as|such)"
    r"|let\b|lose|quit|too\b|olvid|falt|dej|pierd|pens[éa]|imagin|más\b)))",
    re.IGNORECASE,
)
_MIGHT = re.compile(
    r"\b(?:might|(?:i|we|he|she|they) may|maybe|perhaps|probably|thinking (?:of|about)|considering"
    r"|would like to|wants? to"
    r"|hop(?:e|es|ing) to|dream(?:s|ing)? of|tempted to|quizás?|tal vez|a lo mejor|quiero|quiere|quisiera|me gustaría"
    r"|pensando en|(?:almost|nearly) (?:[a-z]+ed|bought|got|had|went|met|became|took|lost|won|fell|left|sold|told|said"
    r"|made|came|chose|ate|drove|gave|did|found|kept|quit|ran|wrote|bit|broke)|(?:came|come) close to|(?:was|were) "
    r"about to|casi (?:me|nos|se|le|lo|la) \w+|casi \w+[éíó]|por poco|estuve a punto de)\b",
    re.IGNORECASE,
)
_USED_TO = re.compile(
    r"\b(?:used to|formerly|back when|when i was (?:a |an )?(?:kid|child|young|younger|little|small|teen\w*|student|boy"
    r"|girl|\d+)|as a (?:kid|child|boy|girl|teen\w*)|cuando era|de (?:niño|niña|pequeño|pequeña|joven)|antes (?:vivía"
    r"|trabajaba|tenía|era)|solía)\b",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"\b(?:any ?more|no longer|not .{1,40} now|moved (?:away|out)|quit|left|stopped|gave up|given up"
    r"|sold|lost|died|passed away"
    r"|broke up|split up|used to|ya no|dej[éó] de|vend[ií]|murió|falleció)\b",
    re.IGNORECASE,
)
_AGREES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|ya|exactly|right|correct|true|that['’]?s right|indeed|of course|sure|absolutely|i do|i am"
    r"|sí|si|claro|exacto|cierto|eso es|así es)\b(?!\W*(?:no|not)\b)",
    re.IGNORECASE,
)


class Sentence(NamedTuple):
    """One sentence and where it begins in the text that was read."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a text something stands: in which sentence, what comes before it there, and its own clause."""

    sentence: str
    before: str
    clause: str
    clause_before: str
    """The clause up to it."""
    following: str
    """The sentence after this one, "" when it is the last."""


def own_words(text: str) -> str:
    """Return what the speaker says themselves, of the same length: code, links and quotes are blanked.

    A name in quotation marks stays.
    """
    text = _CODE.sub(_blank, text[:LONGEST_READ_CHARS])
    return _QUOTED.sub(_unquoted, text)


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text, each with its closing mark."""
    found: list[Sentence] = []
    start = 0
    for match in _END.finditer(text):
        piece = text[start : match.start()]
        if not piece.strip() or _ABBREVIATION.search(piece[-12:]):
            continue
        found.append(Sentence(piece, start))
        start = match.end()
    if text[start:].strip():
        found.append(Sentence(text[start:], start))
    return found


def clauses(sentence: str) -> Iterator[Sentence]:
    """Yield the clauses of a sentence, as far as commas and conjunctions tell them apart."""
    start = 0
    for match in _CLAUSE.finditer(sentence):
        if match.start() > start:
            yield Sentence(sentence[start : match.start()], start)
        start = match.end()
    if start < len(sentence):
        yield Sentence(sentence[start:], start)


def place_of(text: str, position: int) -> Place:
    """Return where `position` of `text` stands."""
    found = sentences(text)
    index = max((i for i, one in enumerate(found) if one.start <= position), default=0)
    sentence = found[index] if found else Sentence(text, 0)
    inner = position - sentence.start
    clause = max((one for one in clauses(sentence.text) if one.start <= inner), key=lambda one: one.start, default=None)
    clause = clause or Sentence(sentence.text, 0)
    following = found[index + 1].text if index + 1 < len(found) else ""
    return Place(
        sentence.text, sentence.text[:inner], clause.text, clause.text[: max(0, inner - clause.start)], following
    )


def is_question(sentence: str) -> bool:
    """Whether a sentence asks, and does not tell something in the form of a question."""
    if _TELLS_ANYWAY.search(sentence):
        return False
    asked = sentence.rstrip().endswith("?")
    return (asked and bool(_ASKS.search(sentence.strip()))) or bool(_ASKS_INSIDE.search(sentence))


def asks_at_its_end(sentence: str) -> bool:
    """Whether a sentence ends with a question mark, in whatever form it asks."""
    return sentence.rstrip(" )\"”'’*_").endswith("?") and not _TELLS_ANYWAY.search(sentence)


def imagines(text: str) -> bool:
    """Whether what follows `text` is imagined: a condition, a wish, a dream, a game."""
    return bool(_IMAGINES.search(text))


def reports(text: str) -> bool:
    """Whether `text` leads over to what somebody else says or thinks."""
    return bool(_REPORTS.search(_ONESELF_SAYS.sub("", text)))


def denies(clause: str) -> bool:
    """Whether a clause says that something is not, or no longer, so."""
    return bool(_DENIES.search(clause))


def denies_ahead(text: str) -> bool:
    """Whether `text` says "never" of what follows it."""
    return bool(_NEVER_AHEAD.search(text))


def is_unsure(text: str) -> bool:
    """Whether what follows `text` is only wanted, planned, thought possible, or all but came about."""
    return bool(_MIGHT.search(text))


def is_over(text: str) -> bool:
    """Whether `text` speaks of how things used to be."""
    return bool(_USED_TO.search(text))


def ended(text: str) -> bool:
    """Whether `text` says that something was so and is over, rather than that it never was."""
    return bool(_ENDED.search(text))


def agrees(text: str) -> bool:
    """Whether a text begins with a yes."""
    return bool(_AGREES.search(text))


def _blank(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())


def _unquoted(match: re.Match[str]) -> str:
    """Return a quoted name without its marks; blank what is longer, or speaks of itself."""
    inner = match.group(1) or match.group(2)
    words = inner.split()
    is_name = (
        len(words) <= _MOST_WORDS_OF_A_NAME and inner[:1].isupper() and words[0].casefold() not in {"i", "my", "i'm"}
    )
    return f" {inner} " if is_name else _blank(match)
