"""What the graph of facts promises on every graph store, and that its filter means what `filters.matches` says."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from src_v2.core.audience import Audience
from src_v2.core.filters import EVERYTHING, And, AnyOf, Eq, Filter, Not, Or, Range, matches
from src_v2.knowledge.graph import KnowledgeGraph
from src_v2.knowledge.models import USER, Claim
from src_v2.storage.graph.base import GraphStore
from src_v2.storage.graph.filters_cypher import CypherCondition
from src_v2.storage.graph.ladybug import LadybugGraph
from src_v2.storage.graph.neo4j import Neo4jGraph
from tests.support.knowledge import claim, message, private, public, staff_only

SAM = private("sam", "test")
HERE, STAFF = public("sam", character="test"), staff_only("sam", character="test")
PROPERTIES = {"character": "STRING", "guild_id": "STRING", "count": "INT64", "weight": "DOUBLE", "pinned": "BOOL"}


@pytest.fixture(params=["ladybug", "neo4j"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[GraphStore]:
    made: GraphStore
    if request.param == "ladybug":
        made = LadybugGraph(tmp_path / "graph")
    elif uri := os.environ.get("NEO4J_URI"):
        made = Neo4jGraph(uri, os.environ.get("NEO4J_USER", "neo4j"), os.environ.get("NEO4J_PASSWORD", ""))
    else:
        pytest.skip("NEO4J_URI is not set")
    await made.ensure_schema()
    yield made
    await made.write("MATCH (e:Entity) WHERE e.character = 'test' DETACH DELETE e")
    await made.close()


@pytest.fixture
def graph(store: GraphStore) -> KnowledgeGraph:
    return KnowledgeGraph(store)


def said(key: str, subject: str, predicate: str, object_: str, where: Audience = SAM, **more: Any) -> Claim:
    return claim(message(where), subject, predicate, object_, id=key, speaker_name="Sam", **more)


FAMILY = [
    said("c1", "user", "has_sister", "Ana"),
    said("c2", "Ana", "lives_in", "Oslo", valid_from="2026-05"),
    said("c3", "Ana", "has", "cat"),
    said("c4", "cat", "likes", "fish"),
    said("c5", "user", "likes", "Oslo"),
]


async def test_claims_are_walked_in_both_directions_shortest_first(graph: KnowledgeGraph, store: GraphStore) -> None:
    await graph.add(FAMILY)
    before = store.round_trips
    paths = await graph.walk(SAM, ["fish"], 3)
    assert store.round_trips == before + 1
    assert paths == [("c4", "c3", "c1"), ("c4", "c3", "c2")]
    assert await graph.walk(SAM, ["fish"], 1) == [("c4",)]
    assert await graph.walk(SAM, ["nobody"], 3) == []


async def test_a_walk_does_not_lead_through_the_user(graph: KnowledgeGraph) -> None:
    await graph.add(FAMILY)
    paths = await graph.walk(SAM, ["ana"], 3)
    assert ("c2", "c5") in paths
    assert not any(path[:2] == ("c1", "c5") for path in paths)


async def test_who_is_walked_from_by_the_users_own_name_is_the_user(graph: KnowledgeGraph) -> None:
    await graph.add([said("c1", "Sam", "likes", "tea"), said("c2", "me", "likes", "jam")])
    assert await graph.walk(SAM, [USER], 1) == [("c1",), ("c2",)]


async def test_a_claim_that_names_somebody_in_a_role_joins_both(graph: KnowledgeGraph) -> None:
    await graph.add([said("c1", "user", "has_sister", "Ana"), said("c2", "sister", "lives_in", "Oslo")])
    assert ("c1", "c2") in await graph.walk(SAM, ["ana"], 2)
    assert await graph.count() == 2
    await graph.remove(["c1"])
    assert await graph.walk(SAM, ["ana"], 2) == []
    assert await graph.ids(limit=9) == ["c2"]


async def test_every_step_is_for_this_audience(graph: KnowledgeGraph) -> None:
    await graph.add(
        [
            said("open", "Ana", "lives_in", "Oslo", HERE),
            said("staff", "Oslo", "located_in", "Norway", STAFF),
            said("dm", "Oslo", "has", "harbour", SAM),
            said("kim", "Oslo", "has", "opera", public("kim", character="test")),
        ]
    )
    assert await graph.walk(HERE, ["ana"], 3) == [("open",)]
    assert await graph.walk(STAFF, ["ana"], 3) == [("open", "staff")]
    assert await graph.walk(SAM, ["ana"], 3) == [("open", "dm"), ("open", "staff")]
    assert await graph.walk(private("kim", "test"), ["ana"], 3) == []
    assert await graph.walk(private("sam", "other"), ["ana"], 3) == []


async def test_adding_twice_changes_nothing_and_dates_come_along(graph: KnowledgeGraph, store: GraphStore) -> None:
    await graph.add(FAMILY)
    await graph.add(FAMILY)
    assert await graph.count() == len(FAMILY)
    rows = await store.read(
        "MATCH (a:Entity)-[f:Fact]->(b:Entity) WHERE f.id = 'c2' RETURN a.name AS a, f.predicate AS p, b.name AS b, "
        "f.valid_from AS since, f.valid_until AS until, f.said_at AS at, f.speaker_id AS who, f.guild_id AS guild"
    )
    assert rows == [
        {"a": "Ana", "p": "lives_in", "b": "Oslo", "since": "2026-05", "until": None, "at": 1_767_225_600_000,
         "who": "discord:sam", "guild": None}
    ]  # fmt: skip


async def test_entities_of_which_nothing_is_said_any_more_go(graph: KnowledgeGraph, store: GraphStore) -> None:
    await graph.add(FAMILY)
    await graph.remove(["c3", "c4", "unknown"])
    await graph.remove([])
    names = await store.read("MATCH (e:Entity) WHERE e.character = 'test' RETURN e.name AS name ORDER BY name")
    assert [row["name"] for row in names] == ["Ana", "Oslo", "sister", "user"]


async def test_ids_come_page_by_page(graph: KnowledgeGraph) -> None:
    await graph.add(FAMILY)
    assert await graph.ids(limit=3) == ["c1", "c2", "c3"]
    assert await graph.ids(after="c3", limit=3) == ["c4", "c5"]


@pytest.mark.parametrize("odd", ["!!!", "x'}) DETACH DELETE (n) //", "ü" * 300, "😀", "a\\b`c$d"])
async def test_any_words_can_be_stored_and_none_is_a_query(graph: KnowledgeGraph, odd: str) -> None:
    await graph.add([said("c1", "user", odd, odd), said("c2", odd, "likes", "me")])
    assert await graph.count() == 2
    assert len(await graph.walk(SAM, [USER], 1)) == 2


WORDS = st.sampled_from(["", "elena", "marcus", "Elena", "a'b", "ü"])
NUMBERS = st.sampled_from([-1, 0, 1, 2, 1_700_000_000_000])
FLOATS = st.sampled_from([-1.5, 0.0, 0.25, 2.0])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "character": WORDS, "guild_id": WORDS, "count": NUMBERS, "weight": FLOATS, "pinned": st.booleans(),
}  # fmt: skip
ROWS = st.lists(st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()}), max_size=6)


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


def test_the_filter_means_what_it_says(tmp_path: Path) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in PROPERTIES.items())
    graph = LadybugGraph(tmp_path / "graph")

    async def found(rows: list[Mapping[str, Any]], conditions: list[Filter]) -> list[set[int]]:
        await graph.write("MATCH (x:Row) DELETE x")
        for n, row in enumerate(rows):
            values = ", ".join(f"{name}: ${name}" for name in row)
            await graph.write(f"CREATE (:Row {{id: $id, {values}}})", {"id": str(n), **row})
        answers = []
        for condition in conditions:
            cypher = CypherCondition(condition, PROPERTIES)
            where = f"MATCH (r:Row) WHERE {cypher.on('r')} RETURN r.id AS id"
            answers.append({int(row["id"]) for row in await graph.read(where, cypher.parameters)})
        return answers

    with asyncio.Runner() as runner:
        runner.run(graph.write(f"CREATE NODE TABLE Row(id STRING, {columns}, PRIMARY KEY(id))"))

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(rows=ROWS, conditions=st.lists(st.recursive(leaves(), branches, max_leaves=8), min_size=5, max_size=10))
        def agree(rows: list[Mapping[str, Any]], conditions: list[Filter]) -> None:
            assert runner.run(found(rows, conditions)) == [
                {n for n, row in enumerate(rows) if matches(condition, row)} for condition in conditions
            ]

        try:
            agree()
        finally:
            runner.run(graph.close())


def test_a_filter_on_a_property_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        CypherCondition(Eq("nobody_knows", "x"), PROPERTIES)


def test_values_are_parameters_never_text() -> None:
    condition = CypherCondition(And((Eq("character", "x' OR 1=1"), Eq("guild_id", "g"))), PROPERTIES)
    assert "1=1" not in condition.on("f1")
    assert condition.on("f1") == condition.on("f2").replace("f2.", "f1.")
    assert list(condition.parameters.values()) == [["x' OR 1=1"], ["g"]]
    assert CypherCondition(EVERYTHING, PROPERTIES).on("f") == "true"
