"""The Discord door, told as people meet it: the real discord.py talks to the local Discord."""

from collections.abc import AsyncGenerator, AsyncIterator
from itertools import pairwise
from pathlib import Path

import discord
import pytest

from src_v2.core.audience import Visibility
from src_v2.core.events import ReplyEvent, Status, TurnStarted
from src_v2.core.messages import SceneKind, Turn
from tests.integration.discord_house import House, at_the_harbour, says, telling
from tests.support.discord import Intent
from tests.support.pictures import picture


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        yield story


def test_the_package_does_not_shadow_the_library() -> None:
    assert "site-packages" in (discord.__file__ or "")


# A reply grows


@pytest.mark.slow
async def test_a_direct_message_is_answered_in_one_growing_message(house: House) -> None:
    words = [f"word{number} " for number in range(90)]
    house.engine.script = telling(*words, every_s=0.03)
    async with house.door():
        asked = await house.alice.dm(house.elena, "tell me something")
        reply = await house.alice.sees(house.elena, from_=house.elena)
        assert reply.at - asked.at < 0.03 + 0.25
        await house.until_final(reply, "".join(words).strip())
    log = house.discord.log(house.elena)
    kinds = [entry.kind for entry in log]
    assert kinds[:2] == ["typing", "create"]
    assert "typing" not in kinds[1:]
    growing = [entry.at for entry in log if entry.kind != "typing"][:-1]
    assert 2 <= len(growing) <= 4
    assert all(later - earlier >= 0.99 for earlier, later in pairwise(growing))
    contents = [entry.content for entry in log if entry.kind != "typing"]
    assert all(later.startswith(earlier) for earlier, later in pairwise(contents))


async def test_what_the_reply_is_and_where_it_is_visible_is_remembered(house: House) -> None:
    async with house.door():
        await house.alice.dm(house.elena, "hello")
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.until_final(reply, "You said: hello")
    assert list(house.memory.links.values()) == [[reply.id]]
    (message,) = house.engine.turns[0].messages
    assert message.audience.visibility is Visibility.PRIVATE
    assert message.author.name == "Alice"
    assert message.author.user_id == f"discord:{house.alice.id}"
    assert message.scene.kind is SceneKind.DIRECT


async def test_a_short_reply_that_is_complete_at_once_is_written_once(house: House) -> None:
    async with house.door():
        await house.alice.dm(house.elena, "hello")
        await house.alice.sees(house.elena, from_=house.elena)
    assert [entry.kind for entry in house.discord.log(house.elena)][1:] == ["create"]


async def test_a_long_reply_is_split_and_its_code_stays_code(house: House) -> None:
    code = "```python\n" + "\n".join(f"line_{number} = {number}" for number in range(220)) + "\n```"
    text = "A paragraph with a few words.\n\n" * 40 + code + "\nThat is all."
    house.engine.script = telling(*(text[start : start + 400] for start in range(0, len(text), 400)))
    async with house.door():
        await house.alice.dm(house.elena, "show me the code")
        last = await house.alice.sees(house.elena, from_=house.elena, where=lambda m: m.content.endswith("is all."))
        parts = house.by_elena(last.channel)
    assert len(parts) == 3
    assert all(len(part.content) <= 2000 and part.content.count("```") % 2 == 0 for part in parts)
    told = "".join(part.content for part in parts)
    assert all(told.count(f"line_{number} = {number}\n") == 1 for number in range(220))
    assert list(house.memory.links.values()) == [[part.id for part in parts]]


