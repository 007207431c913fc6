"""Every store's translation of a filter means what `core.filters.matches` says, also for odd filters."""

import asyncio
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, MetaData, Table, Text, delete, insert, select

from src_v2.core.audience import Audience, Visibility, visible_to
from src_v2.core.filters import And, AnyOf, Eq, Filter, Not, Or, Range, matches
from src_v2.storage.database import Database
from src_v2.storage.filters_sql import to_sql
from src_v2.storage.types_sql import UtcDateTime
from src_v2.storage.vectors.base import DENSE, CollectionSpec, Leg, PayloadValue, Point, VectorStore
from src_v2.storage.vectors.edge import EdgeVectorStore
from src_v2.storage.vectors.server import ServerVectorStore

Row = Mapping[str, PayloadValue]

WORDS = st.sampled_from(["", "elena", "marcus", "Elena", "a'b", "ü"])
NUMBERS = st.sampled_from([-1, 0, 1, 2, 1_700_000_000_000])
FLOATS = st.sampled_from([-1.5, 0.0, 0.25, 2.0])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "character": WORDS,
    "user_id": WORDS,
    "guild_id": WORDS,
    "channel_id": WORDS,
    "visibility": st.sampled_from(sorted(Visibility)).map(str),
    "count": NUMBERS,
    "weight": FLOATS,
    "pinned": st.booleans(),
    "created_at": NUMBERS,
}
ROWS = st.lists(st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()}), max_size=6)
ROWS_TABLE = Table(
    "rows",
    MetaData(),
    Column("n", Integer, primary_key=True),
    Column("character", Text),
    Column("user_id", Text),
    Column("guild_id", Text),
    Column("channel_id", Text),
    Column("visibility", Text),
    Column("count", BigInteger),
    Column("weight", Float),
    Column("pinned", Boolean),
    Column("created_at", UtcDateTime),
)


def leaves() -> st.SearchStrategy[Filter]:
    fields = st.sampled_from(sorted(VALUES))
    limits = st.none() | NUMBERS | FLOATS
    return st.one_of(
        fields.flatmap(lambda name: st.builds(Eq, st.just(name), VALUES[name])),
        fields.flatmap(lambda name: st.builds(AnyOf, st.just(name), st.lists(VALUES[name], max_size=3).map(tuple))),
        st.builds(Range, fields, limits, limits),
        st.builds(Eq, fields, WORDS | NUMBERS),  # often of another type than the field
    )


def branches(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, inner))


def audiences() -> st.SearchStrategy[Audience]:
    """Audiences as they are read: in private in all four ways, in servers in the only one."""
    in_private = st.builds(
        Audience, WORDS, WORDS, WORDS, st.just(Visibility.PRIVATE), shared=st.booleans(), without_servers=st.booleans()
    )
    in_servers = st.builds(
        Audience, WORDS, WORDS, WORDS, st.sampled_from([Visibility.CHANNEL, Visibility.GUILD]), guild_id=WORDS
    )
    return in_private | in_servers


FILTERS = st.recursive(leaves(), branches, max_leaves=8) | audiences().map(visible_to)


async def by_sql(db: Database, rows: list[Row], conditions: list[Filter]) -> list[set[int]]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)

    def stored(row: Row) -> dict[str, Any]:
        moment = row["created_at"]
        return {**row, "created_at": None if moment is None else epoch + timedelta(milliseconds=float(moment))}

    async with db.write() as connection:
        await connection.run_sync(ROWS_TABLE.create, checkfirst=True)
        await connection.execute(delete(ROWS_TABLE))
        if rows:
            await connection.execute(insert(ROWS_TABLE), [{"n": n, **stored(row)} for n, row in enumerate(rows)])
    async with db.read() as connection:
        queries = [select(ROWS_TABLE.c.n).where(to_sql(condition, ROWS_TABLE)) for condition in conditions]
        return [set((await connection.execute(query)).scalars()) for query in queries]


async def by_vectors(store: VectorStore, rows: list[Row], conditions: list[Filter]) -> list[set[int]]:
    await store.ensure(CollectionSpec("rows", 2))
    await store.delete_where("rows", And(()))
    points = [Point(str(uuid.UUID(int=n)), [1.0, 0.0], payload=row) for n, row in enumerate(rows)]
    await store.upsert("rows", points)
    found = [await store.search("rows", [Leg(DENSE, [1.0, 0.0])], condition, 10) for condition in conditions]
    return [{uuid.UUID(hit.id).int for hit in hits} for (hits,) in found]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "edge", "client in memory"])
def test_every_store_agrees_with_the_meaning(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        store = _store(kind, request, tmp_path)

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(rows=ROWS, conditions=st.lists(FILTERS, min_size=5, max_size=10))
        def agree(rows: list[Row], conditions: list[Filter]) -> None:
            found = (
                by_sql(store, rows, conditions) if isinstance(store, Database) else by_vectors(store, rows, conditions)
            )
            assert runner.run(found) == [
                {n for n, row in enumerate(rows) if matches(condition, row)} for condition in conditions
            ]

        try:
            agree()
        finally:
            runner.run(store.close())


def _store(kind: str, request: pytest.FixtureRequest, folder: Path) -> Database | VectorStore:
    match kind:
        case "sqlite":
            return Database(f"sqlite:///{folder / 'x.db'}")
        case "postgresql":
            return Database(request.getfixturevalue("postgres_url"))
        case "edge":
            return EdgeVectorStore(folder)
        case _:
            return ServerVectorStore(":memory:")


def test_a_field_without_a_column_is_a_mistake_not_a_match() -> None:
    with pytest.raises(KeyError):
        to_sql(Eq("nobody_knows", "x"), ROWS_TABLE)


def test_a_moment_beyond_all_calendars_is_still_comparable() -> None:
    condition = to_sql(Range("created_at", gte=-1e18, lt=1e18), ROWS_TABLE)
    assert {value.year for value in condition.compile().params.values()} == {1, 9999}
