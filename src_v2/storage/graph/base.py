"""What every graph store can do. Knows no facts: the queries live in the slices, in Cypher that both stores take.

That Cypher: MERGE with ON CREATE/ON MATCH SET, UNWIND $rows, OPTIONAL MATCH, `*1..3`, EXISTS{}, collect({..}), CASE,
DETACH DELETE. Times are epoch milliseconds, kinds and predicates are properties, and a query returns properties rather
than whole nodes, whose shape differs.
"""

from collections.abc import Mapping
from typing import Any, Protocol


class GraphStore(Protocol):
    """A store of nodes and relations. Raises StoreUnavailable when it cannot be reached, StoreError when it refuses.

    `round_trips` counts queries since the start.
    """

    round_trips: int

    async def ensure_schema(self) -> None:
        """Bring tables, constraints and indexes to this version; StoreError when a newer version was here."""
        ...

    async def read(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run a query that changes nothing; return its rows by column name."""
        ...

    async def write(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run a query that may change something, in a transaction of its own; return its rows by column name."""
        ...

    async def settle(self) -> None:
        """Have what was deleted overwritten, not only forgotten; a server does that by itself, in its own time."""
        ...

    async def check(self) -> None:
        """Raise StoreUnavailable or StoreError, in words an operator understands, when the store cannot serve."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...
