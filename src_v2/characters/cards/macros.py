"""Between the macros of cards (`{{char}}`, `{{user}}`) and the placeholders of character.md, in both directions."""

import re

from src_v2.characters.placeholders import PLACEHOLDERS

USER_PLACEHOLDER = "{user_name}"

_CHARACTER = re.compile(r"\{\{\s*char\s*\}\}|<(?:char|bot)>", re.IGNORECASE)
_USER = re.compile(r"\{\{\s*user\s*\}\}|<user>", re.IGNORECASE)
_SILENT = re.compile(r"\{\{\s*(?:(?://|(?:comment|hidden_key)\s*:)[^{}]*|original\s*)\}\}", re.IGNORECASE)
_OTHER = re.compile(r"\{\{\s*([A-Za-z_]{1,30})[^{}]{0,200}\}\}")
_HARMLESS = {"user_name", "discord_display_name", "current_datetime"}
_OURS = re.compile(r"\{(" + "|".join(sorted(PLACEHOLDERS - _HARMLESS)) + r")\}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def to_placeholders(text: str, character: str) -> str:
    """Return a card's text as a part of character.md.

    A word in braces that would pull something remembered or a place into the text stays text: `{ guild_id }`.
    """
    clean = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    clean = _OURS.sub(r"{ \1 }", _SILENT.sub("", clean))
    clean = _CHARACTER.sub(lambda _: character, clean)
    return _USER.sub(USER_PLACEHOLDER, clean).strip()


def to_names(text: str, character: str, user: str) -> str:
    """Return a card's text with the macros replaced by names, for the prompt."""
    clean = _UNSEEN.sub("", _SILENT.sub("", text))
    return _USER.sub(lambda _: user, _CHARACTER.sub(lambda _: character, clean)).strip()


def to_macros(text: str) -> str:
    """Return a part of character.md as a card's text."""
    return text.replace(USER_PLACEHOLDER, "{{user}}")


def without_effect(text: str) -> list[str]:
    """Return the names of macros that stay in the text as they are, in lower case, each once."""
    left = _USER.sub("", _CHARACTER.sub("", _SILENT.sub("", text)))
    return sorted({found.lower() for found in _OTHER.findall(left)})


def our_placeholders(text: str) -> list[str]:
    """Return the words in braces that would pull something in here, each once."""
    return sorted(set(_OURS.findall(text)))
