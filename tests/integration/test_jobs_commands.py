"""What an operator types about background work: `whisperengine jobs ...` and `whisperengine worker`."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from src_v2.core.jobs import JobRequest
from src_v2.jobs.models import Failure
from src_v2.jobs.store import JobStore
from src_v2.storage import migrate
from src_v2.storage.database import Database
from tests.e2e.home import COMMAND, Home
from tests.support.process import Process
from tests.support.servers import free_port

KINDS = ["strange"]
ERROR = "ValueError at memory/indexer.py:10"


@pytest.fixture
async def home(tmp_path: Path) -> Home:
    """Give a home whose outbox holds a job that was given up and one that waits, of a kind that nobody knows."""
    home = Home(tmp_path / "home")
    home.data.mkdir(parents=True)
    database = Database(f"sqlite:///{home.data / 'whisperengine.db'}")
    await migrate.upgrade(database)
    store, now = JobStore(database), datetime.now(UTC)
    await store.request([JobRequest("strange", "strange:1", {"turn": "t1"})], now - timedelta(hours=2))
    assert await store.take(KINDS, [], now, 10)
    await store.bury("strange:1", 1, Failure(ERROR, now, 8, now - timedelta(hours=1)))
    await store.request([JobRequest("strange", "strange:2")], now)
    await database.close()
    return home


async def test_jobs_are_listed_shown_retried_and_dropped(home: Home) -> None:
    listed = await home.runs("jobs", "list")
    lines = [line.split() for line in listed.output.splitlines()]
    assert lines[1][:6] == ["strange:1", "strange", "?", "dead", "2h", "8"]
    assert lines[2][:4] == ["strange:2", "strange", "?", "waiting"]
    assert ERROR in listed.printed
    dead = await home.runs("jobs", "list", "--dead")
    assert "strange:2" not in dead.printed

    shown = await home.runs("jobs", "show", "strange:1")
    assert '{"turn":"t1"}' in shown.printed

    retried = await home.runs("jobs", "retry", "--all-dead")
    assert "1 jobs are run again" in retried.printed
    assert "strange:1" not in (await home.runs("jobs", "list", "--dead")).printed

    dropped = await home.runs("jobs", "drop", "strange:2")
    assert (dropped.code, dropped.errors) == (0, "")
    assert "strange:2" not in (await home.runs("jobs", "list")).printed


async def test_what_is_not_there_is_said(home: Home) -> None:
    for arguments in (["show", "nothing"], ["retry", "nothing"], ["drop", "nothing"]):
        done = await home.runs("jobs", *arguments)
        assert done.code == 1
        assert "there is no unfinished job nothing" in done.printed
    wrong = await home.runs("jobs", "list", "--queue", "nowhere")
    assert "conversation, reflection, media, social" in wrong.printed
    assert (await home.runs("jobs", "retry")).code == 2


async def test_a_database_without_tables_is_no_riddle(tmp_path: Path) -> None:
    done = await Home(tmp_path / "home").runs("jobs", "queues")

    assert done.code == 1
    assert "whisperengine migrate" in done.printed


async def test_a_worker_wants_stores_that_it_can_share(tmp_path: Path) -> None:
    done = await Home(tmp_path / "home").runs("worker")

    assert done.code == 1
    assert "DATABASE_URL, QDRANT_URL, NEO4J_URI" in done.printed
    assert "whisperengine run" in done.printed


@pytest.mark.slow
async def test_a_worker_serves_its_queues_under_its_name(postgres_url: str, tmp_path: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"  # these two are away, and the worker waits for them
    home = Home(
        tmp_path / "home",
        variables={"DATABASE_URL": postgres_url, "QDRANT_URL": f"http://{nobody}", "NEO4J_URI": f"bolt://{nobody}"},
    )
    command = (*COMMAND, "worker", "--queues", "reflection,media", "--name", "reader")
    async with Process(command, home.folder, home.environment()) as worker:
        assert "Worker reader does the jobs of reflection, media" in worker.everything
        badge = home.data / "workers" / "reader.alive"
        os.utime(badge, (0, 0))
        async with asyncio.timeout(20):
            while not badge.stat().st_mtime:  # noqa: ASYNC110 - a file tells nobody
                await asyncio.sleep(0.05)

        queues = (await home.runs("jobs", "queues")).output.splitlines()
        serving = {line.split()[0]: line.split()[-1] for line in queues[1:]}
        assert serving["reflection"] == serving["media"] == "reader"
        assert "reader" not in (serving["conversation"], serving["social"])

        second = await home.runs("worker", "--name", "reader")
        assert second.code == 1
        assert "reader runs already" in second.printed
        assert await worker.terminate() == 0
