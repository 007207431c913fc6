"""Takes a text apart for those who judge it: words in clauses, the language, laughter, faces, shouting."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from src_v2.core.emojis import FOUND, emojis_in
from src_v2.evolution.feelings.lexicon import Lexicon, Phrases, folded, lexicons

LONGEST_CHARS = 500
"""Of a longer text the beginning and the end are read: feelings are said there."""
_TOKEN = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ÿœŒ]+(?:['’`][A-Za-zÀ-ÖØ-öø-ÿ]+)*|[.,;:!?\n…()]+")
_LINKS = re.compile(r"https?://\S+|<[@#][^>]{1,40}>|```.*?```|`[^`]*`", re.DOTALL)
_QUOTED = re.compile(r"[\"“„«][^\"“”»]{1,300}[\"”“»]|^>.*$", re.MULTILINE)
_LAUGHTER = re.compile(r"^(?:(?:a?h[aei]){2,}h?|(?:j[aei]){2,}j?|k{3,}|(?:rs){2,}|lo+l+|lmf?ao+|rofl|mdr+|ptdr+|x+d+)$")
_GLAD_FACE = re.compile(r"(?<!\w)(?:[:;=8]'?-?[)D\]pP3]+|<3+|\^_?\^|[cC]:|\(:)(?!\w)")
_SAD_FACE = re.compile(r"(?<!\w)(?:[:=]'?-?[(\[/|]+|</3|D:|;_;|T_T)(?!\w|/)")
_SHALL = re.compile(r"(?<=\w)['’`]ll\b", re.IGNORECASE)
"""Of "I'll", which is not "ill"."""
_STRETCHED = re.compile(r"(.)\1{2,}")
LAUGHTER, FACE = 0.8, 0.9
LEAST_SHOUTED_CHARS = 3
MOST_WORDS_FOR_LANGUAGE = 60


@dataclass(frozen=True, slots=True)
class Word:
    """One word, folded. `shouted`: in capitals where the rest is not."""

    text: str
    shouted: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A text taken apart. `faces` is what laughter and emoticons add, `emojis` are those of the text."""

    lexicon: Lexicon
    clauses: Sequence[Sequence[Word]]
    faces: float
    emojis: Sequence[str]
    exclamations: int


def read(text: str, *, quoted: bool = True) -> Reading:
    """Take a text apart; without `quoted`, what somebody else said is left out."""
    if len(text) > LONGEST_CHARS:
        text = f"{text[: LONGEST_CHARS // 2]}\n{text[-LONGEST_CHARS // 2 :]}"
    text = _SHALL.sub(" will", _LINKS.sub(" ", text))
    if not quoted:
        text = _QUOTED.sub(" ", text)
    emojis = list(emojis_in(text))
    plain = FOUND.sub(" ", text)
    glad, sad = len(_GLAD_FACE.findall(plain)), len(_SAD_FACE.findall(plain))
    clauses, laughs = _clauses(_SAD_FACE.sub(" ", _GLAD_FACE.sub(" ", plain)))
    faces = FACE * (min(glad, 2) - min(sad, 2)) + LAUGHTER * min(laughs, 2)
    lexicon = _language([word.text for clause in clauses for word in clause])
    return Reading(lexicon, _apart_at_but(clauses, lexicon), faces, emojis, plain.count("!"))


def phrase_at(words: Sequence[str], start: int, phrases: Phrases) -> tuple[int, float] | None:
    """Return (number of words, number) of the longest phrase that begins at `start`."""
    for phrase, value in phrases.get(words[start], ()):
        if tuple(words[start : start + len(phrase)]) == phrase:
            return len(phrase), value
    return None


def _clauses(text: str) -> tuple[list[list[Word]], int]:
    clauses: list[list[Word]] = [[]]
    laughs = 0
    shouting = text.isupper()
    for token in _TOKEN.findall(text):
        if not token[0].isalnum():
            if clauses[-1]:
                clauses.append([])
            continue
        word = folded(token)
        if _LAUGHTER.match(word):
            laughs += 1
            continue
        shouted = not shouting and len(token) >= LEAST_SHOUTED_CHARS and token.isupper()
        clauses[-1] += [Word(part, shouted) for part in word.split()]
    return [clause for clause in clauses if clause], laughs


def _language(words: Sequence[str]) -> Lexicon:
    """Return the lexicon of the language that has most of the words; English when in doubt."""
    words = words[:MOST_WORDS_FOR_LANGUAGE]
    common = {language: sum(word in lexicon.small_words for word in words) for language, lexicon in lexicons().items()}
    most = max(common.values())
    among = [lexicons()[language] for language, count in common.items() if count >= most - 1]
    return max(among, key=lambda lexicon: _points(words, lexicon)) if len(among) > 1 else among[0]


def _points(words: Sequence[str], lexicon: Lexicon) -> int:
    """Return how much a text looks like one language: its small words count twice."""
    return sum(
        2 * (word in lexicon.small_words)
        + (lexicon.words.get(word) is not None or lexicon.regard.judgements.get(word) is not None)
        for word in words
    )


def _apart_at_but(clauses: Sequence[Sequence[Word]], lexicon: Lexicon) -> list[list[Word]]:
    apart: list[list[Word]] = []
    for clause in clauses:
        apart.append([])
        for word in clause:
            if word.text in lexicon.but and apart[-1]:
                apart.append([])
            apart[-1].append(word)
    return apart


def unstretched(word: str) -> tuple[str, ...]:
    """Return what a word with letters drawn out may be: `sooo` is `soo` or `so`."""
    if not _STRETCHED.search(word):
        return (word,)
    return (word, _STRETCHED.sub(r"\1\1", word), _STRETCHED.sub(r"\1", word))
