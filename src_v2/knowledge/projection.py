"""Brings claims from SQL to the graph. SQL says what is missing there and what is too much, so nothing is ever lost.

A job sweeps, off the reply path; a graph that was down or lost is caught up by the next sweep.
"""

import asyncio
from dataclasses import dataclass

import structlog

from src_v2.knowledge.graph import LAYOUT, KnowledgeGraph
from src_v2.knowledge.store import KnowledgeStore

log = structlog.get_logger(__name__)

BATCH_CLAIMS = 200
PAGE_IDS = 1_000
STALE = f"{LAYOUT}-stale"
"""Marks what a rebuild has not come to yet."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Claims that were missing: how many are in the graph now, and the last one's id, empty when none was missing."""

    projected: int = 0
    last: str = ""


class Projection:
    """Keeps the graph in step with SQL."""

    def __init__(self, store: KnowledgeStore, graph: KnowledgeGraph) -> None:
        self._store = store
        self._graph = graph
        self._sweeping = asyncio.Lock()
        self.between_batches = asyncio.Lock()
        """Who holds it knows that nothing is on its way from SQL to the graph."""
        self._comparison_due = True

    async def sweep(self) -> None:
        """Bring what is missing, and once after every start and failure remove what is too much.

        Raises StoreUnavailable or StoreError when something is in the way; what was done until then stays done.
        """
        async with self._sweeping:
            try:
                await self.project_all()
                if self._comparison_due:
                    await self._compare()
            except BaseException:
                self._comparison_due = True
                raise
            self._comparison_due = False

    async def project_all(self) -> int:
        """Bring everything that is missing; return how many claims that were."""
        done, batch = 0, await self.project_batch()
        while batch.last:
            done += batch.projected
            batch = await self.project_batch(after=batch.last)
        return done

    async def project_batch(self, *, after: str = "", anew: bool = False) -> Batch:
        """Bring the next of the claims that are missing, from the id `after` on.

        With `anew` whatever the graph holds of them goes first: names may have other keys now.
        """
        async with self.between_batches:
            claims = await self._store.to_graph(LAYOUT, BATCH_CLAIMS, after=after)
            if not claims:
                return Batch()
            ids = [claim.id for claim in claims]
            if anew:
                await self._graph.remove(ids)
            await self._graph.add(claims)
            await self._graph.remove(await self._store.mark_graphed(ids, LAYOUT))
            return Batch(len(claims), ids[-1])

    async def remove_orphans(self) -> int:
        """Remove every claim that SQL does not have in the graph; return how many there were."""
        removed, after = 0, ""
        while ids := await self._graph.ids(after=after, limit=PAGE_IDS):
            after = ids[-1]
            orphans = await self._store.not_graphed(ids, LAYOUT)
            await self._graph.remove(orphans)
            removed += len(orphans)
        return removed

    async def is_short(self) -> bool:
        """Whether the graph holds fewer claims than SQL believes."""
        return await self._graph.count() < await self._store.count_graphed(LAYOUT)

    async def start_over(self) -> None:
        """Have everything brought anew; goes on where it was broken off."""
        await self._store.begin_rebuild(STALE)

    async def _compare(self) -> None:
        """Mend what a lost graph or a crash left behind; counting is cheaper than looking at every id."""
        held, believed = await self._graph.count(), await self._store.count_graphed(LAYOUT)
        if held > believed:
            log.info("orphaned_facts_removed", facts=await self.remove_orphans())
        elif held < believed:
            await self.start_over()
            log.info("lost_facts_projected", facts=await self.project_all())
            await self.remove_orphans()
