"""A figure that takes long: found out once, also when those who asked did not wait."""

import asyncio

import pytest

from src_v2.memory.embeddings.measuring import MeasuredOnce


async def test_who_gives_up_finds_it_there_the_next_time() -> None:
    release, begun = asyncio.Event(), []

    async def slow() -> float:
        begun.append(True)
        await release.wait()
        return 0.25

    figure = MeasuredOnce(slow)
    first = asyncio.create_task(figure.get())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    release.set()
    assert await figure.get() == 0.25
    assert await figure.get() == 0.25
    assert len(begun) == 1


async def test_what_failed_is_tried_again() -> None:
    answers = iter((None, 0.5))

    async def shaky() -> float:
        answer = next(answers)
        if answer is None:
            raise ValueError("not now")
        return answer

    figure = MeasuredOnce(shaky)
    with pytest.raises(ValueError, match="not now"):
        await figure.get()
    assert await figure.get() == 0.5
