"""`whisperengine`: the commands an operator and a curious person type. Each is thin; the work is done elsewhere.

What does the work is imported once the settings have been read: a wrong one is reported at once.
"""

from typing import Annotated

import typer
from rich.markup import escape

from src_v2 import __version__
from src_v2.cli_base import console, finish, read_settings
from src_v2.cli_character import character_cli
from src_v2.cli_costs import costs, model_cli
from src_v2.cli_data import data_cli
from src_v2.cli_jobs import jobs_cli, worker
from src_v2.cli_memory import knowledge_cli, memory_cli
from src_v2.observability.logging import configure_logging
from src_v2.progress import progress_bar

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Characters who remember you.")
cli.add_typer(character_cli, name="character")
cli.add_typer(memory_cli, name="memory")
cli.add_typer(knowledge_cli, name="knowledge")
cli.add_typer(jobs_cli, name="jobs")
cli.add_typer(data_cli, name="data")
cli.add_typer(model_cli, name="model")


@cli.command()
def run() -> None:
    """Start WhisperEngine: the web page, and Discord when a token is set."""
    settings = read_settings()
    configure_logging(settings.general.log_level, settings.general.log_format)
    from src_v2 import process

    finish(process.serve(settings))


cli.command()(worker)
cli.command()(costs)


@cli.command()
def chat(character: Annotated[str, typer.Argument(help="The character's folder name.")] = "") -> None:
    """Talk to a character in this terminal; joins the running WhisperEngine when there is one."""
    settings = read_settings()
    configure_logging("ERROR", settings.general.log_format)
    from src_v2 import process

    finish(process.chat(settings, character or settings.general.character))


@cli.command()
def doctor() -> None:
    """Check settings, model access, stores, Discord and characters, and say what to do about each finding."""
    settings = read_settings()
    configure_logging("ERROR", settings.general.log_format)
    from src_v2 import process

    findings = finish(process.diagnose(settings))
    for check in findings:
        mark = "[green]ok  [/]" if check.ok else "[red]FAIL[/]" if check.required else "[yellow]warn[/]"
        console.print(f"{mark} [bold]{escape(check.name)}[/]: {escape(check.detail)}", highlight=False)
        if check.remedy:
            console.print(f"       {escape(check.remedy)}", style="dim", highlight=False)
    if any(check.required and not check.ok for check in findings):
        raise typer.Exit(1)


@cli.command()
def migrate() -> None:
    """Bring the database to the form that this version needs (`run` does it by itself)."""
    from src_v2.storage import migrate as migrations
    from src_v2.storage.database import Database
    from src_v2.storage.stores import database_url
    from src_v2.wiring import store_config

    settings = read_settings()

    async def apply() -> list[str]:
        database = Database(database_url(store_config(settings)))
        try:
            waiting = await migrations.pending(database)
            with progress_bar(console) as progress:
                task = progress.add_task("Migrating", total=max(1, len(waiting)))
                for revision in waiting:
                    await migrations.upgrade(database, revision)
                    progress.advance(task)
                progress.update(task, completed=max(1, len(waiting)))
            return waiting
        finally:
            await database.close()

    done = finish(apply())
    console.print(f"Applied {len(done)} migrations." if done else "Nothing to do: the database is up to date.")


@cli.callback(invoke_without_command=True)
def options(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """Characters who remember you."""
    if version:
        console.print(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line."""
    cli()


if __name__ == "__main__":
    main()