async def test_a_thought_is_shown_until_there_are_words(house: House) -> None:
    async def thinks(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        yield TurnStarted(turn.id)
        yield Status("looking through my notes", "🔎")
        async for event in says(turn, "Found it."):
            yield event

    house.engine.script = thinks
    house.engine.gate.clear()
    async with house.door():
        await house.alice.dm(house.elena, "where was it?")
        await house.engine.until_turns(1)
        house.engine.gate.set()
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.until_final(reply, "Found it.")
    assert len(house.by_elena(reply.channel)) == 1


# Who is meant


async def test_in_a_channel_a_mention_is_answered_and_other_talk_is_not(house: House) -> None:
    general = house.guild.channel("general")
    async with house.door():
        await house.alice.says(general, "nobody in particular")
        await house.alice.says(general, f"{house.elena.mention} hello there")
        reply = await house.alice.sees(general, from_=house.elena)
        await house.until_final(reply, "You said: hello there")
    (turn,) = house.engine.turns
    assert turn.audience.visibility is Visibility.GUILD
    assert turn.messages[0].scene.guild_name == "Harbour"
    assert turn.messages[0].scene.channel_name == "general"


async def test_a_channel_that_not_everybody_reads_stays_a_channel_of_its_own(house: House) -> None:
    cabin = house.guild.private_channel("cabin", [house.alice, house.elena])
    async with house.door():
        await house.alice.says(cabin, f"{house.elena.mention} a secret")
        await house.alice.sees(cabin, from_=house.elena)
    assert house.engine.turns[0].audience.visibility is Visibility.CHANNEL


async def test_a_reply_to_the_character_is_answered(house: House) -> None:
    general = house.guild.channel("general")
    async with house.door():
        await house.alice.says(general, f"{house.elena.mention} hello")
        first = await house.alice.sees(general, from_=house.elena)
        await house.until_final(first, "You said: hello")
        await house.alice.says(general, "and how are you?", reply_to=first, ping=False)
        second = await house.alice.sees(general, from_=house.elena)
        await house.until_final(second, "You said: and how are you?")
    assert house.engine.turns[1].messages[0].reply_to == first.id


async def test_in_a_thread_it_takes_part_in_no_mention_is_needed(house: House) -> None:
    general = house.guild.channel("general")
    start = await house.alice.says(general, "about whales")
    async with house.door():
        thread = await house.alice.opens_thread(start, "whales")
        await house.alice.says(thread, f"{house.elena.mention} do whales sleep?")
        await house.alice.sees(thread, from_=house.elena)
        house.memory.live.add(f"discord:{thread.id}")
        await house.alice.says(thread, "and dolphins?")
        reply = await house.alice.sees(thread, from_=house.elena)
        await house.until_final(reply, "You said: and dolphins?")
    scene = house.engine.turns[1].messages[0].scene
    assert (scene.kind, scene.channel_name, scene.parent_channel_name) == (SceneKind.THREAD, "whales", "general")


async def test_in_a_thread_of_its_own_it_leaves_words_for_others_to_others(house: House) -> None:
    bob = house.discord.add_person("Bob")
    general = house.guild.channel("general")
    async with house.door():
        thread = house.discord.world.add_thread(general, "elena's corner", house.elena, None)
        await house.alice.says(thread, f"{bob.mention} have you eaten?")
        await house.alice.says(thread, "what do whales eat?")
        await house.alice.sees(thread, from_=house.elena)
    assert house.engine.asked == ["what do whales eat?"]
    assert [message.text for message in house.memory.kept] == ["@Bob have you eaten?"]


async def test_talk_of_others_is_overheard_while_a_conversation_is_on(house: House) -> None:
    general = house.guild.channel("general")
    bob = house.discord.add_person("Bob")
    house.memory.live.add(f"discord:{general.id}")
    async with house.door():
        await bob.says(general, "the tide is high today")
        await house.alice.says(general, f"{house.elena.mention} what about the tide?")
        await house.alice.sees(general, from_=house.elena)
    assert [message.text for message in house.memory.kept] == ["the tide is high today"]
    assert house.engine.asked == ["what about the tide?"]
    assert house.engine.turns[0].messages[0].scene.present == ("Bob",)


async def test_bots_are_ignored_even_when_they_mention_the_character(house: House) -> None:
    robot = house.discord.add_person("Robot", is_bot=True)
    general = house.guild.channel("general")
    async with house.door():
        await robot.says(general, f"{house.elena.mention} hello, fellow bot")
        await house.alice.says(general, f"{house.elena.mention} hello")
        await house.alice.sees(general, from_=house.elena)
    assert house.engine.asked == ["hello"]


async def test_two_characters_in_one_channel_answer_only_what_is_meant_for_them(house: House) -> None:
    marcus = house.discord.add_bot("marcus")
    house.guild.invite(marcus)
    general = house.guild.channel("general")
    async with house.door(marcus):
        await house.alice.says(general, f"{marcus.mention} play something")
        await house.alice.sees(general, from_=marcus)
        await house.alice.says(general, f"{house.elena.mention} did you hear that?")
        await house.alice.sees(general, from_=house.elena)
    assert [turn.audience.character for turn in house.engine.turns] == ["marcus", "elena"]


async def test_without_the_message_content_intent_people_still_get_answers(house: House) -> None:
    house.elena.allowed = Intent(0)
    general = house.guild.channel("general")
    async with house.door():
        await house.alice.dm(house.elena, "can you hear me?")
        await house.alice.sees(house.elena, from_=house.elena)
        await house.alice.says(general, "something else")
        await house.alice.says(general, f"{house.elena.mention} and here?")
        first = await house.alice.sees(general, from_=house.elena)
        await house.until_final(first, "You said: and here?")
        await house.alice.says(general, "a reply that pings", reply_to=first)
        await house.alice.sees(general, from_=house.elena)
        check = await house.until_check(ok=True)
    assert house.engine.asked == ["can you hear me?", "and here?", "a reply that pings"]
    assert "without message content" in check.detail


async def test_a_message_without_words_says_what_it_is(house: House) -> None:
    general = house.guild.channel("general")
    async with house.door():
        await house.alice.says(general, house.elena.mention)
        await house.alice.sees(general, from_=house.elena)
        await house.alice.dm(house.elena, "", files={"cat.png": picture().data})
        await house.alice.sees(house.elena, from_=house.elena)
        await house.alice.dm(house.elena, "Look!", files={"dog.png": picture().data})
        await house.alice.sees(house.elena, from_=house.elena)
    assert house.engine.asked == [
        "(says your name)", "[sent a picture: cat.png]", "Look!\n[sent a picture: dog.png]",
    ]  # fmt: skip
