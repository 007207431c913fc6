"""Short answers that seem to be typed: they wait a moment, long ones do not."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from src_v2.core.events import ReplyEvent
from src_v2.core.messages import Turn
from tests.integration.discord_house import House, at_the_harbour, fails, says, telling
from tests.support.clock import VirtualClock

SHORT = "I am fine, thanks!!!"
LONG = "The sea is wide and deep. " * 20


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def house(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        story.clock = clock
        yield story


async def test_a_short_answer_waits_as_long_as_typing_it_takes(house: House, clock: VirtualClock) -> None:
    house.engine.script = telling(SHORT)
    async with house.door(typing_chars_per_s=10):
        await house.alice.dm(house.elena, "how are you?")
        await house.until(lambda: 2.0 in clock.slept)  # twenty characters
        channel = house.alice.place(house.elena)
        assert house.by_elena(channel) == []
        clock.advance(1.9)
        assert house.by_elena(channel) == []
        clock.advance(0.1)
        assert (await house.alice.sees(house.elena, from_=house.elena)).content == SHORT


async def test_what_the_model_took_counts(house: House, clock: VirtualClock) -> None:
    async def slowly(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        async for event in says(turn, SHORT):
            yield event
            clock.advance(1.5)

    house.engine.script = slowly
    async with house.door(typing_chars_per_s=10):
        await house.alice.dm(house.elena, "how are you?")
        assert (await house.alice.sees(house.elena, from_=house.elena)).content == SHORT
    assert 2.0 not in clock.slept


async def test_a_long_answer_does_not_wait(house: House, clock: VirtualClock) -> None:
    house.engine.script = telling(LONG)
    async with house.door(typing_chars_per_s=10):
        await house.alice.dm(house.elena, "tell me about the sea")
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.until_final(reply, LONG.strip())
    assert clock.monotonic() == 0


async def test_the_beginning_waits_only_until_it_is_plain_that_more_comes(house: House, clock: VirtualClock) -> None:
    going_on = asyncio.Event()

    async def growing(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        async for event in says(turn, "The sea is ", LONG):
            yield event
            if getattr(event, "text", "") == "The sea is ":
                await going_on.wait()

    house.engine.script = growing
    async with house.door(typing_chars_per_s=10):
        await house.alice.dm(house.elena, "tell me about the sea")
        await house.until(lambda: 1.0 in clock.slept)
        assert house.by_elena(house.alice.place(house.elena)) == []
        going_on.set()
        reply = await house.alice.sees(house.elena, from_=house.elena)
        assert reply.content.startswith("The sea is The sea")
    assert clock.monotonic() == 0


async def test_a_slow_beginning_is_shown_after_a_moment(house: House, clock: VirtualClock) -> None:
    house.engine.script = telling("The sea ", "is calm.")
    house.engine.gate.clear()
    async with house.door(typing_chars_per_s=10):
        await house.alice.dm(house.elena, "tell me about the sea")
        await house.engine.until_turns(1)
        house.engine.gate.set()
        house.engine.gate.clear()
        await house.until(lambda: bool(clock.slept))
        house.engine.gate.set()
        await house.until(lambda: any(1.0 <= one <= 2.0 for one in clock.slept))
        clock.advance(3)
        reply = await house.alice.sees(house.elena, from_=house.elena)
        await house.until_final(reply, "The sea is calm.")


async def test_a_failure_is_told_at_once(house: House, clock: VirtualClock) -> None:
    house.engine.script = fails
    async with house.door(typing_chars_per_s=5):
        await house.alice.dm(house.elena, "how are you?")
        assert "words" in (await house.alice.sees(house.elena, from_=house.elena)).content
    assert clock.monotonic() == 0


async def test_off_by_default(house: House, clock: VirtualClock) -> None:
    house.engine.script = telling(SHORT)
    async with house.door():
        await house.alice.dm(house.elena, "how are you?")
        await house.alice.sees(house.elena, from_=house.elena)
    assert clock.monotonic() == 0
