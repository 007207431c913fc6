"""Jobs as tables for a terminal. Not for logs: a payload holds ids."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import orjson
from rich.markup import escape
from rich.table import Table

from src_v2.core.jobs import Queue
from src_v2.jobs.gauges import queue_fields
from src_v2.jobs.models import Job, KindLoad, State, Worker

COLOURS = {State.DEAD: "red", State.RETRYING: "yellow", State.RUNNING: "green"}
Kinds = Mapping[str, str]


def job_table(jobs: Iterable[Job], kinds: Kinds, now: datetime) -> Table:
    """Return one line per job."""
    table = Table("id", "kind", "queue", "state", "age", "failures", "last error", box=None, pad_edge=False)
    for job in jobs:
        state = f"[{COLOURS[job.state]}]{job.state}[/]" if job.state in COLOURS else str(job.state)
        table.add_row(
            escape(job.key), escape(job.kind), queue_of(job.kind, kinds), state, duration(now - job.created_at),
            str(job.failures or ""), escape(job.error or ""),
        )  # fmt: skip
    return table


def job_lines(job: Job, kinds: Kinds) -> Table:
    """Return everything that is known of one job."""
    table = Table(box=None, show_header=False, pad_edge=False)
    told: dict[str, object] = {
        "id": job.key, "kind": job.kind, "queue": queue_of(job.kind, kinds), "state": job.state,
        "payload": orjson.dumps(job.payload).decode(), "order key": job.order_key, "priority": job.priority,
        "run": job.run, "requested": job.created_at, "due": job.due_at, "handed over": job.sent_at,
        "begun": job.started_at, "failures": job.failures, "failing since": job.failing_since,
        "last error": job.error, "given up": job.dead_at,
    }  # fmt: skip
    for name, value in told.items():
        if value is not None:
            shown = value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
            table.add_row(f"[bold]{name}[/]", escape(shown))
    return table


def queue_table(loads: Sequence[KindLoad], kinds: Kinds, workers: Sequence[Worker], now: datetime) -> Table:
    """Return one line per queue, with the processes that serve it."""
    table = Table("queue", "waiting", "oldest", "running", "scheduled", "dead", "served by", box=None, pad_edge=False)
    for queue, fields in queue_fields(loads, kinds, now).items():
        oldest = duration(timedelta(seconds=float(fields["oldest_s"]))) if fields["depth"] else ""
        serving = [worker.id for worker in workers if queue in worker.queues]
        counts = [str(fields[name]) for name in ("running", "scheduled", "dead")]
        table.add_row(queue, str(fields["depth"]), oldest, *counts, escape(", ".join(serving)))
    return table


def queue_of(kind: str, kinds: Kinds) -> str:
    """Return the queue of a kind; a question mark for a kind that no process knows."""
    return kinds.get(kind, "?")


def kinds_in(queues: Collection[Queue], kinds: Kinds) -> list[str]:
    """Return the kinds of jobs that go into `queues`."""
    return [kind for kind, queue in kinds.items() if queue in queues]


def duration(span: timedelta) -> str:
    """Return a span as people say it: 12s, 5m, 3h, 2d."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
