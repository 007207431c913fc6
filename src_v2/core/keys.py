"""Search keys beside a message's own words: what was understood of it leads back to it, never stands in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

FACT_KEY, SUMMARY_KEY = "fact", "summary"
TRACE_KEY = "trace"
"""Leads to how a question was answered, and not to what was said: recall does not see it."""


@dataclass(frozen=True, slots=True)
class KeyItem:
    """One key: words by which the message `message_id`, or all of the session `session_id`, is found.

    `payload` holds the fields of the audience that may find it, and `created_at` in epoch milliseconds. `importance` is
    1..5, 0 when nobody weighed it. `message_id` is empty for a key to a whole session.
    """

    id: str
    kind: str
    text: str
    message_id: str
    session_id: str
    payload: Mapping[str, str | int | None]
    importance: int = 0


class KeySource(Protocol):
    """Where keys come from. Raises StoreUnavailable while its store is away."""

    async def to_index(self, limit: int, collection: str) -> list[KeyItem]:
        """Return up to `limit` keys that `collection` does not hold."""
        ...

    async def mark_indexed(self, items: Sequence[KeyItem], collection: str) -> list[str]:
        """Note that `collection` holds `items`; return the ids of those that are gone meanwhile."""
        ...

    async def unknown(self, ids: Sequence[str]) -> list[str]:
        """Return those of `ids` that are no keys of this source."""
        ...
