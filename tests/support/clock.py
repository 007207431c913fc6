"""A clock that tests move by hand, so that minutes of waiting take no time."""

import asyncio
from datetime import UTC, datetime, timedelta


class VirtualClock:
    """Implements `src_v2.core.clock.Clock`. Time stands still until `advance` is called.

    With `auto_advance` a sleep returns at once and moves time by its length. `slept` holds every sleep's seconds.
    """

    def __init__(self, start: datetime | None = None, *, auto_advance: bool = False) -> None:
        self._start = start or datetime(2026, 1, 1, tzinfo=UTC)
        self._elapsed = 0.0
        self._auto_advance = auto_advance
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._changed = asyncio.Condition()
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return the start plus all that was advanced."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Return the seconds that were advanced."""
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Move time on and wake everybody whose sleep is over, in the order of their alarms."""
        self._elapsed += seconds
        due = sorted((item for item in self._sleepers if item[0] <= self._elapsed), key=lambda item: item[0])
        self._sleepers = [item for item in self._sleepers if item[0] > self._elapsed]
        for _, alarm in due:
            if not alarm.done():
                alarm.set_result(None)

    async def sleep(self, seconds: float) -> None:
        """Wait until time has been advanced far enough."""
        self.slept.append(seconds)
        if self._auto_advance or seconds <= 0:
            self.advance(max(0.0, seconds))
            await asyncio.sleep(0)
            return
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._elapsed + seconds, alarm))
        async with self._changed:
            self._changed.notify_all()
        await alarm

    async def wait_for_sleepers(self, count: int = 1) -> None:
        """Wait until at least `count` sleeps are under way."""
        async with self._changed:
            await self._changed.wait_for(lambda: sum(not alarm.done() for _, alarm in self._sleepers) >= count)
