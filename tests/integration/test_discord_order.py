"""Order on Discord: bursts, talk in between, edits and deletions while a reply is made, and who may be pinged."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from src_v2.core.events import ReplyEvent, TurnStarted
from src_v2.core.messages import Turn
from tests.integration.discord_house import House, at_the_harbour, says, telling
from tests.support.pictures import flag, saved

PNG = saved(flag(), "PNG")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        yield story


async def test_a_burst_becomes_one_turn_and_one_reply(house: House) -> None:
    house.engine.gate.clear()
    async with house.door():
        for count, text in enumerate(("one", "two", "three"), start=1):
            await house.alice.dm(house.elena, text)
            await house.engine.until_turns(count)
        house.engine.gate.set()
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.until_final(reply, "You said: one\ntwo\nthree")
    assert len(house.by_elena(reply.channel)) == 1


async def test_where_others_talked_in_between_the_reply_points_at_the_question(house: House) -> None:
    bob = house.discord.add_person("Bob")
    general = house.guild.channel("general")
    house.engine.gate.clear()
    async with house.door():
        question = await house.alice.says(general, f"{house.elena.mention} where is the pier?")
        await bob.says(general, f"{house.elena.mention} and the lighthouse?")
        await house.engine.until_turns(1)
        house.engine.gate.set()
        first = await house.alice.sees(general, from_=house.elena)
        second = await house.alice.sees(general, from_=house.elena)
    assert first.reply_to is question
    assert second.reply_to is not None
    assert second.reply_to.author is bob.user
    assert house.engine.asked == ["where is the pier?", "and the lighthouse?"]
    assert not first.pings


async def test_an_edit_while_the_reply_grows_is_answered_in_the_same_message(house: House) -> None:
    house.engine.gate.clear()
    house.engine.script = lambda turn: says(turn, f"About {turn.text}: ", "it is fine.")
    async with house.door():
        asked = await house.alice.dm(house.elena, "cats")
        await house.engine.until_turns(1)
        await house.alice.edits(asked, "dogs")
        await house.engine.until_turns(2)
        house.engine.gate.set()
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.until_final(reply, "About dogs: it is fine.")
    assert len(house.by_elena(reply.channel)) == 1
    assert house.memory.edited == [(asked.id, "dogs")]


async def test_a_reply_goes_away_with_the_message_it_answers(house: House) -> None:
    async def never_ends(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        async for event in says(turn, "Let me think about ", "that"):
            yield event
            if not isinstance(event, TurnStarted):
                await asyncio.Event().wait()

    house.engine.script = never_ends
    async with house.door():
        asked = await house.alice.dm(house.elena, "something foolish")
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.alice.deletes(asked)
        await house.discord.wait_until(lambda: reply.deleted, what="the reply to go away")
        house.engine.script = telling("Hello.")
        await house.alice.dm(house.elena, "hello")
        second = await house.alice.sees(house.elena, from_=house.elena)
        await house.until_final(second, "Hello.")
    assert asked.id in house.memory.deleted


async def test_a_message_deleted_while_it_waits_is_not_answered(house: House) -> None:
    bob = house.discord.add_person("Bob")
    general = house.guild.channel("general")
    house.engine.gate.clear()
    async with house.door():
        await bob.says(general, f"{house.elena.mention} first")
        await house.engine.until_turns(1)
        mistake = await house.alice.says(general, f"{house.elena.mention} a mistake")
        await house.alice.deletes(mistake)
        await house.alice.says(general, f"{house.elena.mention} what I meant")
        house.engine.gate.set()
        await house.alice.sees(general, from_=house.elena)
        await house.alice.sees(general, from_=house.elena)
    assert house.engine.asked == ["first", "what I meant"]


async def test_a_reply_that_a_moderator_removes_is_forgotten(house: House) -> None:
    async with house.door():
        await house.alice.dm(house.elena, "hello")
        reply = await house.alice.sees(house.elena, from_=house.elena)
        house.discord.world.delete(reply, house.alice.user)
        await house.alice.dm(house.elena, "are you there?")
        await house.alice.sees(house.elena, from_=house.elena)
    assert reply.id in house.memory.deleted


async def test_only_people_of_the_turn_can_be_pinged(house: House) -> None:
    bob, carol = house.discord.add_person("Bob"), house.discord.add_person("Carol")
    general = house.guild.channel("general")
    text = f"@everyone {bob.mention} {carol.mention} {house.alice.mention} look!"
    house.engine.script = telling("Hm. ", text)
    async with house.door():
        await house.alice.says(general, f"{house.elena.mention} greet {bob.mention}")
        reply = await house.alice.sees(general, from_=house.elena)
        await house.until_final(reply, f"Hm. {text}")
    assert reply.pings <= {house.alice.id, bob.id}
    assert not reply.mention_everyone


class Slow:
    """A CDN that hands over nothing until it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()


@pytest.fixture
def slow(house: House, monkeypatch: pytest.MonkeyPatch) -> Slow:
    cdn = Slow()
    read = discord.Attachment.read

    async def waiting(self: discord.Attachment, **options: Any) -> bytes:
        cdn.asked.set()
        await cdn.gate.wait()
        return await read(self, **options)

    monkeypatch.setattr(discord.Attachment, "read", waiting)
    return cdn


async def test_a_reply_goes_away_at_once_while_the_next_picture_is_fetched(house: House, slow: Slow) -> None:
    house.engine.gate.clear()
    bob = house.discord.add_person("Bob")
    general = house.guild.channel("general")
    async with house.door():
        asked = await house.alice.says(general, f"{house.elena.mention} something foolish")
        await house.engine.until_turns(1)
        await bob.says(general, f"{house.elena.mention} what is this?", files={"flag.png": PNG})
        async with asyncio.timeout(5):
            await slow.asked.wait()
        await bob.says(general, f"{house.elena.mention} and this?")
        await house.alice.deletes(asked)
        await house.until(lambda: asked.id in house.memory.deleted)
        house.engine.gate.set()
        slow.gate.set()
        await house.alice.sees(general, from_=house.elena)
        await house.until(lambda: not house.lanes.busy)
    assert "\n".join(house.engine.asked).splitlines() == [
        "something foolish", "what is this?", "[sent a picture: flag.png]", "and this?",
    ]  # fmt: skip


@pytest.mark.parametrize("changes", [False, True], ids=["deleted", "edited"])
async def test_what_is_done_to_a_message_whose_picture_is_fetched_is_honoured(
    house: House, slow: Slow, *, changes: bool
) -> None:
    house.engine.gate.clear()
    async with house.door():
        mistake = await house.alice.dm(house.elena, "what is this?", files={"flag.png": PNG})
        async with asyncio.timeout(5):
            await slow.asked.wait()
        if changes:
            await house.alice.edits(mistake, "where is this?")
        else:
            await house.alice.deletes(mistake)
        slow.gate.set()
        await house.until(lambda: bool(house.memory.edited if changes else house.memory.deleted))
        house.engine.gate.set()
        await house.until(lambda: not house.lanes.busy)
        said = [reply.content for reply in house.by_elena(mistake.channel) if not reply.deleted]
    assert said == (["You said: where is this?\n[sent a picture: flag.png]"] if changes else [])
