"""`whisperengine memory` and `whisperengine knowledge`: make anew from SQL what follows from it."""

from collections.abc import Callable
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from src_v2.cli_base import console, finish, read_settings
from src_v2.observability.logging import configure_logging
from src_v2.progress import progress_bar

memory_cli = typer.Typer(no_args_is_help=True, help="Look after what is remembered.")
knowledge_cli = typer.Typer(no_args_is_help=True, help="Look after what is known.")


@memory_cli.command("reindex")
def memory_reindex() -> None:
    """Rebuild the vectors with the model that the settings name; can be broken off and run again."""
    settings = read_settings()
    configure_logging("WARNING", settings.general.log_format)
    from src_v2 import upkeep

    with progress_bar(console) as bar:
        load = bar.add_task("Loading the model", total=1.0)
        messages = bar.add_task("Indexing messages", total=None)
        result = finish(
            upkeep.reindex_memory(settings, on_model=_loading(bar, load), on_messages=_counting(bar, messages))
        )
        bar.update(messages, completed=1, total=1)
    console.print(f"{result.messages} messages indexed into {result.collection}.")
    if result.dropped:
        console.print(f"Dropped {', '.join(result.dropped)}.")


@knowledge_cli.command("rebuild")
def knowledge_rebuild(
    read_again: Annotated[
        bool, typer.Option("--read-again", help="Forget what was read out of conversations and have them read anew.")
    ] = False,
) -> None:
    """Rebuild the graph from SQL; can be broken off and run again."""
    settings = read_settings()
    configure_logging("WARNING", settings.general.log_format)
    from src_v2 import upkeep

    with progress_bar(console) as bar:
        if read_again:
            load = bar.add_task("Loading the model", total=1.0)
            forgetting = bar.add_task("Forgetting what was read", total=None)
            stretches = finish(
                upkeep.read_everything_again(
                    settings, on_model=_loading(bar, load), on_stretches=_counting(bar, forgetting)
                )
            )
            bar.update(forgetting, completed=1, total=1)
        facts = bar.add_task("Rebuilding the graph", total=None)
        result = finish(upkeep.rebuild_knowledge(settings, _counting(bar, facts)))
        bar.update(facts, completed=1, total=1)
    console.print(f"{result.claims} claims brought to the graph, {result.orphans} removed that SQL does not have.")
    if read_again:
        console.print(f"{stretches} stretches of conversation will be read again once WhisperEngine runs.")


def _loading(bar: Progress, task: TaskID) -> Callable[[float, str], None]:
    return lambda fraction, text: bar.update(task, completed=fraction, description=text or None)


def _counting(bar: Progress, task: TaskID) -> Callable[[int, int], None]:
    return lambda done, total: bar.update(task, completed=done, total=max(1, total))
