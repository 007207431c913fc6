"""Lets a burst of requests out in small groups, so that building hundreds of prompts never stalls the event loop."""

import asyncio

SENDING_S = 0.01
"""How long a place is held: by then the request is built and written. Waiting for the answer needs no place."""


class Admission:
    """At most `at_once` requests are built and sent at the same time."""

    def __init__(self, at_once: int) -> None:
        self._places = asyncio.Semaphore(at_once)

    async def enter(self) -> None:
        """Wait for a place; it frees itself."""
        await self._places.acquire()
        asyncio.get_running_loop().call_later(SENDING_S, self._places.release)
