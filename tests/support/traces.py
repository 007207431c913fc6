"""Looks for somebody in everything that a process has written."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from src_v2.storage.database import Database
from src_v2.storage.tables import METADATA


async def rows_with(database: Database, *words: str) -> list[str]:
    """Return the tables that hold one of the words anywhere, once for each row."""
    found: list[str] = []
    async with database.read() as connection:
        for table in METADATA.sorted_tables:
            rows = (await connection.execute(select(table))).all()
            found += [table.name for row in rows if any(word in str(value) for value in row for word in words)]
    return found


def files_with(folder: Path, words: Sequence[str]) -> list[tuple[str, str]]:
    """Return (file, word) for every file below `folder` that holds a word."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [
        (str(path.relative_to(folder)), word) for path in files for word in words if word.encode() in path.read_bytes()
    ]
