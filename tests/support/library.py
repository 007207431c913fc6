"""SQL, vectors and the index between them, without the rest of the process: messages, an unsteady store, a picky model."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import SystemClock
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
    """A vector store that may be away; `asked` counts those who found it so."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.away = False
        self.asked = 0
        self.refused = asyncio.Condition()

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

    async def until_asked(self, times: int) -> None:
        async with self.refused:
            await asyncio.wait_for(self.refused.wait_for(lambda: self.asked >= times), 5)

    async def _answer(self) -> None:
        if self.away:
            self.asked += 1
            async with self.refused:
                self.refused.notify_all()
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


class Library:
    """SQL, vectors and an indexer between them."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'whisperengine.db'}")
        self.clock = VirtualClock()
        self.store = MemoryStore(self.database, self.clock)
        self.vectors = Unsteady(folder / "vectors")
        self.embedder = Picky()
        self.indexer = self.new_indexer()

    def new_indexer(self) -> Indexer:
        return Indexer(self.store, self.vectors, self.embedder, Outages(), self.clock)

    async def hears(self, *texts: str) -> list[str]:
        """Store messages; return their ids. Each has the platform id `ref-<text>`."""
        said = [
            IncomingMessage(
                new_id(), Author(SAM.user_id, "Sam"), SAM, text, SystemClock().now(), "discord",
                platform_message_id=f"ref-{text}", scene=Scene(),
            )
            for text in texts
        ]  # fmt: skip
        await self.store.apply(message_rows(said, "session", None))
        return [message.id for message in said]

    async def sweep(self) -> None:
        await asyncio.wait_for(self.indexer.sweep(), 5)

    async def held(self, collection: str = MESSAGES) -> set[str]:
        return set((await self.vectors.ids(collection))[0])

    async def reindexes(self) -> int:
        done = await reindex(self.store, self.vectors, self.embedder, self.indexer, lambda _done, _total: None)
        return done.messages
