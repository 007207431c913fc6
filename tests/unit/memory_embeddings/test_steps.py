"""Preparation in a process of its own: progress, result, crash, cancellation."""

import asyncio

import psutil
import pytest

from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.steps import run_step

STEP = "tests.unit.memory_embeddings.doomed_step"


async def test_a_step_reports_how_far_it_is_and_what_came_of_it() -> None:
    seen: list[tuple[float, str]] = []
    result = await run_step(STEP, ["finish"], lambda fraction, text: seen.append((fraction, text)))
    assert result == {"folder": "somewhere"}
    assert seen == [(0.5, "half way")]


async def test_a_crash_in_there_is_an_error_here_that_says_why() -> None:
    with pytest.raises(EmbeddingError, match=r"code -6: out of memory"):
        await run_step(STEP, ["crash"], lambda *_: None)


async def test_cancelling_ends_the_process() -> None:
    half_way = asyncio.Event()
    running = asyncio.create_task(run_step(STEP, ["hang"], lambda *_: half_way.set()))
    await half_way.wait()
    (process,) = [child for child in psutil.Process().children() if STEP in child.cmdline()]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not process.is_running()
