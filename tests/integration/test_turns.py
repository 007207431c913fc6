"""One turn along the whole path, and everything that can go wrong on it: engine, memory and stores together."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from src_v2.core.errors import StoreError
from src_v2.core.events import Done, Failed, Stopped, TextDelta, Usage
from src_v2.core.messages import Role, StopReason
from src_v2.memory.spool import Spool
from src_v2.storage.rows import RowWrite
from src_v2.storage.tables import llm_calls, messages, turns
from tests.support.house import House
from tests.support.llm import LocalLLM, Script
from tests.support.servers import Server


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    async with LocalLLM() as server:
        yield server


@pytest.fixture
async def house(tmp_path: Path, llm: LocalLLM) -> AsyncIterator[House]:
    async with House(tmp_path, llm) as house:
        yield house


async def rows(house: House, table: object) -> list[dict[str, object]]:
    async with house.app.stores.database.read() as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]  # type: ignore[call-overload]


async def test_a_reply_streams_is_stored_and_costs_one_model_call(house: House, llm: LocalLLM) -> None:
    llm.enqueue(Script("The sea is calm today.", packet_per_token=True, tokens_per_second=200))
    reply = await house.hears(house.person("Sam").says("How is the sea?"))
    assert reply.text == "The sea is calm today."
    assert len([event for event in reply.events if isinstance(event, TextDelta)]) > 1
    assert isinstance(reply.outcome, Done)
    assert any(isinstance(event, Usage) for event in reply.events)
    assert len(llm.requests) == 1
    stored = await rows(house, messages)
    assert [(row["role"], row["text"]) for row in stored] == [
        ("user", "How is the sea?"), ("character", "The sea is calm today."),
    ]  # fmt: skip
    [call] = await rows(house, llm_calls)
    assert (call["status"], call["purpose"], call["mode"]) == ("ok", "reply", "fast")
    assert call["completion_tokens"]
    [turn] = await rows(house, turns)
    assert (turn["status"], call["turn_id"]) == ("answered", turn["id"])


async def test_the_conversation_goes_on_after_a_restart(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("My dog is called Rufus."))
    await house.restart()
    await house.hears(sam.says("What is my dog called?"))
    sent = [(message["role"], message["content"]) for message in llm.requests[-1].messages[1:]]
    assert sent[0] == ("user", "My dog is called Rufus.")
    assert sent[-1] == ("user", "What is my dog called?")


async def test_what_no_longer_fits_the_history_is_recalled(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path, llm, memory_history_tokens=100) as house:
        sam = house.person("Sam")
        await house.hears(sam.says("My dog is called Rufus."))
        for number in range(12):
            await house.hears(sam.says(f"Today I painted wall number {number} of the long blue corridor."))
        await house.indexed()
        await house.hears(sam.says("What is my dog called?"))
        prompt, *history = [message["content"] for message in llm.requests[-1].messages]
        assert "My dog is called Rufus." not in history
        assert "Sam said | My dog is called Rufus." in prompt


async def test_when_the_model_is_down_the_character_says_so_and_nothing_is_lost(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    llm.enqueue(Script(status=503))
    reply = await house.hears(sam.says("Are you there?"))
    assert isinstance(reply.outcome, Failed)
    assert reply.outcome.text in house.app.characters.get("elena").ux.error_messages
    assert reply.outcome.retryable
    again = await house.app.memory.unanswered(sam.audience())
    assert [message.text for message in again] == ["Are you there?"]
    answered = await house.hears(again[0])
    assert answered.text == "You said: Are you there?"
    assert len([row for row in await rows(house, messages) if row["role"] == "user"]) == 1


async def test_the_next_model_of_the_chain_answers(tmp_path: Path, llm: LocalLLM) -> None:
    fallback = ["openai-compatible:second"]
    async with House(tmp_path, llm, llm_fallback_models=fallback) as house:
        llm.enqueue(Script(status=500), Script("From the second."))
        reply = await house.hears(house.person("Sam").says("Hello"))
        assert reply.text == "From the second."
        assert sorted(str(row["status"]) for row in await rows(house, llm_calls)) == ["failed", "ok"]


async def test_a_stream_that_breaks_off_fails_and_its_half_is_not_remembered_as_said(
    house: House, llm: LocalLLM
) -> None:
    llm.enqueue(Script("I was about to say something", packet_per_token=True, tokens_per_second=500, break_after=3))
    reply = await house.hears(house.person("Sam").says("Go on"))
    assert isinstance(reply.outcome, Failed)
    assert [row["role"] for row in await rows(house, messages)] == ["user"]


async def test_stop_keeps_what_was_said_and_ends_the_models_work(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    hold = asyncio.Event()
    llm.enqueue(Script("One two three four", packet_per_token=True, hold=hold, hold_before=2))
    reply = await house.ask(sam.says("Count"))
    await reply.first_text.wait()
    assert await house.app.lanes.stop("elena", sam.dm.channel_id)
    await reply.finished.wait()
    assert isinstance(reply.outcome, Stopped)
    assert reply.outcome.reason is StopReason.USER
    stored = [(row["id"], row["text"]) for row in await rows(house, messages) if row["role"] == "character"]
    assert stored == [(reply.outcome.message_id, reply.text)]
    [turn] = await rows(house, turns)
    assert turn["status"] == "stopped"
    [call] = await rows(house, llm_calls)
    assert (call["status"], call["estimated"]) == ("cancelled", True)


async def test_a_deleted_message_leaves_nothing_behind(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    llm.enqueue(Script("Secret kept", packet_per_token=True, hold=asyncio.Event(), hold_before=1))
    reply = await house.ask(sam.says("My secret", ref="m1"))
    await reply.first_text.wait()
    await house.app.lanes.delete("elena", sam.dm.channel_id, "m1")
    await reply.finished.wait()
    assert reply.retracted
    assert await rows(house, messages) == []


async def test_an_edit_reaches_history_and_recall(house: House) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("My cat is called Tom.", ref="m1"))
    await house.indexed()
    await house.app.lanes.edit("elena", sam.dm.channel_id, "m1", "My cat is called Felix.")
    await house.indexed()
    found = await house.recall(sam.audience(), "cat called")
    assert "My cat is called Felix." in found
    assert "My cat is called Tom." not in found


async def test_forget_last_removes_the_exchange_everywhere(house: House) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("I like rain."))
    await house.hears(sam.says("My PIN is 1234.", ref="m2"))
    await house.indexed()
    forgotten = await house.app.memory.forget_last(sam.audience())
    assert forgotten is not None
    assert len(forgotten.message_ids) == 2
    assert forgotten.platform_message_ids == ("m2",)
    assert [row["text"] for row in await rows(house, messages) if row["role"] == "user"] == ["I like rain."]
    assert not [text for text in await house.recall(sam.audience(), "PIN 1234") if "1234" in text]


async def test_a_turn_cut_off_by_a_crash_is_found_after_the_restart(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    llm.enqueue(Script("never heard", hold=asyncio.Event()))
    await house.ask(sam.says("Still here?", ref="m1"))
    await llm.wait_for_requests(1)
    await house.ask(sam.says("And this?", ref="m2"))
    await house.app.lanes.drain(grace_s=0)
    await house.restart()
    found = await house.app.memory.interrupted("discord")
    assert [turn.platform_message_ids for turn in found] == [("m1",), ("m2",)]
    house.pass_time(hours=1)
    assert await house.app.memory.interrupted("discord") == []


async def test_the_time_zone_that_a_person_told_once_reaches_every_later_prompt(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    told = sam.says("Hi")
    await house.hears(replace(told, author=replace(told.author, timezone="Asia/Tokyo")))
    house.pass_time(hours=2)
    await house.restart()
    await house.hears(sam.says("What time is it for me?"))
    assert "For the person you speak with it is" in llm.requests[-1].messages[0]["content"]


async def test_a_reply_to_an_old_message_brings_it_back(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path, llm, memory_history_tokens=100, memory_recall_tokens=0) as house:
        sam = house.person("Sam")
        await house.hears(sam.says("The blue door is mine.", ref="m1"))
        for number in range(12):
            await house.hears(sam.says(f"Today I painted wall number {number} of the long corridor."))
        await house.hears(replace(sam.says("Remember this?"), reply_to="m1"))
        assert "Sam said | The blue door is mine." in llm.requests[-1].messages[0]["content"]
        ben = house.person("Ben")
        await house.hears(replace(ben.says("And this?"), reply_to="m1"))
        assert "blue door" not in llm.requests[-1].messages[0]["content"]


async def test_sessions_end_after_half_an_hour_of_silence(house: House) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("Morning"))
    house.pass_time(minutes=20)
    await house.hears(sam.says("Still me"))
    house.pass_time(minutes=31)
    await house.hears(sam.says("Evening"))
    sessions = [row["session_id"] for row in await rows(house, messages) if row["role"] == "user"]
    assert sessions[0] == sessions[1] != sessions[2]


async def test_a_dead_vector_store_only_costs_the_recall(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path, llm, memory_history_tokens=100) as house:
        sam = house.person("Sam")
        await house.hears(sam.says("My dog is called Rufus."))
        for number in range(12):
            await house.hears(sam.says(f"Today I painted wall number {number} of the long blue corridor."))
        await house.indexed()
        await house.app.stores.vectors.drop(house.app.indexer.collection)
        with pytest.raises(StoreError):
            await house.recall(sam.audience(), "What is my dog called?")
        reply = await house.hears(sam.says("What is my dog called?"))
        assert isinstance(reply.outcome, Done)
        assert "<memories" not in str(llm.requests[-1].messages[0]["content"])


async def test_a_superseded_answer_is_not_remembered_but_its_model_call_is(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    llm.enqueue(Script("Two plus two is four", packet_per_token=True, hold=asyncio.Event(), hold_before=2))
    reply = await house.ask(sam.says("What is 2+2?", ref="m1"))
    await reply.first_text.wait()
    await house.app.lanes.edit("elena", sam.dm.channel_id, "m1", "What is 3+3?")
    await reply.finished.wait()
    assert [row["text"] for row in await rows(house, messages)] == ["What is 3+3?", "You said: What is 3+3?"]
    assert sorted(str(row["status"]) for row in await rows(house, llm_calls)) == ["cancelled", "ok"]


async def test_what_is_deleted_while_the_database_is_away_stays_deleted(
    tmp_path: Path, llm: LocalLLM, postgres: Server, postgres_url: str
) -> None:
    async with House(tmp_path, llm, database_url=postgres_url, memory_source_timeout_s=0.3) as house:
        sam = house.person("Sam")
        await house.hears(sam.says("before", ref="m1"))
        postgres.kill()
        await house.hears(sam.says("during", ref="m2"))
        await house.app.lanes.delete("elena", sam.dm.channel_id, "m1")
        await house.app.lanes.delete("elena", sam.dm.channel_id, "m2")
        await asyncio.to_thread(postgres.start)
        assert await house.app.writer.catch_up()
        assert "during" not in {row["text"] for row in await rows(house, messages) if row["role"] == "user"}
        assert "before" not in {row["text"] for row in await rows(house, messages) if row["role"] == "user"}


async def test_a_change_that_sql_refuses_does_not_hold_up_what_waits_behind_it(
    house: House, llm: LocalLLM, tmp_path: Path
) -> None:
    sam = house.person("Sam")
    spool = Spool(tmp_path / "spool.jsonl")
    await spool.add([RowWrite("v2_messages", {"id": "incomplete"})])
    await house.restart()
    await house.hears(sam.says("Still listening?"))
    assert [row["text"] for row in await rows(house, messages) if row["role"] == "user"] == ["Still listening?"]
    assert (tmp_path / "spool.refused.jsonl").exists()


@pytest.mark.parametrize("harm", ["kill", "freeze"])
async def test_postgres_lost_in_mid_conversation_loses_nothing_that_was_said(
    tmp_path: Path, llm: LocalLLM, postgres: Server, postgres_url: str, harm: str
) -> None:
    async with House(tmp_path, llm, database_url=postgres_url, memory_source_timeout_s=0.3) as house:
        sam = house.person("Sam")
        await house.hears(sam.says("before the storm"))
        getattr(postgres, harm)()
        reply = await house.hears(sam.says("in the storm"))
        assert reply.text == "You said: in the storm"
        await asyncio.to_thread(postgres.ensure_running)
        await house.app.engine.drain()
        assert await house.app.writer.catch_up()
        await house.hears(sam.says("after the storm"))
        said = [row["text"] for row in await rows(house, messages) if row["role"] == Role.USER.value]
        assert sorted(map(str, said)) == ["after the storm", "before the storm", "in the storm"]
        assert {row["status"] for row in await rows(house, turns)} == {"answered"}


async def test_postgres_away_at_the_start_does_not_keep_the_character_from_answering(
    tmp_path: Path, llm: LocalLLM, postgres: Server, postgres_url: str
) -> None:
    postgres.kill()
    async with House(tmp_path, llm, database_url=postgres_url, memory_source_timeout_s=0.3) as house:
        sam = house.person("Sam")
        reply = await house.hears(sam.says("Anybody home?"))
        assert reply.text == "You said: Anybody home?"
        assert not await house.app.health.ready()
        await asyncio.to_thread(postgres.start)
        house.clock.advance(10)
        await house.app.stores.up()
        assert await house.app.writer.catch_up()
        assert [row["text"] for row in await rows(house, messages)] == ["Anybody home?", "You said: Anybody home?"]
