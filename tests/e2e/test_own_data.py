"""What an operator does for somebody with `whisperengine data`, beside a running process and without one."""

import json
import stat
import zipfile
from pathlib import Path

import pytest

from tests.e2e.home import Home
from tests.support.traces import files_with

pytestmark = pytest.mark.slow

ME = "local:me"


async def test_export_erase_and_import_beside_a_running_process(home: Home) -> None:
    taken = home.folder / "mine.zip"
    async with home.starts(LLM_MODEL="offline:demo") as process:
        await process.ask("My dog is called Biscuit and he chases herons.")
        done = await home.runs("data", "export", ME, str(taken))
        assert done.code == 0, done.printed
        done = await home.runs("data", "erase", ME, typed=f"{ME}\n")
        assert done.code == 0, done.printed
        assert "Biscuit" not in (await process.ask("What is my dog called?")).text
        done = await home.runs("data", "import", ME, str(taken), "--character", "elena")
        assert done.code == 0, done.printed
        assert "Biscuit" in (await process.ask("Do you remember my dog's name?")).text
    assert stat.S_IMODE(taken.stat().st_mode) == 0o600
    with zipfile.ZipFile(taken) as archive:
        said = json.loads(archive.read("messages.json"))
    assert any("Biscuit" in message["text"] for message in said)


async def test_erase_without_a_process_leaves_nothing_in_the_files(home: Home) -> None:
    async with home.starts(LLM_MODEL="offline:demo") as process:
        await process.ask("My dog is called Biscuit and he chases herons.")
    assert files_with(home.data, ["Biscuit"])
    done = await home.runs("data", "erase", ME, "--yes", LLM_MODEL="offline:demo")
    assert done.code == 0, done.printed
    traces = [trace for trace in files_with(home.data, ["Biscuit", "herons", ME]) if not _is_model(trace)]
    assert traces == []


async def test_a_wrong_id_at_the_question_erases_nothing(home: Home) -> None:
    async with home.starts(LLM_MODEL="offline:demo") as process:
        await process.ask("My dog is called Biscuit.")
        done = await home.runs("data", "erase", ME, typed="somebody:else\n")
        assert done.code != 0
        assert "Biscuit" in (await process.ask("What is my dog called?")).text


def _is_model(trace: tuple[str, str]) -> bool:
    return Path(trace[0]).parts[0] == "models"
