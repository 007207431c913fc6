"""kill -9 in the middle of an erasure: after the restart it comes to its end."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from src_v2.core.scope import Scope
from tests.support.house import House
from tests.support.traces import files_with, rows_with

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("step", range(6))
async def test_what_a_kill_left_is_erased_after_the_restart(tmp_path: Path, step: int) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.erasing_process", str(tmp_path), str(step),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    async with asyncio.timeout(120):
        while "hangs" not in (line := (await process.stdout.readline()).decode()):
            assert line, "the process ended by itself"
        process.send_signal(signal.SIGKILL)
        await process.wait()
        async with House(tmp_path) as house:
            zeb, olga = house.person("Zebedee"), house.person("Olga")
            await house.indexed()
            assert await house.app.eraser.left(Scope(user_id=zeb.user_id)) == 0
            assert await rows_with(house.app.stores.database, zeb.user_id, "cello", "Miso") == []
            assert any("lighthouses" in text for text in await house.recall(olga.audience(), "What do I paint?"))
    assert files_with(tmp_path, [zeb.user_id, "cello"]) == []
