"""Waiting for something to become true, without polling: conditions are looked at again after every change."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """Wakes those who wait for a condition whenever the world has changed."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], Callable[[], bool]] = {}

    def notify(self) -> None:
        """Look at every condition again, now that something has changed."""
        for future, holds in list(self._waiting.items()):
            if not future.done() and self._check(future, holds):
                future.set_result(None)

    async def until(self, holds: Callable[[], bool], timeout: float, what: str = "the condition") -> None:
        """Return as soon as `holds()`; raise AssertionError after `timeout` seconds."""
        if holds():
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting[future] = holds
        try:
            await asyncio.wait_for(future, timeout)
        except TimeoutError:
            raise AssertionError(f"waited {timeout:g} s in vain for {what}") from None
        finally:
            self._waiting.pop(future, None)

    async def first(self, find: Callable[[], T | None], timeout: float, what: str = "something") -> T:
        """Return the first thing that `find()` returns; raise AssertionError after `timeout` seconds."""
        found: list[T] = []

        def look() -> bool:
            thing = find()
            if thing is not None:
                found.append(thing)
            return thing is not None

        await self.until(look, timeout, what)
        return found[0]

    @staticmethod
    def _check(future: "asyncio.Future[None]", holds: Callable[[], bool]) -> bool:
        try:
            return holds()
        except Exception as error:  # noqa: BLE001 - a broken condition fails the one who waits for it
            future.set_exception(error)
            return False
