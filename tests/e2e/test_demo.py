"""The first minutes of a newcomer without any key: a demonstration that remembers, a file that is saved."""

import time

import pytest

from tests.e2e.home import Home

pytestmark = pytest.mark.slow

RELOADED_WITHIN_S = 1.0


async def test_without_a_key_she_remembers_the_dog_after_a_restart_though_asked_in_other_words(home: Home) -> None:
    async with home.starts() as process:
        told = await process.ask("My dog is called Biscuit.")
        assert "demonstration" in told.text
        assert await process.terminate() == 0
    async with home.starts() as process:
        assert "Biscuit" in (await process.ask("What is the name of my pet?")).text


async def test_what_no_longer_fits_the_conversation_is_recalled_by_its_meaning(home: Home) -> None:
    home.variables["MEMORY_HISTORY_TOKENS"] = "100"
    async with home.starts() as process:
        await process.until_healthy("embeddings", detail="all-MiniLM-L6-v2, 384 dimensions")
        await process.ask("Thunderstorms make Biscuit hide under the sofa.")
        for small_talk in ("soup for lunch", "the late bus", "a new desk", "the tax forms", "a broken zipper"):
            await process.ask(f"Nothing but {small_talk} today, and so it goes on and on, week after week.")
    async with home.starts() as process:
        await process.until_healthy("embeddings", detail="all-MiniLM-L6-v2, 384 dimensions")
        assert "Biscuit" in (await process.ask("Do you remember who I said is scared of bad weather?")).text


async def test_what_was_said_to_one_person_is_not_recalled_for_another(home: Home) -> None:
    async with home.starts() as process:
        await process.until_healthy("embeddings", detail="dimensions")
        await process.ask("My dog is called Biscuit.", user={"id": "sam", "name": "Sam"})
        asked = "What is the name of my dog?"
        assert "Biscuit" in (await process.ask(asked, user={"id": "sam", "name": "Sam"})).text
        assert "Biscuit" not in (await process.ask(asked, user={"id": "kim", "name": "Kim"})).text
        assert "Biscuit" not in (await process.ask(asked, user={"id": "sam"}, character="marcus")).text


async def test_a_saved_file_speaks_within_a_second(home: Home) -> None:
    text = home.own_characters() / "elena" / "character.md"
    before, heading, _ = text.read_text().partition("## Sample lines")

    def versions() -> int:
        return sum("character_changed" in line and "character=elena" in line for line in process.logged)

    async with home.starts() as process:
        assert "anemones" not in (await process.ask("hello")).text
        known = versions()
        text.write_text(f"{before}{heading}\n\n### greeting\n\n- The anemones are on strike today.\n")
        saved = time.monotonic()
        await process.until(lambda: versions() > known, "the new version")
        assert "anemones" in (await process.ask("hello")).text
        assert time.monotonic() - saved < RELOADED_WITHIN_S
