"""The goals' SQL: what happened about them, in and out. How they stand is `folding`'s."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update

from src_v2.evolution.goals.models import Entry
from src_v2.evolution.goals.rows import entry_of, entry_row
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWriter
from src_v2.storage.tables import goals, messages

MOST_ENTRIES = 1_000
"""Of one person with one character, the newest; years of talk do not come near."""


class GoalStore:
    """Entries about goals."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)

    async def of(self, character: str, user_id: str) -> list[Entry]:
        """Return everything about a person's goals with a character, newest first, with the words that it rests on."""
        query = (
            select(goals, messages.c.text.label("words"))
            .outerjoin(messages, messages.c.id == goals.c.source_message_id)
            .where(goals.c.user_id == user_id, goals.c.character == character)
            .order_by(goals.c.said_at.desc(), goals.c.id.desc())
            .limit(MOST_ENTRIES)
        )
        async with self._db.read() as connection:
            return [entry_of(row) for row in (await connection.execute(query)).mappings()]

    async def add(self, entries: Sequence[Entry]) -> None:
        """Write entries; one whose message is gone is left out, one that is there stays as it is."""
        await self._rows.apply([entry_row(entry, founded=True) for entry in entries])

    async def rename(self, character: str, user_id: str, names: Mapping[str, str]) -> None:
        """Give all entries of goals another goal: `names` maps the old one to the new one."""
        own = (goals.c.user_id == user_id, goals.c.character == character)
        async with self._db.write() as connection:
            for old, new in names.items():
                await connection.execute(update(goals).where(*own, goals.c.goal == old).values(goal=new))
