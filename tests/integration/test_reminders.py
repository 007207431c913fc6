"""Reminders in the whole process: asked for in passing, kept over restarts, gone with what asked for them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from src_v2.app import App
from src_v2.core.audience import Audience
from src_v2.core.commands import Asked
from src_v2.core.errors import DoorClosed
from src_v2.core.messages import Turn
from src_v2.core.scope import Scope
from src_v2.core.switches import SwitchName
from src_v2.evolution.reminders.models import Reminder
from src_v2.privacy.erasing import erase_request
from src_v2.storage import migrate
from src_v2.storage.database import Database
from src_v2.storage.tables import llm_calls, outgoing, reminders
from tests.support.house import House, Person
from tests.support.llm import LocalLLM, Script
from tests.support.reminders import RecordingDoor, RecordingPostman, Stage

OVEN = "Remind me in 20 minutes to check the oven"


class Home(House):
    """A house with a door that keeps what characters say on their own."""

    def _new_app(self) -> App:
        app = super()._new_app()
        self.door = RecordingDoor()
        app.delivery.postmen["discord"] = RecordingPostman(self.door)
        return app


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with Home(tmp_path) as home:
        yield home


async def kept(home: House, person: Person) -> list[Reminder]:
    return await home.app.inner_life.reminders.of("elena", person.user_id)


async def rows(home: House, table: Any = reminders) -> list[dict[str, Any]]:
    async with home.app.stores.database.read() as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]


async def later(home: House, **how_long: float) -> None:
    """Let time go by, and everything happen that is due then."""
    home.pass_time(**how_long)
    await home.app.jobs.idle()


async def test_what_is_asked_in_passing_is_said_at_its_time_once(home: Home) -> None:
    sam = home.person("Sam")
    await home.hears(sam.says(OVEN))
    await later(home, minutes=19)
    assert home.door.texts == []
    await later(home, minutes=1)
    assert home.door.texts == ["Elena here. You wanted me to remind you: “check the oven”."]
    await later(home, hours=1)
    assert home.door.sent == 1


async def test_the_reply_confirms_it_or_asks_for_what_is_missing(home: Home) -> None:
    sam = home.person("Sam")
    confirmed = await home.hears(sam.says(OVEN))
    assert confirmed.text.startswith("I will remind you: Wednesday, 31 December 2025, 16:20 (America/Los_Angeles).")
    asked = await home.hears(sam.says("Remind me to buy milk"))
    assert asked.text == "For when shall I remind you? Say it like: tomorrow at 17:00."
    refused = await home.hears(sam.says("Remind me every minute to blink"))
    assert refused.text == "That is too often: at most every fifteen minutes."
    assert "remind" not in (await home.hears(sam.says("This song reminds me of summer"))).text


async def test_the_model_is_told_what_was_set(tmp_path: Path) -> None:
    async with LocalLLM() as llm, Home(tmp_path, llm) as home:
        await home.hears(home.person("Sam").says(OVEN))
        prompt = str(llm.requests[-1].messages[0]["content"])
        assert "## A reminder\nThe person just asked for a reminder, and it is set" in prompt
        assert "check the oven" in prompt.partition("## A reminder")[2]


async def test_it_waits_for_a_process_that_was_down_and_apologises(home: Home) -> None:
    sam = home.person("Sam")
    await home.hears(sam.says(OVEN))
    await home.app.stop()
    home.pass_time(hours=3)
    home.app = home._new_app()
    await home.app.start()
    await later(home, minutes=1)
    assert len(home.door.texts) == 1
    assert "2 hours late" in home.door.texts[0]


async def test_a_model_words_it_on_the_persons_account(tmp_path: Path) -> None:
    async with LocalLLM() as llm, Home(tmp_path, llm) as home:
        llm.enqueue(Script("I will."))
        await home.hears(home.person("Sam").says(OVEN))
        llm.enqueue(Script('{"text": "Your oven calls, my friend."}'))
        await later(home, minutes=20)
        assert home.door.texts == ["Your oven calls, my friend.\n“check the oven”"]
        calls = [call for call in await rows(home, llm_calls) if call["purpose"] == "reminder"]
        assert [call["user_id"] for call in calls] == ["discord:sam"]


async def test_while_discord_is_away_the_words_grow_old_and_the_reminder_says_so(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = home.person("Sam")
    await home.hears(sam.says(OVEN))

    async def away(_audience: Audience) -> Audience:
        raise DoorClosed("Discord is not connected")

    with monkeypatch.context() as patched:
        patched.setattr(home.app.delivery.postmen["discord"], "reach", away)
        await later(home, minutes=20)
    await later(home, hours=3)
    assert ["3 hours late" in text for text in home.door.texts] == [True]


async def test_what_is_changed_or_deleted_while_a_door_is_closed_is_not_said_as_it_was(home: Home) -> None:
    sam = home.person("Sam")
    await home.hears(sam.says(OVEN))
    await home.hears(sam.says("Remind me in 20 minutes to feed the cat", ref="one"))
    home.door.fails = [DoorClosed("down")] * 2
    await later(home, minutes=20)
    (command,) = [command for command in home.app.inner_life.commands if command.name == "remind"]
    oven = next(one for one in await kept(home, sam) if one.what == "check the oven")
    text = f"{oven.id} take out the bread"
    await command.run(Asked(sam.audience(), "Sam", "discord", "edit", text, home.clock.now(), "UTC"))
    await home.app.lanes.delete("elena", sam.dm.channel_id, "one")
    await home.app.jobs.idle()
    await later(home, minutes=1)
    assert ["bread" in said for said in home.door.texts] == [True]
    assert [row for row in await rows(home, outgoing) if row["text"]] == []


async def test_an_edited_message_asks_anew_and_a_deleted_one_no_more(home: Home) -> None:
    sam = home.person("Sam")
    await home.hears(sam.says(OVEN, ref="one"))
    await home.app.lanes.edit("elena", sam.dm.channel_id, "one", "Remind me in 40 minutes to check the soup")
    await home.app.jobs.idle()
    assert [one.what for one in await kept(home, sam)] == ["check the soup"]
    await home.app.lanes.delete("elena", sam.dm.channel_id, "one")
    await home.app.jobs.idle()
    assert await rows(home) == []


async def test_who_is_erased_is_not_reminded_and_who_is_not_stays(home: Home) -> None:
    sam, olga = home.person("Sam"), home.person("Olga")
    for person in (sam, olga):
        await home.hears(person.says(OVEN))
    assert (await home.app.own_data.export(sam.user_id)).content
    await home.app.jobs.request(erase_request(Scope(user_id=sam.user_id)))
    await home.app.jobs.idle()
    assert await home.app.eraser.left(Scope(user_id=sam.user_id)) == 0
    await later(home, minutes=21)
    assert [message.audience.user_id for message in home.door.messages.values()] == [olga.user_id]


async def test_of_who_is_not_remembered_nothing_is_kept_and_the_reply_says_so(home: Home) -> None:
    sam = home.person("Sam")
    await home.app.profiles.decide(sam.user_id, SwitchName.REMEMBER, False)
    message = sam.says(OVEN)
    await home.hears(message)
    assert await rows(home) == []
    told = await home.app.inner_life.reminders.guidance(Turn("turn", (message,)), remembered=False)
    assert "nothing is set" in told[0]


async def test_the_command_is_there_and_keeps_the_zone(home: Home) -> None:
    sam = home.person("Sam")
    await home.hears(sam.says("Hello"))
    (command,) = [command for command in home.app.inner_life.commands if command.name == "remind"]

    async def order(action: str, text: str) -> str:
        return (await command.run(Asked(sam.audience(), "Sam", "discord", action, text, home.clock.now()))).text

    assert "I counted on my own clock (America/Los_Angeles)" in await order("add", "tomorrow at 9 call Ana")
    assert "1 of your reminders now follow your clock" in await order("zone", "europe/berlin")
    await home.restart()
    assert (await kept(home, sam))[0].timezone == "Europe/Berlin"
    await home.hears(sam.says("remind me tomorrow at 10 to call Bo"))
    assert [one.due_at.hour for one in await kept(home, sam)] == [8, 9]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
async def test_a_year_of_weekdays_across_summer_time(tmp_path: Path, zone: str) -> None:
    there = ZoneInfo(zone)
    start = datetime(2026, 1, 1, tzinfo=there).astimezone(UTC)
    database = Database(f"sqlite:///{tmp_path / 'year.db'}")
    await migrate.upgrade(database)
    stage = Stage(database, zone=zone, start=start)
    await stage.says("remind me every weekday at 8 to take my pills")
    said: list[datetime] = []
    while (due := (await stage.kept())[0].due_at) < start + timedelta(days=365):
        await stage.at(due)
        said.append(stage.clock.now().astimezone(there))
    assert stage.door.sent == len(said) == 261
    assert {(moment.hour, moment.minute, moment.weekday() < 5) for moment in said} == {(8, 0, True)}
    assert not any("late" in text for text in stage.door.texts)
    await database.close()
