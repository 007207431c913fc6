"""What people decide about their data holds: REMEMBER, SERVERS and SHARE, along the whole path."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from src_v2.core.audience import Visibility
from src_v2.core.events import Done, Failed, Stopped
from src_v2.core.switches import Switches, SwitchName
from src_v2.storage.tables import facts, llm_calls, messages, switches, turns, users
from tests.support.house import House, Person, Place
from tests.support.llm import LocalLLM, Script
from tests.support.servers import Server
from tests.support.traces import files_with, traces

HARBOUR = Place("discord:harbour-open", Visibility.GUILD, "discord:harbour")
WORDS = ("quokka", "marzipan", "ingeborg", "trombone", "zeppelin")
"""Said by those who do not want to be remembered, and by nobody else."""


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    async with LocalLLM() as server:
        yield server


@pytest.fixture
async def house(tmp_path: Path, llm: LocalLLM) -> AsyncIterator[House]:
    async with House(tmp_path / "data", llm) as house:
        yield house


async def rows(house: House, table: Any) -> list[dict[str, Any]]:
    async with house.app.stores.database.read() as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]


async def set_switch(house: House, person: Person, name: SwitchName, on: bool) -> Switches:
    return await house.app.profiles.decide(person.user_id, name, on)


def prompt(llm: LocalLLM) -> str:
    """Return everything that the model was last given."""
    return "\n".join(str(message["content"]) for message in llm.requests[-1].messages)


async def nothing_left(house: House, person: Person) -> None:
    """Let every job run, and find no trace of a person."""
    house.pass_time(minutes=31)
    await house.app.background.learning.sweep()
    await house.indexed()
    assert await traces(house, [person.user_id, person.dm.channel_id], WORDS) == []


async def test_who_is_not_remembered_leaves_nothing_and_can_still_converse(house: House, llm: LocalLLM) -> None:
    mia, ben = house.person("Mia"), house.person("Ben")
    await set_switch(house, mia, SwitchName.REMEMBER, False)
    await house.hears(ben.says("I keep bees."))
    await house.hears(mia.says("My quokka is called Marzipan. Please keep your answers short."))
    await house.hears(mia.says("My sister's name is Ingeborg."))
    reply = await house.hears(mia.says("What did I tell you?"))
    assert isinstance(reply.outcome, Done)
    said = [str(message["content"]) for message in llm.requests[-1].messages[1:]]
    assert said[0].startswith("My quokka is called Marzipan.")
    assert said[2] == "My sister's name is Ingeborg."
    assert said[-1] == "What did I tell you?"
    assert {row["speaker_name"] for row in await rows(house, messages)} == {"Ben", "Elena"}
    costs = [row for row in await rows(house, llm_calls) if row["user_id"] is None]
    assert len(costs) == 3
    assert {(row["turn_id"], row["status"]) for row in costs} == {(None, "ok")}
    await nothing_left(house, mia)


async def test_edits_deletions_stop_and_another_try_work_without_a_trace(house: House, llm: LocalLLM) -> None:
    mia = house.person("Mia")
    memory, lanes = house.app.memory, house.app.lanes
    await set_switch(house, mia, SwitchName.REMEMBER, False)
    await house.hears(mia.says("I own a trombone.", ref="m1"))
    await lanes.edit("elena", mia.dm.channel_id, "m1", "I own a zeppelin.")
    await house.hears(mia.says("And a quokka.", ref="m2"))
    assert "zeppelin" in prompt(llm)
    await lanes.delete("elena", mia.dm.channel_id, "m2")
    llm.enqueue(Script("One two three four", packet_per_token=True, hold=asyncio.Event(), hold_before=2))
    counting = await house.ask(mia.says("Count the trombones."))
    await counting.first_text.wait()
    assert await lanes.stop("elena", mia.dm.channel_id)
    await counting.finished.wait()
    assert isinstance(counting.outcome, Stopped)
    llm.enqueue(Script(status=503))
    failed = await house.hears(mia.says("Is marzipan sweet?"))
    assert isinstance(failed.outcome, Failed)
    again = await memory.unanswered(mia.audience())
    assert [message.text for message in again] == ["Is marzipan sweet?"]
    await house.hears(again[0])
    assert not await memory.unanswered(mia.audience())
    said = [message.text for message in await memory.conversation(mia.audience(), 60)]
    assert "And a quokka." not in said
    assert counting.text.strip() in " ".join(said)
    forgotten = await memory.forget_last(mia.audience())
    assert forgotten is not None
    assert len(forgotten.message_ids) == 2
    assert "Is marzipan sweet?" not in [one.text for one in await memory.conversation(mia.audience(), 60)]
    await nothing_left(house, mia)


async def test_a_burst_is_one_turn_also_for_who_is_not_remembered(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path / "data", llm, burst_window_s=5) as house:
        mia = house.person("Mia")
        await set_switch(house, mia, SwitchName.REMEMBER, False)
        hold = asyncio.Event()
        llm.enqueue(Script("wait", hold=hold))
        reply = await house.ask(mia.says("My quokka", ref="m1"))
        await llm.wait_for_requests(1)
        assert await house.app.lanes.submit(mia.says("likes marzipan", ref="m2"), reply)
        await reply.finished.wait()
        assert reply.text.endswith("My quokka\nlikes marzipan")
        await house.app.memory.link("elena", reply.outcome.message_id, ["r1"])  # type: ignore[union-attr]
        quoting = replace(mia.says("What was that?"), reply_to="r1")
        await house.hears(quoting)
        assert "<quoted" in prompt(llm)
        await nothing_left(house, mia)


async def test_what_was_kept_before_is_not_used_until_it_may_be_again(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("I live in Oslo. My dog is called Rufus.", ref="old"))
    await house.indexed()
    await set_switch(house, sam, SwitchName.REMEMBER, False)
    await house.hears(replace(sam.says("Where do I live, and with whom?"), reply_to="old"))
    assert "Oslo" not in prompt(llm)
    assert "Rufus" not in prompt(llm)
    assert await house.app.memory.forget_last(sam.audience()) is not None  # the held one, not the stored one
    assert await house.app.memory.forget_last(sam.audience()) is None
    assert "Rufus" in str(await rows(house, messages))
    await set_switch(house, sam, SwitchName.REMEMBER, True)
    await house.hears(sam.says("And now?"))
    assert "Rufus" in prompt(llm)
    assert await rows(house, switches) == []


@pytest.mark.parametrize("at_first", [True, False])
async def test_a_switch_holds_from_the_next_message_on(house: House, llm: LocalLLM, at_first: bool) -> None:
    sam = house.person("Sam")
    await set_switch(house, sam, SwitchName.REMEMBER, at_first)
    hold = asyncio.Event()
    llm.enqueue(Script("First answer", hold=hold))
    running = await house.ask(sam.says("First"))
    await llm.wait_for_requests(1)
    waiting = await house.ask(sam.says("Waiting"))
    await set_switch(house, sam, SwitchName.REMEMBER, not at_first)
    hold.set()
    await running.finished.wait()
    await waiting.finished.wait()
    await house.hears(sam.says("Next"))
    kept = [row["text"] for row in await rows(house, messages) if row["role"] == "user"]
    assert sorted(kept) == (["First", "Waiting"] if at_first else ["Next"])
    assert len(await rows(house, turns)) == len(kept)
    assert await house.app.memory.interrupted("discord") == []


async def test_a_conversation_that_is_only_held_ends_with_the_session_and_the_process(
    house: House, llm: LocalLLM
) -> None:
    mia = house.person("Mia")
    await set_switch(house, mia, SwitchName.REMEMBER, False)
    await house.hears(mia.says("My quokka sings."))
    house.pass_time(minutes=31)
    await house.hears(mia.says("Do you know my pet?"))
    assert "quokka" not in prompt(llm)
    await house.hears(mia.says("It plays the trombone."))
    await house.restart()
    await house.hears(mia.says("What does it play?"))
    assert "trombone" not in prompt(llm)
    assert await house.app.memory.interrupted("discord") == []


async def test_what_is_said_in_servers_is_not_kept_for_who_does_not_want_it(house: House, llm: LocalLLM) -> None:
    mia, ben = house.person("Mia"), house.person("Ben")
    llm.reply = lambda _request: Script("Noted.")  # what is said to others is theirs, whatever it repeats
    await set_switch(house, mia, SwitchName.SERVERS, False)
    await house.hears(ben.says("I keep bees.", HARBOUR))
    await house.hears(mia.says("My quokka eats marzipan. I live in Ingeborg.", HARBOUR))
    await house.app.memory.keep(mia.says("A zeppelin, look!", HARBOUR))
    await house.hears(ben.says("What does she feed it?", HARBOUR))
    talk = prompt(llm)
    assert "Mia: My quokka eats marzipan." in talk
    assert "Mia: A zeppelin, look!" in talk
    assert "Ben: I keep bees." in talk
    assert await house.app.memory.session_active("elena", HARBOUR.channel_id)
    await nothing_left(house, mia)
    await house.hears(mia.says("I collect stamps."))
    assert "I collect stamps." in [row["text"] for row in await rows(house, messages)]
    assert mia.user_id in [row["id"] for row in await rows(house, users)]


async def test_words_of_servers_are_used_neither_there_nor_in_private_once_switched_off(
    house: House, llm: LocalLLM
) -> None:
    sam, ben = house.person("Sam"), house.person("Ben")
    await house.hears(sam.says("I live in Oslo.", HARBOUR))
    await house.hears(sam.says("I have a cat."))
    await house.indexed()
    await set_switch(house, sam, SwitchName.SERVERS, False)
    await house.hears(sam.says("What do you know of me?"))
    assert "Oslo" not in prompt(llm)
    assert "I have a cat." in prompt(llm)
    for asking in (sam, ben):
        await house.hears(asking.says("Where does Sam live?", HARBOUR))
        assert "Oslo" not in prompt(llm)
    assert "I live in Oslo." not in await house.recall(ben.audience(HARBOUR), "Where does Sam live? Oslo")


async def test_characters_share_what_was_told_in_private_and_only_when_asked_to(house: House, llm: LocalLLM) -> None:
    sam, ben = house.person("Sam"), house.person("Ben")
    llm.reply = lambda _request: Script("Noted by the one you talk to.")
    await house.hears(sam.says("I live in Oslo. You are called Captain.", character="marcus"))
    await house.hears(sam.says("I play the trombone.", HARBOUR, character="marcus"))
    await house.hears(ben.says("I fear zeppelins.", character="marcus"))
    await house.indexed()
    await house.hears(sam.says("Hello"))
    assert "Oslo" not in prompt(llm)
    await set_switch(house, sam, SwitchName.SHARE, True)
    await house.hears(sam.says("Where do I live?"))
    told = prompt(llm)
    assert "Sam said | I live in Oslo. You are called Captain." in told
    assert "Sam | lives in | Oslo" in told
    assert "Marcus said | Noted by" in told
    assert "you said | Noted by" not in told
    assert "you |" not in told.partition("<facts")[2].partition("</facts>")[0]
    assert "trombone" not in told
    assert "zeppelins" not in told
    await house.hears(sam.says("Where do I live?", HARBOUR))
    assert "Oslo" not in prompt(llm)
    assert {row["character"] for row in await rows(house, facts) if "oslo" in row["object"].casefold()} == {"marcus"}
    await set_switch(house, sam, SwitchName.SHARE, False)
    await house.hears(sam.says("And now?"))
    assert "Oslo" not in prompt(llm)


async def test_conversations_in_one_channel_with_two_characters_stay_apart(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    await set_switch(house, sam, SwitchName.SHARE, True)
    await house.hears(sam.says("I am painting.", character="marcus"))
    await house.hears(sam.says("Hello"))
    first, *said = [str(message["content"]) for message in llm.requests[-1].messages]
    assert said == ["Hello"]
    assert "Sam said | I am painting." in first


async def test_what_waited_for_sql_is_taken_out_again_for_who_is_not_remembered(
    tmp_path: Path, llm: LocalLLM, postgres: Server, postgres_url: str
) -> None:
    variables: dict[str, Any] = {"database_url": postgres_url, "memory_source_timeout_s": 0.3}
    async with House(tmp_path / "data", llm, **variables) as house:
        mia, ann, ben = house.person("Mia"), house.person("Ann"), house.person("Ben")
        await set_switch(house, mia, SwitchName.REMEMBER, False)
        await set_switch(house, ann, SwitchName.SERVERS, False)
        await house.restart()  # nothing is known of anybody
        postgres.kill()
        await house.hears(mia.says("My quokka eats marzipan. I live in Ingeborg."))
        await house.hears(ann.says("A zeppelin!", HARBOUR))
        await house.hears(ann.says("I like maps."))
        reply = await house.hears(ben.says("I keep bees.", HARBOUR))
        assert isinstance(reply.outcome, Done)
        assert files_with(tmp_path / "data", ["quokka"]) == [("spool.jsonl", "quokka")]
        await asyncio.to_thread(postgres.start)
        await house.app.engine.drain()
        assert await house.app.writer.catch_up()
        said = [row["text"] for row in await rows(house, messages) if row["role"] == "user"]
        assert sorted(said) == ["I keep bees.", "I like maps."]
        assert len(await rows(house, turns)) == 2
        assert len(await rows(house, llm_calls)) == 4
        await nothing_left(house, mia)


async def test_a_turn_during_which_sql_comes_back_leaves_nothing_either(
    tmp_path: Path, llm: LocalLLM, postgres: Server, postgres_url: str
) -> None:
    async with House(tmp_path / "data", llm, database_url=postgres_url, memory_source_timeout_s=0.3) as house:
        mia = house.person("Mia")
        await set_switch(house, mia, SwitchName.REMEMBER, False)
        await house.restart()
        postgres.kill()
        hold = asyncio.Event()
        llm.enqueue(Script("Trombones are loud", hold=hold))
        reply = await house.ask(mia.says("My quokka has a trombone."))
        await llm.wait_for_requests(1)
        await asyncio.to_thread(postgres.start)
        house.clock.advance(10)
        await house.app.stores.up()
        assert await house.app.writer.catch_up()
        hold.set()
        await reply.finished.wait()
        await house.app.engine.drain()
        assert [row["text"] for row in await rows(house, messages)] == []
        await house.hears(mia.says("Say it again?"))
        assert "Trombones are loud" in prompt(llm)
        await nothing_left(house, mia)


async def test_what_is_known_of_a_person_outlives_sql_and_the_cache(
    tmp_path: Path, llm: LocalLLM, postgres: Server, postgres_url: str
) -> None:
    async with House(tmp_path / "data", llm, database_url=postgres_url, memory_source_timeout_s=0.3) as house:
        mia = house.person("Mia")
        await set_switch(house, mia, SwitchName.REMEMBER, False)
        await house.hears(mia.says("Hello"))
        await house.app.stores.cache.delete(f"user:{mia.user_id}")
        postgres.kill()
        await house.hears(mia.says("My quokka eats marzipan."))
        await house.hears(mia.says("What does it eat?"))
        assert "My quokka eats marzipan." in prompt(llm)
        assert files_with(tmp_path / "data", WORDS) == []
        await asyncio.to_thread(postgres.start)
        await house.app.engine.drain()
        assert await house.app.writer.catch_up()
        await nothing_left(house, mia)


async def test_who_is_being_erased_is_let_go_of(house: House, llm: LocalLLM) -> None:
    mia = house.person("Mia")
    await set_switch(house, mia, SwitchName.REMEMBER, False)
    await house.hears(mia.says("My quokka sings."))
    await house.app.memory.let_go(mia.user_id)
    await house.hears(mia.says("What did I say?"))
    assert "quokka" not in prompt(llm)
