"""Rebuilds the vectors from SQL, for a new model or after a loss. Can be broken off and run again at any time.

The old collection serves until the new one is verified; only then is it dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass

from src_v2.core.errors import StoreError
from src_v2.core.filters import Eq
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.embeddings.loading import LocalEmbedder
from src_v2.memory.indexer import Indexer
from src_v2.memory.points import MESSAGE
from src_v2.memory.store import MemoryStore
from src_v2.storage.vectors.base import VectorStore

Progress = Callable[[int, int], None]
"""Called with (messages done, messages in all)."""


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What a re-indexing did."""

    collection: str
    messages: int
    dropped: tuple[str, ...]


async def reindex(
    store: MemoryStore, vectors: VectorStore, embedder: Embedder, indexer: Indexer, progress: Progress
) -> Reindexed:
    """Bring every message into the collection of `embedder`'s model, verify it, keep to that model, drop the others.

    Raises StoreError when the new collection does not hold what it should; the old ones are kept then.
    """
    await embedder.ready.wait()
    collection = indexer.collection_name
    await indexer.remove_orphans()
    await _start_over_when_lost(store, vectors, collection)
    done = await _index_all(indexer, progress, await store.count_to_index(instead_of=collection))
    await indexer.index_keys()
    await _verify(store, vectors, collection)
    if isinstance(embedder, LocalEmbedder):
        await embedder.pin()
    dropped = [
        name for name in await vectors.collections() if name.startswith(f"{indexer.family}-") and name != collection
    ]
    for name in dropped:
        await vectors.drop(name)
        await store.forget_indexed(name)
    return Reindexed(collection, done, tuple(dropped))


async def _index_all(indexer: Indexer, progress: Progress, total: int) -> int:
    """Index what is missing; return how many messages that were. Goes through twice: some change meanwhile."""
    done = 0
    progress(0, total)
    for _ in range(2):
        batch = await indexer.index_batch(anew=True)
        while batch.last:
            done += batch.indexed
            progress(done, max(total, done))
            batch = await indexer.index_batch(anew=True, after=batch.last)
    return done


async def _start_over_when_lost(store: MemoryStore, vectors: VectorStore, collection: str) -> None:
    """Have everything indexed again when the collection holds fewer points than SQL believes."""
    believed = (await store.collections_in_use()).get(collection, 0)
    if await vectors.count(collection, Eq("kind", MESSAGE)) < believed:
        await store.forget_indexed(collection)


async def _verify(store: MemoryStore, vectors: VectorStore, collection: str) -> None:
    believed = (await store.collections_in_use()).get(collection, 0)
    held = await vectors.count(collection, Eq("kind", MESSAGE)) if believed else 0
    if held < believed:
        raise StoreError(f"{collection} holds {held} of {believed} messages; the old collection is kept, run it again")
