"""Entries about goals as table rows, and back."""

from sqlalchemy import RowMapping

from src_v2.core.audience import Audience, Visibility
from src_v2.evolution.goals.models import Entry, What
from src_v2.storage.rows import RowWrite


def entry_row(entry: Entry, *, founded: bool = False) -> RowWrite:
    """Return the row of an entry; one that is there already stays as it is.

    A `founded` row is not written when its message is gone; one that comes together with its message cannot ask for it.
    """
    audience = entry.audience
    values = dict(
        id=entry.id, goal=entry.goal, character=audience.character, user_id=audience.user_id,
        guild_id=audience.guild_id, channel_id=audience.channel_id, visibility=audience.visibility.value,
        what=entry.what.value, description=entry.description, criteria=entry.criteria, category=entry.category,
        priority=entry.priority, progress=entry.progress, source_message_id=entry.message_id or None,
        learned_in=entry.learned_in or None, said_at=entry.at,
    )  # fmt: skip
    return RowWrite("v2_goals", values, needs=entry.message_id if founded else "")


def entry_of(row: RowMapping) -> Entry:
    """Return a row of `v2_goals`, with the text of its message as `words`."""
    audience = Audience(
        row["character"], row["user_id"], row["channel_id"], Visibility(row["visibility"]), row["guild_id"]
    )
    return Entry(
        row["id"], row["goal"], audience, What(row["what"]), row["said_at"], row["description"], row["criteria"],
        row["category"], row["priority"], row["progress"], row["source_message_id"] or "", row["learned_in"] or "",
        row["words"] or "",
    )  # fmt: skip
