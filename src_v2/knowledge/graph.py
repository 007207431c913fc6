"""Claims as a graph: an entity for each name, a relation for each claim; for walks. What a claim means is `resolve`'s.

The same Cypher serves every graph store. Each relation carries the audience of its claim, and every step of a walk is
filtered by it. A claim that also joins two names, or names who fills a role ("my sister is called Ana"), is a relation
between those as well, with its id.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from src_v2.core.audience import Audience, visible_to
from src_v2.core.filters import And, Eq, Filter
from src_v2.knowledge.joining import joins, relations
from src_v2.knowledge.models import CHARACTER, USER, Claim, EntityKind
from src_v2.knowledge.names import canonical, display, fold
from src_v2.knowledge.predicates import canonical as canonical_predicate
from src_v2.storage.graph.base import GraphStore
from src_v2.storage.graph.filters_cypher import CypherCondition
from src_v2.storage.graph.schema import VERSION, properties_of

LAYOUT = f"facts-{VERSION}.1"
"""Names what a claim becomes in the graph; with another name everything is brought there anew."""
MOST_STEPS = 5
MOST_PATHS = 2_000
"""Of one walk; somebody with more has been found enough about."""

_ADD = """
UNWIND $rows AS row
MERGE (a:Entity {id: row.subject_id})
ON CREATE SET a.character = row.character, a.user_id = row.user_id, a.kind = row.subject_kind, a.name = row.subject,
    a.created_at = row.said_at
MERGE (b:Entity {id: row.object_id})
ON CREATE SET b.character = row.character, b.user_id = row.user_id, b.kind = row.object_kind, b.name = row.object,
    b.created_at = row.said_at
MERGE (a)-[f:Fact {id: row.id}]->(b)
SET f.predicate = row.predicate, f.confidence = row.confidence, f.said_at = row.said_at,
    f.valid_from = row.valid_from, f.valid_until = row.valid_until, f.source_message_id = row.source_message_id,
    f.character = row.character, f.user_id = row.user_id, f.speaker_id = row.speaker_id, f.guild_id = row.guild_id,
    f.channel_id = row.channel_id, f.visibility = row.visibility
