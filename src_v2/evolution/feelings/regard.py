"""How the author of a text treats whom they write to, -2 (abuse) to 2 (love), from words alone: no model.

Only what is said to the character counts: insults, complaints about its answers, praise, thanks. Not what the author
feels (see `sentiment`), not what others said, not what is said of somebody else.
"""

import math
from collections.abc import Sequence

from src_v2.evolution.feelings.lexicon import RegardWords, addresses
from src_v2.evolution.feelings.reading import phrase_at, read

SLOPE = 0.55
REACH = 5
"""Words between "you" and what is said of them."""
AHEAD = 4
"""The same the other way round: "stupid are you", "bist du dumm"."""
LONGEST_CALL_WORDS = 6
"""Of a bare "you stupid machine"."""
NEGATED_GOOD, NEGATED_BAD = -0.7, -0.4
RUDE = {"🖕"}


def regard(text: str) -> float:
    """Return how the author of `text` treats the character, -2..2; 0 when they only talk."""
    if not text.strip():
        return 0.0
    reading = read(text, quoted=False)
    said = -2.0 if RUDE & set(reading.emojis) else 0.0
    negations, words = reading.lexicon.negations, reading.lexicon.regard
    for clause in reading.clauses:
        said += _clause([word.text for word in clause], words, negations)
    return round(2 * math.tanh(SLOPE * said), 3)


def _clause(said: Sequence[str], words: RegardWords, negations: frozenset[str]) -> float:
    """Return what one clause says, before the numbers are drawn together."""
    told = next((i for i, word in enumerate(said) if word in words.reported), len(said))
    is_call = len(said) <= LONGEST_CALL_WORDS and all(
        word in words.fill or words.judgements.get(word) is not None for word in said
    )
    total, at = 0.0, 0
    while at < told:
        phrase = phrase_at(said, at, addresses())
        if phrase is not None:
            total += _turned(phrase[1], said[max(at - 2, 0) : at], negations)
            at += phrase[0]
            continue
        value = words.judgements.get(said[at])
        if value and (_is_told(said, at, words) or (is_call and value < 0)):
            total += _turned(value, said[max(at - 4, 0) : at], negations)
        at += 1
    return total


def _is_told(said: Sequence[str], at: int, words: RegardWords) -> bool:
    """Whether the judgement at `at` is about whom the author speaks to."""
    if any(word in words.generic for word in said[:at]):
        return False
    start = max(at - REACH, 0)
    for i in range(at - 1, start - 1, -1):
        if said[i] in words.others:
            return False
        if said[i] in words.you:
            return i == 0 or said[i - 1] not in words.others
    return any(said[i] in words.you for i in range(at + 1, min(at + AHEAD, len(said))) if _is_open(said, at, i, words))


def _is_open(said: Sequence[str], at: int, you: int, words: RegardWords) -> bool:
    """Whether nobody else stands before or between: "how stupid you are", and not "my stupid boss told you"."""
    return not any(word in words.others for word in said[:you]) and you - at <= AHEAD


def _turned(value: float, before: Sequence[str], negations: frozenset[str]) -> float:
    if not any(word in negations for word in before):
        return value
    return value * (NEGATED_GOOD if value > 0 else NEGATED_BAD)
