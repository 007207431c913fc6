"""Where measurements go: nowhere, to a file, or to InfluxDB. Never awaited in a turn, never a reason to fail.

Points are queued and written in batches behind the scenes; when nobody takes them they are dropped and counted. Ids of
people and messages are never tags: each would be a series of its own, and none of the metrics' business.
"""

import asyncio
import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import structlog

from src_v2.core.clock import Clock

MAX_QUEUED = 10_000
MAX_BATCH = 1_000
FLUSH_EVERY_S = 1.0
WRITE_TIMEOUT_S = 5.0
STOP_TIMEOUT_S = 2.0
FORBIDDEN_TAGS = frozenset(
    {"user_id", "speaker_id", "message_id", "turn_id", "session_id", "channel_id", "guild_id", "id", "name", "text"}
)

FieldValue = float | int | bool | str

log = structlog.get_logger(__name__)


class MetricsSink(Protocol):
    """Takes measurements."""

    def emit(self, measurement: str, tags: Mapping[str, str], fields: Mapping[str, FieldValue]) -> None:
        """Take one point, at once and without ever raising. Tags have few different values; ids are refused."""
        ...

    async def start(self) -> None:
        """Begin to write."""
        ...

    async def stop(self) -> None:
        """Write what is queued, for two seconds at most, and end."""
        ...


class NoMetrics:
    """Measures nothing."""

    def emit(self, measurement: str, tags: Mapping[str, str], fields: Mapping[str, FieldValue]) -> None:
        """Do nothing."""

    async def start(self) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Do nothing."""


class BatchedMetrics(ABC):
    """A queue of lines and the task that writes them; what writing means is said by `_write` in the children.

    `written`, `dropped` (queue full, or writing failed) and `refused` (forbidden tag, nothing to say) count points.
    """

    def __init__(self, clock: Clock) -> None:
        self.written = 0
        self.dropped = 0
        self.refused = 0
        self._clock = clock
        self._last_ns = 0
        self._queue: deque[str] = deque()
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._failing = False
        self._stopping = False

    def emit(self, measurement: str, tags: Mapping[str, str], fields: Mapping[str, FieldValue]) -> None:
        """Queue one point; see MetricsSink."""
        fields = {name: value for name, value in fields.items() if _is_finite(value)}
        if not fields or FORBIDDEN_TAGS & tags.keys():
            self.refused += 1
        elif len(self._queue) >= MAX_QUEUED:
            self.dropped += 1
        else:
            self._queue.append(line(measurement, tags, fields, self._now_ns()))
            if len(self._queue) >= MAX_BATCH:
                self._wake.set()

    async def start(self) -> None:
        """Begin to write; see MetricsSink."""
        self._stopping = False
        self._task = asyncio.create_task(self._write_forever())

    async def stop(self) -> None:
        """Write the rest and end; see MetricsSink."""
        self._stopping = True
        self._wake.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await (self._task or self.flush())
        self._task = None
        self.dropped += len(self._queue)
        self._queue.clear()
        await self._close()

    async def flush(self) -> None:
        """Write everything that is queued now."""
        while self._queue:
            batch = [self._queue.popleft() for _ in range(min(MAX_BATCH, len(self._queue)))]
            try:
                async with asyncio.timeout(WRITE_TIMEOUT_S):
                    await self._write(batch)
            except Exception as error:  # noqa: BLE001 - metrics must never be the reason why something fails
                self._failed(len(batch), error)
                return
            except asyncio.CancelledError:
                self.dropped += len(batch)
                raise
            self.written += len(batch)
            self._failing = False

    async def _write_forever(self) -> None:
        stopping = False
        while not stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_EVERY_S):
                    await self._wake.wait()
            self._wake.clear()
            stopping = self._stopping  # looked at before the flush, so that nothing queued until then is left
            await self.flush()

    def _now_ns(self) -> int:
        """Return the time, never the same twice: of two points of one moment the database would keep only one."""
        now_ns = round(self._clock.now().timestamp() * 1_000_000) * 1_000
        self._last_ns = max(now_ns, self._last_ns + 1)
        return self._last_ns

    def _failed(self, points: int, error: Exception) -> None:
        self.dropped += points
        if not self._failing:
            log.warning("metrics_not_written", error=type(error).__name__)
        self._failing = True

    @abstractmethod
    async def _write(self, lines: list[str]) -> None:
        """Send a batch of lines; raises whatever goes wrong."""

    @abstractmethod
    async def _close(self) -> None:
        """Let go of connections, when there are any."""


class FileMetrics(BatchedMetrics):
    """Appends to a file in InfluxDB's line protocol."""

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(clock)
        self._path = path

    async def _write(self, lines: list[str]) -> None:
        await asyncio.to_thread(self._append, "\n".join(lines) + "\n")

    async def _close(self) -> None:
        """Hold nothing: the file is opened for each batch."""

    def _append(self, text: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(text)


class InfluxMetrics(BatchedMetrics):
    """Writes to InfluxDB 2, or to anything that takes its `/api/v2/write`."""

    def __init__(self, url: str, token: str, org: str, bucket: str, clock: Clock) -> None:
        super().__init__(clock)
        from influxdb_client.client.influxdb_client_async import InfluxDBClientAsync  # half a second

        # Untyped, and it wants a running loop: `start` makes one.
        self._make_client: Callable[[], Any] = partial(
            InfluxDBClientAsync, url, token, org, timeout=int(WRITE_TIMEOUT_S * 1000)
        )
        self._client: Any = None
        self._bucket = bucket

    async def start(self) -> None:
        """Connect and begin to write; see MetricsSink."""
        self._client = self._make_client()
        await super().start()

    async def _write(self, lines: list[str]) -> None:
        await self._client.write_api().write(bucket=self._bucket, record=lines)

    async def _close(self) -> None:
        if self._client is not None:
            await self._client.close()


def line(measurement: str, tags: Mapping[str, str], fields: Mapping[str, FieldValue], at_ns: int) -> str:
    """Return one point in line protocol."""
    head = ",".join(
        [_escaped(measurement, ", "), *(f"{_key(name)}={_key(tags[name])}" for name in sorted(tags) if tags[name])]
    )
    body = ",".join(f"{_key(name)}={_field(value)}" for name, value in fields.items())
    return f"{head} {body} {at_ns}"


def _is_finite(value: FieldValue) -> bool:
    """Tell infinities and NaN, for which the database would refuse the whole batch."""
    return not isinstance(value, float) or math.isfinite(value)


def _field(value: FieldValue) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value}i"
        case float():
            return repr(float(value))
        case _:
            escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
            return f'"{escaped}"'


def _key(text: str) -> str:
    return _escaped(text, ",= ")


def _escaped(text: str, special: str) -> str:
    plain = str(text).replace("\n", " ").rstrip("\\")  # a backslash at the end would escape what follows
    return "".join(f"\\{character}" if character in special else character for character in plain)
