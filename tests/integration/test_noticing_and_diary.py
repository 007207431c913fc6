"""Patterns and diary pages in the whole process: they come by themselves, survive a restart, and go with the person."""

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest

from src_v2.core.audience import Visibility
from src_v2.core.commands import SHOW, Answer, Asked
from src_v2.core.errors import StoreUnavailable
from src_v2.core.scope import Scope
from src_v2.core.switches import SwitchName
from src_v2.storage.rows import RowWriter
from tests.support.epiphany_histories import Planted, history
from tests.support.epiphany_model import EagerModel
from tests.support.evolving import count, live, said_row
from tests.support.house import House, Person, Place
from tests.support.llm import LocalLLM, ReceivedRequest, Script
from tests.support.servers import Server
from tests.support.traces import rows_with
from tests.unit.evolution.test_diary_gate import GIST, PAGE, SAID

SPOKEN = history(14, Planted.MOOD_AND_TOPIC)
GUILD = Place("discord:general", Visibility.GUILD, "discord:harbour")
OF_THE_PAGE = "what I keep seeing is the toolbox"
SUMMARY = {"facts": [], "summary": {"text": "They talked about Aldo.", "topics": ["family"], "importance": 2}}


class Minds:
    """What the model server answers to each kind of question."""

    def __init__(self) -> None:
        self.model = EagerModel(SPOKEN)
        self.pages = 0
        self.looked = 0

    def __call__(self, request: ReceivedRequest) -> Script:
        system = str(request.messages[0]["content"])
        if "look for patterns" in system or "say of each statement" in system:
            self.looked += 1
            return _json(self.model.answer(request.last_text, proposes="look for patterns" in system))
        if "your diary" in system:
            self.pages += 1
            return _json({"page": PAGE, "gist": GIST, "names": ["Aldo"]})
        return _json(SUMMARY) if "note what is worth remembering" in system else Script("Tell me more.")


def _json(value: dict[str, Any]) -> Script:
    return Script(orjson.dumps(value).decode())


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    async with LocalLLM() as server:
        yield server


@pytest.fixture
async def minds(llm: LocalLLM) -> Minds:
    minds = Minds()
    llm.reply = minds
    return minds


@pytest.fixture
async def house(tmp_path: Path, llm: LocalLLM, minds: Minds) -> AsyncIterator[House]:
    async with House(tmp_path, llm, epiphanies_enabled=True, diary_enabled=True) as house:
        yield house


async def asked(house: House, person: Person, name: str, action: str = SHOW, text: str = "") -> Answer:
    (command,) = [one for one in house.app.inner_life.commands if one.name == name]
    question = Asked(person.audience(), person.name, "discord", action, text, house.clock.now())
    return await command.run(question)


async def weeks_of_talk(house: House, person: Person) -> None:
    """Let the weeks of a history pass, and the night in which they are looked over."""
    await live(house.app.stores.database, SPOKEN, person.audience())
    over = SPOKEN.sessions[-1].at + timedelta(days=2) - house.clock.now()
    house.pass_time(seconds=over.total_seconds())
    await house.indexed()
    house.pass_time(days=1)
    await house.indexed()


async def a_day(house: House, person: Person, place: Place | None = None) -> None:
    """Let a person talk in the character's late morning, and the evening pass."""
    house.pass_time(hours=(19 - house.clock.now().hour) % 24)
    for text in SAID:
        await house.hears(person.says(text, place))
    for hours in (1, 12):
        house.pass_time(hours=hours)
        await house.indexed()


async def test_a_pattern_is_found_by_itself_shown_and_deleted_for_good(house: House, minds: Minds) -> None:
    sam, kim = house.person("Sam"), house.person("Kim")
    await weeks_of_talk(house, sam)
    answer = await asked(house, sam, "insights")
    (item,) = answer.items
    assert SPOKEN.planted is not None
    assert SPOKEN.planted.behaviour in item.text
    assert "conversations, over" in item.text
    assert item.id not in item.text
    assert (await asked(house, kim, "insights")).items == ()

    await house.restart()
    assert (await asked(house, sam, "insights")).items == answer.items
    looked = minds.looked
    await house.indexed()
    assert minds.looked == looked

    await asked(house, sam, "insights", "delete", item.id)
    house.pass_time(days=8)
    await house.indexed()
    assert (await asked(house, sam, "insights")).items == ()


