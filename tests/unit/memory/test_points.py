"""What of a message is indexed, and under which ids."""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from src_v2.core.audience import Visibility
from src_v2.core.keys import KeyItem
from src_v2.core.messages import Role, StoredMessage
from src_v2.memory.lexical import term_index, terms
from src_v2.memory.models import IndexItem
from src_v2.memory.points import (
    CHUNK_CHARACTERS,
    Draft,
    asks,
    chunks,
    key_draft,
    message_drafts,
    pieces,
    points,
    texts,
)

AT = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)


def said(text: str, key: str = "q", name: str = "Sam") -> StoredMessage:
    return StoredMessage(
        key, None, "s", "elena", "u", "u", name, Role.USER, text, "discord", "c", None, Visibility.PRIVATE, AT
    )


def item(text: str, *before: StoredMessage) -> IndexItem:
    payload: dict[str, Any] = {"character": "elena", "user_id": "u", "created_at": 1}
    return IndexItem("m", text, "Elena", AT, payload, before)


def has(draft: Draft, *words: str) -> bool:
    return all(term_index(term) in draft.words.indices for word in words for term in terms(word))


def test_a_message_is_found_by_its_own_words_and_those_before_it_by_speakers_and_by_date() -> None:
    (draft,) = message_drafts(item("It is called Pepper.", said("What is your dog called?"), said("Hi", "p", "Kim")))
    assert has(draft, "Pepper", "dog", "Elena", "Sam", "Kim", "May", "2023")
    assert not has(draft, "cat")
    assert draft.window == "It is called Pepper. What is your dog called? Hi"
    assert draft.pieces == ("It is called Pepper.",)


def test_what_the_ranking_needs_travels_with_the_point() -> None:
    (draft,) = message_drafts(item("And you?", said("Fine.")))
    assert draft.id == "m"
    assert draft.payload == {
        "character": "elena", "user_id": "u", "created_at": 1,
        "kind": "message", "message_id": "m", "speaker": "Elena", "asks": True, "before": "q",
    }  # fmt: skip


def test_a_long_message_is_several_points_that_lead_to_the_whole() -> None:
    text = " ".join(f"Sentence number {number} speaks of the harbour." for number in range(60))
    drafts = message_drafts(item(text, said("before")))
    assert len(drafts) > 3
    assert [draft.payload["kind"] for draft in drafts] == ["message"] + ["chunk"] * (len(drafts) - 1)
    assert {draft.payload["message_id"] for draft in drafts} == {"m"}
    assert len({draft.id for draft in drafts}) == len(drafts)
    assert [draft.id for draft in message_drafts(item(text))] == [draft.id for draft in drafts]
    assert all(has(draft, "harbour", "Elena", "2023") for draft in drafts)
    assert "before" in str(drafts[0].window)
    assert "before" not in str(drafts[1].window)


def test_chunks_hold_everything_and_are_never_too_long() -> None:
    for text in ("x" * 5000, "word " * 3000, "End. " * 900, "海边很美。" * 700, "short", "a\nb"):
        parts = chunks(text)
        assert all(0 < len(part) <= CHUNK_CHARACTERS for part in parts)
        assert "".join("".join(parts).split()) == "".join(text.split())


def test_short_sentences_join_their_neighbours() -> None:
    long = "I went to the harbour with my sister and a very large owl."
    assert pieces(f"Hi! {long} {long} Bye.") == [f"Hi! {long}", f"{long} Bye."]
    assert pieces("Ok. Fine.") == ["Ok. Fine."]
    assert pieces("  ") == []


def test_questions_are_told_from_answers() -> None:
    assert asks("Where? ")
    assert asks("去哪里？")
    assert not asks("Why not? Because.")


def test_every_point_gets_its_own_vectors() -> None:
    long = "I went to the harbour with my sister and a very large owl."
    drafts = [*message_drafts(item(f"{long} {long}")), *message_drafts(item("Hi"))]
    vectors = np.arange(len(texts(drafts)), dtype=np.float32)[:, None]
    first, second = points(drafts, vectors)
    assert texts(drafts) == [f"{long} {long}", long, long, "Hi", "Hi"]
    assert (float(first.dense[0]), [float(part[0]) for part in first.parts]) == (0, [1, 2])
    assert (float(second.dense[0]), [float(part[0]) for part in second.parts]) == (3, [4])


def test_a_key_leads_to_its_message_and_is_found_by_words_and_date() -> None:
    at_ms = int(AT.timestamp() * 1000)
    draft = key_draft(KeyItem("f", "fact", "Sam owns a dog", "m", "s", {"character": "elena", "created_at": at_ms}, 4))
    assert has(draft, "dog", "May")
    assert draft.payload == {
        "character": "elena", "created_at": at_ms, "kind": "fact", "message_id": "m", "session_id": "s",
        "importance": 4,
    }  # fmt: skip
