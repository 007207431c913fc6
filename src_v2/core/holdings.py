"""A place that holds something about people. All are registered; `privacy` exports and erases through them.

What a holding answers for is said in words that a test compares with what there is: `table:v2_messages`, `vectors`,
`node:Entity`, `relation:Fact`, `cache:user`, `file:spool.jsonl`, `job:knowledge.learn`.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from src_v2.core.jobs import Json
from src_v2.core.scope import Scope

Records = Mapping[str, Sequence[Mapping[str, Json]]]
"""What an export shows of a holding: by file name, without its ending."""


class Holding(Protocol):
    """One place. Raises StoreUnavailable while its store is away."""

    @property
    def covers(self) -> frozenset[str]:
        """What it answers for."""
        ...

    async def export(self, user_id: str) -> Records:
        """Return what is held about a person; nothing when it only follows from what another holding shows."""
        ...

    async def erase(self, scope: Scope) -> None:
        """Remove what `scope` names. Idempotent."""
        ...

    async def left(self, scope: Scope) -> int:
        """Count what `scope` names and is still there."""
        ...
