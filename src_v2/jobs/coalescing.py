"""Makes one job of requests that wait together, for kinds whose work looks for itself what is to be done."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Candidate(NamedTuple):
    """An unfinished job of a kind that coalesces."""

    key: str
    kind: str
    order_key: str | None
    seq: str
    sent_at: datetime | None
    due_at: datetime | None
    failures: int


def coalesced(jobs: Iterable[Candidate], now: datetime) -> tuple[set[str], set[str]]:
    """Return the keys of jobs that others stand for, and of those that stand for others and may go.

    Of those that wait, the newest stands for all; but one that failed keeps its place and with it its waiting time, or
    every new request would run into the same outage at once. What is asked for a later time stands for itself. While
    one is on its way, the next ones gather behind it.
    """
    groups: dict[tuple[str, str | None], list[Candidate]] = defaultdict(list)
    for job in jobs:
        groups[job.kind, job.order_key].append(job)
    absorbed: set[str] = set()
    may_go: set[str] = set()
    for group in groups.values():
        waiting = [job for job in group if job.sent_at is None and (job.failures or _is_due(job, now))]
        if not waiting:
            continue
        stays = max(waiting, key=lambda job: (job.failures, job.seq))
        absorbed |= {job.key for job in waiting if job.key != stays.key}
        if all(job.sent_at is None for job in group):
            may_go.add(stays.key)
    return absorbed, may_go


def _is_due(job: Candidate, now: datetime) -> bool:
    return job.due_at is None or job.due_at <= now
