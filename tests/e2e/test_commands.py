"""The commands, as typed: doctor, character, migrate, memory reindex, chat; and `.env`."""

from pathlib import Path

import pytest

from src_v2.config.settings import every_setting, variable_name
from tests.e2e.home import COMMAND, Home, llm_variables
from tests.e2e.terminal import Terminal
from tests.support.llm import LocalLLM

pytestmark = pytest.mark.slow


class TestDoctor:
    async def test_a_home_in_order_passes(self, home: Home) -> None:
        async with LocalLLM(required_key="sk-hush") as llm:
            done = await home.runs("doctor", **llm_variables(llm, key="sk-hush"))
        assert done.code == 0
        for part in ("database", "vectors", "graph", "cache", "embeddings", "characters", "discord"):
            assert f"ok {part}" in done.printed
        assert "local-model" in done.printed
        assert "sk-hush" not in done.printed
        assert "FAIL" not in done.printed
        assert "warn" not in done.printed

    async def test_each_fault_comes_with_what_to_do(self, home: Home) -> None:
        folder = home.own_characters() / "marcus"
        (folder / "ux.yaml").write_text("error_messages:\n  - fine\nvoice: {voice_id: [}\n")
        async with LocalLLM() as llm:
            dead = llm.openai_url
        done = await home.runs(
            "doctor", LLM_MODEL="openai-compatible:local-model", LLM_BASE_URL=dead, DISCORD_TOKEN="hush-hush",
            DATABASE_URL="postgresql://whisper:hush@127.0.0.1:1/none",
        )  # fmt: skip
        assert done.code == 1
        assert "FAIL database" in done.printed
        for told in ("marcus/ux.yaml:3", "DATABASE_URL", "does not look like a bot token", "LLM_BASE_URL"):
            assert told in done.printed, told
        assert "hush" not in done.printed
        assert "Traceback" not in done.printed

    async def test_a_character_that_keeps_the_process_from_starting_is_one_finding_among_others(
        self, home: Home
    ) -> None:
        (home.own_characters() / "elena" / "core.yaml").write_text("purpose: [unclosed\n")
        done = await home.runs("doctor")
        assert done.code == 1
        assert "FAIL start: CHARACTER: no character elena" in done.printed
        assert "elena/core.yaml:2" in done.printed
        assert "ok database" in done.printed
        assert "ok model offline:demo" in done.printed


class TestCharacters:
    async def test_a_new_character_is_made_checked_listed_and_talked_to(self, home: Home) -> None:
        characters = home.own_characters()
        made = await home.runs("character", "new", "nori")
        assert made.code == 0
        assert (characters / "nori" / "character.md").is_file()
        again = await home.runs("character", "new", "nori")
        assert again.code == 1
        assert "exists already" in again.printed
        checked = await home.runs("character", "check", "nori")
        assert checked.code == 0
        listed = await home.runs("character", "list")
        assert [line.split()[0] for line in listed.output.splitlines()] == ["aria", "elena", "marcus", "nori"]
        talked = await home.runs("chat", "nori", typed="Hello!\n/quit\n")
        assert talked.code == 0
        assert "Nori >" in talked.output

    async def test_check_names_file_line_and_key_of_any_folder(self, home: Home) -> None:
        folder = home.own_characters() / "elena"
        core = folder / "core.yaml"
        core.write_text(core.read_text().replace("America/Los_Angeles", "America/Atlantis"))
        line = next(n for n, text in enumerate(core.read_text().splitlines(), 1) if "Atlantis" in text)
        done = await home.runs("character", "check", str(folder))
        assert done.code == 1
        assert f"elena/core.yaml:{line}: timezone" in done.printed

    async def test_check_of_nobody_says_so(self, home: Home) -> None:
        done = await home.runs("character", "check", "nobody")
        assert done.code == 1
        assert "nobody" in done.printed
        assert "Traceback" not in done.printed


