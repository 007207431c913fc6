"""Brings messages from SQL to the vector store, off the reply path.

SQL says what is missing, and what is there too much, so nothing is lost when the store was down or the process died:
the next sweep finds it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from src_v2.core.clock import Clock
from src_v2.core.errors import EmbeddingError, StoreError
from src_v2.core.filters import EVERYTHING
from src_v2.memory.embeddings.base import Embedder, Vectors
from src_v2.memory.embeddings.choosing import StartableEmbedder
from src_v2.memory.lexical import encode_document
from src_v2.memory.models import IndexItem
from src_v2.memory.store import MemoryStore
from src_v2.observability.outages import Outages
from src_v2.storage.vectors.base import CollectionSpec, Dense, Point, VectorStore

log = structlog.get_logger(__name__)

BATCH_MESSAGES = 64
SWEEP_EVERY_S = 30.0
"""How often to look without being woken: finds what a dead process or a store that was down left behind."""
FIRST_BACKOFF_S = 1.0
LONGEST_BACKOFF_S = 60.0
MODEL_AGAIN_AFTER_S = 60.0
"""How long a local model that could not be loaded rests: loading one may take a processor for minutes."""
PLAIN_TEXT = "hello"
"""A text that every model takes: tells a model that fails from a text that it refuses."""


def message_collection(embedder: Embedder) -> str:
    """Return the name of the collection that holds messages embedded by this model."""
    return embedder.spec.collection_name("messages")


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that were missing: how many are indexed now, and the last one's id, empty when nothing was missing."""

    indexed: int = 0
    last: str = ""


class Indexer:
    """One background task that keeps one collection complete."""

    def __init__(
        self, store: MemoryStore, vectors: VectorStore, embedder: StartableEmbedder, outages: Outages, clock: Clock
    ) -> None:
        self._store = store
        self._vectors = vectors
        self._embedder = embedder
        self._outages = outages
        self._clock = clock
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ensured = ""
        self._orphans_due = True
        self._refused: set[tuple[str, str]] = set()
        self.collection = ""
        """The collection that can be searched; empty until it is known to exist."""

    def start(self) -> None:
        """Begin to sweep."""
        self._task = asyncio.create_task(self._sweep_forever(), name="indexer")

    async def stop(self) -> None:
        """Stop sweeping; what is not indexed yet is found after the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wake(self) -> None:
        """Say that there is something new."""
        self._idle.clear()
        self._wake.set()

    async def caught_up(self) -> None:
        """Return when nothing is left to be indexed."""
        await self._idle.wait()

    async def index_batch(self, limit: int = BATCH_MESSAGES, *, anew: bool = False, after: str = "") -> Batch:
        """Index up to `limit` of the messages that are missing, oldest first, from the id `after` on.

        With `anew`, also those that another model's collection holds: re-indexing. What the model refuses is passed
        over.
        """
        collection = await self._collection()
        items = await self._store.to_index(limit, instead_of=collection if anew else None, after=after)
        if not items:
            return Batch()
        wanted = [item for item in items if (item.id, item.text) not in self._refused]
        taken, dense = await self._encoded(wanted) if wanted else ([], [])
        if taken:
            await self._vectors.upsert(collection, await self._points(taken, dense))
            gone = await self._store.mark_indexed(taken, collection)
            if gone:
                await self._vectors.delete(collection, gone)
        return Batch(len(taken), items[-1].id)

    async def remove(self, ids: Sequence[str]) -> None:
        """Remove the vectors of messages that are gone from SQL; while the store is away, a later sweep does it."""
        try:
            await self._vectors.delete(message_collection(self._embedder), ids)
        except (StoreError, EmbeddingError) as error:
            self._orphans_due = True
            self._outages.failed("index", error)

    async def remove_orphans(self) -> int:
        """Remove every vector whose message SQL does not have any more; return how many there were."""
        collection = await self._collection()
        removed, start = 0, None
        while True:
            ids, start = await self._vectors.ids(collection, start=start)
            orphans = await self._store.unknown(ids)
            if orphans:
                await self._vectors.delete(collection, orphans)
                removed += len(orphans)
            if start is None:
                return removed

    async def _collection(self) -> str:
        """Return the collection's name; it exists then. Waits until the embedding model is known."""
        await self._embedder.ready.wait()
        name = message_collection(self._embedder)
        if self._ensured != name:
            await self._vectors.ensure(CollectionSpec(name, self._embedder.spec.size))
            self._ensured = self.collection = name
        return name

    async def _encoded(self, items: Sequence[IndexItem]) -> tuple[Sequence[IndexItem], Sequence[Dense]]:
        """Return the items that the model takes, and their vectors: one text must not hold up all the others."""
        try:
            return items, list(await self._encode(items))
        except EmbeddingError as error:
            if error.retryable:
                raise
        await self._embedder.encode([PLAIN_TEXT], kind="document")  # raises when it is not for one of the texts
        taken: list[IndexItem] = []
        dense: list[Dense] = []
        for item in items:
            try:
                dense.extend(await self._encode([item]))
                taken.append(item)
            except EmbeddingError as error:
                if error.retryable:
                    raise
                self._refused.add((item.id, item.text))
                log.warning("message_not_indexed", message_id=item.id, error=type(error).__name__)
        return taken, dense

    async def _encode(self, items: Sequence[IndexItem]) -> Vectors:
        return await self._embedder.encode([item.text for item in items], kind="document")

    async def _points(self, items: Sequence[IndexItem], dense: Sequence[Dense]) -> list[Point]:
        sparse = await asyncio.to_thread(lambda: [encode_document(f"{i.speaker_name} {i.text}") for i in items])
        return [
            Point(item.id, dense=vector, sparse=words, payload=item.payload)
            for item, vector, words in zip(items, dense, sparse, strict=True)
        ]

    async def _sweep_forever(self) -> None:
        backoff_s = FIRST_BACKOFF_S
        while True:
            self._wake.clear()
            if await self._swept():
                backoff_s = FIRST_BACKOFF_S
                if not self._wake.is_set():
                    self._idle.set()
                await self._woken_within(SWEEP_EVERY_S)
            else:
                await self._back_off(backoff_s)
                backoff_s = min(backoff_s * 2, LONGEST_BACKOFF_S)

    async def _swept(self) -> bool:
        """Index everything that is missing and remove what is too much; False when something is in the way."""
        try:
            batch = await self.index_batch()
            while batch.last:
                batch = await self.index_batch(after=batch.last)
            if self._orphans_due:
                await self._look_for_orphans()
        except (StoreError, EmbeddingError) as error:
            self._outages.failed("index", error)
        except Exception as error:  # a job's edge: one bad batch must not end indexing for ever
            log.exception("indexing_failed", error=type(error).__name__)
        else:
            self._outages.worked("index")
            return True
        self._ensured = ""
        self._orphans_due = True
        return False

    async def _look_for_orphans(self) -> None:
        """Remove orphans if there can be any: counting is much cheaper than looking at every id."""
        collection = await self._collection()
        believed = (await self._store.collections_in_use()).get(collection, 0)
        if await self._vectors.count(collection, EVERYTHING) != believed:
            removed = await self.remove_orphans()
            log.info("orphaned_vectors_removed", vectors=removed)
        self._orphans_due = False

    async def _back_off(self, seconds: float) -> None:
        """Wait before the next attempt; what is new may find the store back, but brings no model back."""
        failed = self._embedder.ready.error
        if failed is None or not failed.retryable:
            await self._woken_within(seconds)
            return
        await self._clock.sleep(MODEL_AGAIN_AFTER_S)
        self._embedder.start()

    async def _woken_within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
