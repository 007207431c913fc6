"""Whoever leaves takes along what was said: a person a server, the app a server, a channel itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src_v2.core.retention import Retention
from src_v2.core.scope import Scope
from tests.integration.discord_house import House, at_the_harbour
from tests.support.discord.state import Intent


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        yield story


async def until_forgotten(house: House, scope: Scope) -> None:
    await house.discord.wait_until(lambda: scope in house.places.forgotten, what=f"{scope} to be forgotten")


async def test_removing_the_app_forgets_the_server(house: House) -> None:
    async with house.door():
        house.guild.removes(house.elena)
        await until_forgotten(house, Scope(character="elena", guild_id=f"discord:{house.guild.id}"))
        await house.alice.dm(house.elena, "and still we talk")
        await house.alice.sees(house.elena, from_=house.elena)


async def test_a_server_out_of_reach_is_no_departure(house: House) -> None:
    async with house.door():
        await house.discord.drop(house.elena)
        await house.alice.dm(house.elena, "are you back?")
        await house.alice.sees(house.elena, from_=house.elena)
        assert house.places.forgotten == []


async def test_leaving_a_server_forgets_what_one_said_there_when_the_operator_wants_to_know(house: House) -> None:
    async with house.door(members=True):
        house.guild.removes(house.alice)
        gone = Scope(f"discord:{house.alice.id}", "elena", f"discord:{house.guild.id}")
        await until_forgotten(house, gone)


async def test_without_the_intent_nobody_hears_who_leaves(house: House) -> None:
    async with house.door():
        house.guild.removes(house.alice)
        bob = house.discord.add_person("Bob")
        await bob.dm(house.elena, "hello")
        await bob.sees(house.elena, from_=house.elena)
        assert house.places.forgotten == []


async def test_an_intent_that_was_not_granted_is_said_with_its_remedy(house: House) -> None:
    house.elena.allowed = Intent.MESSAGE_CONTENT
    async with house.door(online=False, members=True):
        async with asyncio.timeout(5):
            while "Server Members Intent" not in (check := await house.check()).detail:  # noqa: ASYNC110 - a finding is no event
                await asyncio.sleep(0.01)
        assert "DISCORD_MEMBERS" in check.remedy


async def test_a_deleted_channel_or_thread_is_forgotten(house: House) -> None:
    channel = house.guild.channel("tide-talk")
    async with house.door():
        house.guild.deletes(channel)
        await until_forgotten(house, Scope(character="elena", channel_id=f"discord:{channel.id}"))


async def test_those_who_manage_a_server_decide_how_long_it_is_kept(house: House) -> None:
    place = house.guild.channel("general")
    guild = f"discord:{house.guild.id}"
    async with house.door():
        answer = await house.alice.runs(house.elena, "/retention", place, keep="days", days=30)
        await house.discord.wait_until(lambda: "manage this server" in answer.text)
        assert house.places.policies == {}
        house.guild.lets_manage(house.alice)
        answer = await house.alice.runs(house.elena, "/retention", place, keep="days", days=30)
        await house.discord.wait_until(lambda: "30 days" in answer.text)
        assert house.places.policies == {guild: Retention(days=30)}
        assert answer.is_ephemeral
        answer = await house.alice.runs(house.elena, "/retention", place, keep="days")
        await house.discord.wait_until(lambda: "how many" in answer.text)
        answer = await house.alice.runs(house.elena, "/retention", place, keep="summaries")
        await house.discord.wait_until(lambda: "within a day" in answer.text)
        answer = await house.alice.runs(house.elena, "/retention", place)
        await house.discord.wait_until(lambda: "within a day" in answer.text)
