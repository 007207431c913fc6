"""Who a sentence is about at a given word: its speaker, or somebody else. The speaker is not the subject.

A heuristic on the order of words, in English and Spanish: the last subject before the word decides.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from src_v2.knowledge.names import fold
from src_v2.knowledge.predicates import ROLES_BY_WORD
from src_v2.knowledge.roles import word_set

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[,;:.!?()—–]")
_FIRST = word_set(
    """
    i i'm i've i'd i'll im we we're we've we'd we'll yo nosotros nosotras tengo vivo soy estoy trabajo voy
    estudio juego odio quiero nací compré adopté conocí fui era prefiero cumplí tenemos vivimos somos llamo
    """
)
_PRONOUNS = word_set(
    """
    he she they he's she's they're they've he'll she'll ella ellos ellas él
    """
)
_POINTERS = word_set(
    """
    my our his her their mi mis su sus nuestro nuestra nuestros nuestras the el la los las
    """
)
_ADJECTIVES = word_set(
    """
    older elder eldest younger youngest little big twin other best old new late ex step half great good dear
    poor lovely mejor viejo vieja nuevo nueva querido querida
    """
)
_AFTER_ROLE = word_set(
    """
    mayor menor pequeño pequeña gemelo gemela
    """
)
_LEADS = word_set(
    """
    and but so because that when if also well where while who oh hey yes no ok okay then now though although
    since as actually yesterday today tonight btw y pero porque que cuando si también pues aunque donde ahora
    ayer hoy did know apparently sadly luckily , ; : . ! ? ( ) — –
    """
)
_ADVERBS = word_set(
    """
    just also still now always never already really often usually recently finally both only who that which ya
    siempre nunca todavía también que
    """
)
_RELATIVE = frozenset(["who", "that", "que"])
_VERBS = word_set(
    """
    is was are were has had have lives lived live works worked work likes liked loves loved hates got gets wants
    wanted moved moves studies studied plays played owns owned drives drove bought sold met married left lost
    started runs ran teaches taught makes made says said thinks told knows knew needs goes went came comes keeps
    kept adopted became feels eats drinks reads writes speaks sings swims paints cooks turned turns died will
    would can could must does did became isn't doesn't wasn't hasn't can't won't didn't tiene tenía vive vivía
    trabaja trabajaba es era está estaba estudia juega odia quiere compró adoptó cumplió nació murió habla dice
    dijo ha había va fue come bebe toca enseña le
    """
)
_NEVER_NAMES = word_set(
    """
    guess look remember imagine think yes no hey hi hello well it this that these those there here what who
    where when why how which everything everyone nothing nobody someone something life work school today
    tomorrow yesterday tonight dinner lunch breakfast weather winter spring summer autumn monday tuesday
    wednesday thursday friday saturday sunday january february march april may june july august september
    october november december christmas easter traffic home time money coffee tea food music people things you
    esto eso todo nada alguien la el los las una un hoy ayer mañana
    """
)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A third person whom a sentence is about. `text` names them, or is a pronoun; `end` is where that ends."""

    text: str
    start: int
    end: int
    is_pronoun: bool = False


def about_at(sentence: str, position: int, people: Collection[str]) -> Somebody | None:
    """Return whom the sentence is about at `position`; None for its speaker, or when there is no telling.

    `people` are folded names that are known to be those of people or animals.
    """
    tokens = list(_WORD.finditer(sentence))
    texts = [fold(token.group().replace("’", "'")) for token in tokens]
    found: Somebody | None = None
    for index, token in enumerate(tokens):
        if token.start() >= position:
            break
        word = texts[index]
        if word in _FIRST or (word == "he" and _is_spanish(texts, index)):
            found = None
        elif word in _PRONOUNS:
            found = Somebody(token.group(), token.start(), token.end(), is_pronoun=True)
        elif found is None or token.start() >= found.end:
            found = _subject_at(tokens, texts, index, people) or found
    return found


def _subject_at(tokens: list[re.Match[str]], texts: list[str], index: int, people: Collection[str]) -> Somebody | None:
    """Return the third person that is named at a word, when the word stands where a subject does."""
    word = texts[index].removesuffix("'s")
    is_role = word in ROLES_BY_WORD
    is_person = word in people
    named = tokens[index].group()[0].isupper() and word not in _NEVER_NAMES and not is_role
    if not (is_role or is_person or named):
        return None
    start = _phrase_start(texts, index)
    spoken_of = index + 1 < len(texts) and texts[index + 1] in _RELATIVE
    if start == index and is_role and not spoken_of:  # "a sister", "two dogs": somebody is mentioned and no more
        return None
    if start > 1 and texts[start - 1] in {"and", "y"} and texts[start - 2] in _FIRST | {"me"}:
        return None
    end = _phrase_end(tokens, texts, index, people)
    leads = start == 0 or texts[start - 1] in _LEADS
    acts = _acts(texts, end)
    known = is_role or is_person
    if not (leads and (acts or known or texts[index].endswith("'s"))) and not (acts and known):
        return None
    return Somebody(
        " ".join(token.group() for token in tokens[start:end]), tokens[start].start(), tokens[end - 1].end()
    )


def _is_spanish(texts: list[str], index: int) -> bool:
    """Whether "he" at `index` is not English but says "I have": he adoptado, he dicho."""
    return index + 1 < len(texts) and texts[index + 1].endswith(("ado", "ido", "cho", "sto", "rto"))


def _phrase_start(texts: list[str], index: int) -> int:
    """Return where the words begin that point at the one at `index`: my older sister, Tom's wife."""
    start = index
    while start > 0 and (texts[start - 1] in _ADJECTIVES | _POINTERS or texts[start - 1].endswith("'s")):
        start -= 1
        if texts[start] in _POINTERS:
            break
    return start


def _phrase_end(tokens: list[re.Match[str]], texts: list[str], index: int, people: Collection[str]) -> int:
    """Return the index behind the words that belong to the one at `index`: my sister, Ana, ... or Tom's wife."""
    end = index + 1
    while end < len(texts):
        comma = texts[end] == "," and end + 1 < len(texts)
        here = end + 1 if comma else end
        text = tokens[here].group()
        word = texts[here].removesuffix("'s")
        closes = not comma or (here + 1 < len(texts) and texts[here + 1] == ",")
        name = text[0].isupper() and (word in people or word not in _NEVER_NAMES) and word not in _VERBS
        if not ((name and closes) or (not comma and (word in ROLES_BY_WORD or word in _AFTER_ROLE))):
            return end
        end = here + 2 if comma and closes else here + 1
    return end


def _acts(texts: list[str], index: int) -> bool:
    """Whether a verb follows that says what somebody does or is."""
    while index < len(texts) and texts[index] in _ADVERBS | {","}:
        index += 1
    return index < len(texts) and texts[index] in _VERBS
