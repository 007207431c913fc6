"""Looks for what a person left behind: in every table, the vectors, the graph, and the bytes of every file."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from src_v2.storage.database import Database
from src_v2.storage.tables import METADATA
from tests.support.house import House

DECISIONS = "v2_switches"
"""The one table that may name somebody who does not want to be remembered: it says so."""


async def traces(house: House, ids: Iterable[str], words: Iterable[str]) -> list[str]:
    """Return where any of `ids` or `words` is found, however deep it stands; files are searched for the words only."""
    wanted = [mark.casefold() for mark in (*ids, *words)]

    def hit(what: object) -> bool:
        text = str(what).casefold()
        return any(mark in text for mark in wanted)

    rows = await _all_rows(house.app.stores.database)
    found = [f"row {row}" for row in rows if row[0] != DECISIONS and hit(row)]
    found += [f"vector {point}" for point in await _points(house) if hit(point)]
    found += [f"graph {row}" for row in await _graph(house) if hit(row)]
    return found + [f"file {file}" for file, _ in files_with(house.settings.general.data_dir, list(words))]


async def rows_with(database: Database, *words: str) -> list[str]:
    """Return the tables that hold one of the words anywhere, once for each row."""
    return [name for name, row in await _all_rows(database) if any(word in str(row) for word in words)]


def files_with(folder: Path, words: Sequence[str]) -> list[tuple[str, str]]:
    """Return (file, word) for every file below `folder` that holds a word, in whatever case."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    contents = ((str(path.relative_to(folder)), path.read_bytes().lower()) for path in files)
    return [(name, word) for name, content in contents for word in words if word.lower().encode() in content]


async def _all_rows(database: Database) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    async with database.read() as connection:
        for name, table in METADATA.tables.items():
            found += [(name, dict(row)) for row in (await connection.execute(select(table))).mappings()]
    return found


async def _points(house: House) -> list[object]:
    vectors = house.app.stores.vectors
    found: list[object] = []
    for collection in await vectors.collections():
        ids, _ = await vectors.ids(collection)
        found += (await vectors.payloads(collection, ids)).items()
    return found


async def _graph(house: House) -> list[object]:
    told = "MATCH (a:Entity)-[f:Fact]->(b:Entity) RETURN a.id AS a, b.id AS b, f.user_id AS user, f.speaker_id AS by"
    return list(await house.app.stores.graph.read(told))
