"""What every graph store promises, and the Cypher that all of them take."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src_v2.core.errors import StoreError, StoreUnavailable
from src_v2.storage.graph.base import GraphStore
from src_v2.storage.graph.ladybug import LadybugGraph
from src_v2.storage.graph.neo4j import Neo4jGraph
from src_v2.storage.graph.schema import STEPS, WRITE_VERSION, for_neo4j
from tests.support.traces import files_with

ADD_FACT = """
UNWIND $rows AS row
MERGE (a:Entity {id: row.subject}) ON CREATE SET a.name = row.subject, a.character = 'test', a.created_at = 1
MERGE (b:Entity {id: row.object}) ON CREATE SET b.name = row.object, b.character = 'test', b.created_at = 1
MERGE (a)-[f:Fact {id: row.id}]->(b)
ON CREATE SET f.predicate = row.predicate, f.confidence = 0.5, f.said_at = row.at
ON MATCH SET f.confidence = f.confidence + 0.25
"""
FACTS = [
    {"id": "f1", "subject": "ana", "object": "rex", "predicate": "has_dog", "at": 1_700_000_000_000},
    {"id": "f2", "subject": "rex", "object": "bone", "predicate": "likes", "at": 1_700_000_000_001},
]


@pytest.fixture(params=["ladybug", "neo4j"])
async def graph(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[GraphStore]:
    made: GraphStore
    if request.param == "ladybug":
        made = LadybugGraph(tmp_path / "data" / "graph")
    elif uri := os.environ.get("NEO4J_URI"):
        made = Neo4jGraph(uri, os.environ.get("NEO4J_USER", "neo4j"), os.environ.get("NEO4J_PASSWORD", ""))
    else:
        pytest.skip("NEO4J_URI is not set")
    await made.ensure_schema()
    yield made
    await made.write("MATCH (e:Entity) WHERE e.character = 'test' DETACH DELETE e")
    await made.close()


async def test_facts_are_merged_and_walked(graph: GraphStore) -> None:
    await graph.write(ADD_FACT, {"rows": FACTS})
    await graph.write(ADD_FACT, {"rows": FACTS[:1]})

    rows = await graph.read(
        "MATCH (a:Entity {id: $id})-[:Fact*1..3]->(b:Entity) WHERE b.id <> $id "
        "RETURN DISTINCT b.name AS name ORDER BY name",
        {"id": "ana"},
    )
    (fact,) = await graph.read(
        "MATCH (:Entity {id: 'ana'})-[f:Fact]->(b:Entity) OPTIONAL MATCH (b)-[g:Fact]->(:Entity) "
        "RETURN f.confidence AS confidence, f.said_at AS at, collect({predicate: g.predicate}) AS further, "
        "CASE WHEN EXISTS { MATCH (b)-[:Fact]->(:Entity) } THEN 1 ELSE 0 END AS leads_on"
    )

    assert rows == [{"name": "bone"}, {"name": "rex"}]
    assert fact == {
        "confidence": 0.75,
        "at": 1_700_000_000_000,
        "further": [{"predicate": "likes"}],
        "leads_on": 1,
    }


async def test_the_schema_can_be_ensured_again_and_again(graph: GraphStore) -> None:
    await graph.write(ADD_FACT, {"rows": FACTS})
    await graph.ensure_schema()
    assert await graph.read("MATCH (e:Entity) WHERE e.character = 'test' RETURN count(e) AS n") == [{"n": 3}]


async def test_a_graph_of_a_newer_version_is_refused(graph: GraphStore) -> None:
    await graph.write(WRITE_VERSION, {"version": 99})
    with pytest.raises(StoreError, match="newer version"):
        await graph.ensure_schema()
    await graph.write(WRITE_VERSION, {"version": STEPS[-1].version})


async def test_many_writers_at_once_all_succeed(graph: GraphStore) -> None:
    await asyncio.gather(
        *(graph.write("MERGE (e:Entity {id: $id}) SET e.character = 'test'", {"id": f"e{n}"}) for n in range(40)),
        *(graph.read("MATCH (e:Entity) RETURN count(e) AS n") for _ in range(20)),
    )
    assert await graph.read("MATCH (e:Entity) WHERE e.character = 'test' RETURN count(e) AS n") == [{"n": 40}]


async def test_a_query_the_store_refuses_is_a_store_error_that_does_not_repeat_it(graph: GraphStore) -> None:
    with pytest.raises(StoreError) as refused:
        await graph.read("MATCH (x:Entity WHERE 'my secret'")
    assert "secret" not in str(refused.value)


async def test_round_trips_are_counted_and_the_check_is_one(graph: GraphStore) -> None:
    before = graph.round_trips
    await graph.check()
    assert graph.round_trips == before + 1


async def test_the_embedded_graph_survives_a_restart_and_lets_nobody_else_in(tmp_path: Path) -> None:
    graph = LadybugGraph(tmp_path / "graph")
    await graph.ensure_schema()
    await graph.write(ADD_FACT, {"rows": FACTS})
    other = "\n".join(
        [
            "import asyncio, pathlib, sys",
            "from src_v2.storage.graph.ladybug import LadybugGraph",
            "asyncio.run(LadybugGraph(pathlib.Path(sys.argv[1])).check())",
        ]
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", other, str(tmp_path / "graph"), stderr=subprocess.PIPE
    )
    _, complaint = await process.communicate()
    await graph.close()

    assert b"another WhisperEngine uses this data folder" in complaint
    graph = LadybugGraph(tmp_path / "graph")
    await graph.ensure_schema()
    assert await graph.read("MATCH (e:Entity) RETURN count(e) AS n") == [{"n": 3}]
    await graph.close()


async def test_a_neo4j_that_is_not_there_is_unavailable() -> None:
    graph = Neo4jGraph("bolt://127.0.0.1:9", "neo4j", "x")
    with pytest.raises(StoreUnavailable):
        await graph.check()
    await graph.close()


def test_neo4j_gets_a_constraint_for_every_kind_of_node_and_an_index_for_lookups() -> None:
    statements = [statement for step in STEPS for table in step.tables for statement in for_neo4j(table)]
    assert statements == [
        "CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (x:Entity) REQUIRE x.id IS UNIQUE",
        "CREATE INDEX entity_lookup IF NOT EXISTS FOR (x:Entity) ON (x.character, x.user_id, x.name)",
        "CREATE INDEX fact_lookup IF NOT EXISTS FOR ()-[x:Fact]-() ON (x.character, x.user_id)",
        "DROP INDEX fact_lookup IF EXISTS",
        "MATCH ()-[x:Fact]-() DELETE x",
        "CREATE INDEX fact_lookup IF NOT EXISTS FOR ()-[x:Fact]-() ON (x.id)",
    ]


async def test_what_was_deleted_is_overwritten_and_the_rest_stays(tmp_path: Path) -> None:
    graph = LadybugGraph(tmp_path / "it's here" / "graph")
    await graph.ensure_schema()
    add = "CREATE (:Entity {id: $id, user_id: $user, name: $name})"
    for number in range(50):
        user = "discord:zebedee" if number % 2 else "discord:olga"
        await graph.write(add, {"id": str(number), "user": user, "name": f'"{number}"\n'})
    await graph.write("MATCH (e:Entity {user_id: 'discord:zebedee'}) DELETE e")
    settling = asyncio.create_task(graph.settle())
    answers = await asyncio.gather(*(graph.read("MATCH (e:Entity) RETURN count(e) AS n") for _ in range(20)))
    await settling
    assert [rows[0]["n"] for rows in answers] == [25] * 20
    assert await graph.read("MATCH (e:Entity {id: '2'}) RETURN e.name AS name") == [{"name": '"2"\n'}]
    await graph.write(add, {"id": "new", "user": "discord:olga", "name": "x"})
    await graph.ensure_schema()
    await graph.close()
    assert files_with(tmp_path, ["discord:zebedee"]) == []
