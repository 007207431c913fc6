"""How candidates are ordered."""

from dataclasses import replace
from typing import Any

from src_v2.core.audience import Audience, Visibility
from src_v2.memory.asking import Asked
from src_v2.memory.lexical import encode_query
from src_v2.memory.ranking import DAY_MS, Found, rank, rank_keys
from src_v2.storage.vectors.base import Hit

SAM = Audience("elena", "discord:sam", "discord:dm", Visibility.PRIVATE)
NOW_MS = 400.0 * DAY_MS
ASKED = Asked("?", encode_query("?"), frozenset(), SAM.user_id, of_user=False, of_character=False, times=())


def payload(key: str, **values: Any) -> dict[str, Any]:
    common = {"kind": "message", "message_id": key, "session_id": "s", "speaker": "Sam", "speaker_id": SAM.user_id}
    return {**common, "role": "user", "asks": 0, "before": None, "created_at": 0, **values}


def found(*points: tuple[str, float, dict[str, Any]], limit: int = 100) -> Found:
    """Points with the same score in every leg."""
    hits = [Hit(key, score, values) for key, score, values in points]
    return Found(hits, hits, hits, limit)


def order(candidates: Found, asked: Asked = ASKED) -> list[str]:
    return [one.id for one in rank(candidates, asked, NOW_MS)]


def test_the_best_in_every_leg_is_first_and_nothing_found_is_nothing() -> None:
    assert order(found(("a", 0.4, payload("a")), ("b", 0.9, payload("b")))) == ["b", "a"]
    assert order(found()) == []


def test_legs_count_as_shares_of_their_best_whatever_their_scale() -> None:
    words = [Hit("a", 30.0, payload("a")), Hit("b", 15.0, payload("b"))]
    dense = [Hit("b", 0.6, payload("b")), Hit("a", 0.3, payload("a"))]
    scores = {one.id: one.score for one in rank(Found(words, dense, dense, 100), ASKED, NOW_MS)}
    assert scores["b"] > scores["a"]
    assert abs(scores["a"] - (0.8 + 0.5 * 0.5 + 1.0 * 0.5)) < 0.01


def test_what_a_full_leg_left_out_counts_as_its_last_and_what_a_short_one_left_out_as_nothing() -> None:
    words = [Hit("a", 2.0, payload("a")), Hit("b", 1.0, payload("b"))]
    window = [Hit("c", 0.5, payload("c"))]

    def score(limit: int) -> float:
        return next(one.score for one in rank(Found(words, window, (), limit), ASKED, NOW_MS) if one.id == "c")

    assert abs(score(2) - score(3) - 0.8 * 0.5) < 1e-6


def test_who_is_named_is_lifted_unless_all_are() -> None:
    candidates = found(("s", 0.9, payload("s")), ("k", 0.75, payload("k", speaker="Kim", speaker_id="discord:kim")))
    assert order(candidates, replace(ASKED, named=frozenset(["kim"]))) == ["k", "s"]
    assert order(candidates, replace(ASKED, named=frozenset(["kim", "sam"]))) == ["s", "k"]
    assert order(candidates) == ["s", "k"]


def test_i_means_the_one_who_asks_and_you_the_character() -> None:
    reply = payload("e", speaker="Elena", speaker_id="character:elena", role="character")
    candidates = found(
        ("e", 0.9, reply), ("s", 0.85, payload("s")), ("k", 0.95, payload("k", speaker_id="discord:kim"))
    )
    assert order(candidates)[0] == "k"
    assert order(candidates, replace(ASKED, of_user=True))[0] == "s"
    assert order(candidates, replace(ASKED, of_character=True))[0] == "e"


def test_an_answer_comes_before_a_question_that_fits_a_little_better() -> None:
    assert order(found(("q", 0.9, payload("q", asks=1)), ("a", 0.85, payload("a")))) == ["a", "q"]


def test_a_time_lifts_and_does_not_exclude() -> None:
    candidates = found(("then", 0.8, payload("then", created_at=5)), ("late", 0.9, payload("late", created_at=50)))
    then = replace(ASKED, times=((0.0, 10.0),))
    assert order(candidates) == ["late", "then"]
    assert order(candidates, then) == ["then", "late"]


def test_recency_parts_equals_and_never_beats_relevance() -> None:
    new, old = payload("new", created_at=NOW_MS), payload("old")
    assert order(found(("old", 0.9, old), ("new", 0.9, new))) == ["new", "old"]
    assert order(found(("old", 0.9, old), ("new", 0.88, new))) == ["old", "new"]


def test_a_fact_and_a_chunk_count_for_their_message() -> None:
    fact = {"kind": "fact", "message_id": "m", "session_id": "s", "created_at": 0, "importance": 1}
    chunk = payload("m", kind="chunk")
    ranked = rank(found(("f", 0.9, fact), ("m2", 0.8, chunk), ("b", 0.85, payload("b"))), ASKED, NOW_MS)
    assert [one.id for one in ranked] == ["m", "b"]


def test_a_message_that_only_a_fact_leads_to_is_found() -> None:
    fact = {"kind": "fact", "message_id": "m", "session_id": "s", "created_at": 0, "importance": 1}
    assert order(found(("f", 0.9, fact))) == ["m"]


def test_what_matters_most_parts_equals() -> None:
    def fact(key: str, importance: int) -> dict[str, Any]:
        return {"kind": "fact", "message_id": key, "session_id": "s", "created_at": 0, "importance": importance}

    assert order(found(("1", 0.9, fact("small", 1)), ("2", 0.9, fact("great", 5)))) == ["great", "small"]


def test_a_summary_lifts_its_session_and_is_no_memory_itself() -> None:
    summary = {"kind": "summary", "message_id": "", "session_id": "t", "created_at": 0, "importance": 3}
    candidates = found(
        ("sum", 0.9, summary), ("a", 0.80, payload("a")), ("b", 0.79, payload("b", session_id="t"))
    )  # fmt: skip
    assert order(candidates) == ["b", "a"]


def test_the_message_before_is_passed_on() -> None:
    (one,) = rank(found(("a", 1.0, payload("a", before="q"))), ASKED, NOW_MS)
    assert one.before == "q"


def test_keys_are_ranked_as_themselves() -> None:
    assert rank_keys(found(("a", 0.4, {"kind": "summary"}), ("b", 0.9, {"kind": "summary"}))) == ["b", "a"]
