"""What every vector store can do, and the shapes that go in and out. Knows neither memories nor embeddings models."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from src_v2.core.filters import Filter

PayloadValue = str | int | float | bool | None
Dense = Sequence[float] | NDArray[np.float32]

DENSE = "dense"
SPARSE = "sparse"
KEYWORD_FIELDS = ("character", "channel_id", "guild_id", "visibility")
TENANT_FIELD = "user_id"
TIME_FIELD = "created_at"
"""Epoch milliseconds."""

RRF_K = 60
"""Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet", 2009."""
CANDIDATES_PER_HIT = 4
MIN_CANDIDATES = 40

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class CollectionSpec:
    """A collection: its name (letters, digits, `_`, `.`, `-`: it is also a folder) and its dense vectors' size."""

    name: str
    size: int

    def __post_init__(self) -> None:
        """Refuse names that are not a plain folder name."""
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"not a collection name: {self.name!r}")


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Term weights: `indices` are term hashes (0 <= index < 2**32, no duplicates), `values` their weights.

    The stores multiply by the inverse document frequency themselves.
    """

    indices: Sequence[int] = ()
    values: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to be found again; `id` is a UUID. A bool in the payload is stored, and comes back, as 0 or 1."""

    id: str
    dense: Dense
    sparse: SparseVector = field(default_factory=SparseVector)
    payload: Mapping[str, PayloadValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `score` is the fused rank score, or the cosine when only dense vectors were searched."""

    id: str
    score: float
    payload: Mapping[str, PayloadValue]


class VectorStore(Protocol):
    """A store of points. Raises StoreUnavailable when it cannot be reached, StoreError when it refuses.

    What `upsert` and `delete` have acknowledged survives the death of this process. `round_trips` counts calls to the
    store since the start.
    """

    round_trips: int

    async def ensure(self, spec: CollectionSpec) -> None:
        """Make the collection and its payload indexes exist; StoreError when one of another size is there."""
        ...

    async def upsert(self, name: str, points: Sequence[Point]) -> None:
        """Store points, replacing those of the same id. Some hundreds at a time are a good size."""
        ...

    async def hybrid_search(
        self, name: str, dense: Dense, sparse: SparseVector | None, condition: Filter, limit: int
    ) -> list[Hit]:
        """Return the best `limit` points that match `condition`, best first, in one round trip.

        Dense and sparse results are fused by reciprocal rank; with an empty or no `sparse` only dense ones count.
        """
        ...

    async def delete(self, name: str, ids: Sequence[str]) -> None:
        """Delete points by id; unknown ids are no error."""
        ...

    async def delete_where(self, name: str, condition: Filter) -> None:
        """Delete every point that matches."""
        ...

    async def count(self, name: str, condition: Filter) -> int:
        """Count the points that match, exactly."""
        ...

    async def missing(self, name: str, ids: Sequence[str]) -> list[str]:
        """Return those of `ids` that the collection does not hold, in the order given."""
        ...

    async def ids(self, name: str, *, start: str | None = None, limit: int = 1000) -> tuple[list[str], str | None]:
        """Return a page of ids in id order and the `start` of the next page, None after the last."""
        ...

    async def collections(self) -> list[str]:
        """Return the names of all collections, sorted."""
        ...

    async def drop(self, name: str) -> None:
        """Delete a collection with all that is in it; an unknown one is no error."""
        ...

    async def check(self) -> None:
        """Raise StoreUnavailable or StoreError, in words an operator understands, when the store cannot serve."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...


def candidates(limit: int) -> int:
    """Return how many results of each kind to fuse, so that what is middling in both lists can still win."""
    return max(limit * CANDIDATES_PER_HIT, MIN_CANDIDATES)


def plain_payload(payload: Mapping[str, PayloadValue]) -> dict[str, PayloadValue]:
    """Return `payload` with bools as integers: the embedded store cannot match bools."""
    return {key: int(value) if isinstance(value, bool) else value for key, value in payload.items()}
