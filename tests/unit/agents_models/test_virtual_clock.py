"""The clock other tests rely on."""

import asyncio

from tests.support.clock import VirtualClock


async def test_sleepers_wake_when_their_time_has_come_and_not_before() -> None:
    clock, woken = VirtualClock(), []

    async def sleep(seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((seconds, clock.monotonic()))

    tasks = [asyncio.create_task(sleep(seconds)) for seconds in (30, 10, 20)]
    await clock.wait_for_sleepers(3)
    clock.advance(25)
    await clock.wait_for_sleepers(1)
    await asyncio.gather(tasks[1], tasks[2])
    assert woken == [(10, 25), (20, 25)]
    clock.advance(5)
    await tasks[0]
    assert (clock.now() - VirtualClock().now()).total_seconds() == 30


async def test_auto_advance_turns_hours_into_nothing() -> None:
    clock = VirtualClock(auto_advance=True)
    await clock.sleep(3600)
    assert clock.monotonic() == 3600
    assert clock.slept == [3600]
