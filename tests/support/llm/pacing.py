"""Sends the pieces of an answer at the pace, and with the accidents, that a script asks for."""

import asyncio
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from tests.support.llm.script import Script


class BrokenOff(Exception):
    """The script cuts the connection here."""


async def paced(script: Script) -> AsyncIterator[str]:
    """Yield the script's tokens when each is due; raises BrokenOff where the connection shall break."""
    loop = asyncio.get_running_loop()
    tokens = script.tokens
    start = loop.time() + script.first_token_delay_s
    for number in range(len(tokens) + 1):
        if script.hold is not None and number == script.hold_before:
            await script.hold.wait()
        if script.break_after == number:
            raise BrokenOff
        if number == len(tokens):
            return
        due = start + (number / script.tokens_per_second if script.tokens_per_second else 0)
        if due > loop.time():
            await asyncio.sleep(due - loop.time())
        yield tokens[number]


class Outbox:
    """Writes pieces to the client: at once when they are paced, together in one packet otherwise."""

    def __init__(self, response: web.StreamResponse, script: Script) -> None:
        self._response = response
        self._each = bool(script.tokens_per_second or script.packet_per_token or script.hold or script.break_after)
        self._kept: list[bytes] = []

    async def put(self, piece: bytes) -> None:
        """Send `piece` now or with the next ones."""
        if self._each:
            await self._response.write(piece)
        else:
            self._kept.append(piece)

    async def flush(self) -> None:
        """Send what was kept."""
        if self._kept:
            await self._response.write(b"".join(self._kept))
            self._kept.clear()


async def stream_tokens(outbox: Outbox, script: Script, frame: Callable[[str], bytes]) -> None:
    """Send every token, each in its protocol's `frame`."""
    async for token in paced(script):
        await outbox.put(frame(token))
