"""Reactions on Discord: to new and old messages, taken back, cleared, and to a reply that still grows."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from src_v2.core.errors import StoreUnavailable
from src_v2.core.events import ReplyEvent
from src_v2.core.messages import Turn
from tests.integration.discord_house import House, at_the_harbour, says, telling
from tests.support.discord import Person
from tests.support.discord.state import Message
from tests.support.feedback import FeedbackInMemory


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        yield story


def kept(house: House) -> set[tuple[str, str, str]]:
    """Return (message, user, emoji) of what arrived about elena."""
    assert all(character == "elena" for character, *_ in house.feedback.reactions)
    return {(message, user, emoji) for _, message, user, emoji in house.feedback.reactions}


def of(message: Message, who: Person, emoji: str) -> tuple[str, str, str]:
    return (message.id, f"discord:{who.id}", emoji)


async def answered(house: House) -> Message:
    await house.alice.dm(house.elena, "hello")
    reply = await house.alice.sees(house.elena, from_=house.elena)
    await house.until(lambda: bool(house.memory.links))
    return reply


async def test_a_reaction_in_private_comes_and_goes(house: House) -> None:
    async with house.door():
        reply = await answered(house)
        await house.alice.reacts(reply, "👍🏽")
        await house.alice.reacts(reply, "🎉")
        await house.until(lambda: kept(house) == {of(reply, house.alice, "👍🏽"), of(reply, house.alice, "🎉")})
        await house.alice.unreacts(reply, "🎉")
        await house.until(lambda: kept(house) == {of(reply, house.alice, "👍🏽")})


async def test_a_reaction_in_a_server_to_a_message_from_before_the_start(house: House) -> None:
    general = house.guild.channel("general")
    async with house.door():
        await house.alice.says(general, f"{house.elena.mention} hello")
        reply = await house.alice.sees(general, from_=house.elena)
    async with house.door():
        await house.alice.reacts(reply, "❤️")
        await house.until(lambda: kept(house) == {of(reply, house.alice, "❤️")})


async def test_any_part_of_a_long_reply_counts_also_after_a_restart(house: House) -> None:
    house.engine.script = telling("The sea is wide and deep, and it was here before us. " * 90)
    async with house.door():
        await house.alice.dm(house.elena, "tell me everything")
        await house.until(lambda: bool(house.memory.links))
    parts = house.by_elena(house.alice.place(house.elena))
    assert len(parts) > 2
    [linked] = house.memory.links.values()
    assert linked == [part.id for part in parts]
    async with house.door():
        for part in parts:
            await house.alice.reacts(part, "👍")
        await house.until(lambda: kept(house) == {of(part, house.alice, "👍") for part in parts})
        await house.alice.unreacts(parts[-1], "👍")
        await house.until(lambda: kept(house) == {of(part, house.alice, "👍") for part in parts[:-1]})


async def test_a_reaction_in_a_server_is_taken_back_after_a_restart(house: House) -> None:
    general = house.guild.channel("general")
    async with house.door():
        await house.alice.says(general, f"{house.elena.mention} hello")
        reply = await house.alice.sees(general, from_=house.elena)
        await house.alice.reacts(reply, "👍")
        await house.until(lambda: kept(house) == {of(reply, house.alice, "👍")})
    async with house.door():
        await house.alice.unreacts(reply, "👍")
        await house.until(lambda: not kept(house))


async def test_a_servers_own_emoji_goes_by_its_name(house: House) -> None:
    async with house.door():
        reply = await answered(house)
        await house.alice.reacts(reply, "wave:123456789012345678")
        await house.until(lambda: kept(house) == {of(reply, house.alice, ":wave:")})


async def test_what_is_not_about_elenas_words_or_not_from_a_person_is_passed_over(house: House) -> None:
    general = house.guild.channel("general")
    marcus = house.discord.add_bot("marcus")
    house.guild.invite(marcus)
    async with house.door():
        asked = await house.alice.says(general, f"{house.elena.mention} hello")
        reply = await house.alice.sees(general, from_=house.elena)
        house.discord.world.react(reply, marcus, "👍")
        house.discord.world.react(reply, house.elena, "👍")
        house.discord.world.react(asked, house.alice.user, "👍")
        await house.alice.reacts(reply, "🎉")
        await house.until(lambda: bool(kept(house)))
    assert kept(house) == {of(reply, house.alice, "🎉")}


async def test_a_moderator_clears_one_emoji_or_all(house: House) -> None:
    async with house.door():
        reply = await answered(house)
        for emoji in ("👍", "🎉", "💛"):
            await house.alice.reacts(reply, emoji)
        await house.until(lambda: len(kept(house)) == 3)
        house.discord.world.clear_reactions(reply, "🎉")
        await house.until(lambda: {emoji for *_, emoji in kept(house)} == {"👍", "💛"})
        house.discord.world.clear_reactions(reply)
        await house.until(lambda: not kept(house))


async def test_a_reaction_to_a_reply_that_still_grows_waits_until_it_is_in_the_history(house: House) -> None:
    going_on = asyncio.Event()

    async def slowly(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        async for event in says(turn, "The sea ", "is calm."):
            yield event
            if "sea" in getattr(event, "text", ""):
                await going_on.wait()

    house.engine.script = slowly
    linked_before: list[bool] = []

    class Noting(FeedbackInMemory):
        """Notes whether the reply was linked by then."""

        async def reacted(self, character: str, platform_message_id: str, user_id: str, emoji: str) -> bool:
            linked_before.append(bool(house.memory.links))
            return await super().reacted(character, platform_message_id, user_id, emoji)

    house.feedback = Noting()
    async with house.door():
        await house.alice.dm(house.elena, "how is it?")
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.alice.reacts(reply, "👍")
        await house.alice.reacts(reply, "👎")
        await house.alice.unreacts(reply, "👎")
        going_on.set()
        await house.until(lambda: len(linked_before) == 2 and len(kept(house)) == 1)
    assert linked_before == [True, True]
    assert kept(house) == {of(reply, house.alice, "👍")}


async def test_a_store_that_is_away_loses_a_reaction_and_nothing_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> bool:
        raise StoreUnavailable("away")

    async with house.door():
        reply = await answered(house)
        with monkeypatch.context() as patch:
            patch.setattr(FeedbackInMemory, "reacted", away)
            await house.alice.reacts(reply, "👍")
            await house.alice.dm(house.elena, "are you there?")
            second = await house.alice.sees(house.elena, from_=house.elena)
        await house.alice.reacts(second, "👍")
        await house.until(lambda: kept(house) == {of(second, house.alice, "👍")})
