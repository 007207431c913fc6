"""Other people's words inside a bot's message: escaped, cut to fit, and unable to ping or to break the layout. Pure."""

import discord

from src_v2.core.errors import NotThere
from src_v2.knowledge.models import CHARACTER, USER, Fact, PreferenceName
from src_v2.privacy.models import MemoryItem

ID_LENGTH = 8
"""Of a memory's id the last so many characters are shown: enough to tell one person's memories apart."""
NAME_LENGTH = 32
PREFERENCES = {
    PreferenceName.LENGTH: "length of answers",
    PreferenceName.TONE: "tone",
    PreferenceName.NICKNAME: "what to call me",
    PreferenceName.AVOID: "topics to avoid",
    PreferenceName.LANGUAGE: "language",
}


def harmless(text: str, limit: int) -> str:
    """Return `text` so that Discord shows it as it is, in at most `limit` characters."""
    kept = min(len(text), limit)
    while True:
        shown = _escaped(text[:kept]) + ("…" if kept < len(text) else "")
        if len(shown) <= limit:
            return shown
        kept -= max(1, (len(shown) - limit) // 2)


def in_a_line(text: str, limit: int) -> str:
    """Return the same on one line."""
    return harmless(" ".join(text.split()), limit)


def plain_line(text: str, limit: int) -> str:
    """Return `text` on one line for labels and options, where Discord knows neither formatting nor mentions."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def quoted(text: str, limit: int) -> str:
    """Return `text` as a quotation of at most `limit` characters."""
    room = limit
    while True:
        quotation = "\n".join(f"> {line}" for line in harmless(text, room).splitlines())
        if len(quotation) <= limit:
            return quotation
        room -= len(quotation) - limit


def short_id(whole: str) -> str:
    """Return what people see of an id."""
    return whole[-ID_LENGTH:]


def given_id(text: str) -> str:
    """Return the id that somebody typed or copied. Raises NotThere for what cannot be one."""
    cleaned = text.strip().strip("`#").lower()
    if len(cleaned) < ID_LENGTH:
        hint = f"Give at least the {ID_LENGTH} characters that `/memory list` shows before each memory."
        raise NotThere("an id of too few characters", user_message=hint)
    return cleaned


def memory_line(item: MemoryItem, text_limit: int) -> str:
    """Return a memory in a list."""
    who = in_a_line(item.speaker_name, NAME_LENGTH)
    return f"`{short_id(item.id)}` <t:{int(item.said_at.timestamp())}:d> **{who}**: {in_a_line(item.text, text_limit)}"


def fact_in_words(fact: Fact) -> str:
    """Return what a fact says, as plain text that still has to be escaped."""
    subject = {USER: "you", CHARACTER: "I"}.get(fact.subject, fact.subject)
    object_ = {USER: "you", CHARACTER: "me"}.get(fact.object, fact.object)
    return f"{subject} {fact.predicate.replace('_', ' ')} {object_}"


def preference_label(name: PreferenceName) -> str:
    """Return what people call a preference."""
    return PREFERENCES[name]


def megabytes(size: int) -> str:
    """Return a number of bytes for people, in MiB."""
    return f"{size / 2**20:,.1f} MB"


def _escaped(text: str) -> str:
    return discord.utils.escape_mentions(discord.utils.escape_markdown(text, ignore_links=False))