class TestStoredData:
    async def test_migrate_prepares_an_empty_database_once(self, home: Home) -> None:
        first = await home.runs("migrate")
        assert first.code == 0
        assert "Applied" in first.printed
        assert (home.data / "whisperengine.db").is_file()
        second = await home.runs("migrate")
        assert second.code == 0
        assert "up to date" in second.printed

    async def test_reindex_brings_back_vectors_that_were_lost(self, home: Home) -> None:
        async with home.starts() as process:
            await process.until_healthy("embeddings", detail="dimensions")
            await process.ask("My dog is called Biscuit.")
        for vectors in (home.data / "vectors").iterdir():
            vectors.rename(home.folder / vectors.name)
        done = await home.runs("memory", "reindex")
        assert done.code == 0
        assert "2 messages indexed into messages-2-all-minilm-l6-v2-384" in done.printed

    async def test_reindex_beside_a_running_process_is_refused(self, home: Home) -> None:
        async with home.starts() as process:
            done = await home.runs("memory", "reindex")
            assert done.code == 1
            assert f"WhisperEngine runs at {process.url}" in done.printed
            assert (await process.ask("unharmed?")).outcome == "done"


class TestChat:
    async def test_a_conversation_in_a_terminal_of_its_own(self, home: Home) -> None:
        async with LocalLLM() as llm:
            environment = home.environment(**llm_variables(llm))
            async with Terminal((*COMMAND, "chat", "elena"), home.folder, environment) as terminal:
                await terminal.shows("you >")
                terminal.types("How was the dive? 🌊")
                await terminal.shows("You said: How was the dive? 🌊")
                await terminal.shows("you >", times=2)
                terminal.types("/quit")
                assert await terminal.exit_code() == 0
            async with Terminal((*COMMAND, "chat", "elena"), home.folder, environment) as terminal:
                await terminal.shows("You said: How was the dive?")
                terminal.types("/quit")
                assert await terminal.exit_code() == 0

    async def test_it_joins_the_process_that_runs_and_shares_the_pages_conversation(self, home: Home) -> None:
        token = "a-token-for-the-page-0123"
        async with LocalLLM() as llm:
            home.variables |= llm_variables(llm) | {"WEB_TOKEN": token}
            async with home.starts() as process:
                await process.ask("said on the page")
                done = await home.runs("chat", typed="said in the terminal\n/quit\n")
                assert done.code == 0
                assert "You said: said on the page" in done.output
                assert "You said: said in the terminal" in done.output
                assert (await process.said())[-1] == "You said: said in the terminal"
                refused = await home.runs("chat", typed="/quit\n", WEB_TOKEN="some-other-token-4567")
                assert refused.code == 1
                assert "That is not the token." in refused.printed
                assert token not in process.everything + refused.printed


class TestDotEnv:
    async def test_it_is_read_from_the_folder_and_the_environment_wins(self, home: Home) -> None:
        async with LocalLLM() as llm:
            lines = {**llm_variables(llm, key="sk-hush"), "CHARACTER": "marcus", "WEB_PORT": "0"}
            (home.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
            async with home.starts() as process:
                assert "Talk to Marcus" in process.everything
                assert (await process.ask("from .env?")).text == "You said: from .env?"
                other = await home.runs("chat", typed="/quit\n", CHARACTER="aria")
                assert "This is Aria" in other.output
        assert llm.requests[0].headers["Authorization"] == "Bearer sk-hush"

    async def test_a_wrong_line_is_reported_like_a_wrong_variable(self, home: Home) -> None:
        (home.folder / ".env").write_text("LLM_TOTAL_TIMEOUT_S=forever\n")
        done = await home.runs("doctor")
        assert done.code == 1
        assert "LLM_TOTAL_TIMEOUT_S" in done.printed

    async def test_the_example_as_it_is_starts(self, home: Home) -> None:
        example = (Path(__file__).parents[2] / ".env.example").read_text()
        assert all(f"{variable_name(group, name)}=" in example for group, name, _ in every_setting())
        (home.folder / ".env").write_text(example)
        assert (await home.runs("character", "list")).code == 0