"""
_ENDS = "MATCH (a:Entity)-[f:Fact]->(b:Entity) WHERE f.id IN $ids RETURN DISTINCT a.id AS a, b.id AS b"
_REMOVE = "MATCH (:Entity)-[f:Fact]->(:Entity) WHERE f.id IN $ids DELETE f"
_REMOVE_LEFT_ALONE = """
MATCH (e:Entity) WHERE e.id IN $ids AND NOT EXISTS { MATCH (e)-[:Fact]-(:Entity) } DELETE e
"""
_REMOVE_WHERE = "MATCH (:Entity)-[f:Fact]->(:Entity) WHERE {condition} DELETE f"
_COUNT_WHERE = "MATCH (:Entity)-[f:Fact]->(:Entity) WHERE {condition} RETURN count(f) AS n"
_REMOVE_ALL_LEFT_ALONE = "MATCH (e:Entity) WHERE NOT EXISTS { MATCH (e)-[:Fact]-(:Entity) } DELETE e"
_COUNT_ENTITIES = "MATCH (e:Entity) WHERE e.user_id = $user_id RETURN count(e) AS n"
_COUNT = "MATCH (:Entity)-[f:Fact]->(:Entity) RETURN count(DISTINCT f.id) AS n"
_IDS = """
MATCH (:Entity)-[f:Fact]->(:Entity) WHERE f.id > $after RETURN DISTINCT f.id AS id ORDER BY id LIMIT $limit
"""


class KnowledgeGraph:
    """The relations between what people spoke of. Raises StoreUnavailable and StoreError as its store does."""

    def __init__(self, graph: GraphStore) -> None:
        self._graph = graph

    async def add(self, claims: Sequence[Claim]) -> None:
        """Bring statements into the graph, or up to date when they are there."""
        rows = [row for claim in claims for row in _rows(claim)]
        if rows:
            await self._graph.write(_ADD, {"rows": rows})

    async def remove(self, ids: Sequence[str]) -> None:
        """Remove claims, and entities of which nothing is said any more."""
        if not ids:
            return
        rows = await self._graph.read(_ENDS, {"ids": list(ids)})
        if not rows:
            return
        await self._graph.write(_REMOVE, {"ids": list(ids)})
        ends = sorted({row[end] for row in rows for end in ("a", "b")})
        await self._graph.write(_REMOVE_LEFT_ALONE, {"ids": ends})

    async def erase(self, condition: Filter) -> None:
        """Remove all claims that match, and every entity of which nothing is said any more."""
        wanted = CypherCondition(condition, properties_of("Fact"))
        await self._graph.write(_REMOVE_WHERE.format(condition=wanted.on("f")), wanted.parameters)
        await self._graph.write(_REMOVE_ALL_LEFT_ALONE)

    async def held(self, condition: Filter, user_id: str | None = None) -> int:
        """Count the relations that match, and the entities of `user_id`."""
        wanted = CypherCondition(condition, properties_of("Fact"))
        count = _COUNT_WHERE.format(condition=wanted.on("f"))
        relations = int((await self._graph.read(count, wanted.parameters))[0]["n"])
        if user_id is None:
            return relations
        return relations + int((await self._graph.read(_COUNT_ENTITIES, {"user_id": user_id}))[0]["n"])

    async def walk(self, audience: Audience, names: Iterable[str], steps: int) -> list[tuple[str, ...]]:
        """Return the ids of the claims along every path of up to `steps` relations, shortest first; one query.

        Paths start at the entities of `names`, given as keys, in either direction, and do not lead through the user or
        the character. Every claim on them may be known to `audience`. Which of them still hold is not asked here.
        """
        condition = CypherCondition(And((visible_to(audience), Eq("user_id", audience.user_id))), properties_of("Fact"))
        query = _walk(condition, min(steps, MOST_STEPS))
        parameters = {
            "origin": [_entity_id(audience, name) for name in names],
            "hubs": [_entity_id(audience, name) for name in (USER, CHARACTER)],
            **condition.parameters,
        }
        rows = await self._graph.read(query, parameters)
        paths = {tuple(one for one in row.values() if one is not None) for row in rows}
        return sorted(paths, key=lambda path: (len(path), path))

    async def count(self) -> int:
        """Count the claims in the graph."""
        return int((await self._graph.read(_COUNT))[0]["n"])

    async def ids(self, *, after: str = "", limit: int) -> list[str]:
        """Return up to `limit` ids of claims beyond `after`, in order."""
        return [row["id"] for row in await self._graph.read(_IDS, {"after": after, "limit": limit})]


def _walk(condition: CypherCondition, steps: int) -> str:
    """Return a query with one pattern per step: what a filter on every relation of a path looks like to both stores."""
    lines = [f"MATCH (e0:Entity)-[f1:Fact]-(e1:Entity) WHERE e0.id IN $origin AND {condition.on('f1')}"]
    for n in range(2, steps + 1):
        new = " AND ".join(f"f{n}.id <> f{before}.id" for before in range(1, n))
        lines.append(
            f"OPTIONAL MATCH (e{n - 1})-[f{n}:Fact]-(e{n}:Entity) "
            f"WHERE NOT e{n - 1}.id IN $hubs AND {new} AND {condition.on(f'f{n}')}"
        )
    ids = ", ".join(f"f{n}.id AS step{n}" for n in range(1, steps + 1))
    return "\n".join([*lines, f"RETURN DISTINCT {ids} LIMIT {MOST_PATHS}"])


def _rows(claim: Claim) -> list[dict[str, Any]]:
    """Return a claim's own relation, and one for each further pair of names that it joins or relates."""
    own = frozenset((fold(claim.speaker_name),) if claim.speaker_id == claim.audience.user_id else ()) - {""}
    said = (claim.subject, claim.object)
    kinds = (claim.subject_kind, claim.object_kind)
    pairs = [(said, canonical_predicate(claim.predicate), kinds)]
    named = (EntityKind.PERSON, EntityKind.PERSON)
    pairs += [(pair, "also_known_as", named) for pair in joins(claim) if pair != said]
    pairs += [((whose, who), canonical_predicate(relation), named) for whose, relation, who in relations(claim)]
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for (subject, object_), predicate, (subject_kind, object_kind) in pairs:
        ends = canonical(subject, own) or subject, canonical(object_, own) or object_
        if not rows or ends[0] != ends[1]:
            rows.setdefault(ends, dict(
                subject_id=_entity_id(claim.audience, ends[0]), object_id=_entity_id(claim.audience, ends[1]),
                subject=display(subject, own), subject_kind=subject_kind.value, object=display(object_, own),
                object_kind=object_kind.value, predicate=predicate, **_of_claim(claim),
            ))  # fmt: skip
    return list(rows.values())


def _of_claim(claim: Claim) -> dict[str, Any]:
    audience = claim.audience
    return dict(
        id=claim.id, confidence=claim.confidence, said_at=int(claim.said_at.timestamp() * 1000),
        valid_from=claim.valid_from, valid_until=claim.valid_until, source_message_id=claim.source_message_id,
        character=audience.character, user_id=audience.user_id, speaker_id=claim.speaker_id,
        guild_id=audience.guild_id, channel_id=audience.channel_id, visibility=audience.visibility.value,
    )  # fmt: skip


def _entity_id(audience: Audience, key: str) -> str:
    """Return the id of what a name stands for between one user and one character."""
    return hashlib.sha256("\0".join((audience.character, audience.user_id, key)).encode()).hexdigest()[:32]
