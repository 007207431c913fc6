"""Which messages stand around a message in its session: those it is indexed with, and those indexed with it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping, Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.memory.points import CONTEXT_MESSAGES
from src_v2.storage.tables import messages

CONTEXT_WITHIN = timedelta(hours=6)
"""How far to look; bounds the read where many speak in one channel."""


async def rows_before(connection: AsyncConnection, row: RowMapping) -> Sequence[RowMapping]:
    """Return the messages that this one is indexed with: those right before it in its session, nearest first."""
    at = row["created_at"]
    query = _session_of(row).where(
        # Bounded on both sides, or the database would walk through everything that came later.
        messages.c.created_at.between(at - CONTEXT_WITHIN, at),
        or_(messages.c.created_at < at, messages.c.id < row["id"]),
    )
    query = query.order_by(messages.c.created_at.desc(), messages.c.id.desc()).limit(CONTEXT_MESSAGES)
    return list((await connection.execute(query)).mappings())


async def index_followers_again(connection: AsyncConnection, ids: Sequence[str]) -> None:
    """Have those indexed anew that were indexed with the messages `ids`: their vectors hold these words too."""
    changed = (await connection.execute(select(messages).where(messages.c.id.in_(ids)))).mappings().all()
    for row in changed:
        at = row["created_at"]
        query = _session_of(row).where(
            messages.c.created_at.between(at, at + CONTEXT_WITHIN),
            or_(messages.c.created_at > at, messages.c.id > row["id"]),
            messages.c.id.not_in(ids),
        )
        query = query.order_by(messages.c.created_at, messages.c.id).limit(CONTEXT_MESSAGES)
        after = [one["id"] for one in (await connection.execute(query)).mappings()]
        await connection.execute(update(messages).where(messages.c.id.in_(after)).values(indexed_in=None))


def _session_of(row: RowMapping) -> Select[Any]:
    """Return the query for what was said in the session of `row`: by one user and character, in one channel."""
    return select(messages).where(
        messages.c.character == row["character"], messages.c.channel_id == row["channel_id"],
        messages.c.user_id == row["user_id"], messages.c.session_id == row["session_id"], messages.c.text != "",
    )  # fmt: skip
