"""`whisperengine character`: make, check and list characters, and exchange them with other programs as cards."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from src_v2.characters.cards.models import Card, Container, Spec
from src_v2.cli_base import console, fail, read_settings
from src_v2.core.errors import CharacterError, RefusedInput, WhisperEngineError
from src_v2.observability.logging import configure_logging

character_cli = typer.Typer(no_args_is_help=True, help="Make, check and list characters; import and export cards.")
CharacterName = Annotated[str, typer.Argument(help="The character's folder name.")]

PRIVATE_FILE = 0o600


@character_cli.command("new")
def character_new(name: CharacterName) -> None:
    """Write a folder with everything a new character needs to be talked to."""
    from src_v2.characters.scaffold import create_character

    settings = read_settings()
    try:
        folder = create_character(name, settings.general.characters_dir)
    except WhisperEngineError as error:
        fail(error)
    console.print(f"{folder} is ready. Edit its character.md: a running WhisperEngine picks it up as you save.")


@character_cli.command("check")
def character_check(target: Annotated[str, typer.Argument(help="A character's name, or any folder.")]) -> None:
    """Say what is wrong with a character's files, with file, line and key."""
    from src_v2.characters.check import check_character
    from src_v2.characters.problems import Severity

    settings = read_settings()
    try:
        problems = check_character(target, settings.general.characters_dir)
    except WhisperEngineError as error:
        fail(error)
    for problem in problems:
        console.print(escape(str(problem)), highlight=False)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise typer.Exit(1)
    console.print("No errors." if problems else "Nothing to improve.")


@character_cli.command("list")
def character_list() -> None:
    """List the characters and what is wrong with them."""
    from src_v2.characters.service import Characters

    settings = read_settings()
    configure_logging("ERROR", settings.general.log_format)
    characters = Characters(settings.general.characters_dir)
    characters.load_all()
    for name in characters.names():
        console.print(f"[bold]{name}[/]  {escape(characters.get(name).core.purpose.strip())}")
    for problem in characters.problems():
        console.print(escape(str(problem)), style="yellow", highlight=False)


@character_cli.command("import")
def character_import(
    file: Annotated[Path, typer.Argument(help="A character card: PNG, JSON or CHARX.")],
    name: Annotated[str, typer.Option(help="The folder's name, when it is not to follow from the card's.")] = "",
) -> None:
    """Make a character of a card, and say which of its lines deserve a look. Nothing is fetched from the network."""
    from src_v2.characters.cards.charx import MAX_CHARX_BYTES
    from src_v2.characters.cards.folder import import_card
    from src_v2.characters.cards.reading import read_card

    settings = read_settings()
    try:
        card = read_card(_read(file, MAX_CHARX_BYTES))
        folder = import_card(card, settings.general.characters_dir, name)
    except WhisperEngineError as error:
        fail(error)
    _tell(card, folder)


@character_cli.command("export")
def character_export(
    name: CharacterName,
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
    container: Annotated[
        Container | None, typer.Option("--format", help="Without it, what the file's name ends in, or JSON.")
    ] = None,
    spec: Annotated[
        Spec | None, typer.Option(help="v2 or v3; without it that of the card the character came from, or v3.")
    ] = None,
) -> None:
    """Write a character as a card for other programs; what you edited is in it."""
    from src_v2.characters.cards.folder import card_of_folder
    from src_v2.characters.cards.writing import write_card
    from src_v2.characters.check import find_folder

    settings = read_settings()
    wanted = container or _container(file)
    try:
        if spec is Spec.V1 or (wanted is Container.CHARX and spec is Spec.V2):
            raise CharacterError("cards are written as v2 or v3, and CHARX as v3 only")
        card = card_of_folder(find_folder(name, settings.general.characters_dir))
        _write(file, write_card(card, wanted, spec))
    except WhisperEngineError as error:
        fail(error)
    console.print(f"{escape(str(file))} is written ({wanted.value}).", highlight=False)
    if card.files and wanted is not Container.CHARX:
        console.print("The files that came with the card are only in a CHARX: use --format charx.", style="yellow")


def _tell(card: Card, folder: Path) -> None:
    from src_v2.characters.cards.review import left_out, lines_to_look_at
    from src_v2.characters.loader import load_character
    from src_v2.characters.service import warnings_of

    entries = (card.book or {}).get("entries")
    count = len(entries) if isinstance(entries, list | dict) else 0
    console.print(f"{escape(str(folder))} is ready: {card.container.value}, {card.spec.value}.", highlight=False)
    console.print(f"Imported: texts{', picture' if card.picture else ''}, {count} lorebook entries.", highlight=False)
    problems = [f"{problem.file} {problem.key}: {problem.text}" for problem in warnings_of(load_character(folder))]
    for omission in [*left_out(card), *problems]:
        console.print(f"- {escape(omission)}", style="yellow", highlight=False)
    lines = lines_to_look_at(card)
    if lines:
        console.print("A stranger wrote this. Look at these lines before you let it speak:", style="bold")
    for line in lines:
        console.print(f"- {escape(f'{line.place}: {line.why}: {line.quote}')}", highlight=False)


def _container(file: Path) -> Container:
    ending = file.suffix.lower().lstrip(".")
    return Container(ending) if ending in set(Container) else Container.JSON


def _read(file: Path, limit: int) -> bytes:
    try:
        with file.open("rb") as stream:
            blob = stream.read(limit + 1)
    except OSError as error:
        raise RefusedInput(f"it cannot be read: {error.strerror}") from error
    if len(blob) > limit:
        raise RefusedInput(f"it is larger than {limit // 2**20} MiB")
    return blob


def _write(file: Path, blob: bytes) -> None:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as stream:
            stream.write(blob)
    except FileExistsError as error:
        raise CharacterError(f"{file} exists already: choose another name") from error
    except OSError as error:
        raise CharacterError(f"{file} cannot be written: {error.strerror}") from error
