"""Finds what was said earlier and may matter now: dense and lexical search, fused by the vector store.

Every search goes through the audience's filter, and so does the reading of the messages that it found.
"""

from collections.abc import Iterable

from src_v2.core.audience import Audience, visible_to
from src_v2.core.messages import StoredMessage
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.indexer import Indexer
from src_v2.memory.lexical import encode_query
from src_v2.memory.models import Memory
from src_v2.memory.store import MemoryStore
from src_v2.storage.vectors.base import VectorStore


class Recall:
    """Hybrid search over the messages of one vector collection."""

    def __init__(self, store: MemoryStore, vectors: VectorStore, embedder: Embedder, indexer: Indexer) -> None:
        self._store = store
        self._vectors = vectors
        self._embedder = embedder
        self._indexer = indexer

    async def search(self, audience: Audience, query: str, limit: int) -> list[Memory]:
        """Return up to `limit` memories that fit `query`, best first; none before the index has come up.

        Raises StoreUnavailable or EmbeddingError when a part of the search is away.
        """
        collection = self._indexer.collection
        if not collection:
            return []
        dense = (await self._embedder.encode([query], kind="query"))[0]
        hits = await self._vectors.hybrid_search(collection, dense, encode_query(query), visible_to(audience), limit)
        if not hits:
            return []
        found = await self._store.by_ids(audience, [hit.id for hit in hits])
        return _distinct(_memory(found[hit.id], hit.score) for hit in hits if hit.id in found)


def _memory(said: StoredMessage, score: float) -> Memory:
    return Memory(said.id, said.speaker_name, said.role, said.text, said.created_at, score)


def _distinct(memories: Iterable[Memory]) -> list[Memory]:
    """Keep the best of those that say the same words."""
    best: dict[str, Memory] = {}
    for memory in memories:
        best.setdefault(" ".join(memory.text.casefold().split()), memory)
    return list(best.values())
