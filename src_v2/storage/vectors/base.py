"""What every vector store can do, and the shapes that go in and out. Knows neither memories nor embeddings models."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from src_v2.core.filters import And, Filter

PayloadValue = str | int | float | bool | None
Dense = Sequence[float] | NDArray[np.float32]

VectorName = Literal["dense", "parts", "sparse"]
DENSE: Final = "dense"
PARTS: Final = "parts"
"""Several dense vectors of one point; the one nearest to the query counts."""
SPARSE: Final = "sparse"
KEYWORD_FIELDS = ("character", "channel_id", "guild_id", "visibility", "kind", "message_id", "session_id")
TENANT_FIELD = "user_id"
TIME_FIELD = "created_at"
"""Epoch milliseconds."""

TOGETHER = ("character", "user_id")
"""Two fields that are nearly always asked for together: stored a second time as one, since every condition costs the
embedded store 50 ns per point that it looks at."""
TOGETHER_FIELD = "character_with_user"

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
    """One thing to be found again; `id` is a UUID. A bool in the payload is stored, and comes back, as 0 or 1.

    With an empty `dense` no leg for DENSE finds it: it is left to those that look for PARTS.
    """

    id: str
    dense: Dense
    sparse: SparseVector = field(default_factory=SparseVector)
    payload: Mapping[str, PayloadValue] = field(default_factory=dict)
    parts: Sequence[Dense] = ()


@dataclass(frozen=True, slots=True)
class Leg:
    """One way to look: which vector, near to what. `query` is sparse for SPARSE and dense for the others.

    With `rescores` it finds nothing itself and only scores what the other legs found; `condition` narrows it further.
    """

    using: VectorName
    query: Dense | SparseVector
    rescores: bool = False
    condition: Filter | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of one leg. `score` is a cosine, or for sparse vectors the sum of the weights of common terms."""

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

    async def search(self, name: str, legs: Sequence[Leg], condition: Filter, limit: int) -> list[list[Hit]]:
        """Return, for each leg, its best `limit` points that match `condition`, best first, in one round trip.

        A leg that rescores returns all that it scored, without payloads. A sparse query without terms finds nothing.
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

    async def payloads(self, name: str, ids: Sequence[str]) -> dict[str, Mapping[str, PayloadValue]]:
        """Return the payloads of those of `ids` that the collection holds."""
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

    async def settle(self) -> None:
        """Have what was deleted overwritten, not only forgotten; a server does that by itself, in its own time."""
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


def finds(leg: Leg) -> bool:
    """Whether a leg can find something: not without terms."""
    return not isinstance(leg.query, SparseVector) or bool(leg.query.indices)


def narrowed(condition: Filter, leg: Leg) -> Filter:
    """Return what a leg's points have to match."""
    return condition if leg.condition is None else And((condition, leg.condition))


def stored_payload(payload: Mapping[str, PayloadValue]) -> dict[str, PayloadValue]:
    """Return `payload` as it is stored: bools as integers, which the embedded store cannot match, and TOGETHER."""
    stored = {key: int(value) if isinstance(value, bool) else value for key, value in payload.items()}
    values = [payload.get(name) for name in TOGETHER]
    if all(isinstance(value, str) for value in values):
        stored[TOGETHER_FIELD] = together(values)
    return stored


def given_payload(stored: dict[str, PayloadValue] | None) -> dict[str, PayloadValue]:
    """Return a stored payload as it was given; `stored` must belong to the caller."""
    if stored is None:
        return {}
    stored.pop(TOGETHER_FIELD, None)
    return stored


def together(values: Sequence[PayloadValue]) -> str:
    """Return the values of TOGETHER as one, different for every two."""
    return json.dumps(values)
