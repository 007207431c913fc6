"""SQL, vectors and the index between them, without the rest of the process: an unsteady store, a picky model."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from src_v2.core.audience import Audience, Visibility
from src_v2.core.errors import EmbeddingError, StoreUnavailable
from src_v2.core.filters import Filter
from src_v2.core.ids import new_id
from src_v2.core.keys import KeyItem, KeySource
from src_v2.core.messages import Author, IncomingMessage, Scene
from src_v2.memory.embeddings.base import TextKind, Vectors
from src_v2.memory.embeddings.hashing import HashingEmbedder
from src_v2.memory.indexer import Indexer
from src_v2.memory.recall import Recall
from src_v2.memory.reindex import reindex
from src_v2.memory.rows import message_rows
from src_v2.memory.store import MemoryStore
from src_v2.observability.outages import Outages
from src_v2.storage.database import Database
from src_v2.storage.vectors.base import CollectionSpec, Point
from src_v2.storage.vectors.edge import EdgeVectorStore
from tests.support.clock import VirtualClock

MESSAGES = "messages-2-hashing-64"
SAM = Audience("elena", "discord:sam", "discord:dm", Visibility.PRIVATE)


class Unsteady(EdgeVectorStore):
    """A vector store that may be away."""

    away = False

    async def ensure(self, spec: CollectionSpec) -> None:
        await self._answer()
        await super().ensure(spec)

    async def upsert(self, name: str, points: Sequence[Point]) -> None:
        await self._answer()
        await super().upsert(name, points)

    async def delete(self, name: str, ids: Sequence[str]) -> None:
        await self._answer()
        await super().delete(name, ids)

    async def delete_where(self, name: str, condition: Filter) -> None:
        await self._answer()
        await super().delete_where(name, condition)

    async def _answer(self) -> None:
        if self.away:
            raise StoreUnavailable("away")


class Picky(HashingEmbedder):
    """A model that refuses texts with a certain word; `starts` counts attempts to load it."""

    def __init__(self) -> None:
        super().__init__()
        self.starts = 0

    def start(self) -> None:
        self.starts += 1
        self.ready.set()

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        if any("unspeakable" in text for text in texts):
            raise EmbeddingError("encoding failed")
        return await super().encode(texts, kind=kind)


class Shelf:
    """A source of keys in memory."""

    def __init__(self, *items: KeyItem) -> None:
        self.items = {item.id: item for item in items}
        self.indexed_in: dict[str, str] = {}

    async def to_index(self, limit: int, collection: str) -> list[KeyItem]:
        missing = [item for item in self.items.values() if self.indexed_in.get(item.id) != collection]
        return missing[:limit]

    async def mark_indexed(self, items: Sequence[KeyItem], collection: str) -> list[str]:
        self.indexed_in |= {item.id: collection for item in items if item.id in self.items}
        return [item.id for item in items if item.id not in self.items]

    async def unknown(self, ids: Sequence[str]) -> list[str]:
        return [one for one in ids if one not in self.items]


class Library:
    """SQL, vectors, an indexer between them, and recall."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.database = database
        self.clock = VirtualClock(datetime(2024, 3, 1, 12, tzinfo=UTC))
        self.store = MemoryStore(self.database, self.clock)
        self.vectors = Unsteady(folder / "vectors")
        self.embedder = Picky()
        self.indexer = self.new_indexer()

    def new_indexer(self, *keys: KeySource, instance: str = "") -> Indexer:
        """Return another indexer on the same stores."""
        return Indexer(self.store, self.vectors, self.embedder, Outages(), self.clock, keys=keys, instance=instance)

    @property
    def recall(self) -> Recall:
        """Recall from what the indexer keeps."""
        return Recall(self.store, self.vectors, self.embedder, self.indexer)

    async def hears(
        self, *texts: str, audience: Audience = SAM, name: str = "Sam", session: str = "session"
    ) -> list[str]:
        """Store messages, a minute apart; return their ids. Each has the platform id `ref-<text>`."""
        return [await self._hear(text, audience, name, session) for text in texts]

    async def _hear(self, text: str, audience: Audience, name: str, session: str) -> str:
        self.clock.advance(60)
        said = IncomingMessage(
            new_id(), Author(audience.user_id, name), audience, text, self.clock.now(), "discord",
            platform_message_id=f"ref-{text}", scene=Scene(),
        )  # fmt: skip
        await self.store.apply(message_rows([said], session, None))
        return said.id

    async def recalls(self, query: str, audience: Audience = SAM, **how: Any) -> list[str]:
        """Return the ids of what is recalled, best first."""
        return [memory.id for memory in await self.recall.search(audience, query, 5, **how)]

    async def sweep(self) -> None:
        await asyncio.wait_for(self.indexer.sweep(), 5)

    async def held(self, collection: str = MESSAGES) -> set[str]:
        return set((await self.vectors.ids(collection))[0])

    async def reindexes(self) -> int:
        done = await reindex(self.store, self.vectors, self.embedder, self.indexer, lambda _done, _total: None)
        return done.messages
