"""Whoever asks to be forgotten is gone from every store, file, queue and cache, whatever goes on meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from src_v2.core.audience import Visibility
from src_v2.core.jobs import JobRequest
from src_v2.core.scope import Scope
from src_v2.privacy.erasing import erase_request
from src_v2.privacy.models import Whose
from tests.support.house import House, Person, Place
from tests.support.reasoning import thinks
from tests.support.traces import files_with, rows_with

GUILD = Place("discord:general", Visibility.GUILD, "discord:harbour")
LIVELY = (
    "My name is Zebedee and I live in Leeds.", "My sister Ana has a cat called Miso.", "Please keep it short.",
    "I play the cello in an orchestra on Thursdays.", "I am allergic to walnuts.",
)  # fmt: skip


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Give a house on SQLite and one on PostgreSQL."""
    served: dict[str, Any] = {} if database_url.startswith("sqlite") else {"database_url": database_url}
    async with House(tmp_path, **served) as house:
        yield house


async def lively(house: House, person: Person) -> None:
    """Let a person talk in private and in a server until everything was learned."""
    for text in LIVELY:
        await house.hears(person.says(text))
    await house.hears(person.says("I keep bees on the roof of my house.", GUILD))
    await thinks(house, person.says("On how many Thursdays do I play the cello this year?"))
    house.pass_time(hours=3)
    await house.app.background.learning.sweep()
    await house.indexed()


async def erase(house: House, scope: Scope) -> None:
    await request(house, erase_request(scope))
    await house.indexed()


async def request(house: House, job: JobRequest) -> None:
    await house.app.jobs.request(job)


async def test_nothing_is_left_of_a_person_and_everything_of_the_others(house: House, tmp_path: Path) -> None:
    zeb, olga = house.person("Zebedee"), house.person("Olga")
    await lively(house, olga)
    before = await house.app.eraser.left(Scope(user_id=olga.user_id))
    await lively(house, zeb)
    assert await house.app.eraser.left(Scope(user_id=zeb.user_id)) > 20

    await erase(house, Scope(user_id=zeb.user_id))

    assert await house.app.eraser.left(Scope(user_id=zeb.user_id)) == 0
    assert await rows_with(house.app.stores.database, zeb.user_id) == []
    assert await house.app.eraser.left(Scope(user_id=olga.user_id)) == before
    assert any("cello" in text for text in await house.recall(olga.audience(), "Which instrument do I play?"))
    assert await house.recall(zeb.audience(), "Which instrument do I play?") == []
    known = await house.app.knowledge.known(zeb.audience(), "Where do I live?", house.clock.now())
    assert (list(known.facts), list(known.preferences), list(known.summaries)) == ([], [], [])


async def test_the_files_hold_nothing_either(tmp_path: Path) -> None:
    async with House(tmp_path) as house:
        zeb, olga = house.person("Zebedee"), house.person("Olga")
        await lively(house, zeb)
        await house.hears(olga.says("The tide is out today."))
        await erase(house, Scope(user_id=zeb.user_id))
    assert files_with(tmp_path, [zeb.user_id, "Zebedee", "cello", "walnuts"]) == []


async def test_what_was_taken_along_comes_back(house: House) -> None:
    zeb = house.person("Zebedee")
    await lively(house, zeb)
    taken = await house.app.own_data.export(zeb.user_id)
    await erase(house, Scope(user_id=zeb.user_id))
    brought = await house.app.own_data.bring_in(Whose("elena", zeb.user_id), taken.content, ZoneInfo("UTC"))
    await house.indexed()
    assert brought.left_out == {}
    assert any("cello" in text for text in await house.recall(zeb.audience(), "Which instrument do I play?"))
    known = await house.app.knowledge.known(zeb.audience(), "Where do I live?", house.clock.now())
    assert any(fact.object == "Leeds" for fact in known.facts)
    assert known.summaries


async def test_one_server_can_be_forgotten_alone(house: House) -> None:
    zeb = house.person("Zebedee")
    await lively(house, zeb)
    await erase(house, Scope(user_id=zeb.user_id, guild_id=GUILD.guild_id))
    assert not any("bees" in text for text in await house.recall(zeb.audience(), "What is on my roof?"))
    assert any("cello" in text for text in await house.recall(zeb.audience(), "Which instrument do I play?"))


async def test_talking_meanwhile_leaves_nothing_old(house: House) -> None:
    zeb = house.person("Zebedee")
    await lively(house, zeb)

    async def talk() -> None:
        for number in range(20):
            await house.ask(zeb.says(f"And another thing, number {number}."))
            await asyncio.sleep(0)

    await asyncio.gather(talk(), request(house, erase_request(Scope(user_id=zeb.user_id))))
    await house.indexed()
    assert not await rows_with(house.app.stores.database, "cello", "Leeds", "Miso")
    await erase(house, Scope(user_id=zeb.user_id))
    assert await rows_with(house.app.stores.database, zeb.user_id) == []
