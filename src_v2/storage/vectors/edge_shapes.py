"""The shapes of the embedded vector store's library, made from our own and back."""

from collections.abc import Sequence
from typing import Any, cast

import qdrant_edge as edge

from src_v2.core.filters import EVERYTHING, Filter
from src_v2.storage.vectors.base import (
    DENSE,
    PARTS,
    SPARSE,
    Dense,
    Hit,
    Leg,
    Point,
    SparseVector,
    given_payload,
    stored_payload,
)
from src_v2.storage.vectors.filters_qdrant import to_qdrant


class EdgeForms:
    """Makes Qdrant Edge's conditions."""

    def texts(self, key: str, values: list[str]) -> edge.FieldCondition:
        """See Forms."""
        # One value is matched twice as fast as a list of one.
        match = edge.MatchValue(values[0]) if len(values) == 1 else edge.MatchAny(values)
        return edge.FieldCondition(key, match=match)

    def number(
        self, key: str, *, gte: float | None = None, lt: float | None = None, lte: float | None = None
    ) -> edge.FieldCondition:
        """See Forms."""
        return edge.FieldCondition(key, range=edge.RangeFloat(gte=gte, lt=lt, lte=lte))

    def group(
        self, *, must: Sequence[Any] = (), should: Sequence[Any] = (), must_not: Sequence[Any] = ()
    ) -> edge.Filter:
        """See Forms."""
        return edge.Filter(must=list(must) or None, should=list(should) or None, must_not=list(must_not) or None)

    def nothing(self) -> edge.HasIdCondition:
        """See Forms."""
        return edge.HasIdCondition(set())


def edge_points(points: Sequence[Point]) -> list[edge.Point]:
    """Return points as the library takes them."""
    return [edge.Point(point.id, _vectors(point), stored_payload(point.payload)) for point in points]


def _vectors(point: Point) -> dict[str, Any]:
    vectors: dict[str, Any] = {DENSE: _floats(point.dense)} if len(point.dense) else {}
    if len(point.parts):
        vectors[PARTS] = [_floats(part) for part in point.parts]
    if point.sparse.indices:
        vectors[SPARSE] = _sparse(point.sparse)
    return vectors


def _floats(dense: Dense) -> list[float]:
    # An array is taken as it is, without making a float object per number; the library's stubs know lists only.
    return cast("list[float]", dense)


def _sparse(vector: SparseVector) -> edge.SparseVector:
    return edge.SparseVector(list(vector.indices), list(vector.values))


def edge_filter(condition: Filter) -> edge.Filter | None:
    """Return a condition as the library takes it; None for everything."""
    return None if condition == EVERYTHING else to_qdrant(condition, EdgeForms())


def request(leg: Leg, wanted: edge.Filter | None, limit: int) -> edge.QueryRequest:
    """Return the request for one leg."""
    near: Any
    if isinstance(leg.query, SparseVector):
        near = _sparse(leg.query)
    else:
        near = [_floats(leg.query)] if leg.using == PARTS else _floats(leg.query)
    query = edge.Query.Nearest(near, using=leg.using)
    return edge.QueryRequest(limit=limit, query=query, filter=wanted, with_payload=not leg.rescores)


def hits(found: Sequence[edge.ScoredPoint]) -> list[Hit]:
    """Return what a leg found; without payload for one that rescores."""
    return [Hit(str(point.id), point.score, given_payload(point.payload)) for point in found]
