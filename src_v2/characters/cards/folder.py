"""Between a card and a character's folder.

character.md and lorebook.json are made of the card and are the author's from then on; card.json keeps the original for
the way back. What was edited wins over what card.json says. No path is ever of the card's choosing.
"""

import os
import re
import shutil
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import cast

from src_v2.characters.cards import charx, png, text
from src_v2.characters.cards.models import Card, Spec
from src_v2.characters.cards.reading import card_of, main_picture
from src_v2.characters.cards.strict_json import JsonObject, dump, parse_object
from src_v2.characters.folder import (
    AVATAR_FILE,
    CARD_FILE,
    CHARACTER_FILE,
    LOREBOOK_FILE,
    MAX_FILE_BYTES,
    FolderContent,
    display_name,
    is_plain_name,
    read_bytes,
    read_folder,
)
from src_v2.characters.loader import parse_character
from src_v2.characters.lorebook.converting import card_book
from src_v2.characters.problems import BrokenCharacter
from src_v2.core.errors import CharacterError, RefusedInput
from src_v2.core.ids import new_id

ASSETS_FILE = "card_assets.zip"
README_FILE = "README.md"
MAX_NAME_CHARS = 64


def import_card(card: Card, characters: Path, name: str = "") -> Path:
    """Write a new folder for `card` below `characters` and return it. Blocking.

    `name` is the folder's, in any case; without it the card's name decides. Raises CharacterError when it cannot be a
    folder's or is taken, RefusedInput when the character would not load. The folder appears at once and whole.
    """
    folder = characters / _free_name(name.lower() or folder_name(card.name), characters)
    files = card_files(card, folder.name)
    _check(folder.name, files)
    temporary = characters / f".import-{new_id()}"
    try:
        temporary.mkdir(parents=True)
        for file, data in files.items():
            (temporary / file).write_bytes(data)
        os.rename(temporary, folder)
    except OSError as error:
        raise CharacterError(f"{folder} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def folder_name(name: str) -> str:
    """Return what a folder for `name` is called: small letters and digits with `-` between words; may be empty."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", name) if not unicodedata.combining(mark))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:MAX_NAME_CHARS].strip("-")


def card_files(card: Card, folder: str) -> dict[str, bytes]:
    """Return the files of a folder of that name, by file name."""
    files = {
        CHARACTER_FILE: text.compose(card, _spoken_name(card, folder)).encode(),
        CARD_FILE: dump(card.original),
        README_FILE: _readme(card).encode(errors="replace"),
    }
    if card.book is not None:
        files[LOREBOOK_FILE] = dump(card.book)
    if card.picture is not None:
        files[AVATAR_FILE] = card.picture
    if card.files:
        files[ASSETS_FILE] = charx.pack(card.files)
    return files


def card_of_folder(folder: Path) -> Card:
    """Return the card for a character's folder, whether it came from a card or not. Blocking.

    Raises BrokenCharacter, or RefusedInput when card.json or the picture cannot be used.
    """
    content = read_folder(folder)
    written = content.files[CHARACTER_FILE].strip()
    if CARD_FILE in content.data:
        card = card_of(parse_object(content.data[CARD_FILE], CARD_FILE))
        changed = text.edited_fields(card, _spoken_name(card, content.name), written)
    else:
        card = card_of({"name": display_name(content.name), "description": ""})
        changed = text.plain_fields(written, card.name)
    book = content.data.get(LOREBOOK_FILE)
    card = _edited(card, changed, None if book is None else parse_object(book, "the lorebook"))
    return _with_assets(card, folder)


def _free_name(name: str, characters: Path) -> str:
    if not is_plain_name(name):
        raise CharacterError(
            "no folder's name can be made of the card's: give one with letters, digits, - and _ (--name)",
            user_message="Give the character a name with letters and digits, such as 'ada' or 'old-tom'.",
        )
    if characters.is_dir() and any(path.name.lower() == name for path in characters.iterdir()):
        raise CharacterError(
            f"{characters / name} exists already: choose another name (--name), or move that folder away",
            user_message=f"There is a character '{name}' already.",
        )
    return name


def _spoken_name(card: Card, folder: str) -> str:
    """Return what `{{char}}` becomes: the card's own name, or the one that was given to its folder instead."""
    return card.spoken_name if folder_name(card.name) == folder else display_name(folder)


def _check(name: str, files: Mapping[str, bytes]) -> None:
    """Raise RefusedInput when these files would not load as a character."""
    if len(files[CHARACTER_FILE]) > MAX_FILE_BYTES:
        raise RefusedInput(f"the card's texts together are longer than {MAX_FILE_BYTES // 1024} KiB")
    texts = {CHARACTER_FILE: files[CHARACTER_FILE].decode()}
    data = {file: files[file] for file in (LOREBOOK_FILE, CARD_FILE) if file in files}
    try:
        parse_character(FolderContent(name, texts, "", data))
    except BrokenCharacter as broken:
        raise RefusedInput(f"the character would not load: {broken.problems[0].text}") from broken


def _readme(card: Card) -> str:
    """Return what the card's maker says to whoever uses it; it is no part of the prompt."""
    parts = [f"# {' '.join(card.name.split()) or 'A character'}", "Imported from a character card."]
    if card.creator.strip():
        parts.append(f"Made by: {' '.join(card.creator.split())}")
    if card.tags:
        parts.append("Tags: " + ", ".join(" ".join(tag.split()) for tag in card.tags))
    if card.creator_notes.strip():
        parts.append("## The maker's notes\n\n" + card.creator_notes.strip())
    return "\n\n".join(parts) + "\n"


def _edited(card: Card, changed: Mapping[str, str], book: JsonObject | None) -> Card:
    """Return the card with the fields that were changed, and with `book` in place of its own."""
    whole = deepcopy(card.original)
    data = whole if card.spec is Spec.V1 else cast("JsonObject", whole["data"])
    for key, value in changed.items():
        if data is not whole and whole.get(key) == data.get(key):  # many V2 cards repeat the fields of V1 outside
            whole[key] = value
        data[key] = value
        if key == "name" and card.nickname.strip():
            data["nickname"] = value
    if book is not None and book != card.book:
        data["character_book"] = card_book(book)
    return card_of(whole)


def _with_assets(card: Card, folder: Path) -> Card:
    files = {}
    if (folder / ASSETS_FILE).exists():
        files = charx.members(read_bytes(folder, ASSETS_FILE, 2 * charx.MAX_CHARX_BYTES))
    picture = main_picture(card.assets, files, [])
    if (folder / AVATAR_FILE).exists():
        picture = read_bytes(folder, AVATAR_FILE, png.MAX_PNG_BYTES)
        png.read_chunks(picture)
    return replace(card, files=files, picture=picture)
