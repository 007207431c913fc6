"""`whisperengine data`: what an operator does when a person asks for their data. Works beside a running process too."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from src_v2.cli_base import console, fail, finish, read_settings
from src_v2.core.errors import SettingsError
from src_v2.core.switches import SwitchName
from src_v2.observability.logging import configure_logging
from src_v2.privacy.models import ErasureState, Whose

if TYPE_CHECKING:
    from src_v2.data_upkeep import Office

data_cli = typer.Typer(no_args_is_help=True, help="Look after what is held about one person.")

T = TypeVar("T")
UserId = Annotated[str, typer.Argument(help="The person's id with its platform, such as discord:1234 or local:me.")]

STATES = {
    ErasureState.WORKING: "Erasing ...",
    ErasureState.WAITING: "A store is away: it goes on by itself once WhisperEngine runs and the store is back.",
    ErasureState.DONE: "Done: everything was removed, and a search found nothing left.",
}


@data_cli.command("export")
def data_export(
    user_id: UserId,
    file: Annotated[Path | None, typer.Argument(help="Where to write the zip file; here without it.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file when it exists.")] = False,
) -> None:
    """Write everything that is held about a person to a zip file that only you can read."""
    from src_v2 import data_upkeep

    checked = _checked(user_id)
    path = _at_the_office(lambda office: data_upkeep.export_to(office, checked, file, force=force))
    console.print(f"{escape(str(path))} is written.", highlight=False)


@data_cli.command("erase")
def data_erase(
    user_id: UserId, yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the id again.")] = False
) -> None:
    """Erase everything about a person, for good; exits with 1 while a store is away."""
    from src_v2 import data_upkeep

    checked = _checked(user_id)
    if not yes and typer.prompt(f"This cannot be taken back. Type {checked} again to erase everything") != checked:
        fail(SettingsError("the two ids differ: nothing was erased"))
    done = _at_the_office(lambda office: data_upkeep.erase(office, checked, lambda state: console.print(STATES[state])))
    if done.state is not ErasureState.DONE:
        raise typer.Exit(1)


@data_cli.command("import")
def data_import(
    user_id: UserId,
    file: Annotated[Path, typer.Argument(help="A chat export of ChatGPT or SillyTavern, or one of ours.")],
    character: Annotated[str, typer.Option(help="Who shall remember it.")],
    timezone: Annotated[str, typer.Option(help="Where the person was, such as Europe/Berlin.")] = "UTC",
) -> None:
    """Let a character remember a chat from elsewhere; the same file twice adds nothing."""
    from src_v2 import data_upkeep

    whose, zone = Whose(character.strip().lower(), _checked(user_id)), _zone(timezone)
    brought = _at_the_office(lambda office: data_upkeep.bring_in(_with(office, whose), whose, file, zone))
    console.print(f"{brought.added} messages added, {brought.known} known already.", highlight=False)
    for reason, number in brought.left_out.items():
        console.print(f"Left out: {number} {escape(reason)}", highlight=False)


@data_cli.command("show")
def data_show(user_id: UserId) -> None:
    """Show how much each character holds about a person, and what they decided; not what it says."""
    from src_v2 import data_upkeep

    checked = _checked(user_id)
    held = _at_the_office(lambda office: data_upkeep.count(office, checked))
    table = Table("character", "memories", "facts", "preferences")
    for name, memories in held.memories.items():
        table.add_row(escape(name), str(memories), str(held.facts[name]), str(held.preferences[name]))
    console.print(table, highlight=False)
    switches = ", ".join(f"{name} {'on' if held.switches.get(name) else 'off'}" for name in SwitchName)
    console.print(f"Switches: {switches}", highlight=False)


def _at_the_office(work: "Callable[[Office], Awaitable[T]]") -> T:
    """Return what `work` gives, with the data at hand."""
    settings = read_settings()
    configure_logging("ERROR", settings.general.log_format)
    from src_v2 import data_upkeep

    async def at_work() -> T:
        async with data_upkeep.opened(settings) as office:
            return await work(office)

    return finish(at_work())


def _with(office: "Office", whose: Whose) -> "Office":
    """Return the office, where that character is known."""
    if whose.character not in office.characters:
        raise SettingsError(f"no character {whose.character} (there: {', '.join(office.characters) or 'none'})")
    return office


def _checked(user_id: str) -> str:
    platform, _, own_id = user_id.partition(":")
    if not platform or not own_id:
        fail(SettingsError(f"{user_id!r} is no person's id: it names the platform too, such as discord:1234"))
    return user_id


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        fail(SettingsError(f"--timezone: there is no time zone {name!r}"))
