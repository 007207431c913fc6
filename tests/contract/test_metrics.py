"""What every metrics sink promises: it never waits, never raises, and counts what it could not keep."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from src_v2.core.clock import SystemClock
from src_v2.storage.metrics import (
    FORBIDDEN_TAGS,
    MAX_QUEUED,
    BatchedMetrics,
    FileMetrics,
    InfluxMetrics,
    NoMetrics,
    line,
)
from tests.support.clock import VirtualClock


class Influx:
    """A server that takes `/api/v2/write` and remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.asked_for: list[str] = []
        self.status = 204
        self.received = asyncio.Event()

    async def write(self, request: web.Request) -> web.Response:
        self.asked_for.append(f"{request.headers['Authorization']} {request.query['org']} {request.query['bucket']}")
        if self.status == 204:
            self.lines += (await request.text()).splitlines()
        self.received.set()
        return web.Response(status=self.status)


@pytest.fixture
async def influx() -> AsyncIterator[tuple[Influx, str]]:
    server = Influx()
    app = web.Application()
    app.router.add_post("/api/v2/write", server.write)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield server, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_points_reach_the_file_in_line_protocol(tmp_path: Path) -> None:
    sink = FileMetrics(tmp_path / "deep" / "metrics.lp", SystemClock())
    await sink.start()
    sink.emit("turn", {"mode": "fast"}, {"ms": 12.5, "calls": 1})
    await sink.stop()

    assert (tmp_path / "deep" / "metrics.lp").read_text().startswith("turn,mode=fast ms=12.5,calls=1i 1")
    assert sink.written == 1


async def test_points_carry_the_clocks_time_and_none_takes_the_place_of_another(tmp_path: Path) -> None:
    sink = FileMetrics(tmp_path / "m", VirtualClock(datetime(2026, 5, 1, tzinfo=UTC)))
    for n in range(3):
        sink.emit("m", {}, {"n": n})
    await sink.stop()
    begun_ns = 1_777_593_600_000_000_000
    assert [int(point.split()[-1]) - begun_ns for point in (tmp_path / "m").read_text().splitlines()] == [0, 1, 2]


async def test_points_reach_influx_in_one_batch_with_its_token(influx: tuple[Influx, str]) -> None:
    server, url = influx
    sink = InfluxMetrics(url, "secret", "org", "bucket", SystemClock())
    await sink.start()
    for n in range(100):
        sink.emit("turn", {"mode": "fast"}, {"n": n})
    await asyncio.wait_for(server.received.wait(), 5)
    await sink.stop()

    assert len(server.lines) == sink.written == 100
    assert server.asked_for == ["Token secret org bucket"]


async def test_a_refusing_or_absent_influx_is_counted_and_nothing_else(influx: tuple[Influx, str]) -> None:
    server, url = influx
    server.status = 500
    for address in (url, "http://127.0.0.1:9"):
        sink = InfluxMetrics(address, "t", "o", "b", SystemClock())
        await sink.start()
        sink.emit("turn", {}, {"ms": 1.0})
        await sink.stop()
        assert (sink.written, sink.dropped) == (0, 1)


async def test_the_queue_is_bounded(tmp_path: Path) -> None:
    sink = FileMetrics(tmp_path / "m", SystemClock())
    for n in range(MAX_QUEUED + 5):
        sink.emit("m", {}, {"n": n})
    assert sink.dropped == 5
    await sink.stop()
    assert sink.written == MAX_QUEUED


async def test_stopping_waits_two_seconds_at_most_for_a_server_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stuck(BatchedMetrics):
        async def _write(self, lines: list[str]) -> None:
            await asyncio.Event().wait()

        async def _close(self) -> None:
            pass

    monkeypatch.setattr("src_v2.storage.metrics.STOP_TIMEOUT_S", 0.05)
    sink = Stuck(SystemClock())
    await sink.start()
    sink.emit("m", {}, {"n": 1})
    async with asyncio.timeout(2):
        await sink.stop()
    assert (sink.written, sink.dropped) == (0, 1)


@pytest.mark.parametrize("tag", sorted(FORBIDDEN_TAGS))
async def test_ids_of_people_and_messages_are_never_tags(tag: str, tmp_path: Path) -> None:
    sink = FileMetrics(tmp_path / "m", SystemClock())
    sink.emit("turn", {tag: "discord:1"}, {"ms": 1.0})
    await sink.stop()
    assert sink.refused == 1
    assert not (tmp_path / "m").exists()


def test_what_a_line_cannot_hold_is_escaped_or_left_out() -> None:
    written = line("a b,c", {"k=1": "x y,z=\\", "empty": ""}, {"s": 'say "hi"\\\nnow', "b": True, "i": 3, "f": 0.5}, 7)
    assert written == r'a\ b\,c,k\=1=x\ y\,z\= s="say \"hi\"\\ now",b=true,i=3i,f=0.5 7'


async def test_numbers_that_are_none_never_spoil_a_batch(tmp_path: Path) -> None:
    sink = FileMetrics(tmp_path / "m", SystemClock())
    sink.emit("m", {}, {"bad": float("nan"), "worse": float("inf")})
    sink.emit("m", {}, {"bad": float("nan"), "good": 1})
    await sink.stop()
    assert (tmp_path / "m").read_text().startswith("m good=1i ")
    assert (sink.written, sink.refused) == (1, 1)


async def test_measuring_nothing_costs_nothing() -> None:
    sink = NoMetrics()
    await sink.start()
    sink.emit("m", {"user_id": "x"}, {})
    await sink.stop()
