"""What people are told at first contact, as it looks on Discord: small print in a message of its own."""

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from src_v2.core.events import Notice, ReplyEvent, TurnStarted
from src_v2.core.messages import Turn
from tests.integration.discord_house import House, Script, at_the_harbour, says

TOLD = "Elena is an AI character.\n@everyone /privacy decides what is kept."
SHOWN = "-# Elena is an AI character.\n-# @everyone /privacy decides what is kept."


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        yield story


def telling_first(*pieces: str, told: str = TOLD) -> Script:
    """Return a script that tells everybody what is kept in their first turn here."""
    known: set[str] = set()

    async def script(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        async for event in says(turn, *(pieces or (f"You said: {turn.text}",))):
            yield event
            if isinstance(event, TurnStarted) and turn.author.user_id not in known:
                known.add(turn.author.user_id)
                yield Notice(told)

    return script


async def test_it_stands_before_the_reply_and_pings_nobody(house: House) -> None:
    house.engine.script = telling_first()
    async with house.door():
        await house.alice.dm(house.elena, "hello")
        notice = await house.alice.sees(house.elena, from_=house.elena)
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.until_final(reply, "You said: hello")
        await house.alice.dm(house.elena, "again")
        second = await house.alice.sees(house.elena, from_=house.elena)
        await house.until_final(second, "You said: again")
    assert notice.content == SHOWN
    assert not notice.pings
    assert not notice.mention_everyone
    assert [message.content for message in house.by_elena(reply.channel)] == [
        SHOWN, "You said: hello", "You said: again",
    ]  # fmt: skip
    assert sorted(house.memory.links.values()) == sorted([[reply.id], [second.id]])


async def test_in_a_server_it_does_not_answer_in_place_of_the_reply(house: House) -> None:
    house.engine.script = telling_first(told="Elena is an AI character.")
    general = house.guild.channel("general")
    async with house.door():
        await house.alice.says(general, f"{house.elena.mention} hello")
        notice = await house.alice.sees(general, from_=house.elena)
        reply = await house.alice.sees(general, from_=house.elena)
        await house.until_final(reply, "You said: hello")
    assert notice.content == "-# Elena is an AI character."
    assert notice.reply_to is None


async def test_an_edit_does_not_bring_it_a_second_time(house: House) -> None:
    house.engine.gate.clear()
    house.engine.script = telling_first()
    async with house.door():
        asked = await house.alice.dm(house.elena, "cats")
        await house.engine.until_turns(1)
        house.engine.gate.set()
        notice = await house.alice.sees(house.elena, from_=house.elena)
        house.engine.gate.clear()
        await house.alice.edits(asked, "dogs")
        house.engine.gate.set()
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.until(lambda: bool(house.memory.links))
    assert [message.id for message in house.by_elena(reply.channel)] == [notice.id, reply.id]


async def test_it_outlives_a_reply_that_is_taken_back(house: House) -> None:
    house.engine.script = telling_first()
    async with house.door():
        house.engine.gate.clear()
        asked = await house.alice.dm(house.elena, "something foolish")
        await house.engine.until_turns(1)
        house.engine.gate.set()
        notice = await house.alice.sees(house.elena, from_=house.elena)
        house.engine.gate.clear()
        await house.alice.deletes(asked)
        await house.until(lambda: asked.id in house.memory.deleted)
    assert not notice.deleted
    assert notice.content == SHOWN
