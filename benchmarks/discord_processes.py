"""The processes next to the Discord benchmark: the application and its model server, each told by a pipe when to stop.

Not for measuring, except for the one figure that only the application's process knows: its event loop's stalls.
"""

import asyncio
import multiprocessing
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.support import loop_watch
from src_v2.app import App
from src_v2.memory.embeddings.hashing import HashingEmbedder
from src_v2.observability.logging import configure_logging
from tests.support.discord.client import connector_factory
from tests.support.house import make_settings
from tests.support.llm import LocalLLM, ReceivedRequest, Script

FIRST_TOKEN_MS, TOKENS_PER_S, TOKENS = 300.0, 50.0, 150
LLM_MS = FIRST_TOKEN_MS + (TOKENS - 1) / TOKENS_PER_S * 1000
"""The model's own time for a whole reply."""
START_S = 180.0
STOP_S = 30.0
_QUESTION = re.compile(r"q(\d+)")

Main = Callable[..., Coroutine[Any, Any, None]]


def answer(number: int) -> str:
    """Return the reply to question `number`: it opens with the number, so that nothing can be mistaken."""
    return " ".join([f"q{number}:", *(f"word{index}" for index in range(1, TOKENS))])


@asynccontextmanager
async def process(main: Main, *given: Any) -> AsyncIterator[tuple[Connection, Any]]:
    """Run `main(pipe, *given)` in a process; give the pipe and what it says first. It ends when the pipe closes."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_run, args=(main, there, given), daemon=True)
    child.start()
    there.close()
    try:
        yield here, await _first_word(here)
    finally:
        here.close()
        await asyncio.to_thread(child.join, STOP_S)
        if child.is_alive():
            child.terminate()


async def serve_model(pipe: Connection) -> None:
    """Answer every question by `answer`, at the pace of the constants; say the address first."""
    async with LocalLLM() as llm:
        llm.reply = _reply
        pipe.send(llm.openai_url)
        await _told_to_stop(pipe)


async def serve_app(pipe: Connection, folder: Path, discord_port: int, authority: str, options: dict[str, Any]) -> None:
    """Run the application; each message to it is answered by the longest stall since the one before, in seconds."""
    configure_logging("WARNING", "json")
    embedder = HashingEmbedder() if options.pop("hashing") else None
    connectors = connector_factory(discord_port, authority)
    app = App(make_settings(folder, None, **options), discord_connector_factory=connectors, embedder=embedder)
    await app.start()
    try:
        await app.embedder.ready.wait()
        pipe.send("ready")
        await _report_stalls(pipe)
    finally:
        await app.stop()


async def _report_stalls(pipe: Connection) -> None:
    while True:
        async with loop_watch() as watch:
            if await _told_to_stop(pipe):
                return
        pipe.send(watch.longest_s)


async def _told_to_stop(pipe: Connection) -> bool:
    """Wait for the next word; True when the other side has gone."""
    try:
        await asyncio.to_thread(pipe.recv)
    except EOFError:
        return True
    return False


async def _first_word(pipe: Connection) -> Any:
    if not await asyncio.to_thread(pipe.poll, START_S):
        raise TimeoutError(f"a process did not start within {START_S:g} s")
    return pipe.recv()


def _run(main: Main, pipe: Connection, given: tuple[Any, ...]) -> None:
    asyncio.run(main(pipe, *given))


def _reply(request: ReceivedRequest) -> Script:
    """Answer the last question that is asked."""
    number = int(_QUESTION.findall(request.last_text)[-1])
    return Script(answer(number), first_token_delay_s=FIRST_TOKEN_MS / 1000, tokens_per_second=TOKENS_PER_S)
