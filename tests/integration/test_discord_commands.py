"""The slash commands, as people use them in servers and direct messages."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.core.events import ReplyEvent
from src_v2.core.messages import StopReason, Turn
from src_v2.memory.models import ForgottenExchange
from src_v2.observability.health import Check
from tests.integration.discord_house import House, at_the_harbour, echo, fails, says

COMMANDS = {
    "ping", "status", "reload", "reflect", "forget-last", "stop", "retention", "costs", "mood", "wishes", "model",
    "memory", "facts", "preferences", "privacy", "export", "forget-me", "import",
}  # fmt: skip


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        yield story


async def until_registered(house: House) -> None:
    async with asyncio.timeout(5):
        while not house.elena.commands:  # noqa: ASYNC110 - the registration is no event that anybody hears of
            await asyncio.sleep(0.01)
    assert {command["name"] for command in house.elena.commands[None]} == COMMANDS


async def test_the_commands_are_registered_once_and_not_at_every_start(house: House) -> None:
    async with house.door():
        await until_registered(house)
    house.elena.commands.clear()
    async with house.door():
        await house.alice.dm(house.elena, "hello")
        await house.alice.sees(house.elena, from_=house.elena)
    assert house.elena.commands == {}


async def test_ping_says_how_quick_it_is(house: House) -> None:
    async with house.door():
        await until_registered(house)
        answer = await house.alice.runs(house.elena, "/ping")
        await house.discord.wait_until(lambda: "Answer:" in answer.text)
    assert answer.is_ephemeral
    assert "Gateway:" in answer.text


async def no_model() -> Check:
    return Check("model", ok=False, detail="refused the key", remedy="set LLM_API_KEY")


async def test_status_tells_the_owner_in_words_what_works_and_what_helps(house: House) -> None:
    house.health.register("model", no_model)
    async with house.door(owner_ids=(house.alice.id,)):
        await until_registered(house)
        answer = await house.alice.runs(house.elena, "/status", house.guild.channel("general"))
    assert answer.is_ephemeral
    assert answer.text.startswith("⚠️ model: refused the key. What helps: set LLM_API_KEY.")
    assert "✅ discord:elena: connected" in answer.text


async def test_status_tells_everybody_else_only_what_works(house: House) -> None:
    house.health.register("model", no_model)
    async with house.door():
        await until_registered(house)
        answer = await house.alice.runs(house.elena, "/status", house.guild.channel("general"))
    assert answer.text == "⚠️ model\n✅ discord:elena"


async def test_reload_is_for_the_owner(house: House) -> None:
    async with house.door(owner_ids=(house.alice.id,)):
        await until_registered(house)
        bob = house.discord.add_person("Bob")
        refused = await bob.runs(house.elena, "/reload")
        done = await house.alice.runs(house.elena, "/reload")
        unknown = await house.alice.runs(house.elena, "/reload", character="nobody")
    assert refused.text == "Only my owner can do that."
    assert house.shelf.reloaded == ["elena", "nobody"]
    assert "Elena is up to date." in done.text
    assert "nobody reads this key" in done.text
    assert unknown.text == "There is no character of that name."


async def test_reflect_puts_the_question_into_the_channel_and_answers_its_asker(house: House) -> None:
    general = house.guild.channel("general")
    async with house.door():
        await until_registered(house)
        answer = await house.alice.runs(house.elena, "/reflect", general, question="Which boat?\nAnd why?")
        reply = await house.alice.sees(general, from_=house.elena, where=lambda said: "You said" in said.content)
        await house.until(lambda: not house.lanes.busy)
    assert not answer.is_ephemeral
    assert answer.text == "> Which boat?\n> And why?"
    assert reply.content == "You said: Which boat?\nAnd why?"
    (turn,) = house.engine.turns
    assert turn.reflect
    assert turn.author.user_id == f"discord:{house.alice.id}"
    assert turn.audience.visibility is Visibility.GUILD


async def test_a_question_put_by_a_command_can_be_asked_again(house: House) -> None:
    general = house.guild.channel("general")
    house.engine.script = fails
    async with house.door():
        await until_registered(house)
        await house.alice.runs(house.elena, "/reflect", general, question="Which boat?")
        reply = await house.alice.sees(general, from_=house.elena, where=lambda said: bool(said.components))
        house.engine.script = echo
        house.press(house.alice, reply)
        await house.until_final(reply, "You said: Which boat?")
    assert house.engine.asked == ["Which boat?", "Which boat?"]
    assert {turn.author.user_id for turn in house.engine.turns} == {f"discord:{house.alice.id}"}


async def test_forget_last_says_exactly_what_went(house: House) -> None:
    general = house.guild.channel("general")
    async with house.door():
        await until_registered(house)
        asked = await house.alice.says(general, f"{house.elena.mention} hello")
        reply = await house.alice.sees(general, from_=house.elena)
        await house.until(lambda: not house.lanes.busy)
        house.memory.last = ForgottenExchange(("a", "b"), (asked.id, reply.id))
        answer = await house.alice.runs(house.elena, "/forget-last", general)
    assert reply.deleted
    assert not asked.deleted
    assert answer.is_ephemeral
    assert "2 messages" in answer.text
    assert "deleted 1 of my messages" in answer.text
    (audience,) = house.memory.forgot
    assert audience.visibility is Visibility.GUILD
    assert audience.user_id == f"discord:{house.alice.id}"
    assert audience.channel_id == f"discord:{general.id}"


async def test_forget_last_with_nothing_to_forget(house: House) -> None:
    async with house.door():
        await until_registered(house)
        answer = await house.alice.runs(house.elena, "/forget-last")
    assert answer.text == "There is nothing of yours here that I remember."
    assert house.memory.forgot[0].visibility is Visibility.PRIVATE


async def test_forget_last_does_nothing_while_a_reply_is_on_its_way(house: House) -> None:
    house.engine.gate.clear()
    async with house.door():
        await until_registered(house)
        await house.alice.dm(house.elena, "hello")
        await house.engine.until_turns(1)
        answer = await house.alice.runs(house.elena, "/forget-last")
        house.engine.gate.set()
    assert answer.text == "A reply is still on its way. Stop it first or wait."
    assert house.memory.forgot == []


async def test_stop_ends_the_reply_for_its_asker_and_nobody_else(house: House) -> None:
    general = house.guild.channel("general")
    bob = house.discord.add_person("Bob")

    def talks(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        return says(turn, *["and on "] * 10_000, every_s=0.02)

    house.engine.script = talks
    async with house.door():
        await until_registered(house)
        await house.alice.says(general, f"{house.elena.mention} tell me everything")
        reply = await house.alice.sees(general, from_=house.elena)
        refused = await bob.runs(house.elena, "/stop", general)
        stopped = await house.alice.runs(house.elena, "/stop", general)
        nothing = await house.alice.runs(house.elena, "/stop")
    assert "moderator" in refused.text
    assert stopped.text == "Stopped. What I had said stays."
    assert nothing.text == "There is nothing to stop here."
    assert reply.content.startswith("and on")
    assert house.engine.turns[0].stop_reason is StopReason.USER


async def test_an_error_gets_a_kind_answer(house: House) -> None:
    async def broken(audience: Audience) -> ForgottenExchange | None:
        raise RuntimeError("broken")

    house.memory.forget_last = broken  # type: ignore[method-assign]
    async with house.door():
        await until_registered(house)
        answer = await house.alice.runs(house.elena, "/forget-last")
    assert answer.text.startswith("Something went wrong on my side.")
