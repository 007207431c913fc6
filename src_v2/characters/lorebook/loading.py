"""The lorebook of a character's folder: lorebook.json, or else the book in its card.json."""

from collections.abc import Mapping

from src_v2.characters.cards.fields import Oddity
from src_v2.characters.cards.strict_json import JsonObject, parse_object
from src_v2.characters.folder import CARD_FILE, LOREBOOK_FILE
from src_v2.characters.lorebook.models import EMPTY_BOOK, Lorebook
from src_v2.characters.lorebook.reading import read_book
from src_v2.characters.problems import Severity
from src_v2.characters.yaml_reader import Notes
from src_v2.core.errors import RefusedInput

MOST_PROBLEMS = 50


def load_lorebook(data: Mapping[str, bytes], notes: Notes) -> Lorebook:
    """Return the book, empty when there is none.

    A lorebook.json that cannot be read is an error; what is wrong inside a book, or with card.json, is a warning.
    """
    if LOREBOOK_FILE in data:
        try:
            book = parse_object(data[LOREBOOK_FILE], "the lorebook")
        except RefusedInput as refused:
            notes.note(LOREBOOK_FILE, 0, "", f"cannot be used: {refused}")
            return EMPTY_BOOK
        return _read(book, LOREBOOK_FILE, "", notes)
    if CARD_FILE in data:
        return _from_card(data[CARD_FILE], notes)
    return EMPTY_BOOK


def _from_card(blob: bytes, notes: Notes) -> Lorebook:
    try:
        card = parse_object(blob)
    except RefusedInput as refused:
        notes.note(CARD_FILE, 0, "", f"its lorebook is not read: {refused}", Severity.WARNING)
        return EMPTY_BOOK
    inner = card.get("data")
    data, path = (inner, "data.character_book") if isinstance(inner, dict) else (card, "character_book")
    book = data.get("character_book")
    return _read(book, CARD_FILE, path, notes) if isinstance(book, dict) else EMPTY_BOOK


def _read(data: JsonObject, file: str, path: str, notes: Notes) -> Lorebook:
    oddities: list[Oddity] = []
    book = read_book(data, oddities, path)
    for oddity in oddities[:MOST_PROBLEMS]:
        notes.note(file, 0, oddity.key, oddity.text, Severity.WARNING)
    if len(oddities) > MOST_PROBLEMS:
        notes.note(file, 0, "", f"has {len(oddities) - MOST_PROBLEMS} more problems like these", Severity.WARNING)
    return book
