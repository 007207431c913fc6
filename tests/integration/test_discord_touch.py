"""The character's own reactions on Discord: to what it answers or overhears, seldom, and never out of place."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from src_v2.characters.models import Character, Reactions, Ux
from src_v2.interfaces.discord import touch
from tests.integration.discord_house import House, at_the_harbour
from tests.support.clock import VirtualClock
from tests.support.discord.state import Channel, Message, Overwrite, Permission

DELAY_S = 5.25
REACT = "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"
LIVELY = Character(
    "elena",
    "Elena",
    "Be kind.",
    ux=Ux(
        reactions=Reactions(
            enabled=True,
            base_rate=1.0,
            reaction_delay_seconds=(DELAY_S, DELAY_S),
            positive_emojis=("💛",),
            excitement_emojis=("🤩",),
            supportive_emojis=("🫂",),
        )
    ),
)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def house(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        story.clock = clock
        story.shelf.found["elena"] = LIVELY
        yield story


def planned(clock: VirtualClock) -> int:
    """Return how many reactions were decided on so far."""
    return clock.slept.count(DELAY_S)


def by_elena(house: House, message: Message) -> set[str]:
    return {emoji for emoji, users in message.reactions.items() if house.elena.id in users}


async def answered(house: House, text: str) -> Message:
    """Let Alice say something in private and elena answer it."""
    asked = await house.alice.dm(house.elena, text)
    await house.alice.sees(house.elena, from_=house.elena)
    return asked


async def until_shown(house: House, message: Message, emoji: str) -> None:
    await house.discord.wait_until(lambda: by_elena(house, message) == {emoji}, what=f"elena to react with {emoji}")


async def reacted_to(house: House, clock: VirtualClock, text: str, emoji: str = "💛") -> Message:
    before = planned(clock)
    message = await answered(house, text)
    await house.until(lambda: planned(clock) == before + 1)
    assert by_elena(house, message) == set()
    clock.advance(DELAY_S)
    await until_shown(house, message, emoji)
    return message


async def passed_over(house: House, clock: VirtualClock, text: str) -> Message:
    """Let Alice say something, and something else after it in a server, which shows that the first was considered."""
    before = planned(clock)
    message = await answered(house, text)
    fresh = house.guild.channel(f"fresh-{len(clock.slept)}")
    await house.alice.says(fresh, f"{house.elena.mention} that was nice")
    await house.until(lambda: planned(clock) >= before + 1)
    assert planned(clock) == before + 1
    return message


async def test_a_reaction_comes_a_little_later_than_the_words_and_once(house: House, clock: VirtualClock) -> None:
    async with house.door(human_touch=True):
        message = await reacted_to(house, clock, "that was nice")
        clock.advance(600)
        await passed_over(house, clock, "the bus leaves at seven")
        assert by_elena(house, message) == {"💛"}
        assert len(house.discord.log(house.elena, "react")) == 1


async def test_it_goes_by_how_somebody_feels(house: House, clock: VirtualClock) -> None:
    async with house.door(human_touch=True):
        await reacted_to(house, clock, "My dog died and I am so sad", "🫂")
        clock.advance(61)
        await reacted_to(house, clock, "I LOVE this so much!!! best day ever", "🤩")
        clock.advance(61)
        await passed_over(house, clock, "you are an idiot")


async def test_without_the_setting_or_the_characters_own_wish_there_are_none(house: House, clock: VirtualClock) -> None:
    async with house.door():
        await answered(house, "that was nice")
    house.shelf.found["elena"] = replace(LIVELY, ux=replace(LIVELY.ux, reactions=Reactions()))
    async with house.door(human_touch=True):
        await answered(house, "that was nice")
        await answered(house, "thank you so much")
    assert planned(clock) == 0


async def test_words_of_somebody_in_need_get_none_and_what_follows_neither(house: House, clock: VirtualClock) -> None:
    async with house.door(human_touch=True):
        before = await answered(house, "that was nice")
        await house.until(lambda: planned(clock) == 1)
        await answered(house, "I want to kill myself")
        clock.advance(DELAY_S)
        assert by_elena(house, before) == set()
        clock.advance(120)
        await passed_over(house, clock, "that was nice")
        clock.advance(touch.HUSH_S)
        await reacted_to(house, clock, "that is nicer")
        assert by_elena(house, before) == set()


async def test_at_most_one_a_minute_in_a_channel(house: House, clock: VirtualClock) -> None:
    async with house.door(human_touch=True):
        await reacted_to(house, clock, "that was nice")
        clock.advance(30)
        await passed_over(house, clock, "that was nice, too")
        clock.advance(31)
        await reacted_to(house, clock, "this was nice as well")


async def test_so_many_a_day_and_no_more(house: House, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touch, "CHANNEL_PER_DAY", 2)
    async with house.door(human_touch=True):
        for number in range(2):
            await reacted_to(house, clock, f"that was nice {number}")
            clock.advance(100)
        await passed_over(house, clock, "that was nice")
        clock.advance(86_400)
        await reacted_to(house, clock, "that was nice")


async def test_a_message_that_is_gone_or_says_something_else_gets_none(house: House, clock: VirtualClock) -> None:
    async with house.door(human_touch=True):
        first = await answered(house, "that was nice")
        await house.until(lambda: planned(clock) == 1)
        await house.alice.deletes(first)
        await house.until(lambda: bool(house.memory.deleted))
        clock.advance(61 + DELAY_S)
        second = await answered(house, "that was nice")
        await house.until(lambda: planned(clock) == 2)
        await house.alice.edits(second, "you are an idiot")
        await house.until(lambda: bool(house.memory.edited))
        clock.advance(61 + DELAY_S)
        await reacted_to(house, clock, "wait, that was nice")
        assert by_elena(house, second) == set()
        assert len(house.discord.log(house.elena, "react")) == 1


async def test_where_it_may_not_react_it_does_not_try(house: House, clock: VirtualClock) -> None:
    no_reactions = Overwrite(house.guild.id, is_member=False, deny=Permission.ADD_REACTIONS)
    quiet = house.discord.world.add_channel(house.guild.state, "quiet", [no_reactions])
    async with house.door(human_touch=True):
        await house.alice.says(quiet, f"{house.elena.mention} that was nice")
        await house.alice.sees(quiet, from_=house.elena)
        await passed_over(house, clock, "the bus leaves at seven")


async def test_a_refusal_is_taken_for_an_answer(house: House, clock: VirtualClock) -> None:
    house.discord.fail(REACT, 403)
    async with house.door(human_touch=True):
        message = await answered(house, "that was nice")
        await house.until(lambda: planned(clock) == 1)
        clock.advance(DELAY_S)
        await house.until(lambda: all(task.get_name() != "discord-touch" for task in asyncio.all_tasks()))
        clock.advance(120)
        await passed_over(house, clock, "that was nice")
        clock.advance(touch.REFUSED_S)
        await reacted_to(house, clock, "that was nice")
        assert by_elena(house, message) == set()


async def overheard(house: House, channel: Channel, text: str) -> Message:
    message = await house.alice.says(channel, text)
    await house.until(lambda: any(kept.text == text for kept in house.memory.kept))
    return message


async def test_what_is_only_overheard_counts_too(house: House, clock: VirtualClock) -> None:
    general = house.guild.channel("general")
    house.memory.live.add(f"discord:{general.id}")
    async with house.door(human_touch=True):
        message = await overheard(house, general, "this concert was nice")
        await house.until(lambda: planned(clock) == 1)
        clock.advance(DELAY_S)
        await until_shown(house, message, "💛")
    assert house.engine.turns == []


async def test_its_own_reactions_are_no_feedback(house: House, clock: VirtualClock) -> None:
    async with house.door(human_touch=True):
        message = await reacted_to(house, clock, "that was nice")
        await house.alice.reacts(message, "🎉")
        await house.alice.dm(house.elena, "one more")
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.alice.reacts(reply, "👍")
        await house.until(lambda: bool(house.feedback.reactions))
    assert {(who, emoji) for _, _, who, emoji in house.feedback.reactions} == {(f"discord:{house.alice.id}", "👍")}


async def test_a_stop_drops_what_was_still_to_come(house: House, clock: VirtualClock) -> None:
    async with house.door(human_touch=True):
        await answered(house, "that was nice")
        await house.until(lambda: planned(clock) == 1)
    clock.advance(DELAY_S)
    assert house.discord.log(house.elena, "react") == []
