"""`whisperengine jobs` and `whisperengine worker`: what waits in the background, and processes that do it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.markup import escape

from src_v2.cli_base import console, fail, finish, read_settings
from src_v2.config.queues import read_queues
from src_v2.core.clock import SystemClock
from src_v2.core.errors import SettingsError, StoreError
from src_v2.core.jobs import Queue
from src_v2.observability.logging import configure_logging

if TYPE_CHECKING:
    from src_v2.jobs.ledger import JobLedger

jobs_cli = typer.Typer(no_args_is_help=True, help="Look after what is done in the background.")

T = TypeVar("T")
JobId = Annotated[str, typer.Argument(help="A job's id, as `list` shows it.")]


def worker(
    queues: Annotated[str, typer.Option(help="Queues to serve, comma-separated; all without it.")] = "",
    name: Annotated[str, typer.Option(help="The worker's name; the machine's without it.")] = "",
) -> None:
    """Do background jobs for a WhisperEngine whose stores are servers."""
    settings = read_settings()
    served = _queues(queues)
    configure_logging(settings.general.log_level, settings.general.log_format)
    from src_v2 import process

    finish(process.work(settings, served, name))


@jobs_cli.command("list")
def list_jobs(
    dead: Annotated[bool, typer.Option("--dead", help="Only those that were given up.")] = False,
    queue: Annotated[str, typer.Option(help="Only those of one queue.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most this many, oldest first.")] = 50,
) -> None:
    """List the jobs that are not done."""
    wanted = _queues(queue)

    async def look(ledger: "JobLedger") -> None:
        from src_v2.jobs.display import job_table, kinds_in

        kinds = await ledger.kinds()
        found = await ledger.jobs(dead=dead, kinds=kinds_in(wanted, kinds) if queue else None, limit=limit)
        console.print(job_table(found, kinds, SystemClock().now()), highlight=False)

    _with_ledger(look)


@jobs_cli.command("show")
def show_job(job: JobId) -> None:
    """Show all that is known of a job."""

    async def look(ledger: "JobLedger") -> bool:
        from src_v2.jobs.display import job_lines

        found = await ledger.job(job)
        if found:
            console.print(job_lines(found, await ledger.kinds()), highlight=False)
        return found is not None

    _must_exist(job, _with_ledger(look))


@jobs_cli.command("retry")
def retry_job(
    job: Annotated[str, typer.Argument(help="A job's id, as `list` shows it.")] = "",
    all_dead: Annotated[bool, typer.Option("--all-dead", help="Every job that was given up.")] = False,
) -> None:
    """Let a job that was given up, or that waits for its next run, run at once."""
    if bool(job) == all_dead:
        raise typer.BadParameter("name one job, or --all-dead")
    if all_dead:
        console.print(f"{_with_ledger(lambda ledger: ledger.retry_dead())} jobs are run again.")
        return
    _must_exist(job, _with_ledger(lambda ledger: ledger.retry(job)))
    console.print(f"{escape(job)} is run again.", highlight=False)


@jobs_cli.command("drop")
def drop_job(job: JobId) -> None:
    """Remove a job for good; one that is running goes on to its end."""
    _must_exist(job, _with_ledger(lambda ledger: ledger.drop(job)))
    console.print(f"{escape(job)} is dropped.", highlight=False)


@jobs_cli.command("queues")
def show_queues() -> None:
    """Show how much waits in each queue, and which processes serve it."""

    async def look(ledger: "JobLedger") -> None:
        from src_v2.jobs.display import queue_table

        loads, kinds, workers = await ledger.loads(), await ledger.kinds(), await ledger.workers()
        console.print(queue_table(loads, kinds, workers, SystemClock().now()), highlight=False)

    _with_ledger(look)


def _with_ledger(step: "Callable[[JobLedger], Awaitable[T]]") -> T:
    """Return what `step` returns of the jobs in the database, whether or not a process is at work on them."""
    settings = read_settings()
    configure_logging("ERROR", settings.general.log_format)
    from src_v2.jobs.ledger import JobLedger
    from src_v2.storage import migrate
    from src_v2.storage.database import Database
    from src_v2.storage.stores import StoreConfig, database_url

    url = database_url(StoreConfig(settings.general.data_dir, settings.stores.database_url.get_secret_value()))

    async def look() -> T:
        database = Database(url)
        try:
            if await migrate.pending(database):
                raise StoreError("the database is not of this version: run `whisperengine migrate`")
            return await step(JobLedger(database, SystemClock()))
        finally:
            await database.close()

    return finish(look())


def _queues(text: str) -> list[Queue]:
    """Return the queues that a person names, all without any."""
    try:
        return list(read_queues(text))
    except ValueError as error:
        fail(SettingsError(f"--queue: {error}"))


def _must_exist(job: str, found: bool) -> None:
    if not found:
        fail(SettingsError(f"there is no unfinished job {job} that this could be done to"))
