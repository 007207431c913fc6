"""What to know about a stranger's card before trusting it: what has no effect, and which lines deserve a look."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from src_v2.characters.cards import macros
from src_v2.characters.cards.models import TEXT_FIELDS, Card

LONGEST_QUOTE_CHARS = 160
MOST_LINES = 50

_AUTHORITY = re.compile(
    r"\bignore\b.{0,40}\b(?:previous|prior|above|all|earlier|other)\b|\bdisregard\b.{0,40}\b(?:instruction|rule|above)"
    r"|\b(?:system|developer|admin(?:istrator)?) *(?:prompt|message|note|override|:)|</?(?:system|instructions?)\b"
    r"|\[(?:system|inst)\b|<\|[a-z_]+\|>|\bjailbreak|\b(?:OOC|out of character)\b"
    r"|\boverride\b.{0,30}\b(?:rule|safety|limit)"
    r"|\b(?:without|no) (?:any )?(?:restrictions?|limits|filters?|censorship)\b"
    r"|\byou are (?:chatgpt|gpt|claude|an? (?:AI|LLM))"
    r"|\b(?:never|don't|do not) (?:say|admit|mention|reveal)\b.{0,40}\b(?:AI|model|bot)\b|\bdeveloped by\b",
    re.IGNORECASE,
)  # fmt: skip
_ADDRESS = re.compile(r"\bhttps?://|\bdata:text/|<(?:script|iframe|img)\b", re.IGNORECASE)
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card that deserves a look. `place` is the field, `quote` the line, cut and made printable."""

    place: str
    why: str
    quote: str


def left_out(card: Card) -> list[str]:
    """Return what of the card is kept for export and has no effect here, in plain words."""
    found = [str(oddity) for oddity in card.oddities]
    if card.post_history_instructions.strip():
        found.append("post_history_instructions: kept in card.json, not used")
    if card.alternate_greetings:
        found.append(f"alternate_greetings: {len(card.alternate_greetings)} kept in card.json, not used")
    if card.creator_notes.strip():
        found.append("creator_notes: are for you and not for the prompt; they are in README.md")
    remote = sum(asset.uri.lower().startswith(("http:", "https:")) for asset in card.assets)
    if remote:
        found.append(f"assets: {remote} on the network were not fetched; their addresses are kept in card.json")
    if card.files:
        found.append(f"assets: {len(card.files)} files kept in card_assets.zip for export, not used")
    unknown = sorted({name for key in TEXT_FIELDS for name in macros.without_effect(getattr(card, key))})
    if unknown:
        found.append("macros that stay as text: " + ", ".join(unknown))
    if any(macros.our_placeholders(getattr(card, key)) for key in TEXT_FIELDS):
        found.append("words in braces that are placeholders here were taken as text")
    return found


def lines_to_look_at(card: Card) -> list[Line]:
    """Return the lines that address the system, claim authority, hide characters or name addresses; at most 50."""
    found: list[Line] = []
    for place, text in _texts(card):
        for line in text.splitlines():
            why = _why(line)
            if why and len(found) < MOST_LINES:
                shown = "".join(mark if mark.isprintable() else "·" for mark in line.strip())
                found.append(Line(place, why, shown[:LONGEST_QUOTE_CHARS]))
    return found


def _why(line: str) -> str:
    if _AUTHORITY.search(line):
        return "speaks to the system or claims authority"
    if _HIDDEN.search(line):
        return "has characters that cannot be seen"
    return "names an address or holds markup" if _ADDRESS.search(line) else ""


def _texts(card: Card) -> Iterator[tuple[str, str]]:
    for key in TEXT_FIELDS:
        yield key, getattr(card, key)
    entries = (card.book or {}).get("entries")
    listed = list(entries.values()) if isinstance(entries, dict) else entries if isinstance(entries, list) else []
    for number, entry in enumerate(listed):
        if isinstance(entry, dict) and isinstance(entry.get("content"), str):
            yield f"character_book.entries[{number}].content", str(entry["content"])
