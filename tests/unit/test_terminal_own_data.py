"""A person's own data, typed in a terminal."""

import stat
from pathlib import Path

import pytest

from src_v2.core.messages import Role
from src_v2.interfaces.terminal_own_data import CONFIRMATION, STORE_AWAY, TypedOwnData
from src_v2.privacy.models import Whose
from tests.support.clock import VirtualClock
from tests.support.own_data import OwnDataInMemory

ME = Whose("elena", "local:me")


class Answers:
    """What the person types when asked."""

    def __init__(self) -> None:
        self.lines: list[str | None] = []
        self.asked: list[str] = []

    async def next(self, prompt: str) -> str | None:
        self.asked.append(prompt)
        return self.lines.pop(0) if self.lines else None

    def close(self) -> None:
        """Nothing to give back."""


class Desk:
    def __init__(self) -> None:
        self.data = OwnDataInMemory()
        self.answers = Answers()
        self.said: list[str] = []
        clock = VirtualClock(auto_advance=True)
        self.typed = TypedOwnData(self.data, ME, clock, self.answers, self.said.append)

    async def type(self, line: str, *answers: str) -> str:
        self.said.clear()
        self.answers.lines = list(answers)
        assert self.typed.knows(line)
        await self.typed.obey(line)
        return "\n".join(self.said)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_memories_are_listed_in_pages(desk: Desk) -> None:
    for number in range(45):
        desk.data.remember(ME, f"thought {number} \x1b[2J")
    first = await desk.type("/memory")
    assert len(first.splitlines()) == 21
    assert "thought 44" in first.splitlines()[0]
    assert "\x1b" not in first
    last = await desk.type("/memory list 3")
    assert [line.rpartition("thought ")[2].split()[0] for line in last.splitlines()] == list("43210")
    assert await desk.type("/memory list 4") == "There is no page 4."


async def test_a_memory_is_found_shown_edited_and_deleted(desk: Desk) -> None:
    item = desk.data.remember(ME, "my cat is called Mia")
    short = item.id[-8:]
    assert short in await desk.type("/memory search cat")
    assert "my cat is called Mia" in await desk.type(f"/memory show {short}")
    await desk.type(f"/memory edit {short} her name is Maya")
    assert desk.data.kept[ME][0].text == "her name is Maya"
    assert "Nothing was changed." in await desk.type(f"/memory delete {short}", "no")
    assert "It is gone" in await desk.type(f"/memory delete {short}", "yes")
    assert desk.data.kept[ME] == []


async def test_a_reply_is_not_edited(desk: Desk) -> None:
    item = desk.data.remember(ME, "I like cats", role=Role.CHARACTER)
    assert "You did not say that." in await desk.type(f"/memory edit {item.id} other words")
    assert desk.data.kept[ME] == [item]


async def test_facts_are_corrected_and_taken_back(desk: Desk) -> None:
    fact = desk.data.learn(ME, "user", "has_cat", "Mia")
    assert await desk.type("/facts") == f"{fact.id[-8:]}  you has cat Mia"
    corrected = await desk.type(f"/facts correct {fact.id[-8:]} Maya the second")
    assert corrected.endswith("you has cat Maya the second")
    await desk.type(f"/facts retract {corrected[:8]}")
    assert await desk.type("/facts") == "Nothing is known about you."


async def test_preferences_are_set_and_cleared(desk: Desk) -> None:
    assert await desk.type("/preferences set tone very dry") == "tone: very dry"
    assert await desk.type("/preferences clear tone") == "You have asked for nothing."
    assert "length" in await desk.type("/preferences set colour red")


async def test_switches_turn_and_the_one_that_removes_asks(desk: Desk) -> None:
    desk.data.remember(ME, "in public", place="a server")
    assert (await desk.type("/privacy share on")).endswith("share: on")
    assert "servers: on" in await desk.type("/privacy servers off", "no")
    assert len(desk.data.kept[ME]) == 1
    assert "servers: off" in await desk.type("/privacy servers off", "yes")
    assert desk.data.kept[ME] == []


async def test_the_export_is_a_private_file_and_overwrites_nothing(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "my data.zip"
    assert str(file) in await desk.type(f"/export {file}")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert "exists already" in await desk.type(f"/export {file}")
    assert file.read_bytes() == before


async def test_forget_me_asks_and_follows(desk: Desk) -> None:
    desk.data.remember(ME, "my cat is called Mia")
    assert (await desk.type("/forget-me", "yes")).endswith("Nothing was erased.")
    assert "erase" not in desk.data.calls
    assert (await desk.type("/forget-me", CONFIRMATION)).endswith("a search found nothing left.")
    assert desk.data.kept == {}


async def test_forget_me_does_not_keep_anybody_waiting_for_a_store(desk: Desk) -> None:
    desk.data.vectors_away = True
    assert "goes on by itself" in await desk.type("/forget-me", CONFIRMATION)


@pytest.mark.parametrize("line", ["/memory show 12345678", "/memory delete 12345678", "/facts retract 12345678"])
async def test_unknown_ids(desk: Desk, line: str) -> None:
    assert await desk.type(line) == "I don't have that."


@pytest.mark.parametrize("line", ["/memory dance", "/memory list x", "/facts correct", "/privacy share maybe"])
async def test_what_is_not_understood_gets_the_list(desk: Desk, line: str) -> None:
    assert "/forget-me" in await desk.type(line)


@pytest.mark.parametrize("line", ["/memory", "/facts", "/preferences", "/privacy", "/export"])
async def test_a_store_that_is_away(desk: Desk, line: str) -> None:
    desk.data.away = True
    assert (await desk.type(line)).endswith(STORE_AWAY)
