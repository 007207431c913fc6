"""Orders what the legs of a search found. Pure: no store, no clock, no model.

Every weight is a round number on a flat plateau: `python -m benchmarks.locomo --ablation` says what each one adds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from src_v2.core.keys import SUMMARY_KEY
from src_v2.core.messages import Role
from src_v2.memory.asking import Asked
from src_v2.memory.lexical import terms
from src_v2.memory.points import SAID
from src_v2.storage.vectors.base import Hit, PayloadValue

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much. The first three multiply a leg's score, divided by its best one (0..1)."""

    pieces: float = 1.0
    words: float = 0.8
    window: float = 0.5
    speaker: float = 0.5
    """Said by the one that the question is about."""
    question: float = -0.3
    """Asks itself: what is looked for is more often the answer."""
    time: float = 0.3
    """Said at the time that the question speaks of. A lift, since a date may be that of the event, not of the talk."""
    recency: float = 0.02
    """Said now, halving every RECENCY_HALVES_DAYS: parts equals and never beats relevance."""
    importance: float = 0.05
    """A fact or summary leads there that matters most; small talk gets nothing."""
    session: float = 0.1
    """Of the session that the best summary is about."""


RECENCY_HALVES_DAYS = 30.0
MOST_IMPORTANT = 5
WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Found:
    """What the legs found; points of several kinds. `limit` is how many each leg was asked for."""

    words: Sequence[Hit]
    window: Sequence[Hit]
    pieces: Sequence[Hit]
    limit: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A message that was found; `before` is the id of the one before it, when known."""

    id: str
    score: float
    before: str | None


@dataclass(slots=True)
class _Candidate:
    """A message and the best that its points got."""

    payload: Mapping[str, PayloadValue]
    words: float = 0.0
    window: float = 0.0
    pieces: float = 0.0
    importance: float = 0.0


@dataclass(slots=True)
class _Scores:
    """One leg's scores by point id, as fractions of the best; `floor` is for what it did not find."""

    of: dict[str, float] = field(default_factory=dict)
    floor: float = 0.0

    def get(self, point_id: str) -> float:
        return self.of.get(point_id, self.floor)


def rank(found: Found, asked: Asked, now_ms: float, weights: Weights = WEIGHTS) -> list[Ranked]:
    """Return the messages that were found, best first."""
    legs = [_scores(hits, found.limit) for hits in (found.words, found.window, found.pieces)]
    payloads = {hit.id: hit.payload for hits in (found.window, found.words) for hit in hits}
    candidates = _candidates(payloads, legs)
    sessions = _sessions(payloads, legs)
    meant = _who_is_meant(candidates, asked)
    ranked = [
        Ranked(message_id, _score(one, asked, meant, sessions, now_ms, weights), _text(one.payload.get("before")))
        for message_id, one in candidates.items()
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.id))


def rank_keys(found: Found) -> list[str]:
    """Return the ids of the points that were found, best first: for facts and summaries looked for as such."""
    words, window, pieces = (_scores(hits, found.limit) for hits in (found.words, found.window, found.pieces))
    ids = {hit.id: None for hits in (found.window, found.words) for hit in hits}
    scored = {
        one: WEIGHTS.words * words.get(one) + WEIGHTS.window * window.get(one) + WEIGHTS.pieces * pieces.get(one)
        for one in ids
    }
    return sorted(ids, key=lambda one: (-scored[one], one))


def _scores(hits: Sequence[Hit], limit: int) -> _Scores:
    """Several legs of one kind may have found the same point: the scores are the same then."""
    if not hits:
        return _Scores()
    scores = [hit.score for hit in hits]
    best = max(*scores, 1e-9)
    # What a full list left out scored at most as much as its last; what a short one left out scored nothing.
    floor = min(scores) / best if len(hits) >= limit else 0.0
    return _Scores({hit.id: hit.score / best for hit in hits}, floor)


def _candidates(payloads: Mapping[str, Mapping[str, PayloadValue]], legs: Sequence[_Scores]) -> dict[str, _Candidate]:
    """Return message id -> candidate: every point counts for the message that it leads to."""
    words, window, pieces = legs
    candidates: dict[str, _Candidate] = {}
    for point_id, payload in payloads.items():
        message_id = _text(payload.get("message_id"))
        if not message_id:
            continue
        one = candidates.setdefault(message_id, _Candidate(payload))
        if payload.get("kind") in SAID:
            one.payload = payload
        one.words = max(one.words, words.get(point_id))
        one.window = max(one.window, window.get(point_id))
        one.pieces = max(one.pieces, pieces.get(point_id))
        one.importance = max(one.importance, _importance(payload))
    return candidates


def _sessions(payloads: Mapping[str, Mapping[str, PayloadValue]], legs: Sequence[_Scores]) -> dict[str, float]:
    """Return session id -> how well its summary fits, 0..1."""
    _, window, _ = legs
    sessions: dict[str, float] = {}
    for point_id, payload in payloads.items():
        session_id = _text(payload.get("session_id"))
        if payload.get("kind") == SUMMARY_KEY and session_id:
            fits = max(window.get(point_id), 0.0) * (1 + _importance(payload)) / 2
            sessions[session_id] = max(sessions.get(session_id, 0.0), fits)
    return sessions


def _who_is_meant(candidates: Mapping[str, _Candidate], asked: Asked) -> frozenset[str]:
    """Return the names in the question of those who spoke; empty when it names all of them, or none."""
    names = {name for one in candidates.values() if (name := _text(one.payload.get("speaker")))}
    named = frozenset(name for name in names if asked.named.intersection(terms(name)))
    return named if len(named) < len(names) else frozenset()


def _score(
    one: _Candidate, asked: Asked, meant: frozenset[str], sessions: Mapping[str, float], now_ms: float, weights: Weights
) -> float:
    payload = one.payload
    score = weights.pieces * one.pieces + weights.words * one.words + weights.window * one.window
    if _is_of(payload, asked, meant):
        score += weights.speaker
    if payload.get("asks"):
        score += weights.question
    at_ms = float(payload.get("created_at") or 0)
    if any(start <= at_ms < end for start, end in asked.times):
        score += weights.time
    age_days = max(now_ms - at_ms, 0.0) / DAY_MS
    score += weights.recency * float(0.5 ** (age_days / RECENCY_HALVES_DAYS))
    score += weights.importance * one.importance
    return score + weights.session * sessions.get(_text(payload.get("session_id")) or "", 0.0)


def _is_of(payload: Mapping[str, PayloadValue], asked: Asked, meant: frozenset[str]) -> bool:
    if meant:
        return payload.get("speaker") in meant
    if asked.of_user:
        return payload.get("speaker_id") == asked.user_id
    return asked.of_character and payload.get("role") == Role.CHARACTER.value


def _importance(payload: Mapping[str, PayloadValue]) -> float:
    """Return a key's importance, 1..5, as 0..1; 0 for what has none."""
    return (float(payload.get("importance") or 1) - 1) / (MOST_IMPORTANT - 1)


def _text(value: PayloadValue) -> str | None:
    return value if isinstance(value, str) else None
