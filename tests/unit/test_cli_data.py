"""`whisperengine data`: for a process of its own and beside one that runs; and the client that talks to the latter."""

import asyncio
import json
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from src_v2 import data_upkeep
from src_v2.cli_data import data_cli
from src_v2.config.settings import Settings
from src_v2.core.errors import NotThere, StoreUnavailable
from src_v2.core.switches import SwitchName
from src_v2.data_upkeep import Office
from src_v2.interfaces.web.client import Refused, Unreachable
from src_v2.interfaces.web.own_data_client import OthersNeedTheOperator, RemoteOwnData
from src_v2.knowledge.models import PreferenceName
from src_v2.privacy.models import Whose
from tests.support.chat_samples import samples
from tests.support.clock import VirtualClock
from tests.support.own_data import OwnDataInMemory
from tests.support.own_data_api import OwnDataApi

ALICE = Whose("elena", "discord:1234")
ME = Whose("elena", "local:me")


@pytest.fixture
def data() -> OwnDataInMemory:
    held = OwnDataInMemory()
    held.remember(ALICE, "my cat is called Mia")
    held.learn(ALICE, "user", "has_cat", "Mia")
    return held


@pytest.fixture(params=["alone", "beside"])
async def place(
    request: pytest.FixtureRequest, data: OwnDataInMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """Be where commands find the data: in a process of their own, or in one that runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    if request.param == "beside":
        async with OwnDataApi(data).running() as api:
            (tmp_path / "data").mkdir()
            (tmp_path / "data" / "running.json").write_text(json.dumps({"url": api.url, "pid": 1}))
            yield request.param
        return

    @asynccontextmanager
    async def opened(_: Settings) -> AsyncIterator[Office]:
        yield Office(data, ["elena"], VirtualClock(auto_advance=True))

    monkeypatch.setattr(data_upkeep, "opened", opened)
    yield request.param


async def run(*words: str, typed: str = "") -> Result:
    """Run a command in a thread of its own; the running process, if there is one, is in this one."""
    return await asyncio.to_thread(lambda: CliRunner().invoke(data_cli, list(words), input=typed))


@pytest.mark.usefixtures("place")
class TestCommands:
    async def test_the_export_is_private_and_overwrites_only_when_told(self, tmp_path: Path) -> None:
        file = tmp_path / "alice.zip"
        assert (await run("export", "discord:1234", str(file))).exit_code == 0
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.write_bytes(b"mine")
        file.chmod(0o644)
        assert (await run("export", "discord:1234", str(file))).exit_code == 1
        assert file.read_bytes() == b"mine"
        assert (await run("export", "discord:1234", str(file), "--force")).exit_code == 0
        assert file.read_bytes().startswith(b"PK")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [name for name in os.listdir(tmp_path) if ".zip" in name] == ["alice.zip"]

    async def test_erasing_wants_the_id_typed_again(self, data: OwnDataInMemory) -> None:
        assert (await run("erase", "discord:1234", typed="discord:123\n")).exit_code == 1
        assert data.calls == []
        done = await run("erase", "discord:1234", typed="discord:1234\n")
        assert done.exit_code == 0
        assert "a search found nothing left" in done.output
        assert data.kept == {}

    async def test_an_erasure_that_waits_for_a_store_is_no_success(self, data: OwnDataInMemory) -> None:
        data.vectors_away = True
        waiting = await run("erase", "discord:1234", "--yes")
        assert waiting.exit_code == 1
        assert "goes on by itself" in waiting.output

    async def test_a_store_that_is_away(self, data: OwnDataInMemory, tmp_path: Path) -> None:
        data.away = True
        for words in (["export", "discord:1234"], ["erase", "discord:1234", "--yes"]):
            assert (await run(*words)).exit_code == 1
        assert [name for name in os.listdir(tmp_path) if name.endswith(".zip")] == []

    async def test_a_chat_is_brought_in_once(self, tmp_path: Path, data: OwnDataInMemory) -> None:
        sample = next(sample for sample in samples() if not sample.refused and sample.said)
        file = tmp_path / "chat"
        file.write_bytes(sample.blob)
        words = ["import", "discord:1234", str(file), "--character", "Elena", "--timezone", "Europe/Berlin"]
        first, again = await run(*words), await run(*words)
        assert first.exit_code == again.exit_code == 0
        assert "0 messages added" not in first.output
        assert "0 messages added" in again.output
        assert len(data.kept[ALICE]) > 1

    async def test_what_is_not_taken_is_refused_with_a_reason(self, tmp_path: Path, data: OwnDataInMemory) -> None:
        file = tmp_path / "chat"
        file.write_bytes(b"\x00 nothing")
        refused = [
            await run("import", "discord:1234", str(file), "--character", "elena"),
            await run("import", "discord:1234", str(tmp_path / "nowhere"), "--character", "elena"),
            await run("import", "discord:1234", str(file), "--character", "nobody"),
            await run("import", "discord:1234", str(file), "--character", "elena", "--timezone", "Nowhere"),
            await run("import", "1234", str(file), "--character", "elena"),
        ]
        assert [result.exit_code for result in refused] == [1] * 5
        assert len(data.kept[ALICE]) == 1


async def test_show_counts_and_tells_nothing_of_the_content(place: str, data: OwnDataInMemory) -> None:
    await data.set_switch("discord:1234", SwitchName.SHARE, True)
    for number in range(250):
        data.remember(ME, f"thought {number}")
    mine = await run("show", "local:me")
    assert "250" in mine.output
    alice = await run("show", "discord:1234")
    assert "Mia" not in alice.output
    if place == "alone":
        assert "share on" in alice.output
    else:  # what a running process shows over HTTP is the speaker's own
        assert alice.exit_code == 1


class TestClient:
    async def test_everything_a_person_does_goes_through(self, data: OwnDataInMemory) -> None:
        item = data.remember(ME, "my cat is called Mia")
        data.learn(ME, "user", "has_cat", "Mia")
        async with OwnDataApi(data, "secret").running() as api, RemoteOwnData(api.url, token="secret") as remote:
            assert (await remote.memories(ME)).items == (item,)
            assert await remote.search(ME, "cat & more") == [item]
            assert await remote.memory(ME, item.id[-8:]) == item
            assert (await remote.edit_memory(ME, item.id, "Maya?")).text == "Maya?"
            (fact,) = await remote.facts(ME)
            corrected = await remote.correct_fact(ME, fact.id, "Maya")
            await remote.retract_fact(ME, corrected.id)
            await remote.set_preference(ME, PreferenceName.AVOID, "snakes & rats")
            assert [wish.value for wish in await remote.preferences(ME)] == ["snakes & rats"]
            await remote.clear_preference(ME, PreferenceName.AVOID, "snakes & rats")
            assert not (await remote.set_switch("local:me", SwitchName.REMEMBER, False)).remember
            assert not (await remote.switches("local:me")).remember
            await remote.delete_memory(ME, item.id)
        assert not data.kept[ME]
        assert not data.known[ME]
        assert not data.wishes[ME]

    async def test_errors_come_back_as_what_they_are(self, data: OwnDataInMemory) -> None:
        async with OwnDataApi(data, "secret").running() as api:
            async with RemoteOwnData(api.url, token="secret") as remote:
                with pytest.raises(NotThere):
                    await remote.memory(ME, "12345678")
                data.away = True
                with pytest.raises(StoreUnavailable):
                    await remote.facts(ME)
            async with RemoteOwnData(api.url) as remote:
                with pytest.raises(Refused):
                    await remote.facts(ME)
        async with RemoteOwnData(api.url) as remote:
            with pytest.raises(Unreachable):
                await remote.facts(ME)

    async def test_people_of_platforms_are_never_taken_for_the_one_in_front(self, data: OwnDataInMemory) -> None:
        async with OwnDataApi(data).running() as api, RemoteOwnData(api.url) as remote:
            for asked in (remote.memories(ALICE), remote.facts(ALICE), remote.switches(ALICE.user_id)):
                with pytest.raises(OthersNeedTheOperator):
                    await asked
        assert api.asked == []
