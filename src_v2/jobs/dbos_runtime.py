"""DBOS, and everything we know about its inside: launch, enqueue, claim, recover, clean up. Nobody else imports it.

DBOS is one per process. It keeps the queues and guards every run; we decide when it looks: its own pollers are ended
right after the launch, because they take 1 % of a core to do nothing and a job would wait for the next poll. One
workflow serves every kind of job. It is a plain function on a thread of DBOS's, which has the event loop do the work
and waits for it, so whatever of DBOS's blocks holds up that job alone.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, WorkflowStatus
from dbos._context import MaxPriority, MinPriority
from dbos._core import WorkflowHandleFuture, execute_dequeued_workflow
from dbos._dbos import _get_dbos_instance
from dbos._error import MaxRecoveryAttemptsExceededError
from dbos._queue import Queue
from dbos._serialization import DBOSPortableJSON
from dbos._sys_db import WorkflowStatusInternal
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from src_v2.core.errors import StoreError, StoreUnavailable
from src_v2.core.ids import new_id
from src_v2.jobs.bridge import Bridge, CutOff, Work
from src_v2.jobs.dbos_engine import JobsEngine
from src_v2.jobs.dbos_reports import report_in_our_words
from src_v2.jobs.models import Run

APPLICATION = "whisperengine"
VERSION = "1"
"""Of what a workflow is given, not of WhisperEngine: DBOS hands the work of one version to no other."""
WORKFLOW = "run_job"
MOST_DEATHS = 20
"""How many workers a job may take with it before it is held to be what kills them."""
WAITING = "ENQUEUED"
DONE = "SUCCESS"
GIVEN_UP = frozenset({"ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})
FINISHED = frozenset({DONE, *GIVEN_UP})
AT_ONCE = 500
ENDING_S = 3.0

P = ParamSpec("P")
T = TypeVar("T")


class Runtime:
    """A launched DBOS that serves some queues. Made within the event loop that is to do the work."""

    def __init__(self, address: str, executor_id: str, queues: Iterable[str], work: Work) -> None:
        self._executor_id = executor_id
        self._queue_names = list(queues)
        self.bridge = Bridge(work)
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(max_workers=3, thread_name_prefix="jobs")
        self._engine = JobsEngine(address)
        self._client: DBOSClient | None = None
        self._queues: dict[str, Queue] = {}
        self._claiming = threading.Lock()
        self._runs: set[str] = set()
        self._run_ended = asyncio.Event()

    async def launch(self) -> None:
        """Connect, bring DBOS's tables up to date, take back what an earlier life of this process left.

        Raises StoreUnavailable when the database cannot be used, and StoreError when this process runs DBOS already.
        """
        await self._call(self._launch)

    async def enqueue(self, runs: Sequence[tuple[Run, str]]) -> list[Run]:
        """Put (run, queue) into the queues, all or none; return those that had been there before and are over."""
        return await self._call(self._enqueue, runs)

    async def claim(self, queue: str, limit: int, on_end: Callable[[], None]) -> int:
        """Begin up to `limit` jobs of `queue`, most urgent first; return how many. `on_end` is called after each."""
        return await self._call(self._claim, queue, limit, on_end)

    async def filled(self, queues: Sequence[str]) -> set[str]:
        """Return those of `queues` that hold something."""
        return await self._call(self._filled, queues)

    async def states(self, runs: Sequence[Run]) -> dict[str, str]:
        """Return workflow id -> state, in DBOS's words, of those runs that it knows."""
        found = await self._list(workflow_ids=[workflow_id(run) for run in runs]) if runs else []
        return {status.workflow_id: status.status for status in found}

    async def busy_workers(self) -> set[str]:
        """Return the executor ids that runs belong to which are not over."""
        return {str(status.executor_id) for status in await self._list(status="PENDING")}

    async def recover(self, executor_id: str) -> int:
        """Put what a dead worker had begun, or this one has lost sight of, back into the queues; return how many."""
        return await self._call(self._recover, executor_id)

    async def forget(self, before: datetime) -> int:
        """Delete up to AT_ONCE finished runs from before that time; return how many."""
        old = await self._list(status=sorted(FINISHED), completed_before=before.isoformat(), limit=AT_ONCE)
        await self._call(self._client_now().delete_workflows, [status.workflow_id for status in old])
        return len(old)

    async def close(self, grace_s: float) -> None:
        """Let runs end for `grace_s` at most, cut the others off and put them back, and end DBOS."""
        await self._all_ended(grace_s)
        if self._runs:
            self.bridge.cut()
            await self._all_ended(ENDING_S)
            with suppress(StoreError, TimeoutError):
                async with asyncio.timeout(ENDING_S):
                    await self.recover(self._executor_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDING_S):
                await self._call(self._destroy)
        self._engine.cut()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _launch(self) -> None:
        report_in_our_words()
        _become_active(self)
        try:
            self._client = DBOSClient(
                system_database_engine=self._engine.engine, serializer=DBOSPortableJSON,
                application_name=APPLICATION, retry_connection_errors=False, lazy=True,
            )  # fmt: skip
            self._client._sys_db.run_migrations()
            self._recover(self._executor_id)  # before DBOS does it, in the background, while we claim already
            DBOS(config=_config(self._engine, self._executor_id))
            DBOS.listen_queues([])
            DBOS.launch()
            _end_pollers()
            self._queues = {name: DBOS.register_queue(name) for name in self._queue_names}
        except BaseException:
            self._destroy()
            raise

    def _destroy(self) -> None:
        if _active is self:  # and not somebody else, because of whom this one could not be launched
            DBOS.destroy()
            _become_inactive(self)
        self._engine.close()

    def _enqueue(self, runs: Sequence[tuple[Run, str]]) -> list[Run]:
        client = self._client_now()
        with self._engine.engine.begin() as connection:
            for run, queue in runs:
                options: EnqueueOptions = {
                    "workflow_name": WORKFLOW, "queue_name": queue, "workflow_id": workflow_id(run),
                    "app_version": VERSION, "priority": min(max(run.priority, MinPriority), MaxPriority),
                }  # fmt: skip
                client.enqueue_in_transaction(connection, options, run.key, run.number)
        ids = {workflow_id(run): run for run, _ in runs}
        found = self._list_now(workflow_ids=list(ids), status=sorted(FINISHED))
        return [ids[status.workflow_id] for status in found]

    def _filled(self, queues: Sequence[str]) -> set[str]:
        database = self._client_now()._sys_db
        table = database.tables.workflow_status
        query = select(table.c.queue_name).distinct()
        waiting = query.where(table.c.status == WAITING, table.c.queue_name.in_(queues))
        with database.engine.begin() as connection:
            return set(connection.execute(waiting).scalars())

    def _claim(self, queue: str, limit: int, on_end: Callable[[], None]) -> int:
        dbos, token = _get_dbos_instance(), new_id()
        wanted = self._queues[queue]
        wanted._worker_concurrency = limit
        with self._claiming:
            ids, _ = dbos._sys_db.start_queued_workflows(wanted, self._executor_id, VERSION, None, owner_xid=token)
            for status in dbos._sys_db.get_workflow_statuses(ids):
                self._start(status, token, on_end)
        return len(ids)

    def _start(self, status: WorkflowStatusInternal, token: str, on_end: Callable[[], None]) -> None:
        run_id = status["workflow_uuid"]

        def ended(_: Future[Any]) -> None:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._ended, run_id, on_end)

        try:
            handle = execute_dequeued_workflow(_get_dbos_instance(), status, token)
        except MaxRecoveryAttemptsExceededError:
            return  # DBOS has given it up, and the janitor will see that
        if isinstance(handle, WorkflowHandleFuture):
            self._runs.add(run_id)
            handle.future.add_done_callback(ended)

    def _ended(self, run_id: str, on_end: Callable[[], None]) -> None:
        self._runs.discard(run_id)
        self._run_ended.set()
        on_end()

    async def _all_ended(self, within_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._runs:
                    self._run_ended.clear()
                    await self._run_ended.wait()

    def _recover(self, executor_id: str) -> int:
        """Put back what `executor_id` began and this process does not have under way."""
        database = self._client_now()._sys_db
        with self._claiming:
            pending = database.get_pending_workflows(executor_id, VERSION)
            lost = [run.workflow_id for run in pending if run.workflow_id not in self._runs]
            return sum(database.reenqueue_for_recovery(run_id, [executor_id], APPLICATION) for run_id in lost)

    async def _list(self, **which: Any) -> list[WorkflowStatus]:
        return await self._call(self._list_now, **which)

    def _list_now(self, **which: Any) -> list[WorkflowStatus]:
        return self._client_now().list_workflows(load_input=False, load_output=False, **which)

    def _client_now(self) -> DBOSClient:
        if self._client is None:
            raise StoreUnavailable("the job queues are not open")
        return self._client

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on a thread of ours: those of the event loop are for those who answer people."""
        try:
            return await self._loop.run_in_executor(self._threads, lambda: function(*args, **kwargs))
        except SQLAlchemyError as error:
            raise StoreUnavailable(f"the job queues cannot be used now ({type(error).__name__})") from error


@DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MOST_DEATHS)
def run_job(key: str, number: int) -> None:
    """Do one run of the job `key`."""
    if _active is None:
        raise CutOff
    _active.bridge.run(key, number)


def workflow_id(run: Run) -> str:
    """Return DBOS's name of a run; the key may hold anything."""
    return f"{run.key}#{run.number}"


_active: Runtime | None = None
_activating = threading.Lock()


def _become_active(runtime: Runtime) -> None:
    global _active  # noqa: PLW0603 - DBOS is one per process, and this is which
    with _activating:
        if _active is not None:
            raise StoreError("the jobs of this process run already")
        _active = runtime


def _become_inactive(runtime: Runtime) -> None:
    global _active  # noqa: PLW0603
    with _activating:
        if _active is runtime:
            _active = None


def _end_pollers() -> None:
    """End DBOS's own threads that look for work, and its habit of waiting for a database without an end."""
    dbos = _get_dbos_instance()
    for event in dbos.background_thread_stop_events:
        event.set()
    dbos._background_jobs_stop_event.set()
    dbos._sys_db._run_background_processes = False
    dbos._sys_db._retry_connection_errors = False


def _config(engine: JobsEngine, executor_id: str) -> DBOSConfig:
    return {
        "name": APPLICATION,
        "system_database_engine": engine.engine,
        "application_version": VERSION,
        "executor_id": executor_id,
        "serializer": DBOSPortableJSON,
        "use_listen_notify": False,
        "notification_listener_polling_interval_sec": 0.01,  # it looks once more before it ends, and a stop waits
        "enable_otlp": False,
        "log_level": "WARNING",
    }
