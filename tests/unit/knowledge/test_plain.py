"""Without a model: what was stated outright, and a summary that only quotes."""

import pytest

from src_v2.knowledge.gate import admit
from src_v2.knowledge.models import Stance
from src_v2.knowledge.plain import LONGEST_SENTENCE_CHARS, MOST_SENTENCES, MOST_TOPICS, PlainExtractor
from tests.unit.knowledge.lines import said

EXTRACTOR = PlainExtractor()


async def test_statements_come_through_the_gate() -> None:
    transcript = said("I live in Leeds.", "c: You live in Rome!", "I don't have a cat. Keep it short please.")
    learned = admit(await EXTRACTOR.extract(transcript), transcript)
    assert [(c.predicate, c.object, c.stance, c.source_message_id) for c in learned.claims] == [
        ("lives_in", "Leeds", Stance.STATED, "m1"),
        ("has", "cat", Stance.RETRACTED, "m3"),
    ]
    assert [(w.name, w.value, w.source_message_id) for w in learned.preferences] == [("length", "short answers", "m3")]


async def test_what_is_over_and_since_when_survives_the_gate() -> None:
    transcript = said("I moved to Oslo in 2021.", "I don't work at the mill any more.")
    claims = admit(await EXTRACTOR.extract(transcript), transcript).claims
    assert [(c.object, c.valid_from, c.valid_until) for c in claims] == [
        ("Oslo", "2021", None),
        ("mill", None, "2026-07-08"),
    ]


async def test_a_summary_quotes_the_user_and_nobody_else() -> None:
    transcript = said(
        "The garden is full of bees.", "c: I keep a lighthouse!", "I finally planted my garden beans.", "ok"
    )
    summary = (await EXTRACTOR.extract(transcript)).summary
    assert summary.text == "Sam said: The garden is full of bees. I finally planted my garden beans. ok"
    assert summary.topics[0] == "garden"
    assert "lighthouse" not in summary.text


async def test_a_summary_keeps_what_tells_most_in_order_and_short() -> None:
    lines = ["Nothing much.", *["The weather is grey again, the rain is falling."] * 6, "My father died today."]
    long = "I love my very long sentence " + "about beans " * 60
    summary = (await EXTRACTOR.extract(said(*lines, long))).summary
    assert "My father died today." in summary.text
    assert "Nothing much." not in summary.text
    assert summary.text.index("died") < summary.text.index("beans")
    assert len(summary.text) < (MOST_SENTENCES + 1) * LONGEST_SENTENCE_CHARS
    assert len(summary.topics) <= MOST_TOPICS


@pytest.mark.parametrize(
    ("text", "importance"),
    [
        ("Hello there, how are things?", 1),
        ("I am so happy about the beans.", 2),
        ("My father died.", 3),
        ("My father died and I am sad. I lost my job, there will be a divorce.", 5),
        ("Mi padre murió.", 3),
    ],
)
async def test_grave_things_weigh_more(text: str, importance: int) -> None:
    assert (await EXTRACTOR.extract(said(text))).summary.importance == importance


async def test_emotions_are_those_that_were_named() -> None:
    assert (await EXTRACTOR.extract(said("I am proud, and a little nervous."))).summary.emotions == ["afraid", "proud"]


async def test_a_stretch_without_words_is_told_as_that() -> None:
    extraction = await EXTRACTOR.extract(said("c: Are you there?"))
    assert extraction.summary.text == "someone said nothing in words."
    assert extraction.facts == []
