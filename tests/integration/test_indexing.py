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
