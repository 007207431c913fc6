"""Brings messages from SQL to the vector store, off the reply path.

SQL says what is missing, so nothing is lost when the store was down or the process died: the next sweep finds it.
"""

import asyncio
from collections.abc import Sequence

import structlog

from src_v2.core.clock import Clock
from src_v2.core.errors import EmbeddingError, StoreError
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.lexical import encode_document
from src_v2.memory.models import IndexItem
from src_v2.memory.store import MemoryStore
from src_v2.observability.outages import Outages
from src_v2.storage.vectors.base import CollectionSpec, Point, VectorStore

log = structlog.get_logger(__name__)

BATCH_MESSAGES = 64
SWEEP_EVERY_S = 30.0
"""How often to look without being woken: finds what a dead process or a store that was down left behind."""
LONGEST_BACKOFF_S = 60.0


def message_collection(embedder: Embedder) -> str:
    """Return the name of the collection that holds messages embedded by this model."""
    return embedder.spec.collection_name("messages")


class Indexer:
    """One background task that keeps one collection complete."""

    def __init__(
        self, store: MemoryStore, vectors: VectorStore, embedder: Embedder, outages: Outages, clock: Clock
    ) -> None:
        self._store = store
        self._vectors = vectors
        self._embedder = embedder
        self._outages = outages
        self._clock = clock
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.collection = ""
        """The collection that can be searched; empty until it exists."""

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

    async def index_batch(self, limit: int = BATCH_MESSAGES, *, anew: bool = False) -> int:
        """Index up to `limit` messages; return how many there were (0: nothing is missing).

        With `anew`, also those that another model's collection holds: re-indexing.
        """
        collection = await self._collection()
        items = await self._store.to_index(limit, instead_of=collection if anew else None)
        if not items:
            return 0
        await self._vectors.upsert(collection, await self._points(items))
        gone = await self._store.mark_indexed(items, collection)
        if gone:
            await self._vectors.delete(collection, gone)
        return len(items)

    async def remove(self, ids: Sequence[str]) -> None:
        """Remove the vectors of messages that are gone from SQL; without the store, recall leaves them out anyway."""
        try:
            await self._vectors.delete(message_collection(self._embedder), ids)
        except (StoreError, EmbeddingError) as error:
            self._outages.failed("index", error)

    async def _collection(self) -> str:
        """Return the collection's name; it exists then. Waits until the embedding model is known."""
        await self._embedder.ready.wait()
        name = message_collection(self._embedder)
        if self.collection != name:
            await self._vectors.ensure(CollectionSpec(name, self._embedder.spec.size))
            self.collection = name
        return name

    async def _points(self, items: Sequence[IndexItem]) -> list[Point]:
        texts = [item.text for item in items]
        dense = await self._embedder.encode(texts, kind="document")
        sparse = await asyncio.to_thread(lambda: [encode_document(f"{i.speaker_name} {i.text}") for i in items])
        return [
            Point(item.id, dense=vector, sparse=words, payload=item.payload)
            for item, vector, words in zip(items, dense, sparse, strict=True)
        ]

    async def _sweep_forever(self) -> None:
        backoff_s = 1.0
        while True:
            self._wake.clear()
            if await self._swept():
                backoff_s = 1.0
                if not self._wake.is_set():
                    self._idle.set()
                await self._wait_for_work()
            else:
                await self._clock.sleep(backoff_s)
                backoff_s = min(backoff_s * 2, LONGEST_BACKOFF_S)

    async def _swept(self) -> bool:
        """Index everything that is missing; False when something is in the way."""
        try:
            while await self.index_batch():
                pass
        except (StoreError, EmbeddingError) as error:
            self._outages.failed("index", error)
            self.collection = ""
            return False
        except Exception as error:
            log.exception("indexing_failed", error=type(error).__name__)
            return False
        self._outages.worked("index")
        return True

    async def _wait_for_work(self) -> None:
        try:
            async with asyncio.timeout(SWEEP_EVERY_S):
                await self._wake.wait()
        except TimeoutError:
            return
