"""Nothing blocks the event loop: turns, indexing and recall of a busy evening under a watchdog."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.support.house import House
from tests.support.llm import LocalLLM
from tests.support.watchdog import no_stalls


async def test_a_busy_evening_does_not_hold_up_the_event_loop(tmp_path: Path) -> None:
    async with LocalLLM() as llm, House(tmp_path, llm) as house:
        people = [house.person(f"Guest{number}") for number in range(10)]
        await house.hears(people[0].says("The first one pays for what is only done once."))
        await house.indexed()
        async with no_stalls():
            for evening in range(3):
                said = [person.says(f"Story {evening} about the old lighthouse and its keeper.") for person in people]
                await asyncio.gather(*(house.hears(message) for message in said))
            await house.indexed()


async def test_the_watchdog_bites() -> None:
    with pytest.raises(AssertionError, match="without a pause"):
        await _hold_up_the_loop()


async def _hold_up_the_loop() -> None:
    async with no_stalls():
        busy_until = time.thread_time() + 0.1
        while time.thread_time() < busy_until:
            pass
