"""The index follows SQL: whatever was away or refused, every message gets its vector and no other vector stays."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import SystemClock
from src_v2.core.errors import EmbeddingError, StoreUnavailable
from src_v2.core.filters import EVERYTHING, Filter
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage, Scene
from src_v2.memory import indexer as indexing
from src_v2.memory.embeddings.base import TextKind, Vectors
from src_v2.memory.embeddings.hashing import HashingEmbedder
from src_v2.memory.indexer import MODEL_AGAIN_AFTER_S, OPEN_AGAIN_AFTER_S, Indexer
from src_v2.memory.reindex import reindex
from src_v2.memory.rows import message_rows
from src_v2.memory.store import MemoryStore
from src_v2.observability.outages import Outages
from src_v2.storage import migrate
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


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    made = Library(tmp_path)
    await migrate.upgrade(made.database)
    yield made
    await made.vectors.close()
    await made.database.close()


async def test_what_is_deleted_while_the_store_is_away_is_gone_when_it_is_back(library: Library) -> None:
    kept, gone = await library.hears("the sea", "the secret")
    await library.sweep()
    assert await library.held() == {kept, gone}
    library.vectors.away = True
    await library.store.delete_by_ref("elena", "ref-the secret")
    with pytest.raises(StoreUnavailable):
        await library.indexer.remove([gone])
    with pytest.raises(StoreUnavailable):
        await library.hears("the shore") and await library.sweep()
    library.vectors.away = False
    await library.sweep()
    assert gone not in await library.held()
    assert kept in await library.held()


async def test_what_a_dead_process_left_behind_goes_at_the_next_start(library: Library) -> None:
    kept, _gone = await library.hears("the sea", "the secret")
    await library.sweep()
    await library.store.delete_by_ref("elena", "ref-the secret")
    library.indexer = library.new_indexer()
    await library.sweep()
    assert await library.held() == {kept}


async def test_reindexing_removes_what_sql_does_not_have_and_forgets_the_old_collection(library: Library) -> None:
    kept, gone = await library.hears("the sea", "the secret")
    assert await library.reindexes() == 2
    await library.store.delete_by_ref("elena", "ref-the secret")
    (refused,) = await library.hears("unspeakable")
    old = CollectionSpec("messages-old-4", 4)
    await library.vectors.ensure(old)
    (item,) = [item for item in await library.store.to_index(9) if item.id == refused]
    await library.store.mark_indexed([item], old.name)

    assert await library.reindexes() == 0
    assert await library.held() == {kept}
    assert gone not in await library.held()
    assert await library.vectors.collections() == [MESSAGES]
    assert await library.store.collections_in_use() == {MESSAGES: 1}


async def test_reindexing_reads_on_where_it_was(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BATCH_MESSAGES", 2)
    one, two, three = sorted(await library.hears("one", "two", "three"))
    assert [item.id for item in await library.store.to_index(9, after=one)] == [two, three]
    assert (await library.indexer.index_batch(2)).last == two
    assert await library.reindexes() == 1
    assert await library.vectors.count(MESSAGES, EVERYTHING) == 3


async def test_an_outage_does_not_take_away_what_recall_searches(library: Library) -> None:
    await library.hears("the sea")
    await library.sweep()
    library.vectors.away = True
    await library.hears("the shore")
    with pytest.raises(StoreUnavailable):
        await library.sweep()
    assert library.indexer.collection == MESSAGES
    library.vectors.away = False
    await library.sweep()
    assert await library.vectors.count(MESSAGES, EVERYTHING) == 2


async def test_recall_can_search_as_soon_as_the_store_is_there(library: Library) -> None:
    library.vectors.away = True
    opening = asyncio.create_task(library.indexer.open())
    await asyncio.wait_for(library.clock.wait_for_sleepers(), 5)
    assert not library.indexer.collection
    library.vectors.away = False
    library.clock.advance(OPEN_AGAIN_AFTER_S)
    await asyncio.wait_for(opening, 5)
    assert library.indexer.collection == MESSAGES


async def test_one_text_that_the_model_refuses_holds_up_no_other(library: Library) -> None:
    before, refused, after = await library.hears("the sea", "unspeakable", "the shore")
    await library.sweep()
    assert await library.held() == {before, after}
    await library.store.edit("elena", "ref-unspeakable", "well said", library.clock.now())
    await library.sweep()
    assert await library.held() == {before, refused, after}


async def test_a_model_that_could_not_be_loaded_is_tried_again(library: Library) -> None:
    library.embedder.ready.fail(EmbeddingError("no network", retryable=True))
    await library.hears("the sea")
    library.clock = VirtualClock(auto_advance=True)
    library.indexer = library.new_indexer()
    await asyncio.wait_for(library.indexer.open(), 5)
    assert library.clock.monotonic() >= MODEL_AGAIN_AFTER_S
    await library.sweep()
    assert library.embedder.starts == 1
    assert await library.vectors.count(MESSAGES, EVERYTHING) == 1
