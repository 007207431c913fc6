"""A row on its way to a table: the form in which slices write together in one transaction, or wait in the spool."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.storage.database import Database
from src_v2.storage.tables import METADATA, messages


@dataclass(frozen=True, slots=True)
class RowWrite:
    """One row for one table; when its key exists already, only the columns in `update` change.

    `needs` is the id of a message that this row follows from: when that is gone, the row is not written. So what is
    erased while somebody works with it leaves nothing behind.
    """

    table: str
    values: dict[str, Any]
    update: tuple[str, ...] = ()
    needs: str = ""


class RowWriter:
    """Writes rows of any table."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._upserts: dict[tuple[str, tuple[str, ...]], Executable] = {}

    async def apply(self, rows: Sequence[RowWrite]) -> None:
        """Write `rows` in one transaction."""
        async with self._db.write() as connection:
            await self.within(connection, rows)

    async def within(self, connection: AsyncConnection, rows: Sequence[RowWrite]) -> None:
        """Write `rows` in the transaction of `connection`, with one statement per run of rows of the same table."""
        rows = await self._founded(connection, rows)
        for (table, update_columns), group in groupby(rows, key=lambda row: (row.table, row.update)):
            # The rows go in as parameters: with `values(rows)` the statement would be compiled anew every time.
            await connection.execute(self._upsert(table, update_columns), [storable(row.values) for row in group])

    async def are_founded(self, connection: AsyncConnection, rows: Sequence[RowWrite]) -> bool:
        """Whether every message that `rows` need is there; on PostgreSQL they stay until the transaction ends."""
        return len(await self._founded(connection, rows)) == len(rows)

    async def _founded(self, connection: AsyncConnection, rows: Sequence[RowWrite]) -> Sequence[RowWrite]:
        """Return the rows whose messages are there. On PostgreSQL these stay until the transaction ends."""
        needed = {row.needs for row in rows if row.needs}
        if not needed:
            return rows
        there = select(messages.c.id).where(messages.c.id.in_(needed)).with_for_update(read=True)
        found = set((await connection.execute(there)).scalars())
        return [row for row in rows if not row.needs or row.needs in found]

    def _upsert(self, table_name: str, update_columns: tuple[str, ...]) -> Executable:
        """Return the statement for one kind of row; built once, because building it costs more than running it."""
        key = (table_name, update_columns)
        if key not in self._upserts:
            table = METADATA.tables[table_name]
            insert = self._db.upsert(table)
            keys = list(table.primary_key.columns)
            newer = {name: insert.excluded[name] for name in update_columns}
            self._upserts[key] = (
                insert.on_conflict_do_update(index_elements=keys, set_=newer)
                if newer
                else insert.on_conflict_do_nothing(index_elements=keys)
            )
        return self._upserts[key]


def storable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that every database takes."""
    return {name: without_nul(value) if isinstance(value, str) else value for name, value in values.items()}


def without_nul(text: str) -> str:
    """Return text that every database takes: PostgreSQL refuses the NUL character, which nobody can see anyway."""
    return text.replace("\x00", "")
