"""Does one run of one job: looks whether it is still wanted, calls the handler, and notes how it ended."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TypeVar

import structlog

from src_v2.core.clock import Clock
from src_v2.core.errors import StoreUnavailable
from src_v2.core.jobs import JobKind
from src_v2.jobs.failures import failure_of, is_over, wait_s
from src_v2.jobs.models import Begun
from src_v2.jobs.store import JobStore

log = structlog.get_logger(__name__)

STORE_AGAIN_S = 1.0
UNKNOWN_AGAIN = timedelta(seconds=60)
"""A kind that this version does not know: a newer worker does, or will."""
DONE, FAILED, GIVEN_UP = "done", "failed", "given_up"

T = TypeVar("T")


class Runner:
    """Runs jobs of the kinds that this process knows. `ended` counts (kind, outcome) since it was last emptied."""

    def __init__(
        self,
        store: JobStore,
        kinds: Mapping[str, JobKind],
        *,
        clock: Clock,
        choices: random.Random,
        on_more: Callable[[], None],
    ) -> None:
        self._store = store
        self._kinds = kinds
        self._clock = clock
        self._choices = choices
        self._on_more = on_more
        self.ended: Counter[tuple[str, str]] = Counter()

    async def run(self, key: str, number: int) -> None:
        """Do a run. It ends well or badly, never with an exception; when it is cancelled, nothing is noted."""
        begun = await _persistently(lambda: self._store.begin(key, number, self._clock.now()))
        if begun is None:
            return  # it was done before, or another worker took it over
        kind = self._kinds.get(begun.kind)
        if kind is None:
            log.warning("job_kind_unknown", kind=begun.kind)
            later = self._clock.now() + UNKNOWN_AGAIN
            await _persistently(lambda: self._store.try_again(key, number, later))
            return
        try:
            async with asyncio.timeout(kind.timeout_s):
                await kind.handler(begun.payload)
        except Exception as error:  # noqa: BLE001 - a job's edge: whatever a handler raises is a failed run
            outcome = await self._failed(key, number, kind, begun, error)
        else:
            await _persistently(lambda: self._store.finish(key, number))
            outcome = DONE
        self.ended[kind.name, outcome] += 1
        if outcome == FAILED or begun.order_key is not None or kind.coalesces:
            self._on_more()

    async def _failed(self, key: str, number: int, kind: JobKind, begun: Begun, error: Exception) -> str:
        """Note a failure; return whether the job is tried again or given up."""
        failure = failure_of(error, begun, self._clock.now())
        if is_over(kind, error, failure):
            log.error("job_given_up", kind=kind.name, failures=failure.count, error=failure.error)
            await _persistently(lambda: self._store.bury(key, number, failure))
            return GIVEN_UP
        wait = wait_s(kind, failure.count, self._choices)
        log.info("job_failed", kind=kind.name, failures=failure.count, error=failure.error, again_in_s=round(wait, 1))
        due_at = failure.at + timedelta(seconds=wait)
        await _persistently(lambda: self._store.try_again(key, number, due_at, failure))
        return FAILED


async def _persistently(step: Callable[[], Awaitable[T]]) -> T:
    """Return what `step` returns once the database can be used: how a run ended must not be lost."""
    while True:
        try:
            return await step()
        except StoreUnavailable:
            await asyncio.sleep(STORE_AGAIN_S)
