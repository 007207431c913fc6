"""Servers that go away, at the start and in mid-turn: the character still answers, and what was said is kept."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.e2e.home import Home, llm_variables
from tests.support.llm import LocalLLM, Script
from tests.support.servers import Server, free_port

pytestmark = pytest.mark.slow

SOON_S = 5.0
"""A reply may be this late when a store is away, on a busy machine."""


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    async with LocalLLM() as server:
        yield server


async def test_without_its_database_at_the_start_she_answers_and_later_writes_down_what_was_said(
    home: Home, llm: LocalLLM, postgres: Server, postgres_url: str
) -> None:
    home.variables |= llm_variables(llm) | {"DATABASE_URL": postgres_url}
    postgres.kill()
    async with home.starts() as process:
        assert (await process.get("/readyz"))["ready"] is False
        began = time.monotonic()
        assert (await process.ask("The boat is called Marisol.")).text == "You said: The boat is called Marisol."
        assert time.monotonic() - began < SOON_S
        postgres.start()
        await process.until_logged("spool_replayed")
        await process.until_healthy("database")
        assert await process.said() == ["The boat is called Marisol.", "You said: The boat is called Marisol."]
        await process.kill9()
    async with home.starts() as process:
        assert (await process.get("/readyz"))["ready"] is True
        assert len(await process.said()) == 2


async def test_a_database_that_dies_in_mid_turn_loses_neither_question_nor_reply(
    home: Home, llm: LocalLLM, postgres: Server, postgres_url: str
) -> None:
    home.variables |= llm_variables(llm) | {"DATABASE_URL": postgres_url}
    hold = asyncio.Event()
    async with home.starts() as process:
        await process.ask("before the storm")
        llm.enqueue(Script("It holds.", hold=hold, hold_before=1))
        asking = asyncio.create_task(process.ask("does the roof hold?"))
        await asyncio.wait_for(llm.wait_for_requests(2), 10)
        postgres.kill()
        hold.set()
        assert (await asking).text == "It holds."
        assert (await process.ask("in the storm")).text == "You said: in the storm"
        postgres.start()
        await process.until_logged("spool_replayed")
        assert await process.said() == [
            "before the storm", "You said: before the storm", "does the roof hold?", "It holds.",
            "in the storm", "You said: in the storm",
        ]  # fmt: skip
        assert "storm" not in process.everything
        assert "roof" not in process.everything


async def test_what_waited_for_the_database_survives_a_kill9(
    home: Home, llm: LocalLLM, postgres: Server, postgres_url: str
) -> None:
    home.variables |= llm_variables(llm) | {"DATABASE_URL": postgres_url}
    postgres.kill()
    async with home.starts() as process:
        await process.ask("remember the lighthouse")
        await process.kill9()
    postgres.start()
    async with home.starts() as process:
        await process.until_logged("spool_replayed")
        assert await process.said() == ["remember the lighthouse", "You said: remember the lighthouse"]


async def test_redis_may_freeze_and_die_while_we_talk(home: Home, llm: LocalLLM, redis: Server) -> None:
    home.variables |= llm_variables(llm) | {"REDIS_URL": redis.url}
    async with home.starts() as process:
        await process.ask("one")
        await process.until_healthy("cache")
        redis.freeze()
        began = time.monotonic()
        assert (await process.ask("two")).text == "You said: two"
        assert time.monotonic() - began < SOON_S
        await process.until_healthy("cache", ok=False)
        redis.kill()
        assert (await process.ask("three")).text == "You said: three"
        redis.start()
        await process.until_healthy("cache")
        assert (await process.ask("four")).text == "You said: four"
        assert len(await process.said()) == 8


async def test_a_dead_vector_server_costs_recall_only_until_there_is_one_again(home: Home) -> None:
    async with home.starts(QDRANT_URL=f"http://127.0.0.1:{free_port()}") as process:
        assert (await process.get("/readyz"))["ready"] is True
        answer = await process.ask("My brother lives in Lisbon.")
        assert answer.outcome == "done"
        found = (await process.health())["vectors"]
        assert not found["ok"]
        assert "QDRANT_URL" in found["remedy"]
    done = await home.runs("memory", "reindex")
    assert done.code == 0, done.printed
    assert "2 messages indexed" in done.printed
