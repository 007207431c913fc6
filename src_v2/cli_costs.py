"""`whisperengine costs` and `whisperengine model`: what models took, and which of them answer.

Both look at the database, whether or not a WhisperEngine runs on it; a running one sees a choice within a minute.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.markup import escape
from rich.table import Table

from src_v2.agents.costs.models import MOST_DAYS, USUAL_DAYS, By, CostReport
from src_v2.agents.models.role import MOST_HOURS, USUAL_HOURS, ModelRole
from src_v2.cli_base import console, finish, read_settings
from src_v2.core.clock import SystemClock
from src_v2.core.errors import CharacterNotFound, StoreError
from src_v2.observability.logging import configure_logging

if TYPE_CHECKING:
    from src_v2.config.settings import Settings
    from src_v2.interfaces.steering import Steering

model_cli = typer.Typer(no_args_is_help=True, help="See which models answer, and choose others for a while.")

T = TypeVar("T")
CharacterName = Annotated[str, typer.Argument(help="The character's folder name.")]
Role = Annotated[ModelRole, typer.Argument(help="What the model is for.")]


def costs(
    days: Annotated[
        int, typer.Option(min=1, max=MOST_DAYS, help="How many days back, today included (UTC).")
    ] = USUAL_DAYS,
    by: Annotated[By, typer.Option(help="What to break it down by.")] = By.DAY,
) -> None:
    """Show what model calls took, over all people: money, calls and tokens."""
    from src_v2.interfaces.steering_words import used_words

    report = _steering(lambda steering: steering.costs.of_all(days))
    console.print(_table(report, by), highlight=False)
    console.print(f"Together: {used_words(report.total)}.", highlight=False)
    if report.priced_on:
        console.print(f"Prices as of {report.priced_on}; calls of unknown price are in no sum.", style="dim")


@model_cli.command("show")
def show_models(character: CharacterName = "") -> None:
    """Show which models play each role of a character, the first one asked first."""
    _print_models(character, lambda _steering, _name: _nothing())


@model_cli.command("set")
def set_model(
    character: CharacterName,
    role: Role,
    model: Annotated[str, typer.Argument(help="provider:model")],
    hours: Annotated[int, typer.Option(min=1, max=MOST_HOURS, help="For how many hours.")] = USUAL_HOURS,
) -> None:
    """Let a model play a role of a character for some hours."""
    _print_models(character, lambda steering, name: steering.models.choose(name, role, model, hours))


@model_cli.command("reset")
def reset_model(character: CharacterName, role: Role) -> None:
    """Go back to the model of the settings."""
    _print_models(character, lambda steering, name: steering.models.undo(name, role))


def _print_models(character: str, change: "Callable[[Steering, str], Awaitable[object]]") -> None:
    """Change something, then show how it stands."""
    from src_v2.interfaces.steering_words import model_words

    settings = read_settings()
    name = _known(settings, character)

    async def look(steering: "Steering") -> str:
        await change(steering, name)
        return model_words(await steering.models.shown(name), SystemClock().now())

    console.print(escape(_steering(look)), highlight=False)


def _known(settings: "Settings", character: str) -> str:
    """Return the name of a character that exists; ends the command otherwise."""
    from src_v2.characters.service import Characters

    characters = Characters(settings.general.characters_dir)
    name = (character or settings.general.character).strip().lower()

    async def look() -> str:
        characters.load_all()
        if name not in characters.names():
            raise CharacterNotFound(f"no character {name} (there: {', '.join(characters.names()) or 'none'})")
        return name

    return finish(look())


def _steering(step: "Callable[[Steering], Awaitable[T]]") -> T:
    """Return what `step` returns of the database and the settings as they are."""
    settings = read_settings()
    configure_logging("ERROR", settings.general.log_format)
    from src_v2.language import Models
    from src_v2.storage import migrate
    from src_v2.storage.database import Database
    from src_v2.storage.stores import database_url
    from src_v2.wiring import store_config

    async def look() -> T:
        database = Database(database_url(store_config(settings)))
        try:
            if await migrate.pending(database):
                raise StoreError("the database is not of this version: run `whisperengine migrate`")
            models = Models(settings, database, SystemClock())
            await models.start()
            return await step(models.steering)
        finally:
            await database.close()

    return finish(look())


async def _nothing() -> None:
    return None


def _table(report: CostReport, by: By) -> Table:
    from src_v2.interfaces.steering_words import money

    table = Table(by.value, "cost", "calls", "of unknown price", "asked", "cached", "answered", "thought")
    for name, used in report.by(by):
        cost = "unknown" if used.unpriced == used.calls else money(used.cost_usd)
        numbers = (
            used.calls, used.unpriced, used.prompt_tokens, used.cached_tokens, used.completion_tokens,
            used.reasoning_tokens,
        )  # fmt: skip
        table.add_row(escape(name), cost, *(f"{number:,}" for number in numbers))
    return table
