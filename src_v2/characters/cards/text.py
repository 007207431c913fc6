"""Between a card's texts and character.md: one section per field, so that what was edited finds its way back."""

import re
from collections.abc import Mapping

from src_v2.characters.cards.macros import to_macros, to_placeholders
from src_v2.characters.cards.models import Card

DESCRIPTION = "description"
HEADINGS = {
    "personality": "## Personality",
    "scenario": "## Scenario",
    "system_prompt": "## Instructions",
    "first_mes": "## How a conversation begins",
    "mes_example": "## Example dialogue",
}
_FIELDS = {heading: key for key, heading in HEADINGS.items()}
_LIKE_OURS = re.compile("^(?=(?:" + "|".join(HEADINGS.values()) + r")[ \t]*$)", re.MULTILINE)
_TITLE = re.compile(r"\A# +(?P<title>\S.*?) *(?:\n|\Z)")


def compose(card: Card, character: str) -> str:
    """Return character.md for a card; `character` is what `{{char}}` becomes."""
    parts = [f"# {_title(character)}", *_sections(card, character).values()]
    return "\n\n".join(part for part in parts if part) + "\n"


def edited_fields(card: Card, character: str, text: str) -> dict[str, str]:
    """Return the fields, with their new texts, that someone changed in a character.md that `compose` had made."""
    before, after = _sections(card, character), _split(text)
    changed = {key: to_macros(_body(key, after.get(key, ""))) for key in before if before[key] != after.get(key, "")}
    title = _TITLE.match(text)
    if title is not None and title["title"] != _title(character):
        changed["name"] = title["title"]
    return changed


def plain_fields(text: str, name: str) -> dict[str, str]:
    """Return the fields of a card for a character.md of somebody's own: its title is the name, the rest describes."""
    title = _TITLE.match(text)
    body = text[title.end() :] if title else text
    return {"name": title["title"] if title else name, "description": to_macros(body.strip())}


def _sections(card: Card, character: str) -> Mapping[str, str]:
    """Return the text of each section with its heading, empty for a field without text."""
    sections = {DESCRIPTION: _demoted(to_placeholders(card.description, character))}
    for key, heading in HEADINGS.items():
        body = _demoted(to_placeholders(getattr(card, key), character))
        sections[key] = f"{heading}\n\n{body}" if body else ""
    return sections


def _split(text: str) -> dict[str, str]:
    """Return the sections of a character.md as `_sections` makes them."""
    found: dict[str, list[str]] = {DESCRIPTION: []}
    current = DESCRIPTION
    for line in _TITLE.sub("", text, count=1).split("\n"):
        current = _FIELDS.get(line.rstrip(), current)
        found.setdefault(current, []).append(line)
    return {key: "\n".join(lines).strip() for key, lines in found.items()}


def _body(key: str, section: str) -> str:
    return section.removeprefix(HEADINGS.get(key, "")).strip()


def _demoted(text: str) -> str:
    """Return `text` with lines that look like our own headings one level lower."""
    return _LIKE_OURS.sub("#", text)


def _title(character: str) -> str:
    return " ".join(character.split())
