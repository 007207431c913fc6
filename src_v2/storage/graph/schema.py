"""The graph's schema: one list of versioned declarations, from which each store gets statements in its own words.

A new version is a new `Step` at the end; steps that were released never change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from src_v2.core.errors import StoreError
from src_v2.storage.graph.base import GraphStore

READ_VERSION = "MATCH (s:Schema {id: 'graph'}) RETURN s.version AS version"
WRITE_VERSION = "MERGE (s:Schema {id: 'graph'}) SET s.version = $version"


@dataclass(frozen=True, slots=True)
class NodeTable:
    """A kind of node. `properties` maps names to Ladybug's types; `id` is its key; `indexed` are searched together."""

    name: str
    properties: Mapping[str, str]
    indexed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RelationTable:
    """A kind of relation between two kinds of node."""

    name: str
    start: str
    end: str
    properties: Mapping[str, str]
    indexed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """A kind of relation whose declaration goes, with all that it holds: SQL has what it is made from."""

    name: str


Change = NodeTable | RelationTable | Dropped


@dataclass(frozen=True, slots=True)
class Step:
    """What one version changes, in order."""

    version: int
    tables: tuple[Change, ...]


_AUDIENCE = {
    "character": "STRING",
    "user_id": "STRING",
    "speaker_id": "STRING",
    "guild_id": "STRING",
    "channel_id": "STRING",
    "visibility": "STRING",
}
SCHEMA = NodeTable("Schema", {"id": "STRING", "version": "INT64"})
STEPS = (
    Step(
        1,
        (
            # An entity has no audience of its own: it is reached through facts, and those have one.
            NodeTable(
                "Entity",
                {
                    "id": "STRING",
                    "character": "STRING",
                    "user_id": "STRING",
                    "kind": "STRING",
                    "name": "STRING",
                    "created_at": "INT64",
                },
                indexed=("character", "user_id", "name"),
            ),
            RelationTable(
                "Fact",
                "Entity",
                "Entity",
                {
                    "id": "STRING",
                    "predicate": "STRING",
                    "confidence": "DOUBLE",
                    "said_at": "INT64",
                    "valid_from": "INT64",
                    "valid_until": "INT64",
                    "source_message_id": "STRING",
                    **_AUDIENCE,
                },
                indexed=("character", "user_id"),
            ),
        ),
    ),
    # Dates as exact as they were said, and relations found by their id.
    Step(
        2,
        (
            Dropped("Fact"),
            RelationTable(
                "Fact",
                "Entity",
                "Entity",
                {
                    "id": "STRING",
                    "predicate": "STRING",
                    "confidence": "DOUBLE",
                    "said_at": "INT64",
                    "valid_from": "STRING",
                    "valid_until": "STRING",
                    "source_message_id": "STRING",
                    **_AUDIENCE,
                },
                indexed=("id",),
            ),
        ),
    ),
)
VERSION = STEPS[-1].version


def properties_of(name: str) -> Mapping[str, str]:
    """Return property -> Ladybug's type for the kind of node or relation `name`, as the last version has it."""
    tables = [table for step in STEPS for table in step.tables if not isinstance(table, Dropped)]
    return next(table.properties for table in reversed(tables) if table.name == name)


def for_ladybug(table: Change) -> Iterator[str]:
    """Yield the statements that declare `table`; Ladybug indexes primary keys and nothing else."""
    if isinstance(table, Dropped):
        yield f"DROP TABLE IF EXISTS {table.name}"
        return
    columns = ", ".join(f"{name} {kind}" for name, kind in table.properties.items())
    if isinstance(table, NodeTable):
        yield f"CREATE NODE TABLE IF NOT EXISTS {table.name}({columns}, PRIMARY KEY(id))"
    else:
        yield f"CREATE REL TABLE IF NOT EXISTS {table.name}(FROM {table.start} TO {table.end}, {columns})"


def for_neo4j(table: Change) -> Iterator[str]:
    """Yield the constraint and the index for `table`; Neo4j needs no declaration of properties."""
    if isinstance(table, Dropped):
        yield f"DROP INDEX {table.name.lower()}_lookup IF EXISTS"
        yield f"MATCH ()-[x:{table.name}]-() DELETE x"
        return
    pattern = f"(x:{table.name})" if isinstance(table, NodeTable) else f"()-[x:{table.name}]-()"
    name = table.name.lower()
    if isinstance(table, NodeTable):
        yield f"CREATE CONSTRAINT {name}_id IF NOT EXISTS FOR {pattern} REQUIRE x.id IS UNIQUE"
    if table.indexed:
        columns = ", ".join(f"x.{column}" for column in table.indexed)
        yield f"CREATE INDEX {name}_lookup IF NOT EXISTS FOR {pattern} ON ({columns})"


async def steps_to_take(store: GraphStore) -> list[Step]:
    """Return the steps `store` has not taken, given that it knows the table `SCHEMA`."""
    rows: list[dict[str, Any]] = await store.read(READ_VERSION)
    version = rows[0]["version"] if rows else 0
    if version > VERSION:
        raise StoreError(f"the graph was written by a newer version (schema {version}, known up to {VERSION})")
    return [step for step in STEPS if step.version > version]
