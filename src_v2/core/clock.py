"""Where time comes from. Nothing else in the code asks the operating system what time it is.

Tests replace the clock to run minutes in microseconds.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A source of wall-clock time, of monotonic time and of waiting."""

    def now(self) -> datetime:
        """Return the current time, always with tzinfo UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only ever grow, for measuring durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of this clock's time."""
        ...


class SystemClock:
    """The real clock."""

    def now(self) -> datetime:
        """Return the current UTC time."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the process's monotonic seconds."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the event loop."""
        await asyncio.sleep(seconds)
