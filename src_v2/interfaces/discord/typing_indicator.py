"""The typing indicator: shown at once, kept alive, gone as soon as there is something to read; and when that is."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
import discord

from src_v2.core.clock import Clock
from src_v2.interfaces.discord.pacing import ChannelPace

REFRESH_S = 8.0
"""Discord shows it for 10 s."""
SHORT_CHARS = 160
"""An answer as long as this is one that people type in one go."""
LONGEST_TYPING_S = 3.0
"""Since the turn began; a model that took that long is not made slower."""
LONGEST_HOLD_S = 1.0
"""How long the first words wait to see whether they are a short answer."""


@dataclass(frozen=True, slots=True)
class TypingPace:
    """How fast a short answer seems to be typed, in characters per second; 0: as fast as it comes."""

    chars_per_s: float = 0.0

    def wait_s(self, chars: int, elapsed_s: float) -> float:
        """Return how much longer a whole answer of so many characters is held back, since the turn began."""
        if self.chars_per_s <= 0 or chars > SHORT_CHARS:
            return 0.0
        return max(min(chars / self.chars_per_s, LONGEST_TYPING_S) - elapsed_s, 0.0)

    def hold_s(self, chars: int, elapsed_s: float) -> float:
        """Return how much longer the beginning of an answer may wait to see whether it is a short one."""
        if self.chars_per_s <= 0 or chars > SHORT_CHARS:
            return 0.0
        return max(min(LONGEST_HOLD_S, LONGEST_TYPING_S - elapsed_s), 0.0)


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
