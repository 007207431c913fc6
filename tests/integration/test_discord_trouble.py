"""The Discord door when things go wrong: dropped connections, refusals, crashes, crowds. Nothing is lost or doubled."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from src_v2.core.events import Done, Failed, ReplyEvent, TurnStarted
from src_v2.core.messages import Turn
from src_v2.memory.models import InterruptedTurn
from tests.integration.discord_house import House, at_the_harbour, echo, fails, says, telling
from tests.support.discord.faults import CREATE_MESSAGE, EDIT_MESSAGE


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        yield story


async def test_a_connection_that_drops_in_mid_reply_changes_nothing(house: House) -> None:
    house.engine.gate.clear()
    house.engine.script = telling("First half, ", "second half.")
    async with house.door():
        await house.alice.dm(house.elena, "tell me")
        await house.engine.until_turns(1)
        async with house.discord.away(house.elena):
            house.engine.gate.set()
            reply = await house.alice.sees(house.elena, from_=house.elena)
            await house.alice.dm(house.elena, "and more")
        await house.until_final(reply, "First half, second half.")
        await house.alice.sees(house.elena, from_=house.elena, timeout=10)
    assert house.engine.asked == ["tell me", "and more"]


@pytest.mark.slow
async def test_a_lost_session_starts_anew_without_a_second_answer(house: House) -> None:
    async with house.door():
        await house.alice.dm(house.elena, "hello")
        await house.alice.sees(house.elena, from_=house.elena)
        house.memory.open_turns = [InterruptedTurn("elena", "discord:1", ("2",))]
        await house.discord.drop(house.elena, resumable=False)
        await house.discord.until_online(house.elena, timeout=10)
        await house.alice.dm(house.elena, "are you back?")
        await house.alice.sees(house.elena, from_=house.elena)
    assert house.engine.asked == ["hello", "are you back?"]


async def test_what_a_stop_cut_off_is_answered_after_the_start_in_the_same_message(house: House) -> None:
    async def stalls(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        async for event in says(turn, "I was about to ", "never said"):
            yield event
            if turn.id and getattr(event, "text", "").startswith("I was"):
                await asyncio.Event().wait()

    house.engine.script = stalls
    async with house.door():
        asked = await house.alice.dm(house.elena, "what were you saying?")
        reply = await house.alice.sees(house.elena, from_=house.elena)
        assert reply.content == "I was about to"
    house.memory.open_turns = [InterruptedTurn("elena", f"discord:{asked.channel.id}", (asked.id, "123456789"))]
    house.engine.script = telling("I was about to say hello.")
    async with house.door():
        await house.until_final(reply, "I was about to say hello.")
    assert len(house.by_elena(reply.channel)) == 1
    first, second = house.engine.turns
    assert first.messages[0].id == second.messages[0].id


async def test_a_failed_reply_can_be_asked_for_again_by_the_asker_only(house: House) -> None:
    bob = house.discord.add_person("Bob")
    house.engine.script = fails
    async with house.door():
        await house.alice.dm(house.elena, "say something")
        reply = await house.alice.sees(house.elena, from_=house.elena)
        assert reply.content == "I can't find my words."
        assert reply.components[0]["components"][0]["label"] == "Try again"
        refused = house.press(bob, reply)
        await house.discord.wait_until(lambda: refused.callback_type is not None, what="an answer to Bob")
        house.engine.script = echo
        house.press(house.alice, reply)
        await house.until_final(reply, "You said: say something")
    assert refused.messages[0].content == "Only the person who asked can do that."
    assert house.engine.asked == ["say something", "say something"]
    assert len([message for message in house.by_elena(reply.channel) if not message.is_ephemeral]) == 1


async def test_whatever_failed_can_be_asked_again(house: House) -> None:
    async def refused(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        yield TurnStarted(turn.id)
        yield Failed(turn.id, "That is too long for me.", retryable=False)

    house.engine.script = refused
    async with house.door():
        await house.alice.dm(house.elena, "say something")
        reply = await house.alice.sees(house.elena, from_=house.elena)
    assert reply.components[0]["components"][0]["label"] == "Try again"


async def test_what_is_said_while_the_process_stops_is_kept_for_the_next_start(house: House) -> None:
    house.engine.gate.clear()
    async with house.door():
        await house.alice.dm(house.elena, "hello")
        await house.engine.until_turns(1)
        stopping = asyncio.create_task(house.lanes.drain(5))
        await asyncio.sleep(0)
        await house.alice.dm(house.elena, "and this?")
        await house.until(lambda: bool(house.memory.kept))
        house.engine.gate.set()
        await stopping
    assert [message.text for message in house.memory.kept] == ["and this?"]
    assert house.engine.asked == ["hello"]


async def test_the_button_works_after_a_restart(house: House) -> None:
    house.engine.script = fails
    async with house.door():
        await house.alice.dm(house.elena, "say something")
        reply = await house.alice.sees(house.elena, from_=house.elena)
    house.engine.script = echo
    async with house.door():
        house.press(house.alice, reply)
        await house.until_final(reply, "You said: say something")


async def test_a_channel_where_it_may_not_write_does_not_hold_up_the_others(house: House) -> None:
    quiet = house.guild.announcements("quiet")
    general = house.guild.channel("general")
    speaker = house.discord.world.users[house.guild.state.owner_id]
    async with house.door():
        house.discord.world.post(speaker, quiet, f"{house.elena.mention} speak up")
        await house.engine.until_turns(1)
        await house.alice.says(general, f"{house.elena.mention} hello")
        await house.alice.sees(general, from_=house.elena)
    assert house.by_elena(quiet) == []


async def test_a_blocked_bot_gives_up_quietly(house: House) -> None:
    bob = house.discord.add_person("Bob")
    house.alice.blocks(house.elena)
    async with house.door():
        await house.alice.dm(house.elena, "hello")
        await house.engine.until_turns(1)
        await bob.dm(house.elena, "hello")
        await bob.sees(house.elena, from_=house.elena)
    assert house.by_elena(house.alice.place(house.elena)) == []


@pytest.mark.slow
async def test_a_server_error_while_the_reply_grows_is_got_over(house: House) -> None:
    house.discord.fail(CREATE_MESSAGE, 503, times=1)
    house.discord.fail(EDIT_MESSAGE, 500, times=1)
    house.engine.script = telling("one ", "two ", "three", every_s=0.1)
    async with house.door():
        await house.alice.dm(house.elena, "count")
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.until_final(reply, "one two three")
    assert len(house.by_elena(reply.channel)) == 1


async def test_a_reply_that_somebody_removes_while_it_grows_is_not_forced_on_them(house: House) -> None:
    removed = asyncio.Event()

    async def counts(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        async for event in says(turn, "one ", "two"):
            if isinstance(event, Done):
                await removed.wait()
            yield event

    house.engine.script = counts
    async with house.door():
        await house.alice.dm(house.elena, "count")
        reply = await house.alice.sees(house.elena, from_=house.elena)
        house.discord.world.delete(reply, house.alice.user)
        house.engine.script = echo
        removed.set()
        await house.alice.says(house.elena, "next")
        second = await house.alice.sees(house.elena, from_=house.elena)
        await house.until_final(second, "You said: next")
    assert [message.id for message in house.by_elena(second.channel)] == [second.id]
    assert reply.id in house.memory.deleted


async def test_a_wrong_token_is_reported_with_a_remedy_and_the_others_live_on(house: House) -> None:
    marcus = house.discord.add_bot("marcus")
    del house.discord.world.bots[marcus.token]
    async with house.door(marcus, online=False):
        await house.discord.until_online(house.elena)
        await house.alice.dm(house.elena, "hello")
        await house.alice.sees(house.elena, from_=house.elena)
        check = await house.check("marcus")
    assert not check.ok
    assert "refuses the token" in check.detail
    assert "DISCORD_TOKEN" in check.remedy


async def test_a_network_that_is_down_at_the_start_is_tried_again(house: House) -> None:
    real, attempts = house.discord.connector_factory(), 0

    def connector() -> aiohttp.BaseConnector:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise OSError("the network is down")
        return real()

    house.discord.connector_factory = lambda: connector  # type: ignore[method-assign]
    async with house.door(online=False):
        await house.discord.until_online(house.elena, timeout=10)
        await house.until_check(ok=True)
        await house.alice.dm(house.elena, "hello")
        await house.alice.sees(house.elena, from_=house.elena)


@pytest.mark.slow
async def test_fifty_people_at_once_all_get_their_answer_without_a_single_refusal(house: House) -> None:
    people = [house.discord.add_person(f"Person{number}") for number in range(50)]
    house.engine.script = lambda turn: says(turn, "You ", "said: ", turn.text, every_s=0.2)
    async with house.door():
        for person in people:
            await person.dm(house.elena, f"I am {person.name}")
        for person in people:
            reply = await person.sees(house.elena, from_=house.elena, timeout=15)
            await house.discord.wait_until(
                lambda reply=reply, name=person.name: reply.content == f"You said: I am {name}",  # type: ignore[misc]
                timeout=15,
            )
    assert house.discord.too_many_requests == 0


async def test_a_stop_leaves_no_renderer_behind(house: House) -> None:
    house.engine.gate.clear()
    async with house.door():
        await house.alice.dm(house.elena, "hello")
        await house.engine.until_turns(1)
    left = [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("discord")]
    assert left == []
