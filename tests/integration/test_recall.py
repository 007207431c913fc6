"""What is found again: by words and meaning, by who said it and when, through facts and summaries; and what is not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.core.ids import new_id
from src_v2.core.keys import KeyItem
from src_v2.core.tokens import estimate_tokens
from src_v2.storage.database import Database
from tests.support.library import SAM, Library, Shelf

OPEN = Audience("elena", "discord:sam", "discord:harbour", Visibility.GUILD, "discord:g")
KIM_OPEN = Audience("elena", "discord:kim", "discord:harbour", Visibility.GUILD, "discord:g")


@pytest.fixture
async def library(tmp_path: Path, database: Database) -> AsyncIterator[Library]:
    made = Library(tmp_path, database)
    yield made
    await made.vectors.close()


def key(kind: Any, text: str, message_id: str, session_id: str, **more: Any) -> KeyItem:
    place = {"character": "elena", "user_id": SAM.user_id, "guild_id": None, "channel_id": SAM.channel_id}
    payload = {**place, "visibility": "private", "created_at": 1, **more}
    return KeyItem(new_id(), kind, text, message_id, session_id, payload)


async def test_nothing_is_found_before_the_index_has_come_up_nor_in_an_empty_one(library: Library) -> None:
    await library.hears("the sea")
    assert await library.recalls("sea") == []
    await library.indexer.open()
    assert await library.recalls("sea") == []


async def test_an_answer_is_found_by_the_question_before_it_and_brings_it_along(library: Library) -> None:
    await library.hears("I like bread", session="earlier")
    question, answer = await library.hears("What is your boat called?", "Pepper, after the owl.")
    await library.sweep()
    found = {memory.id: memory for memory in (await library.recall.search(SAM, "name of the boat", 5))[:2]}
    assert found.keys() == {question, answer}
    assert found[question].before is None
    asked = found[answer].before
    assert asked is not None
    assert asked.id == question


async def test_one_search_is_one_trip_to_each_store(library: Library) -> None:
    await library.hears("What is it?", "The sea in March 2024")
    await library.sweep()
    before = (library.vectors.round_trips, library.database.round_trips)
    assert await library.recalls("the sea in March 2024")
    assert (library.vectors.round_trips, library.database.round_trips) == (before[0] + 1, before[1] + 1)


async def test_who_is_named_comes_first(library: Library) -> None:
    (sam,) = await library.hears("I painted a boat", audience=OPEN, session="a")
    (kim,) = await library.hears("I painted a boat yesterday", audience=KIM_OPEN, name="Kim", session="b")
    await library.sweep()
    assert (await library.recalls("Who painted? Kim?", OPEN, names=("Sam", "Kim")))[0] == kim
    assert (await library.recalls("Who painted? Sam?", OPEN, names=("Sam", "Kim")))[0] == sam


async def test_a_long_message_is_found_by_its_end_and_given_whole(library: Library) -> None:
    text = " ".join(f"Sentence number {number} speaks of bread." for number in range(120)) + " The owl sat on a violin."
    (long,) = await library.hears(text)
    await library.hears("something else", session="later")
    await library.sweep()
    (first, *others) = await library.recall.search(SAM, "an owl on a violin", 5)
    assert (first.id, first.text) == (long, text)
    assert long not in [memory.id for memory in others]


async def test_a_time_lifts_what_was_said_then(library: Library) -> None:
    (march,) = await library.hears("We went sailing", session="a")
    library.clock.advance(90 * 86400)
    (june,) = await library.hears("We went sailing too", session="b")
    library.clock.advance(5 * 86400)
    await library.sweep()
    assert (await library.recalls("sailing in March"))[0] == march
    assert (await library.recalls("sailing last month"))[0] == june


async def test_hard_limits_hold_even_for_what_a_fact_leads_to(library: Library) -> None:
    (early,) = await library.hears("We went sailing", session="a")
    library.clock.advance(10 * 86400)
    (late,) = await library.hears("We went sailing", session="b")
    library.clock.advance(86400)
    known = key("fact", "Sam went sailing", early, "a", created_at=int(library.clock.now().timestamp() * 1000))
    library.indexer = library.new_indexer(Shelf(known))
    await library.sweep()
    border = datetime(2024, 3, 5, tzinfo=UTC)
    assert await library.recalls("sailing", since=border) == [late]
    assert await library.recalls("sailing", until=border) == [early]
    assert await library.recalls("sailing", since=border, until=border) == []


async def test_a_fact_leads_to_the_message_that_said_it_unless_keys_are_left_out(library: Library) -> None:
    (source,) = await library.hears("The little one is called Pepper", session="a")
    await library.hears(*(f"On day {number} the weather was fine" for number in range(3)), session="b")
    library.indexer = library.new_indexer(Shelf(key("fact", "Sam owns a parrot", source, "a")))
    await library.sweep()
    assert (await library.recalls("parrot"))[0] == source
    only_a_fact = key("fact", "parrot", "", "a")
    library.indexer = library.new_indexer(Shelf(only_a_fact))
    await library.sweep()
    assert only_a_fact.id not in await library.recalls("parrot")
    scores = {memory.id: memory.score for memory in await library.recall.search(SAM, "parrot", 9, keys=False)}
    assert max(scores.values()) < 2


async def test_summaries_are_found_by_what_they_say_and_lift_their_session(library: Library) -> None:
    (kept,) = await library.hears("We talked for long", session="a")
    (other,) = await library.hears("We talked for long too", session="b")
    sailing, baking = key("summary", "Sailing to Iceland", "", "b"), key("summary", "Baking bread", "", "a")
    library.indexer = library.new_indexer(Shelf(sailing, baking))
    await library.sweep()
    assert (await library.recall.search_summaries(SAM, "sailing", 1)) == [sailing.id]
    assert (await library.recalls("sailing to Iceland, we talked"))[0] == other
    assert (await library.recalls("baking bread, we talked"))[0] == kept
    stranger = Audience("elena", "discord:kim", "discord:dm-kim", Visibility.PRIVATE)
    assert await library.recall.search_summaries(stranger, "sailing", 5) == []


async def test_what_says_nearly_the_same_is_given_once(library: Library) -> None:
    await library.hears("I love the sea", "I love the sea!", "The sea, I love", "I hate the sea", session="a")
    await library.sweep()
    texts = [memory.text for memory in await library.recall.search(SAM, "the sea", 5)]
    assert len(texts) == 2
    assert "I hate the sea" in texts


async def test_a_token_budget_holds_and_a_long_memory_does_not_keep_out_short_ones(library: Library) -> None:
    (long,) = await library.hears("The sea " + "and waves " * 100, session="a")
    (short,) = await library.hears("The sea", session="b")
    await library.sweep()
    assert set(await library.recalls("the sea")) == {long, short}
    memories = await library.recall.search(SAM, "the sea", 5, tokens=20)
    assert [memory.id for memory in memories] == [short]
    assert sum(estimate_tokens(memory.text) for memory in memories) <= 20


async def test_a_question_that_may_not_surface_is_not_brought_along(library: Library) -> None:
    """What was said in private stays there, even right before something that was said openly."""
    session = "shared"
    await library.hears("What is the secret boat called?", session=session)
    (answer,) = await library.hears("The boat is called Pepper", audience=OPEN, session=session)
    await library.sweep()
    (memory,) = await library.recall.search(OPEN, "boat called Pepper", 5)
    assert (memory.id, memory.before) == (answer, None)