async def test_a_page_is_written_in_the_evening_once_whatever_happens(house: House, minds: Minds) -> None:
    sam, kim = house.person("Sam"), house.person("Kim")
    assert "nothing about us yet" in (await asked(house, sam, "diary")).text
    await a_day(house, sam)
    await house.hears(kim.says("Hi."))
    answer = await asked(house, sam, "diary")
    pages = [item for item in answer.items if not item.text.startswith("A dream")]
    assert len(pages) == 1
    assert PAGE in pages[0].text
    assert (await asked(house, kim, "diary")).items == ()

    written = minds.pages
    await house.restart()
    house.pass_time(hours=1)
    await house.indexed()
    assert minds.pages == written

    await asked(house, sam, "diary", "delete", pages[0].id)
    house.pass_time(hours=1)
    await house.indexed()
    assert all(item.text.startswith("A dream") for item in (await asked(house, sam, "diary")).items)
    assert minds.pages == written


async def test_both_go_with_the_person_and_are_in_what_they_take_along(house: House) -> None:
    sam = house.person("Sam")
    await weeks_of_talk(house, sam)
    await a_day(house, sam)
    export = await house.app.own_data.export(sam.user_id)
    with ZipFile(BytesIO(export.content)) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "boatyard" in told["diary.json"]
    assert "With angry often comes space." in told["epiphanies.json"]

    await house.app.own_data.erase(sam.user_id)
    await house.indexed()
    house.pass_time(days=1)
    await house.indexed()
    assert await rows_with(house.app.stores.database, sam.user_id) == []
    assert (await asked(house, sam, "insights")).items == (await asked(house, sam, "diary")).items == ()


async def test_a_page_goes_at_once_with_a_server_in_which_its_words_were_said(house: House) -> None:
    sam = house.person("Sam")
    await a_day(house, sam, GUILD)
    assert await rows_with(house.app.stores.database, OF_THE_PAGE) == ["v2_diary"]
    await house.app.eraser.erase(Scope(user_id=sam.user_id, guild_id=GUILD.guild_id))
    assert await count(house.app.stores.database, "v2_diary_evidence") == 0
    assert await rows_with(house.app.stores.database, OF_THE_PAGE) == []
    assert (await asked(house, sam, "diary")).items == ()


async def test_a_deleted_message_takes_its_page_along(house: House) -> None:
    sam = house.person("Sam")
    await a_day(house, sam)
    assert await rows_with(house.app.stores.database, OF_THE_PAGE) == ["v2_diary"]
    await house.app.memory.forget_last(sam.audience())
    await house.indexed()
    assert await rows_with(house.app.stores.database, OF_THE_PAGE) == []


async def test_of_somebody_who_does_not_want_to_be_remembered_there_is_nothing(house: House, minds: Minds) -> None:
    sam = house.person("Sam")
    await house.app.profiles.decide(sam.user_id, SwitchName.REMEMBER, on=False)
    await weeks_of_talk(house, sam)
    await a_day(house, sam)
    assert (minds.looked, minds.pages) == (0, 0)
    for table in ("v2_diary", "v2_epiphanies", "v2_epiphany_looks"):
        assert await count(house.app.stores.database, table) == 0


async def test_switched_off_neither_comes(tmp_path: Path, llm: LocalLLM, minds: Minds) -> None:
    async with House(tmp_path, llm) as house:
        sam = house.person("Sam")
        await weeks_of_talk(house, sam)
        await a_day(house, sam)
        assert (minds.looked, minds.pages) == (0, 0)
        assert house.app.inner_life.asides.keys().isdisjoint({"epiphany", "diary"})


async def test_the_demonstration_says_that_it_keeps_no_diary(tmp_path: Path) -> None:
    async with House(tmp_path, epiphanies_enabled=True, diary_enabled=True) as house:
        sam = house.person("Sam")
        assert "takes a language model" in (await asked(house, sam, "diary")).text
        assert "nothing about you" in (await asked(house, sam, "insights")).text


async def test_while_the_database_is_away_they_say_so(
    tmp_path: Path, llm: LocalLLM, postgres: Server, postgres_url: str
) -> None:
    async with House(tmp_path, llm, database_url=postgres_url, epiphanies_enabled=True) as house:
        sam = house.person("Sam")
        await RowWriter(house.app.stores.database).apply([said_row("m", "Hi.", house.clock.now(), sam.audience())])
        postgres.kill()
        for name in ("insights", "diary"):
            with pytest.raises(StoreUnavailable):
                await asked(house, sam, name)
        postgres.start()
