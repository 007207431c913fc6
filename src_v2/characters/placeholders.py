"""Fills the `{placeholders}` of a character's own text. Never to be used on text that came from people."""

import re
from collections.abc import Mapping

PLACEHOLDERS = frozenset(
    {
        "user_name",
        "current_datetime",
        "discord_display_name",
        "universe_context",
        "recent_memories",
        "knowledge_context",
        "past_summaries",
        "guild_id",
        "channel_name",
        "parent_channel_name",
    }
)

_WORD_IN_BRACES = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with each known placeholder replaced by its value, or by nothing when `values` has none.

    One pass: a value that itself contains `{user_name}` is put in as it is. Words in braces that are no placeholder
    stay as they are.
    """

    def replacement(found: re.Match[str]) -> str:
        name = found.group(1)
        return values.get(name, "") if name in PLACEHOLDERS else found.group(0)

    return _WORD_IN_BRACES.sub(replacement, text)


def words_in_braces(text: str) -> list[tuple[int, str]]:
    """Return every `{word}` of `text` as (line from 1, word), known placeholder or not."""
    return [(text.count("\n", 0, found.start()) + 1, found.group(1)) for found in _WORD_IN_BRACES.finditer(text)]
