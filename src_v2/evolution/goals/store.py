"""The goals' SQL: what happened about them, in and out. How they stand is `folding`'s."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, func, literal, select, tuple_, update

from src_v2.evolution.goals.models import OWN, Entry
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

    async def resting(
        self, people: Collection[tuple[str, str]], since: datetime, until: datetime
    ) -> dict[tuple[str, str], list[Entry]]:
        """Return by (character, user id) everything about those goals of these people of which something was said or
        done since then, but nothing after `until`; without words. One statement.
        """  # noqa: D205 - one sentence
        whose = (goals.c.character, goals.c.user_id, goals.c.goal)
        theirs = (tuple_(*whose[:2]).in_(list(people)), ~goals.c.goal.startswith(OWN, autoescape=True))
        latest = func.max(goals.c.said_at)
        still = select(*whose).where(*theirs).group_by(*whose).having(latest.between(since, until)).subquery()
        same = and_(*(column == still.c[column.name] for column in whose))
        query = select(goals, literal("").label("words")).join(still, same)
        found: dict[tuple[str, str], list[Entry]] = {}
        async with self._db.read() as connection:
            for row in (await connection.execute(query)).mappings():
                found.setdefault((row["character"], row["user_id"]), []).append(entry_of(row))
        return found

    async def add(self, entries: Sequence[Entry]) -> None:
        """Write entries; one whose message is gone is left out, one that is there stays as it is."""
        await self._rows.apply([entry_row(entry, founded=True) for entry in entries])

    async def rename(self, character: str, user_id: str, names: Mapping[str, str]) -> None:
        """Give all entries of goals another goal: `names` maps the old one to the new one."""
        own = (goals.c.user_id == user_id, goals.c.character == character)
        async with self._db.write() as connection:
            for old, new in names.items():
                await connection.execute(update(goals).where(*own, goals.c.goal == old).values(goal=new))
