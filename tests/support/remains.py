"""Looks for what a person left behind: in every table, the vectors, the graph, and the bytes of every file."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select

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

    found = [f"row {row}" for row in await _rows(house) if hit(row)]
    found += [f"vector {point}" for point in await _points(house) if hit(point)]
    found += [f"graph {row}" for row in await _graph(house) if hit(row)]
    return found + written(house.settings.general.data_dir, words)


def written(folder: Path, words: Iterable[str]) -> list[str]:
    """Return the files below `folder` that hold any of `words`."""
    marks = [word.casefold().encode() for word in words]
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [f"file {path.name}" for path in files if any(mark in path.read_bytes().lower() for mark in marks)]


async def _rows(house: House) -> list[object]:
    found: list[object] = []
    async with house.app.stores.database.read() as connection:
        for name, table in METADATA.tables.items():
            if name != DECISIONS:
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
