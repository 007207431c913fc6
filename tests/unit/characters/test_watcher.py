"""Hot reload: whatever way an editor saves, the next message is answered by the new version within a second."""

import asyncio
import errno
import logging
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs
from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyObserver
from watchdog.utils import BaseThread

from src_v2.characters.service import Characters
from src_v2.characters.watcher import CharacterWatcher, polling_observer
from tests.unit.characters.conftest import MakeCharacter

LIVE_WITHIN_S = 1.0


class Refreshed(Characters):
    """Characters that say when they were read again, and count how often that brought something new."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.changes = 0
        self.changed = asyncio.Event()

    async def refresh(self) -> None:
        before = self._versions()
        await super().refresh()
        if self._versions() != before:
            self.changes += 1
            self.changed.set()

    def _versions(self) -> dict[str, str]:
        return {name: self.get(name).version for name in self.names()}


class Live:
    """A watched folder; `until` waits for a version and returns the seconds it took."""

    def __init__(self, characters: Refreshed) -> None:
        self.characters = characters

    def text(self, name: str = "keeper") -> str | None:
        return self.characters.get(name).text if name in self.characters.names() else None

    async def until(self, text: str | None, name: str = "keeper") -> float:
        begun = time.monotonic()
        async with asyncio.timeout(5):
            while self.text(name) != text:
                self.characters.changed.clear()
                await self.characters.changed.wait()
        return time.monotonic() - begun


@pytest.fixture
async def live(tmp_path: Path, make_character: MakeCharacter) -> AsyncIterator[Live]:
    make_character()
    characters = Refreshed(tmp_path)
    characters.load_all()
    watcher = CharacterWatcher(characters)
    await watcher.start()
    yield Live(characters)
    await watcher.stop()


@pytest.fixture
def every_level() -> Iterator[None]:
    """Let a test see what is logged at any level, whatever the others are spared."""
    usual = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET))
    yield
    structlog.configure(wrapper_class=usual)


def watching_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if isinstance(thread, BaseThread)]


def save_in_place(file: Path, text: str) -> None:
    file.write_text(text)


def save_as_vim_does(file: Path, text: str) -> None:
    (file.parent / "4913").touch()
    (file.parent / "4913").unlink()
    backup = file.with_name(file.name + "~")
    file.rename(backup)
    file.write_text(text)
    backup.unlink()


def save_by_replacing(file: Path, text: str) -> None:
    temporary = file.with_name(".new")
    temporary.write_text(text)
    temporary.replace(file)


def delete_and_create(file: Path, text: str) -> None:
    file.unlink()
    file.write_text(text)


@pytest.mark.parametrize("save", [save_in_place, save_as_vim_does, save_by_replacing, delete_and_create])
async def test_a_saved_file_is_live_within_a_second(
    live: Live, tmp_path: Path, save: Callable[[Path, str], None]
) -> None:
    save(tmp_path / "keeper" / "character.md", "You keep a boat.")
    assert await live.until("You keep a boat.") < LIVE_WITHIN_S


async def test_a_burst_of_saves_is_read_once_or_twice_and_the_last_one_wins(live: Live, tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / "keeper" / "character.md").write_text(f"Version {number}.")
    assert await live.until("Version 99.") < LIVE_WITHIN_S
    assert live.characters.changes <= 2


async def test_saves_that_never_pause_still_become_live_within_a_second(live: Live, tmp_path: Path) -> None:
    enough = threading.Event()

    def keep_saving() -> None:
        while not enough.wait(0.05):
            (tmp_path / "keeper" / "notes.txt").write_text("typing")

    typing = threading.Thread(target=keep_saving)
    typing.start()
    try:
        (tmp_path / "keeper" / "character.md").write_text("You keep on.")
        assert await live.until("You keep on.") < LIVE_WITHIN_S
    finally:
        enough.set()
        await asyncio.to_thread(typing.join)


async def test_new_folders_appear_and_removed_ones_disappear(
    live: Live, tmp_path: Path, make_character: MakeCharacter
) -> None:
    make_character("ada", {"character.md": "You are Ada."})
    assert await live.until("You are Ada.", "ada") < LIVE_WITHIN_S
    (tmp_path / "ada" / "character.md").write_text("You are still Ada.")
    assert await live.until("You are still Ada.", "ada") < LIVE_WITHIN_S
    shutil.rmtree(tmp_path / "ada")
    assert await live.until(None, "ada") < LIVE_WITHIN_S


async def test_a_broken_save_between_two_good_ones_is_never_served(live: Live, tmp_path: Path) -> None:
    core = tmp_path / "keeper" / "core.yaml"
    core.write_text("purpose: [\n")
    (tmp_path / "keeper" / "character.md").write_text("Written while core.yaml is broken.")
    core.write_text("purpose: mended\n")
    await live.until("Written while core.yaml is broken.")
    assert live.characters.get("keeper").core.purpose == "mended"
    assert live.characters.problems() == []


async def test_what_was_saved_before_the_watch_began_is_not_missed(
    tmp_path: Path, make_character: MakeCharacter
) -> None:
    folder = make_character()
    characters = Refreshed(tmp_path)
    characters.load_all()
    (folder / "character.md").write_text("Saved in between.")
    live, watcher = Live(characters), CharacterWatcher(characters)
    await watcher.start()
    await live.until("Saved in between.")
    await watcher.stop()


class NoMoreWatches(InotifyObserver):
    """A system whose inotify watches are used up."""

    def start(self) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")


def no_more_instances() -> BaseObserver:
    """Fail as a system does on which too many programs watch."""
    raise OSError(errno.EMFILE, "inotify instance limit reached")


@pytest.mark.usefixtures("every_level")
@pytest.mark.parametrize("unavailable", [NoMoreWatches, no_more_instances])
async def test_without_inotify_it_looks_for_itself(
    tmp_path: Path, make_character: MakeCharacter, unavailable: Callable[[], BaseObserver]
) -> None:
    folder = make_character()
    characters = Refreshed(tmp_path)
    characters.load_all()
    watcher = CharacterWatcher(characters, observers=(unavailable, polling_observer))
    with capture_logs() as logs:
        await watcher.start()
    live = Live(characters)
    (folder / "character.md").write_text("Seen by looking, not by being told.")
    assert await live.until("Seen by looking, not by being told.") < LIVE_WITHIN_S
    await watcher.stop()
    assert [entry["event"] for entry in logs] == ["characters_observer_failed", "characters_watched"]
    assert not watching_threads()


async def test_a_folder_that_cannot_be_watched_is_logged_and_stopping_is_harmless(tmp_path: Path) -> None:
    watcher = CharacterWatcher(Characters(tmp_path / "nowhere"))
    with capture_logs() as logs:
        await watcher.start()
    await watcher.stop()
    assert logs[-1]["event"] == "characters_not_watched"
    assert not watching_threads()


async def test_after_stop_no_watching_thread_is_left(tmp_path: Path) -> None:
    watcher = CharacterWatcher(Characters(tmp_path))
    await watcher.start()
    assert watching_threads()
    await watcher.stop()
    await watcher.stop()
    assert not watching_threads()
