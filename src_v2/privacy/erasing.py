"""Removes what belongs to a person or a place from everywhere, and looks whether it is gone.

A job, so that it comes to its end whatever dies in between. Whoever still works with something old finds its message
gone and leaves nothing behind (`RowWrite.needs`); what slips in meanwhile is found by the count and removed once more.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager

import structlog

from src_v2.core.errors import StoreError
from src_v2.core.holdings import Holding
from src_v2.core.ids import new_id
from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue
from src_v2.core.scope import Scope

log = structlog.get_logger(__name__)

ERASE = "privacy.erase"
KEY = "erase:"
FIRST = 1
"""Before every other job."""
ROUNDS = 5
NEVER_GIVEN_UP = 100_000
LONGEST_WAIT_S = 60.0

Step = Callable[[], Awaitable[None]]
Halt = Callable[[Scope], AbstractAsyncContextManager[None]]


class Eraser:
    """Erases through all holdings, in their order: first where the others would be filled from again.

    `ready` raises while something waits to be written; `halt` ends what is being said to the person right now, and what
    they say while it holds waits; `settle` has the freed space overwritten.
    """

    def __init__(self, holdings: Sequence[Holding], *, ready: Step, halt: Halt, settle: Step) -> None:
        self._holdings = holdings
        self._ready = ready
        self._halt = halt
        self._settle = settle

    async def erase(self, scope: Scope) -> None:
        """Remove everything that `scope` names; returns when a search finds nothing left.

        Raises StoreUnavailable while a store is away and StoreError when something keeps coming back.
        """
        await self._ready()
        async with self._halt(scope):
            await self._erase_all(scope)
        await self._settle()
        log.info("erased", whole_person=scope.is_whole_person)

    async def left(self, scope: Scope) -> int:
        """Count what is still there."""
        return sum([await holding.left(scope) for holding in self._holdings])

    async def _erase_all(self, scope: Scope) -> None:
        for _ in range(ROUNDS):
            for holding in self._holdings:
                await holding.erase(scope)
            if not await self.left(scope):
                return
        raise StoreError("something of what is to be erased keeps coming back", retryable=True)


def kinds(eraser: Eraser) -> list[JobKind]:
    """Return the job that erases."""

    async def erase(payload: Payload) -> None:
        await eraser.erase(Scope.from_json(payload))

    return [
        JobKind(
            ERASE, Queue.CONVERSATION, erase, attempts=NEVER_GIVEN_UP, longest_wait_s=LONGEST_WAIT_S, timeout_s=600.0
        )
    ]


def erase_request(scope: Scope) -> JobRequest:
    """Return the request to erase; its key names nobody, because it outlives the job."""
    return JobRequest(ERASE, f"{KEY}{new_id()}", scope.as_json(), priority=FIRST)
