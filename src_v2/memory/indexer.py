"""Brings messages from SQL to the vector store. A job sweeps, off the reply path; see `memory.jobs`.

SQL says what is missing, and what is there too much, so nothing is lost when the store was down or the process died:
the next sweep finds it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from src_v2.core.clock import Clock
from src_v2.core.errors import EmbeddingError, StoreError
from src_v2.core.filters import And, AnyOf, Eq
from src_v2.core.keys import KeySource
from src_v2.memory.embeddings.choosing import StartableEmbedder
from src_v2.memory.encoding import Encoding
from src_v2.memory.models import IndexItem
from src_v2.memory.points import CHUNK, LAYOUT, MESSAGE, collection_name, family
from src_v2.memory.store import MemoryStore
from src_v2.observability.outages import Outages
from src_v2.storage.vectors.base import CollectionSpec, Point, VectorStore

log = structlog.get_logger(__name__)

BATCH_MESSAGES = 64
OPEN_AGAIN_AFTER_S = 2.0
MODEL_AGAIN_AFTER_S = 60.0
"""How long a local model that could not be loaded rests: loading one may take a processor for minutes."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that were missing: how many are indexed now, and the last one's id, empty when nothing was missing."""

    indexed: int = 0
    last: str = ""


class Indexer:
    """Keeps one collection complete: what was said, and the keys (facts, summaries, traces) that lead to it.

    `instance` keeps apart the collections of deployments that share a vector store.
    """

    def __init__(
        self,
        store: MemoryStore,
        vectors: VectorStore,
        embedder: StartableEmbedder,
        outages: Outages,
        clock: Clock,
        *,
        keys: Sequence[KeySource] = (),
        instance: str = "",
    ) -> None:
        self._store = store
        self._vectors = vectors
        self._embedder = embedder
        self._outages = outages
        self.clock = clock
        self._keys = keys
        self._instance = instance
        self._sweeping = asyncio.Lock()
        self.between_batches = asyncio.Lock()
        """Who holds it knows that nothing is on its way from SQL to the vector store."""
        self._model_failed_s: float | None = None
        self._ensured = ""
        self._orphans_due = True
        self._encoding = Encoding(embedder)
        self.collection = ""
        """The collection that can be searched; empty until it is known to exist."""

    @property
    def collection_name(self) -> str:
        """The name of the collection that this keeps; raises EmbeddingError while the model is not known."""
        return collection_name(self._embedder, self._instance)

    @property
    def family(self) -> str:
        """What the names of all collections of this deployment begin with, before a hyphen."""
        return family(self._instance)

    async def open(self) -> None:
        """Return when the collection is known to exist, so that it can be searched; tries until it does."""
        while not self.collection:
            try:
                await self._collection()
            except (StoreError, EmbeddingError) as error:
                self._outages.failed("index", error)
                await self.clock.sleep(OPEN_AGAIN_AFTER_S)
                self._revive_model()

    async def searchable(self) -> str:
        """Return the collection to search; empty while the model is not there yet. Raises StoreError."""
        if not self.collection and self._embedder.ready.is_set():
            return await self._collection()
        return self.collection

    async def sweep(self) -> None:
        """Index everything that is missing and remove what is too much.

        Raises StoreError or EmbeddingError when something is in the way; what was done until then stays done.
        """
        async with self._sweeping:
            self._revive_model()
            try:
                batch = await self.index_batch()
                while batch.last:
                    batch = await self.index_batch(after=batch.last)
                await self.index_keys()
                if self._orphans_due:
                    await self._look_for_orphans()
            except BaseException:
                self._ensured = ""
                self._orphans_due = True
                raise

    async def index_batch(self, limit: int = BATCH_MESSAGES, *, anew: bool = False, after: str = "") -> Batch:
        """Index up to `limit` of the messages that are missing, oldest first, from the id `after` on.

        With `anew`, also those that another model's collection holds: re-indexing. What the model refuses is passed
        over.
        """
        collection = await self._collection()
        async with self.between_batches:
            items = await self._store.to_index(limit, instead_of=collection if anew else None, after=after)
            if not items:
                return Batch()
            indexed, made = await self._encoding.messages(items)
            if indexed:
                await self._replace(collection, indexed, made)
                gone = await self._store.mark_indexed(indexed, collection)
                if gone:
                    await self._delete(collection, gone)
            return Batch(len(indexed), items[-1].id)

    async def index_keys(self, limit: int = BATCH_MESSAGES) -> int:
        """Index the keys that are missing; return their number. What is refused is passed over."""
        collection = await self._collection()
        return sum([await self._index_keys_of(source, collection, limit) for source in self._keys])

    async def remove(self, ids: Sequence[str]) -> None:
        """Remove the vectors of messages and keys that are gone from SQL, and of the keys that lead only there.

        Raises StoreError or EmbeddingError.
        """
        collection = await self._collection()
        await self._vectors.delete(collection, ids)
        await self._delete(collection, ids)

    async def remove_orphans(self) -> int:
        """Remove every vector whose message, fact or summary SQL does not have any more; return how many there were."""
        collection = await self._collection()
        removed, start = 0, None
        while True:
            ids, start = await self._vectors.ids(collection, start=start)
            orphans = await self._orphans(collection, ids)
            if orphans:
                await self._vectors.delete(collection, orphans)
                removed += len(orphans)
            if start is None:
                return removed

    async def _orphans(self, collection: str, ids: Sequence[str]) -> list[str]:
        strangers = await self._store.unknown(ids)
        for source in self._keys:
            strangers = await source.unknown(strangers) if strangers else []
        if not strangers:
            return []
        leads_to = {
            one: str(payload["message_id"])
            for one, payload in (await self._vectors.payloads(collection, strangers)).items()
            if payload.get("kind") == CHUNK
        }
        gone = set(await self._store.unknown(sorted(set(leads_to.values()))))
        return [one for one in strangers if one not in leads_to or leads_to[one] in gone]

    async def _index_keys_of(self, source: KeySource, collection: str, limit: int) -> int:
        done = 0
        passed_over: set[str] = set()
        while True:
            async with self.between_batches:
                items = await source.to_index(limit + len(passed_over), collection)
                wanted = [item for item in items if item.id not in passed_over]
                if not wanted:
                    return done
                passed_over |= {item.id for item in wanted}
                taken, made = await self._encoding.keys(wanted)
                if made:
                    await self._vectors.upsert(collection, made)
                    gone = await source.mark_indexed(taken, collection)
                    if gone:
                        await self._vectors.delete(collection, gone)
                done += len(taken)

    async def _collection(self) -> str:
        """Return the collection's name; it exists then. Waits until the embedding model is known."""
        await self._embedder.ready.wait()
        name = self.collection_name
        if self._ensured != name:
            await self._vectors.ensure(CollectionSpec(name, self._embedder.spec.size))
            await self._outgrow(name)
            self._ensured = self.collection = name
        return name

    async def _outgrow(self, name: str) -> None:
        """Drop what this model embedded in an older layout: nothing searches there, and it is made anew from SQL."""
        held = await self._vectors.collections()
        for layout in range(1, LAYOUT):
            old = collection_name(self._embedder, self._instance, layout=layout)
            if old in held:
                await self._store.forget_indexed(old)
                await self._vectors.drop(old)
                log.info("index_layout_outgrown", old=old, new=name)

    async def _replace(self, collection: str, items: Sequence[IndexItem], made: Sequence[Point]) -> None:
        """Store the points of messages; an edited one may have had more chunks before."""
        edited = tuple(item.id for item in items if item.edited)
        if edited:
            await self._vectors.delete_where(collection, And((AnyOf("message_id", edited), Eq("kind", CHUNK))))
        await self._vectors.upsert(collection, made)

    async def _delete(self, collection: str, message_ids: Sequence[str]) -> None:
        await self._vectors.delete_where(collection, AnyOf("message_id", tuple(message_ids)))

    async def _look_for_orphans(self) -> None:
        """Remove orphans if there can be any: counting is much cheaper than looking at every id."""
        collection = await self._collection()
        believed = (await self._store.collections_in_use()).get(collection, 0)
        if await self._vectors.count(collection, Eq("kind", MESSAGE)) != believed:
            removed = await self.remove_orphans()
            log.info("orphaned_vectors_removed", vectors=removed)
        self._orphans_due = False

    def _revive_model(self) -> None:
        """Start a model again that could not be loaded, after a rest."""
        failed = self._embedder.ready.error
        if failed is None or not failed.retryable:
            return
        now_s = self.clock.monotonic()
        if self._model_failed_s is None:
            self._model_failed_s = now_s
        elif now_s - self._model_failed_s >= MODEL_AGAIN_AFTER_S:
            self._model_failed_s = None
            self._embedder.start()
