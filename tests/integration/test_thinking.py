"""Answers that are thought about, through the whole App: routed, looked up, said, written down, stopped."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from src_v2.agents.models.records import Payer
from src_v2.core.events import Done, Failed, Status, Stopped, TextReplaced, Usage
from src_v2.core.messages import IncomingMessage, StopReason
from src_v2.core.switches import SwitchName
from src_v2.storage.tables import llm_calls, traces, turns
from tests.support.house import House
from tests.support.llm import LocalLLM, ReceivedRequest, Script, ToolCall

SOON_S = 5
"""Far more than it takes, and far less than the model would; `benchmarks.agent` measures how long it is."""


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    async with LocalLLM() as server:
        yield server


@pytest.fixture
async def house(tmp_path: Path, llm: LocalLLM) -> AsyncIterator[House]:
    async with House(tmp_path, llm) as home:
        yield home


def thoroughly(message: IncomingMessage) -> IncomingMessage:
    return replace(message, reflect=True)


def calls(*wanted: tuple[str, dict[str, Any]], text: str = "") -> Script:
    made = [
        ToolCall(name, orjson.dumps(arguments).decode(), f"call_{number}")
        for number, (name, arguments) in enumerate(wanted)
    ]
    return Script(text, tool_calls=made)


async def rows(house: House, table: Any) -> list[Any]:
    async with house.app.stores.database.read() as connection:
        return list((await connection.execute(select(table))).mappings())


def last_thought(llm: LocalLLM) -> ReceivedRequest:
    """Return the last request of the loop itself."""
    return [request for request in llm.requests if "tools" in request.body][-1]


def tool_texts(request: ReceivedRequest) -> str:
    return "\n".join(str(message["content"]) for message in request.messages if message["role"] == "tool")


async def test_what_was_said_long_ago_is_looked_up_before_the_answer(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("My sister Ana keeps a lighthouse in Galicia."))
    for number in range(70):  # so much that not everything stands in the prompt
        await house.app.memory.keep(sam.says(f"On day {number} I repaired net number {number * 7}."))
    await house.indexed()
    llm.enqueue(
        calls(("search_messages", {"query": "Ana lighthouse"}), ("look_up_facts", {"about": "Ana"})),
        Script("She keeps a lighthouse in Galicia."),
    )
    reply = await house.hears(thoroughly(sam.says("What does my sister do, and where?")))
    assert isinstance(reply.outcome, Done)
    assert reply.text == reply.outcome.text == "She keeps a lighthouse in Galicia."
    assert "keeps a lighthouse in Galicia" in tool_texts(last_thought(llm))


async def test_how_a_turn_was_thought_about_is_written_down(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    llm.enqueue(calls(("search_messages", {"query": "boats"})), Script("None that I know of."))
    await house.hears(thoroughly(sam.says("Which boats did I mention?")))
    await house.hears(sam.says("Hi"))
    thought, plain = sorted(await rows(house, turns), key=lambda row: row["started_at"])
    assert thought["complexity"] == "complex_high"
    assert plain["complexity"] == "simple"
    assert orjson.loads(thought["route_reasons"])
    made = [(row["purpose"], row["mode"]) for row in await rows(house, llm_calls) if row["purpose"] != "critique"]
    assert sorted(made) == [("reflect", "reflective"), ("reflect", "reflective"), ("reply", "fast")]


async def test_the_doors_see_what_goes_on_in_the_characters_words(house: House, llm: LocalLLM) -> None:
    llm.enqueue(calls(("search_messages", {"query": "boats"}), text="One moment."), Script("None."))
    reply = await house.hears(thoroughly(house.person("Sam").says("Which boats did I mention?")))
    shown = house.app.characters.get("elena").ux.thinking_indicators
    statuses = [event.text for event in reply.events if isinstance(event, Status)]
    assert statuses == [shown.reflective_mode.text, shown.tool_use.text]
    assert TextReplaced("") in reply.events
    (usage,) = [event for event in reply.events if isinstance(event, Usage)]
    assert usage.prompt_tokens > 200  # of both calls


async def test_only_the_answer_is_remembered(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    llm.enqueue(calls(("search_messages", {"query": "boats"}), text="Let me look."), Script("None."))
    await house.hears(thoroughly(sam.says("Which boats did I mention?")))
    said = await house.app.memory.conversation(sam.audience(), 10)
    assert [message.text for message in said] == ["Which boats did I mention?", "None."]


async def test_somebody_who_is_not_remembered_is_offered_no_memory(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("My boat is called Miso."))
    await house.app.own_data.set_switch(sam.user_id, SwitchName.REMEMBER, on=False)
    await house.hears(thoroughly(sam.says("What is my boat called?")))
    offered = {tool["function"]["name"] for tool in last_thought(llm).body["tools"]}
    assert "calculator" in offered
    assert not offered & {"search_messages", "look_up_facts", "set_preference", "walk_relationships"}


async def test_stopping_ends_everything_at_once(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    llm.enqueue(Script("Well, you see", hold=asyncio.Event(), hold_before=2))
    asked = thoroughly(sam.says("Which boats did I mention?"))
    reply = await house.ask(asked)
    await reply.first_text.wait()
    async with asyncio.timeout(SOON_S):
        await house.app.lanes.stop("elena", asked.audience.channel_id)
        await llm.requests[-1].disconnected.wait()
    assert isinstance(reply.outcome, Stopped)
    assert reply.outcome.reason is StopReason.USER


async def test_a_run_that_was_stopped_is_no_example(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("In May I saw two boats, the Miso and the Tern."))
    await house.indexed()
    llm.enqueue(
        calls(("search_messages", {"query": "boats in May"})),
        Script("The Miso, and then", hold=asyncio.Event(), hold_before=3),
    )
    asked = thoroughly(sam.says("Which boats did I mention in May?"))
    reply = await house.ask(asked)
    await reply.first_text.wait()
    await house.app.lanes.stop("elena", asked.audience.channel_id)
    await reply.finished.wait()
    await house.app.engine.drain()
    assert reply.text.startswith("The Miso")
    assert await rows(house, traces) == []


async def test_an_edit_may_ask_for_a_thorough_answer(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    llm.enqueue(Script("Hello", hold=asyncio.Event(), hold_before=1))
    asked = sam.says("hi", ref="m-1")
    reply = await house.ask(asked)
    await llm.wait_for_requests(1)
    await house.app.lanes.edit("elena", asked.audience.channel_id, "m-1", "!reflect hello")
    await reply.finished.wait()
    assert "hello" in last_thought(llm).last_text
    (turn,) = await rows(house, turns)
    assert turn["complexity"] == "complex_high"
    said = await house.app.memory.conversation(sam.audience(), 10)
    assert said[0].text == "hello"


async def test_deleting_the_question_ends_everything_at_once(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    llm.enqueue(Script("Well, you see", hold=asyncio.Event(), hold_before=2))
    asked = thoroughly(sam.says("Which boats did I mention?", ref="m-1"))
    reply = await house.ask(asked)
    await reply.first_text.wait()
    async with asyncio.timeout(SOON_S):
        await house.app.lanes.delete("elena", asked.audience.channel_id, "m-1")
        await llm.requests[-1].disconnected.wait()
    assert reply.retracted


async def test_the_second_time_it_knows_how_to_go_about_it(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("In May I saw two boats, the Miso and the Tern."))
    await house.indexed()
    llm.enqueue(
        calls(("walk_relationships", {"about": "user"})), calls(("search_messages", {"query": "boats in May"})),
        Script("The Miso and the Tern."),
    )  # fmt: skip
    await house.hears(thoroughly(sam.says("Which boats did I mention in May?")))
    await house.indexed()
    await house.hears(thoroughly(sam.says("Which boats did I mention in May?")))
    prompt = str(last_thought(llm).messages[0]["content"])
    assert "How you went about similar questions before" in prompt
    assert "walk_relationships(" in prompt
    again = max(await rows(house, turns), key=lambda row: row["started_at"])
    assert "past_steps" in orjson.loads(again["route_reasons"])
    assert len(await rows(house, traces)) == 1  # the second time nothing was looked up


async def test_a_claim_without_a_source_does_not_stand(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("My boat is called Miso."))

    def stubborn(request: ReceivedRequest) -> Script:
        if "response_format" in request.body:  # the judge
            return Script('{"objections": []}')
        return Script("Your boat is called Miso. Your brother Iker sails it.")

    llm.reply = stubborn
    reply = await house.hears(thoroughly(sam.says("What do you know about my boat?")))
    assert isinstance(reply.outcome, Done)
    assert "Miso" in reply.outcome.text
    assert "Your brother Iker sails it." not in reply.outcome.text
    assert reply.text == reply.outcome.text
    purposes = [row["purpose"] for row in await rows(house, llm_calls)]
    assert purposes.count("reflect") == 3  # the draft and two corrections


async def test_exclamation_reflect_asks_for_a_thorough_answer(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("!reflect hi"))
    (turn,) = await rows(house, turns)
    assert turn["complexity"] == "complex_high"
    said = await house.app.memory.conversation(sam.audience(), 10)
    assert said[0].text == "hi"


async def test_a_model_that_fails_on_the_way_fails_kindly(house: House, llm: LocalLLM) -> None:
    llm.enqueue(calls(("search_messages", {"query": "boats"})), Script(status=500))
    reply = await house.hears(thoroughly(house.person("Sam").says("Which boats did I mention?")))
    assert isinstance(reply.outcome, Failed)
    assert reply.outcome.text in house.app.characters.get("elena").ux.error_messages


async def test_reflection_that_is_switched_off_is_off(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path, llm, agent_reflection="off") as house:
        await house.hears(thoroughly(house.person("Sam").says("Which boats did I mention?")))
    assert "tools" not in llm.requests[-1].body


async def test_without_a_model_that_knows_tools_it_answers_at_once(tmp_path: Path) -> None:
    async with House(tmp_path) as house:
        reply = await house.hears(thoroughly(house.person("Sam").says("Which boats did I mention?")))
        assert isinstance(reply.outcome, Done)


async def test_the_second_look_at_an_answer_is_on_the_account_of_whoever_asked(
    house: House, llm: LocalLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[tuple[Payer, str]] = []
    monkeypatch.setattr(house.app.language.allowance, "note", lambda payer, call: noted.append((payer, call.purpose)))
    sam = house.person("Sam")
    llm.enqueue(Script("You have a brother in Porto, and he keeps bees there."))
    llm.reply = lambda _: Script('{"objections": []}')
    await house.hears(thoroughly(sam.says("What do you know of my family?")))
    accounts = {payer for payer, purpose in noted if purpose == "critique"}
    assert accounts == {Payer(sam.user_id)}
