"""Which of the replies that a person reacted to show how they like to be answered. Pure: no store, no clock, no model.

One reaction alone says little: it may be for the news in a reply, or out of politeness. So a reply becomes an example
when this person liked at least two replies to questions of its kind, and disliked fewer than they liked.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from src_v2.memory.patterns.models import Candidate, Exchange, Vector
from src_v2.memory.patterns.yardstick import likeness

LEAST_LIKED = 2
"""Replies to questions of one kind: two reactions to the same reply are one sign, not two."""
ALIKE = 0.3
"""Likeness (see `yardstick`) from which two questions are of one kind. With all-MiniLM-L6-v2 half of the pairs of one
kind lie above it (whales and octopuses, jokes, bad days) and none of 218 pairs of different kinds; at 0.2 it is 4 %."""
SIMILARITY, SCORE, RECENCY = 0.6, 0.3, 0.1
HALF_LIFE_DAYS = 30.0
"""A pattern that nobody needs is worth half as much after a month: habits of a season, not of a lifetime."""
FADED = 0.1
"""A score below it is no example any more: a pattern that everybody liked, unused for 100 days."""
_DAY_S = 86_400.0


def enough(exchanges: Sequence[Exchange]) -> bool:
    """Whether any of them can be an example at all."""
    return sum(one.value > 0 for one in exchanges) >= LEAST_LIKED


def candidates(exchanges: Sequence[Exchange], questions: Sequence[Vector], base: float) -> list[Candidate]:
    """Return the exchanges that may serve as examples; `questions` are their questions' unit vectors.

    `base` is the cosine of unrelated questions.
    """
    vectors = np.stack(list(questions))
    alike = likeness(vectors @ vectors.T, base) >= ALIKE
    np.fill_diagonal(alike, val=True)
    found = []
    for one, vector, kin in zip(exchanges, questions, alike, strict=True):
        of_kind = [other.value for other, is_kin in zip(exchanges, kin, strict=True) if is_kin]
        score = _score(one.value, of_kind)
        if score > 0:
            found.append(Candidate(one.reply_id, score, one.alive_at, one.place, vector))
    return found


def best(
    among: Sequence[Candidate], question: Vector, now: datetime, limit: int, base: float
) -> list[tuple[float, Candidate]]:
    """Return up to `limit` candidates for a question like theirs, with how well they fit (0..1), best first."""
    ranked = []
    for one in among:
        similarity = float(likeness(one.vector @ question, base))
        freshness = 0.5 ** (max((now - one.alive_at).total_seconds(), 0.0) / _DAY_S / HALF_LIFE_DAYS)
        if similarity >= ALIKE and one.score * freshness >= FADED:
            fits = SIMILARITY * similarity + SCORE * one.score * freshness + RECENCY * freshness
            ranked.append((fits, one))
    ranked.sort(key=lambda pair: (-pair[0], pair[1].reply_id))
    return ranked[:limit]


def _score(value: float, of_kind: Sequence[float]) -> float:
    """Return 0..1 for a reply of `value` among the values of its kind, itself included; 0: it is no example."""
    liked, disliked = sum(one > 0 for one in of_kind), sum(one < 0 for one in of_kind)
    if value <= 0 or liked < LEAST_LIKED or disliked >= liked:
        return 0.0
    return value * (liked - disliked) / (liked + disliked)
