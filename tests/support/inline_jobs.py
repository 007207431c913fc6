"""The jobs of an `App` in virtual time: what is due runs here and now, one after the other, without DBOS.

For tests that live through months. Everything else is real: outbox, kinds, handlers, schedules.
"""

from src_v2.app import App
from src_v2.core.jobs import JobKind, Schedule
from src_v2.jobs.store import JobStore
from src_v2.jobs.ticks import last_tick, request_of

AT_ONCE = 200


class InlineJobs:
    """Runs what `app` requests. Its own jobs must not be started."""

    def __init__(self, app: App, kinds: dict[str, JobKind], schedules: list[Schedule]) -> None:
        self._clock = app.clock
        self._store = JobStore(app.stores.database)
        self._kinds = kinds
        self._schedules = schedules
        self._until = app.clock.now()
        self.runs: dict[str, int] = {}

    async def run_due(self) -> None:
        """Request what schedules ask for since the last time, then run until nothing is due."""
        now = self._clock.now()
        due = [(schedule, last_tick(schedule, now)) for schedule in self._schedules]
        requests = [request_of(schedule, tick) for schedule, tick in due if tick > self._until]
        self._until = now
        if requests:
            await self._store.request(requests, now)
        coalescing = [kind.name for kind in self._kinds.values() if kind.coalesces]
        while runs := await self._store.take(self._kinds, coalescing, self._clock.now(), AT_ONCE):
            for run in runs:
                await self._run(run.key, run.number)

    async def _run(self, key: str, number: int) -> None:
        begun = await self._store.begin(key, number, self._clock.now())
        if begun is None:
            return
        self.runs[begun.kind] = self.runs.get(begun.kind, 0) + 1
        await self._kinds[begun.kind].handler(begun.payload)
        await self._store.finish(key, number)
