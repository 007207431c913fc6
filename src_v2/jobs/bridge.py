"""From a thread to the event loop: a job's work is done there, while the thread that it belongs to waits."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from typing import Any

import structlog

log = structlog.get_logger(__name__)

LOOK_S = 5.0
"""How often a thread looks whether the event loop that it waits for is still there."""

Work = Callable[[str, int], Coroutine[Any, Any, None]]


class CutOff(BaseException):
    """The process stops in the middle of a run. Not an Exception: DBOS would record that the run has failed."""


class Bridge:
    """Has `work` done by the event loop within which it is made."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._loop = asyncio.get_running_loop()
        self._under_way: set[Future[None]] = set()

    def run(self, key: str, number: int) -> None:
        """Do a run's work, from a thread; raises CutOff when it does not come to its end."""
        coroutine = self._work(key, number)
        try:
            work = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        except RuntimeError as error:  # the loop is closed
            coroutine.close()
            raise CutOff from error
        self._under_way.add(work)
        try:
            while not wait([work], LOOK_S).done:
                if self._loop.is_closed():
                    raise CutOff
        finally:
            self._under_way.discard(work)
        if work.cancelled():
            raise CutOff
        if (broken := work.exception()) is not None:
            log.error("job_run_broke", error=type(broken).__name__, exc_info=broken)
            raise CutOff

    def cut(self) -> None:
        """Cancel whatever is under way."""
        for work in list(self._under_way):
            work.cancel()
