"""The questions of traces as search keys: a `core.keys.KeySource`, so that one index keeps them with all the rest.

They lead recall nowhere, which looks for what was said: the question is there as a message already.
"""

from collections.abc import Sequence

from sqlalchemy import RowMapping, or_, select, update

from src_v2.core.keys import TRACE_KEY, KeyItem
from src_v2.memory.traces.store import unchanged
from src_v2.storage.database import Database
from src_v2.storage.tables import messages, traces


class TraceKeys:
    """The keys of all traces whose question is still there."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def to_index(self, limit: int, collection: str) -> list[KeyItem]:
        """Return up to `limit` keys that `collection` does not hold."""
        missing = or_(traces.c.indexed_in.is_(None), traces.c.indexed_in != collection)
        query = (
            select(traces, messages.c.session_id, messages.c.created_at.label("asked_at"))
            .join(messages, messages.c.id == traces.c.source_message_id)
            .where(missing, unchanged())
            .order_by(traces.c.id)
            .limit(limit)
        )
        async with self._db.read() as connection:
            return [_key(row) for row in (await connection.execute(query)).mappings()]

    async def mark_indexed(self, items: Sequence[KeyItem], collection: str) -> list[str]:
        """Note that `collection` holds `items`; return the ids of those that are gone meanwhile."""
        ids = [item.id for item in items]
        marked = update(traces).where(traces.c.id.in_(ids)).values(indexed_in=collection).returning(traces.c.id)
        async with self._db.write() as connection:
            known = set((await connection.execute(marked)).scalars())
        return [one for one in ids if one not in known]

    async def unknown(self, ids: Sequence[str]) -> list[str]:
        """Return those of `ids` that are no traces."""
        async with self._db.read() as connection:
            known = set((await connection.execute(select(traces.c.id).where(traces.c.id.in_(ids)))).scalars())
        return [one for one in ids if one not in known]


def _key(row: RowMapping) -> KeyItem:
    payload = {name: row[name] for name in ("character", "user_id", "guild_id", "channel_id", "visibility")}
    # The question's time, so that a limit in days takes both at once.
    payload["created_at"] = int(row["asked_at"].timestamp() * 1000)
    return KeyItem(row["id"], TRACE_KEY, row["question"], row["source_message_id"], row["session_id"] or "", payload)
