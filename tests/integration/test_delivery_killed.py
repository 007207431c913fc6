"""kill -9 while a character says something by itself: after the restart it has been said exactly once."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from src_v2.core.audience import Audience, Visibility
from tests.integration.test_discord_delivery import Harbour
from tests.support.discord import LocalDiscord
from tests.support.saying_process import STEPS, TEXT, saying

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


CASES = [*((step, True) for step in STEPS), ("half shown", False), ("shown", False)]


@pytest.mark.parametrize(("step", "remembers_names"), CASES)
async def test_it_is_said_exactly_once(tmp_path: Path, step: str, remembers_names: bool) -> None:
    async with LocalDiscord() as local:
        elena = local.add_bot("elena")
        harbour = Harbour(local, elena, local.add_guild("Harbour", bots=[elena]), local.add_person("Alice"), tmp_path)
        await killed_at(step, harbour)
        if not remembers_names:  # Discord does so for some minutes
            local.world.nonces.clear()
        async with harbour.app() as app:
            await app.delivery(saying(harbour.alice.id))
            await app.delivery(saying(harbour.alice.id))
            shown = harbour.by_elena()
            assert "\n\n".join(message.content for message in shown) == TEXT
            channel = f"discord:{shown[0].channel.id}"
            audience = Audience("elena", f"discord:{harbour.alice.id}", channel, Visibility.PRIVATE)
            assert [one.text for one in await app.memory.conversation(audience, 9)] == [TEXT]
            for message in shown:
                assert await app.memory.quoted(audience, message.id) is not None


async def killed_at(step: str, harbour: Harbour) -> None:
    """Let a process begin to say it and end it at `step`."""
    environment = os.environ | harbour.discord.environment() | {"SAYING_TOKEN": harbour.elena.token}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.saying_process", str(harbour.folder), step, harbour.alice.id,
        cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    async with asyncio.timeout(120):
        while "hangs" not in (line := (await process.stdout.readline()).decode()):
            assert line, "the process ended by itself"
        process.send_signal(signal.SIGKILL)
        await process.wait()
