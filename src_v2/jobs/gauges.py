"""Measures the queues for whoever draws graphs: how much waits, how long, how it ends. Never who or what about."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from src_v2.core.clock import Clock
from src_v2.core.jobs import Queue
from src_v2.jobs.ledger import JobLedger
from src_v2.jobs.models import KindLoad
from src_v2.jobs.runner import DONE, FAILED, GIVEN_UP, Runner
from src_v2.storage.metrics import FieldValue, MetricsSink

EVERY_S = 10.0


class Gauges:
    """Sends `job_queue` points for the queues and `job` points for what this process ran."""

    def __init__(
        self, ledger: JobLedger, runner: Runner, kinds: Mapping[str, str], metrics: MetricsSink, clock: Clock
    ) -> None:
        self._ledger = ledger
        self._runner = runner
        self._kinds = kinds
        self._metrics = metrics
        self._clock = clock

    async def step(self) -> float:
        """Measure once; return the seconds until the next time."""
        loads = await self._ledger.loads()
        for queue, fields in queue_fields(loads, self._kinds, self._clock.now()).items():
            self._metrics.emit("job_queue", {"queue": queue}, fields)
        ended, self._runner.ended = self._runner.ended, Counter()
        for kind in {kind for kind, _ in ended}:
            tags = {"queue": self._kinds[kind], "kind": kind}
            self._metrics.emit("job", tags, {outcome: ended[kind, outcome] for outcome in (DONE, FAILED, GIVEN_UP)})
        return EVERY_S


def queue_fields(
    loads: Sequence[KindLoad], kinds: Mapping[str, str], now: datetime
) -> dict[Queue, dict[str, FieldValue]]:
    """Return depth, age of the oldest in seconds, running, scheduled and dead jobs of every queue.

    `kinds` says which queue each kind goes into; others are left out.
    """
    by_queue: dict[Queue, list[KindLoad]] = defaultdict(list, {queue: [] for queue in Queue})
    for load in loads:
        if load.kind in kinds:
            by_queue[Queue(kinds[load.kind])].append(load)
    return {queue: _fields(of_queue, now) for queue, of_queue in by_queue.items()}


def _fields(loads: list[KindLoad], now: datetime) -> dict[str, FieldValue]:
    oldest = min((load.oldest for load in loads if load.oldest), default=now)
    return {
        "depth": sum(load.waiting for load in loads),
        "oldest_s": max(0.0, (now - oldest).total_seconds()),
        "running": sum(load.running for load in loads),
        "scheduled": sum(load.scheduled for load in loads),
        "dead": sum(load.dead for load in loads),
    }
