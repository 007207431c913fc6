"""Jobs as an operator sees them: `src_v2.jobs.display`."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console
from rich.table import Table

from src_v2.core.jobs import Queue
from src_v2.jobs.display import duration, job_lines, job_table, kinds_in, queue_table
from src_v2.jobs.models import Job, KindLoad, State, Worker

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


KINDS = {"index": "conversation"}
DEAD = Job(
    key="index:[1]", kind="index", state=State.DEAD, payload={"turn": "t1"}, order_key=None, priority=100, run=8,
    failures=8, error="ValueError at memory/indexer.py:10", created_at=NOW - timedelta(hours=2), due_at=None,
    sent_at=NOW, started_at=None, failing_since=NOW - timedelta(hours=1), dead_at=NOW,
)  # fmt: skip


def shown(table: Table) -> str:
    output = io.StringIO()
    Console(file=output, width=200).print(table)
    return output.getvalue()


def test_a_line_per_job() -> None:
    text = shown(job_table([DEAD], KINDS, NOW))

    assert text.splitlines()[1].split() == [
        "index:[1]", "index", "conversation", "dead", "2h", "8", "ValueError", "at", "memory/indexer.py:10",
    ]  # fmt: skip


def test_everything_about_one_job() -> None:
    text = shown(job_lines(DEAD, {}))

    assert '{"turn":"t1"}' in text
    assert "given up" in text
    assert "order key" not in text
    assert "?" in text, "the kind is not known here, so neither is its queue"


def test_a_line_per_queue() -> None:
    loads = [
        KindLoad("index", waiting=3, running=1, scheduled=2, dead=4, oldest=NOW - timedelta(minutes=5)),
        KindLoad("strange", waiting=9, running=0, scheduled=0, dead=0, oldest=NOW),
    ]
    workers = [Worker("main", ("conversation", "media"), KINDS, NOW), Worker("w1", ("media",), KINDS, NOW)]
    lines = shown(queue_table(loads, KINDS, workers, NOW)).splitlines()
    cells = {line.split()[0]: line.split()[1:] for line in lines[1:]}

    assert cells["conversation"] == ["3", "5m", "1", "2", "4", "main"]
    assert cells["media"] == ["0", "0", "0", "0", "main,", "w1"]
    assert cells.keys() == {"conversation", "reflection", "media", "social"}


def test_kinds_of_a_queue() -> None:
    assert kinds_in([Queue.CONVERSATION], KINDS) == ["index"]
    assert kinds_in([Queue.MEDIA], KINDS) == []


@pytest.mark.parametrize(("seconds", "text"), [(-3, "0s"), (59, "59s"), (60, "1m"), (7300, "2h"), (200_000, "2d")])
def test_spans_as_people_say_them(seconds: int, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text
