"""What follows from SQL and is held elsewhere: vectors, the graph, the cache, what waits in files."""

from collections.abc import Awaitable, Callable

from src_v2.core.holdings import Records
from src_v2.core.scope import Scope
from src_v2.knowledge.graph import KnowledgeGraph
from src_v2.memory.spool import Spool
from src_v2.storage.vectors.base import VectorStore


class VectorPoints:
    """The points of every collection of this deployment, whichever model made it."""

    covers = frozenset(("vectors",))

    def __init__(self, vectors: VectorStore, family: str) -> None:
        self._vectors = vectors
        self._prefix = f"{family}-"

    async def export(self, _user_id: str) -> Records:
        """Return nothing: a vector is made of a message, which is shown."""
        return {}

    async def erase(self, scope: Scope) -> None:
        """Remove the points of what `scope` names."""
        for name in await self._collections():
            await self._vectors.delete_where(name, scope.filter())

    async def left(self, scope: Scope) -> int:
        """Count them."""
        return sum([await self._vectors.count(name, scope.filter()) for name in await self._collections()])

    async def _collections(self) -> list[str]:
        return [name for name in await self._vectors.collections() if name.startswith(self._prefix)]


class GraphRelations:
    """Relations and entities of the graph."""

    covers = frozenset(("node:Entity", "relation:Fact"))

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph

    async def export(self, _user_id: str) -> Records:
        """Return nothing: the graph is made of claims, which are shown."""
        return {}

    async def erase(self, scope: Scope) -> None:
        """Remove relations, and entities of which nothing is said any more."""
        await self._graph.erase(scope.filter("said_at"))

    async def left(self, scope: Scope) -> int:
        """Count both."""
        return await self._graph.held(scope.filter("said_at"), scope.user_id if scope.is_whole_person else None)


class Cached:
    """What is known of a person for some minutes, here or in Redis.

    `forget` is for a whole person; `outdate` has read anew what rests on a part of what was said.
    """

    covers = frozenset(("cache:user",))

    def __init__(self, forget: Callable[[str], Awaitable[None]], outdate: Callable[[Scope], Awaitable[None]]) -> None:
        self._forget = forget
        self._outdate = outdate

    async def export(self, _user_id: str) -> Records:
        """Return nothing: it is a copy of the profile."""
        return {}

    async def erase(self, scope: Scope) -> None:
        """Forget the person; what a cache that is away still holds lives for five minutes at most."""
        if scope.is_whole_person and scope.user_id:
            await self._forget(scope.user_id)
        else:
            await self._outdate(scope)

    async def left(self, _scope: Scope) -> int:
        """Return 0: nothing lives in the cache that is not in SQL or about to expire."""
        return 0


class Waiting:
    """What could not be written while SQL was away, and what SQL refused."""

    covers = frozenset(("file:spool.jsonl", "file:spool.refused.jsonl"))

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    async def export(self, _user_id: str) -> Records:
        """Return nothing: what waits is written before anything is exported."""
        return {}

    async def erase(self, scope: Scope) -> None:
        """Remove what was refused; what waits has been written before."""
        if scope.user_id:
            await self._spool.forget(scope.user_id)

    async def left(self, scope: Scope) -> int:
        """Count the transactions that name the person."""
        return await self._spool.mentions(scope.user_id) if scope.user_id else 0
