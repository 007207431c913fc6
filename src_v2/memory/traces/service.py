"""Finds how similar questions of the same person were answered before.

One embedding, one search, and one read when something is near; a store that is down or slow means no examples.
"""

import asyncio

from src_v2.core.audience import Audience, visible_to
from src_v2.core.errors import EmbeddingError, StoreError
from src_v2.core.filters import And, Eq
from src_v2.core.keys import TRACE_KEY
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.indexer import Indexer
from src_v2.memory.traces.models import SimilarTrace
from src_v2.memory.traces.nearness import LEAST_NEARNESS, Nearness
from src_v2.memory.traces.store import TraceStore
from src_v2.observability.outages import Outages
from src_v2.storage.vectors.base import PARTS, Leg, VectorStore

SOURCE = "traces"
CANDIDATES = 24
"""Traces looked at: a question that is asked again and again leaves one each time."""
QUALITY_WEIGHS = 0.1
A_STEP_WEIGHS = 0.005
"""Of two that are nearly as similar, the better and the shorter one goes first."""


class Traces:
    """The reasoning traces that can be searched. `timeout_s` is what a look may take."""

    def __init__(
        self,
        store: TraceStore,
        vectors: VectorStore,
        embedder: Embedder,
        indexer: Indexer,
        outages: Outages,
        *,
        timeout_s: float,
    ) -> None:
        self._store = store
        self._vectors = vectors
        self._embedder = embedder
        self._indexer = indexer
        self._outages = outages
        self._timeout_s = timeout_s
        self._nearness = Nearness(embedder)

    async def similar(self, audience: Audience, question: str, limit: int = 2) -> list[SimilarTrace]:
        """Return up to `limit` traces of this person's own questions that are like `question`, best first.

        `audience` is as the person wants to be read. Never raises: what is away, late or not there gives nothing.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await self._similar(audience, question)
        except (StoreError, EmbeddingError, TimeoutError) as error:
            self._outages.failed(SOURCE, error)
            return []
        self._outages.worked(SOURCE)
        return _distinct(sorted(found, key=_worth, reverse=True))[:limit]

    async def _similar(self, audience: Audience, question: str) -> list[SimilarTrace]:
        collection = await self._indexer.searchable()
        if not collection or not question.strip():
            return []
        dense = (await self._embedder.encode([question], kind="query"))[0]
        condition = And((visible_to(audience), Eq("user_id", audience.user_id), Eq("kind", TRACE_KEY)))
        (hits,) = await self._vectors.search(collection, [Leg(PARTS, dense)], condition, CANDIDATES)
        near = {
            hit.id: similarity for hit in hits if (similarity := await self._nearness.of(hit.score)) >= LEAST_NEARNESS
        }
        if not near:
            return []
        return [SimilarTrace(trace, near[trace.id]) for trace in await self._store.by_ids(audience, sorted(near))]


def _worth(one: SimilarTrace) -> tuple[float, str]:
    trace = one.trace
    return one.similarity + QUALITY_WEIGHS * trace.quality - A_STEP_WEIGHS * trace.model_calls, trace.id


def _distinct(similar: list[SimilarTrace]) -> list[SimilarTrace]:
    """Keep the best of those that answer the very same question."""
    kept: dict[str, SimilarTrace] = {}
    for one in similar:
        kept.setdefault(" ".join(one.trace.question.casefold().split()), one)
    return list(kept.values())
