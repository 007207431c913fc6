"""A process that is killed while it erases: `python -m tests.support.erasing_process FOLDER STEP`.

It remembers what one person said, begins to erase it and stops for ever at STEP: an even number is before the work of
a step, an odd one after it. It says so on standard output.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from src_v2.core.scope import Scope
from src_v2.privacy.erasing import erase_request
from tests.support.house import House

MEMORIES = 300


async def main(folder: Path, step: int) -> None:
    async with House(folder) as house:
        zeb, olga = house.person("Zebedee"), house.person("Olga")
        await house.hears(olga.says("I paint lighthouses, the ones with red stripes."))
        await house.hears(zeb.says("My name is Zebedee and my sister Ana has a cat called Miso."))
        for number in range(MEMORIES):
            await house.app.memory.keep(zeb.says(f"On day {number} I played the cello for {number} minutes."))
        house.pass_time(hours=3)
        await house.app.background.learning.sweep()
        await house.indexed()
        hang_in(house, step)
        await house.app.jobs.request(erase_request(Scope(user_id=zeb.user_id)))
        await asyncio.Event().wait()


def hang_in(house: House, step: int) -> None:
    """Have one of the steps of erasing end the story: even numbers before the step's work, odd ones after it."""
    holding: Any = house.app.holdings[step // 2]
    erase = holding.erase

    async def hanging(scope: Scope) -> None:
        if step % 2:
            await erase(scope)
        print("hangs", flush=True)  # noqa: T201 - this is how the test hears of it
        await asyncio.Event().wait()

    holding.erase = hanging


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
