"""How the author of a text feels, -2 (very bad) to 2 (very good), from words alone: no model, well under 1 ms.

Knows English, Spanish, German, French and Portuguese. Not for how somebody treats the character (see `regard`): "my dog
died" is as sad as can be, and no offence. Sarcasm is taken at its word.
"""

import math
from collections.abc import Sequence

from src_v2.core.emojis import feeling_of
from src_v2.evolution.feelings.lexicon import Lexicon, addresses, lexicons
from src_v2.evolution.feelings.reading import Reading, Word, phrase_at, read, unstretched

NEGATED_GOOD, NEGATED_BAD = -0.8, -0.5
"""Not happy is nearly unhappy; not bad is only half as good as good."""
NEGATION_REACHES, PHRASE_NEGATION_REACHES, NEGATION_BEHIND = 4, 2, 3
"""Words: "I do not really like", and behind, as German and French have it, "gefällt mir nicht"."""
STRONGER, WEAKER, SHOUTED = 1.4, 0.75, 1.3
BEFORE_BUT, AFTER_BUT = 0.5, 1.2
"""What comes after "but" is what is meant."""
PER_EXCLAMATION, MOST_EXCLAMATIONS = 0.15, 3
PER_EMOJI, MOST_OF_EMOJIS = 0.5, 1.5
LEAST_ENGLISH_CHARS = 5
"""Of an English word in another language: shorter ones mean something else too often."""
SLOPE = 0.55
"""So that one word of strength 1 says 1, and many say 2."""


def sentiment(text: str) -> float:
    """Return how the author of `text` feels, -2..2; 0 when it says nothing."""
    if not text.strip():
        return 0.0
    reading = read(text)
    said = _words(reading) + reading.faces
    emojis = sum(PER_EMOJI * feeling_of(one) for one in reading.emojis[:4])
    emojis = max(-MOST_OF_EMOJIS, min(MOST_OF_EMOJIS, emojis))
    if said >= 1 and emojis < 0:
        emojis = 0.0  # tears of joy
    said = (said + emojis) * (1 + PER_EXCLAMATION * min(reading.exclamations, MOST_EXCLAMATIONS))
    return round(2 * math.tanh(SLOPE * said), 3)


def _words(reading: Reading) -> float:
    """Return what the clauses say together; what is said of anybody ("when you are tired") is left out."""
    total = 0.0
    for clause in reading.clauses:
        if _is_of_anybody(clause, reading.lexicon):
            continue
        if clause[0].text in reading.lexicon.but:
            total *= BEFORE_BUT
            total += AFTER_BUT * _clause(clause, reading.lexicon)
        else:
            total += _clause(clause, reading.lexicon)
    return total


def _clause(clause: Sequence[Word], lexicon: Lexicon) -> float:
    words = [word.text for word in clause]
    total, at = 0.0, 0
    before = {i for i, word in enumerate(words) if word in lexicon.negations}
    behind = {i for i, word in enumerate(words) if word in lexicon.negations_behind}
    while at < len(words):
        phrase = phrase_at(words, at, lexicon.phrases) or phrase_at(words, at, addresses())
        if phrase is not None:
            length, value = phrase
            before -= set(range(at, at + length))  # they are part of what it means
            behind -= set(range(at, at + length))
            negated = any(at - PHRASE_NEGATION_REACHES <= one < at for one in before)
        else:
            length, value = 1, _value(words, at, lexicon)
            negated = any(at - NEGATION_REACHES <= one < at for one in before)
            negated = negated or any(at < one <= at + NEGATION_BEHIND for one in behind)
        if value:
            total += _turned(value, negated=negated) * _strength(words, at, lexicon, shouted=clause[at].shouted)
        at += length
    return total


def _is_of_anybody(clause: Sequence[Word], lexicon: Lexicon) -> bool:
    opening = [word.text for word in clause[:4]]
    return opening[0] in lexicon.regard.generic and any(word in lexicon.regard.you for word in opening)


def _value(words: Sequence[str], at: int, lexicon: Lexicon) -> float:
    word = words[at]
    if word in lexicon.negations:
        return 0.0
    is_degree = word in lexicon.strong or word in lexicon.weak
    if is_degree and at + 1 < len(words) and _known(words[at + 1], lexicon):
        return 0.0
    return _known(word, lexicon)


def _known(word: str, lexicon: Lexicon) -> float:
    """Return what a word says; one that the language does not have may be English, which people mix in."""
    variants = unstretched(word)
    own = next((value for one in variants if (value := lexicon.words.get(one)) is not None), None)
    if own is not None:
        return own
    if len(word) < LEAST_ENGLISH_CHARS or word in lexicon.small_words:
        return 0.0
    english = lexicons()["en"].words.words
    return next((english[one] for one in variants if one in english), 0.0)


def _turned(value: float, *, negated: bool) -> float:
    if not negated:
        return value
    return value * (NEGATED_GOOD if value > 0 else NEGATED_BAD)


def _strength(words: Sequence[str], at: int, lexicon: Lexicon, *, shouted: bool) -> float:
    before = words[max(at - 2, 0) : at]
    strength = SHOUTED if shouted else 1.0
    if any(word in lexicon.weak for word in before):
        return strength * WEAKER
    if any(one in lexicon.strong for word in before for one in unstretched(word)):
        return strength * STRONGER
    return strength
