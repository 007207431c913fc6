"""The typing indicator: shown at once, kept alive, gone as soon as there is something to read."""

import asyncio
from contextlib import suppress

import aiohttp
import discord

from src_v2.core.clock import Clock
from src_v2.interfaces.discord.pacing import ChannelPace

REFRESH_S = 8.0
"""Discord shows it for 10 s."""


class TypingIndicator:
    """The words "is typing" in one channel."""

    def __init__(self, channel: discord.abc.Messageable, pace: ChannelPace, clock: Clock) -> None:
        self._channel = channel
        self._pace = pace
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Show it until `stop`."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_alive(), name="discord-typing")

    def stop(self) -> None:
        """Show it no longer; it may not be started again."""
        if self._task is not None:
            self._task.cancel()

    async def _keep_alive(self) -> None:
        with suppress(discord.DiscordException, aiohttp.ClientError, OSError):
            while True:
                while (wait_s := self._pace.take_typing()) > 0:
                    await self._clock.sleep(wait_s)
                await self._channel.typing()
                await self._clock.sleep(REFRESH_S)
