"""When a reply that somebody liked becomes an example, and which one fits best."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from src_v2.memory.patterns.models import Candidate, Exchange, Vector
from src_v2.memory.patterns.ranking import ALIKE, best, candidates, enough

NOW = datetime(2026, 5, 1, tzinfo=UTC)
WHALES, SHARKS, SADNESS = (1.0, 0.0), (0.8, 0.6), (0.0, 1.0)


def at(angle: tuple[float, float]) -> Vector:
    return np.array(angle, dtype=np.float32)


def reacted(*values: tuple[tuple[float, float], float]) -> list[Candidate]:
    """Return the candidates among replies to these questions with these values; they are called r0, r1, ..."""
    exchanges = [Exchange(f"r{i}", "?", "!", NOW, value, NOW, {}) for i, (_, value) in enumerate(values)]
    return candidates(exchanges, [at(question) for question, _ in values], 0.0)


def ids(found: list[Candidate]) -> list[str]:
    return [one.reply_id for one in found]


def candidate(key: str, question: tuple[float, float] = WHALES, *, score: float = 1.0, days: float = 0) -> Candidate:
    return Candidate(key, score, NOW - timedelta(days=days), {}, at(question))


def test_one_reaction_alone_makes_no_example() -> None:
    assert reacted((WHALES, 1.0)) == []
    one, other = (Exchange(f"r{i}", "?", "!", NOW, value, NOW, {}) for i, value in enumerate((1.0, -1.0)))
    assert not enough([one, other])
    assert enough([one, one])


def test_two_liked_replies_to_questions_of_one_kind_are_examples() -> None:
    assert ids(reacted((WHALES, 1.0), (SHARKS, 0.5))) == ["r0", "r1"]


def test_two_liked_replies_to_questions_of_different_kinds_are_not() -> None:
    assert reacted((WHALES, 1.0), (SADNESS, 1.0)) == []


def test_what_was_disliked_is_never_an_example() -> None:
    assert ids(reacted((WHALES, 1.0), (WHALES, 1.0), (WHALES, -0.5))) == ["r0", "r1"]


def test_dislikes_of_the_kind_lower_the_score_until_nothing_is_left() -> None:
    liked = [(WHALES, 1.0), (WHALES, 1.0)]
    assert [one.score for one in reacted(*liked)] == [1.0, 1.0]
    assert [one.score for one in reacted(*liked, (SHARKS, -1.0))] == pytest.approx([1 / 3, 1 / 3])
    assert reacted(*liked, (SHARKS, -1.0), (WHALES, -0.5)) == []


def test_dislikes_of_another_kind_change_nothing() -> None:
    assert [one.score for one in reacted((WHALES, 1.0), (WHALES, 1.0), (SADNESS, -1.0))] == [1.0, 1.0]


def test_six_parts_likeness_three_parts_score_one_part_recency() -> None:
    [(perfect, _)] = best([candidate("a")], at(WHALES), NOW, 2, 0.0)
    assert perfect == pytest.approx(1.0)
    [(fits, _)] = best([candidate("a", SHARKS, score=0.5, days=30)], at(WHALES), NOW, 2, 0.0)
    assert fits == pytest.approx(0.6 * 0.8 + 0.3 * 0.5 * 0.5 + 0.1 * 0.5)


def test_likeness_beats_score_and_score_beats_recency() -> None:
    near = candidate("near", WHALES, score=0.5)
    loved = candidate("loved", SHARKS, score=0.85)
    assert [one.reply_id for _, one in best([loved, near], at(WHALES), NOW, 2, 0.0)] == ["near", "loved"]
    loved_once = candidate("loved", WHALES, score=1.0, days=5)
    assert [one.reply_id for _, one in best([near, loved_once], at(WHALES), NOW, 2, 0.0)] == ["loved", "near"]


def test_at_most_as_many_as_wanted_and_none_of_another_kind() -> None:
    among = [candidate("a"), candidate("b"), candidate("c"), candidate("sad", SADNESS)]
    assert [one.reply_id for _, one in best(among, at(WHALES), NOW, 2, 0.0)] == ["a", "b"]
    assert len(best(among, at(WHALES), NOW, 9, 0.0)) == 3
    assert float(at(WHALES) @ at(SADNESS)) < ALIKE


def test_what_nobody_needs_fades_and_ends() -> None:
    def fits(days: float) -> float:
        return sum(score for score, _ in best([candidate("a", days=days)], at(WHALES), NOW, 2, 0.0))

    assert fits(0) > fits(10) > fits(60) > 0
    assert fits(90) > 0
    assert fits(110) == 0


def test_a_model_to_which_everything_is_alike_is_measured_from_there() -> None:
    unrelated = float(at(SHARKS) @ at(WHALES))
    one, other = (Exchange(key, "?", "!", NOW, 1.0, NOW, {}) for key in ("whale", "shark"))
    assert candidates([one, other], [at(WHALES), at(SHARKS)], unrelated) == []
    assert best([candidate("a", SHARKS)], at(WHALES), NOW, 2, unrelated) == []
    assert len(best([candidate("a", WHALES)], at(WHALES), NOW, 2, unrelated)) == 1
