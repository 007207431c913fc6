"""What is remembered, as the person it is about looks through it: page by page, one by its id, from which servers."""

from sqlalchemy import and_, or_, select

from src_v2.core.audience import Audience, visible_to
from src_v2.core.messages import StoredMessage
from src_v2.storage.database import Database
from src_v2.storage.filters_sql import to_sql
from src_v2.storage.message_rows import stored_message
from src_v2.storage.tables import messages


class Browsing:
    """Reads for people, not for prompts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def page(self, audience: Audience, limit: int, *, after: str = "") -> list[StoredMessage]:
        """Return what may surface in front of `audience`, newest first, from behind the message `after` on."""
        query = select(messages).where(to_sql(visible_to(audience), messages), messages.c.text != "")
        if after:
            last = select(messages.c.created_at).where(messages.c.id == after).scalar_subquery()
            same = and_(messages.c.created_at == last, messages.c.id < after)
            query = query.where(or_(messages.c.created_at < last, same))
        query = query.order_by(messages.c.created_at.desc(), messages.c.id.desc()).limit(limit)
        async with self._db.read() as connection:
            return [stored_message(row) for row in (await connection.execute(query)).mappings()]

    async def by_id_or_end(self, audience: Audience, end: str) -> StoredMessage | None:
        """Return the message whose id is `end`, or ends so, if it may surface in front of `audience`."""
        named = or_(messages.c.id == end, messages.c.id.endswith(end, autoescape=True))
        query = select(messages).where(to_sql(visible_to(audience), messages), messages.c.text != "", named).limit(1)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return stored_message(row) if row else None

    async def guilds_of(self, user_id: str) -> list[str]:
        """Return the servers from which something is kept that passed between a person and a character."""
        query = select(messages.c.guild_id).distinct()
        query = query.where(messages.c.user_id == user_id, messages.c.guild_id.is_not(None))
        async with self._db.read() as connection:
            return sorted((await connection.execute(query)).scalars())
