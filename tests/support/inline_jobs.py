"""The jobs of an `App` in virtual time: what is due runs here and now, one after the other, without DBOS.

For tests that live through months. Outbox, kinds and handlers are the real ones; what the schedules of the process
would request at every tick, the test calls when something can be due (`tick`).
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, select, update

from src_v2.app import App
from src_v2.core.jobs import JobKind
from src_v2.storage.tables import outbox

LATER = timedelta(minutes=1)


class InlineJobs:
    """Runs what `app` requests; its own jobs must not be started. `runs` counts them by kind.

    A job that raises is noted in `failures` and tried again a minute later, so a test sees both. `next_due` is when the
    next job that waits for its time may go, as of the last `run_due`.
    """

    def __init__(self, app: App) -> None:
        self._clock = app.clock
        self._database = app.stores.database
        self._kinds: dict[str, JobKind] = app.jobs.kinds
        self.runs: Counter[str] = Counter()
        self.failures: list[str] = []
        self.next_due: datetime | None = None

    async def tick(self, kind: str) -> None:
        """Run the job that a schedule requests, without the way through the outbox."""
        self.runs[kind] += 1
        await self._kinds[kind].handler({})

    async def run_due(self, but: Collection[str] = ()) -> None:
        """Run until nothing is due, the most urgent first; requests that wait together become one where they may.

        Jobs of the kinds `but` are left for the next time.
        """
        columns = (outbox.c.id, outbox.c.kind, outbox.c.payload, outbox.c.due_at)
        query = select(*columns).where(outbox.c.dead_at.is_(None)).order_by(outbox.c.priority, outbox.c.seq)
        while True:
            async with self._database.read() as connection:
                rows = (await connection.execute(query)).all()
            now = self._clock.now()
            due = [row for row in rows if row.kind not in but and (row.due_at is None or row.due_at <= now)]
            if not due:
                self.next_due = min((row.due_at for row in rows if row.due_at and row.due_at > now), default=None)
                return
            await self._run_all(due)

    async def _run_all(self, due: Collection[Any]) -> None:
        together: set[str] = set()
        failed: list[str] = []
        for row in due:
            if row.kind in together:
                continue
            if self._kinds[row.kind].coalesces:
                together.add(row.kind)
            if not await self._run(row.kind, orjson.loads(row.payload)):
                failed.append(row.id)
        async with self._database.write() as connection:
            done = [row.id for row in due if row.id not in failed]
            await connection.execute(delete(outbox).where(outbox.c.id.in_(done)))
            if failed:
                later = update(outbox).where(outbox.c.id.in_(failed))
                await connection.execute(later.values(due_at=self._clock.now() + LATER))

    async def _run(self, kind: str, payload: dict[str, Any]) -> bool:
        self.runs[kind] += 1
        try:
            await self._kinds[kind].handler(payload)
        except Exception as error:  # noqa: BLE001 - the edge of a job, as in the process
            self.failures.append(f"{self._clock.now().isoformat()} {kind}: {type(error).__name__}: {error}")
            return False
        return True
