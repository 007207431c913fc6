"""Who talks to a character for the first time is told that it is an AI and what is kept: once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from src_v2.agents.notice import DEFAULT
from src_v2.core.audience import Visibility
from src_v2.core.events import Notice, TextDelta, TurnStarted
from src_v2.core.switches import SwitchName
from src_v2.storage.tables import messages, users
from tests.support.house import House, Place, Reply
from tests.support.llm import LocalLLM, Script
from tests.support.servers import Server

HARBOUR = Place("discord:harbour-open", Visibility.GUILD, "discord:harbour")


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    async with LocalLLM() as server:
        yield server


@pytest.fixture
async def house(tmp_path: Path, llm: LocalLLM) -> AsyncIterator[House]:
    async with House(tmp_path, llm, privacy_notice=DEFAULT) as house:
        yield house


def notices(*replies: Reply) -> list[str]:
    return [event.text for reply in replies for event in reply.events if isinstance(event, Notice)]


async def noticed(house: House) -> list[bool]:
    async with house.app.stores.database.read() as connection:
        return [row[0] is not None for row in await connection.execute(select(users.c.noticed_at))]


async def test_the_first_reply_begins_with_it_and_no_later_one_does(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    first = await house.hears(sam.says("Hello"))
    kinds = [type(event) for event in first.events]
    assert kinds[:3] == [TurnStarted, Notice, TextDelta]
    [told] = notices(first)
    for word in ("Elena is an AI character", "kept", "/memory", "/privacy", "/forget-me"):
        assert word in told
    assert first.text == "You said: Hello"
    later = [await house.hears(sam.says("Again")), await house.hears(sam.says("Hi", character="marcus"))]
    await house.restart()
    later.append(await house.hears(sam.says("Still there?")))
    assert notices(*later) == []
    assert "AI character" not in str([request.messages[1:] for request in llm.requests])
    async with house.app.stores.database.read() as connection:
        stored = (await connection.execute(select(messages.c.text))).scalars().all()
    assert not [text for text in stored if "/privacy" in text]
    assert notices(await house.hears(house.person("Ben").says("Hello"))) == [told]


async def test_a_process_that_is_killed_has_told_it_only_if_the_turn_had_ended(tmp_path: Path, llm: LocalLLM) -> None:
    """What a killed process leaves behind is its folder as it was at that moment."""
    async with House(tmp_path / "alive", llm, privacy_notice=DEFAULT) as house:
        sam = house.person("Sam")
        hold = asyncio.Event()
        llm.enqueue(Script("Hello Sam", hold=hold))
        reply = await house.ask(sam.says("Hello"))
        await llm.wait_for_requests(1)
        shutil.copytree(tmp_path / "alive", tmp_path / "killed in the turn")
        hold.set()
        await reply.finished.wait()
        await house.app.engine.drain()
        shutil.copytree(tmp_path / "alive", tmp_path / "killed after it")
    for folder, told in (("killed in the turn", 1), ("killed after it", 0)):
        async with House(tmp_path / folder, llm, privacy_notice=DEFAULT) as again:
            assert len(notices(await again.hears(again.person("Sam").says("Hello?")))) == told, folder


async def test_a_stop_before_the_end_of_the_turn_shows_it_again_and_after_it_does_not(
    house: House, llm: LocalLLM
) -> None:
    sam = house.person("Sam")
    llm.enqueue(Script("never heard", hold=asyncio.Event()))
    cut = await house.ask(sam.says("Hello", ref="m1"))
    await llm.wait_for_requests(1)
    await house.app.lanes.drain(grace_s=0)
    assert len(notices(cut)) == 1
    assert await noticed(house) == [False]
    await house.restart()
    assert len(notices(await house.hears(sam.says("Hello?", ref="m1")))) == 1
    assert await noticed(house) == [True]
    await house.restart()
    assert notices(await house.hears(sam.says("And now?"))) == []


async def test_a_new_version_of_the_first_turn_does_not_say_it_twice(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    llm.enqueue(Script("Two plus two", packet_per_token=True, hold=asyncio.Event(), hold_before=2))
    reply = await house.ask(sam.says("What is 2+2?", ref="m1"))
    await reply.first_text.wait()
    before = notices(reply)
    await house.app.lanes.edit("elena", sam.dm.channel_id, "m1", "What is 3+3?")
    await reply.finished.wait()  # the surface dropped the events of the first version
    assert (len(before), notices(reply)) == (1, [])
    assert await noticed(house) == [True]


async def test_a_turn_that_fails_has_told_it_all_the_same(house: House, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    llm.enqueue(Script(status=503))
    assert len(notices(await house.hears(sam.says("Hello")))) == 1
    assert await noticed(house) == [True]
    assert notices(await house.hears(sam.says("Hello?"))) == []


async def test_in_a_server_it_is_one_line(house: House) -> None:
    [told] = notices(await house.hears(house.person("Sam").says("Hello all", HARBOUR)))
    assert "\n" not in told
    assert "AI character" in told
    assert "/forget-me" in told


async def test_who_is_not_remembered_is_told_once_by_this_process(house: House) -> None:
    mia = house.person("Mia")
    await house.app.profiles.decide(mia.user_id, SwitchName.REMEMBER, False)
    [told] = notices(await house.hears(mia.says("Hello")))
    assert "nothing of this is kept" in told
    assert notices(await house.hears(mia.says("Hello again"))) == []
    assert await noticed(house) == []
    await house.app.profiles.decide(mia.user_id, SwitchName.REMEMBER, True)
    assert notices(await house.hears(mia.says("You may remember me"))) == []
    assert await noticed(house) == [True]


@pytest.mark.parametrize(("wanted", "told"), [("", []), ("Hi from {character}. {how} {unknown}", ["Hi from Elena. "])])
async def test_an_operator_may_say_it_in_other_words_or_not_at_all(
    tmp_path: Path, llm: LocalLLM, wanted: str, told: list[str]
) -> None:
    async with House(tmp_path, llm, privacy_notice=wanted) as house:
        found = notices(await house.hears(house.person("Sam").says("Hello")))
        assert [text[: len(told[0])] for text in found] == told
        assert all(text.endswith("{unknown}") for text in found)
        assert await noticed(house) == [bool(told)]


async def test_it_comes_while_sql_is_away_and_is_not_said_again(
    tmp_path: Path, llm: LocalLLM, postgres: Server, postgres_url: str
) -> None:
    postgres.kill()
    variables = {"database_url": postgres_url, "memory_source_timeout_s": 0.3, "privacy_notice": DEFAULT}
    async with House(tmp_path, llm, **variables) as house:
        sam = house.person("Sam")
        assert len(notices(await house.hears(sam.says("Anybody home?")))) == 1
        assert notices(await house.hears(sam.says("Hello?"))) == []
        await asyncio.to_thread(postgres.start)
        house.clock.advance(10)
        await house.app.stores.up()
        await house.app.engine.drain()
        assert await house.app.writer.catch_up()
        assert await noticed(house) == [True]
        await house.restart()
        assert notices(await house.hears(sam.says("Back again"))) == []
