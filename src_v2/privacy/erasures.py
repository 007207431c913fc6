"""Erasures that were asked for: each is a job, and how far the job is says how far the erasure is."""

from collections.abc import Callable

from sqlalchemy import select

from src_v2.core.clock import Clock
from src_v2.core.jobs import JobRequest
from src_v2.privacy.erasing import KEY
from src_v2.privacy.models import Erasure, ErasureState
from src_v2.storage.database import Database
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWriter
from src_v2.storage.tables import outbox


class Erasures:
    """Requests them and looks after them. `wake` tells the jobs that there is something new."""

    def __init__(self, database: Database, clock: Clock, *, wake: Callable[[], None]) -> None:
        self._db = database
        self._rows = RowWriter(database)
        self._clock = clock
        self.wake = wake

    async def request(self, request: JobRequest) -> Erasure:
        """Write the request down; from then on it happens, whatever dies. Raises StoreUnavailable."""
        await self._rows.apply([outbox_row(request, self._clock.now())])
        self.wake()
        return Erasure(request.key.removeprefix(KEY), ErasureState.WORKING)

    async def state(self, erasure_id: str) -> Erasure:
        """Return how far one is; a job that is no more is done."""
        query = select(outbox.c.failures).where(outbox.c.id == f"{KEY}{erasure_id}")
        async with self._db.read() as connection:
            failures = (await connection.execute(query)).scalar()
        if failures is None:
            return Erasure(erasure_id, ErasureState.DONE)
        return Erasure(erasure_id, ErasureState.WAITING if failures else ErasureState.WORKING)
