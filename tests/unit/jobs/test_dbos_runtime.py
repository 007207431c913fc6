"""DBOS does its work and nothing else: `src_v2.jobs.dbos_runtime`."""

import asyncio
import logging
import signal
import threading
from pathlib import Path

from structlog.testing import capture_logs

from src_v2.jobs.dbos_reports import LOGGER
from src_v2.jobs.dbos_runtime import Runtime
from src_v2.jobs.models import Run


async def nothing(_key: str, _number: int) -> None:
    """Do nothing."""


async def test_it_touches_nothing_of_the_process(tmp_path: Path) -> None:
    handlers = {what: signal.getsignal(what) for what in (signal.SIGINT, signal.SIGTERM)}
    root = list(logging.getLogger().handlers)
    runtime = Runtime(f"sqlite:///{tmp_path / 'jobs.db'}", "main", ["conversation"], nothing)
    await runtime.launch()
    try:
        assert {what: signal.getsignal(what) for what in handlers} == handlers
        assert logging.getLogger().handlers == root
        # The test runner listens to every logger that does not propagate.
        own = [one for one in logging.getLogger(LOGGER).handlers if not type(one).__module__.startswith("_pytest")]
        assert [type(one).__module__ for one in own] == ["src_v2.jobs.dbos_reports"]
        # The loop's own threads must stay its own: those of DBOS end with it.
        await asyncio.to_thread(int, "7")
    finally:
        await runtime.close(1)
    assert await asyncio.to_thread(int, "7") == 7


async def test_no_thread_of_it_looks_for_work(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    runtime = Runtime(f"sqlite:///{tmp_path / 'jobs.db'}", "main", ["conversation"], nothing)
    await runtime.launch()
    try:
        async with asyncio.timeout(5):
            while any(_polls(thread) for thread in set(threading.enumerate()) - before):  # noqa: ASYNC110 - they just end
                await asyncio.sleep(0.01)
    finally:
        await runtime.close(1)


async def test_its_words_are_not_repeated() -> None:
    runtime_logger = logging.getLogger(LOGGER)
    with capture_logs() as logs:
        try:
            raise ValueError("Sam's secret")
        except ValueError:
            runtime_logger.error("Workflow of Sam's secret failed", exc_info=True)

    (entry,) = logs
    assert (entry["event"], entry["error"]) == ("dbos_trouble", "ValueError")
    assert "Sam" not in str(logs)


async def test_any_priority_is_taken(tmp_path: Path) -> None:
    runtime = Runtime(f"sqlite:///{tmp_path / 'jobs.db'}", "main", ["conversation"], nothing)
    await runtime.launch()
    try:
        runs = [Run(f"note:{priority}", 1, "note", priority) for priority in (-5, 0, 10**12)]
        assert await runtime.enqueue([(run, "conversation") for run in runs]) == []
        assert await runtime.filled(["conversation", "media"]) == {"conversation"}
    finally:
        await runtime.close(1)


def _polls(thread: threading.Thread) -> bool:
    return any(word in thread.name for word in ("queue", "scheduler", "background-jobs", "notif"))
