"""Finds how similar questions of the same person were answered before.

One embedding and one search; when something is near, one read and one more embedding, of shapes. A store that is down
or slow means no examples.
"""

import asyncio
from collections.abc import Mapping, Sequence

from src_v2.core.audience import Audience, visible_to
from src_v2.core.errors import EmbeddingError, StoreError
from src_v2.core.filters import And, Eq
from src_v2.core.keys import TRACE_KEY
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.indexer import Indexer
from src_v2.memory.traces.models import SimilarTrace, Trace
from src_v2.memory.traces.nearness import LEAST_NEARNESS, LEAST_SIMILARITY, Likeness, similarity
from src_v2.memory.traces.shape import shape
from src_v2.memory.traces.store import TraceStore
from src_v2.observability.outages import Outages
from src_v2.storage.vectors.base import PARTS, Leg, VectorStore

SOURCE = "traces"
CANDIDATES = 24
"""Traces looked at: a question that is asked again and again leaves one each time."""
MOST_SHAPES = 8
"""Shapes that are compared, those of the nearest questions first: each costs its embedding."""
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
        self._likeness = Likeness(embedder)

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
        scale = self._likeness.questions
        near = {hit.id: found for hit in hits if (found := await scale.nearness(hit.score)) >= LEAST_NEARNESS}
        if not near:
            return []
        traces = await self._store.by_ids(audience, sorted(near))
        return await self._alike(question, sorted(traces, key=lambda trace: near[trace.id], reverse=True), near)

    async def _alike(self, question: str, traces: Sequence[Trace], near: Mapping[str, float]) -> list[SimilarTrace]:
        """Return those of `traces`, nearest first, that are like `question` when their shapes are compared as well."""
        shapes = {trace.id: shape(trace.question) for trace in traces}
        compared = list(dict.fromkeys(shapes.values()))[:MOST_SHAPES]
        of_shapes = dict(zip(compared, await self._likeness.of_shapes(shape(question), compared), strict=True))
        alike = (
            SimilarTrace(trace, similarity(of_shapes[shapes[trace.id]], near[trace.id]))
            for trace in traces
            if shapes[trace.id] in of_shapes
        )
        return [one for one in alike if one.similarity >= LEAST_SIMILARITY]


def _worth(one: SimilarTrace) -> tuple[float, str]:
    trace = one.trace
    return one.similarity + QUALITY_WEIGHS * trace.quality - A_STEP_WEIGHS * trace.model_calls, trace.id


def _distinct(similar: list[SimilarTrace]) -> list[SimilarTrace]:
    """Keep the best of those that answer the very same question."""
    kept: dict[str, SimilarTrace] = {}
    for one in similar:
        kept.setdefault(" ".join(one.trace.question.casefold().split()), one)
    return list(kept.values())
