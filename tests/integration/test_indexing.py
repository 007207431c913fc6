"""The index follows SQL: whatever was away or refused, every message gets its vector and no other vector stays."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src_v2.core.errors import EmbeddingError, StoreUnavailable
from src_v2.core.filters import EVERYTHING, Eq
from src_v2.core.ids import new_id
from src_v2.core.keys import KeyItem
from src_v2.memory import indexer as indexing
from src_v2.memory.indexer import MODEL_AGAIN_AFTER_S, OPEN_AGAIN_AFTER_S
from src_v2.storage.database import Database
from src_v2.storage.vectors.base import CollectionSpec
from tests.support.clock import VirtualClock
from tests.support.library import MESSAGES, SAM, Library, Shelf

LONG = " ".join(f"Sentence number {number} speaks of the harbour." for number in range(60))


@pytest.fixture
async def library(tmp_path: Path, database: Database) -> AsyncIterator[Library]:
    made = Library(tmp_path, database)
    yield made
    await made.vectors.close()


def fact(text: str, message_id: str) -> KeyItem:
    payload = {"character": "elena", "user_id": SAM.user_id, "guild_id": None, "channel_id": SAM.channel_id}
    return KeyItem(new_id(), "fact", text, message_id, "session", {**payload, "visibility": "private", "created_at": 1})


async def test_what_is_deleted_while_the_store_is_away_is_gone_when_it_is_back(library: Library) -> None:
    kept, gone = await library.hears("the sea", "the secret")
    await library.sweep()
    assert await library.held() == {kept, gone}
    library.vectors.away = True
    await library.store.delete_by_ref("elena", "ref-the secret")
    with pytest.raises(StoreUnavailable):
        await library.indexer.remove([gone])
    await library.hears("the shore")
    with pytest.raises(StoreUnavailable):
        await library.sweep()
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


async def missing(library: Library) -> list[str]:
    return [item.id for item in await library.store.to_index(99)]


async def test_a_message_is_indexed_with_the_two_before_it_in_its_session_only(library: Library) -> None:
    await library.hears("other", session="another")
    ids = await library.hears("one", "two", "three", "four")
    items = {item.id: [said.text for said in item.before] for item in await library.store.to_index(99)}
    assert [items[one] for one in ids] == [[], ["one"], ["two", "one"], ["three", "two"]]


@pytest.mark.parametrize("change", ["edit", "delete"])
async def test_what_was_indexed_with_a_changed_message_is_indexed_again(library: Library, change: str) -> None:
    _, one, two, three, _ = await library.hears("zero", "one", "two", "three", "four")
    await library.sweep()
    if change == "edit":
        await library.store.edit("elena", "ref-one", "changed", library.clock.now())
    else:
        await library.store.delete_by_ref("elena", "ref-one")
    assert await missing(library) == ([one] if change == "edit" else []) + [two, three]
    await library.sweep()
    assert await missing(library) == []


async def test_what_changes_while_it_is_indexed_stays_to_be_indexed(library: Library) -> None:
    one, two = await library.hears("one", "two")
    items = await library.store.to_index(9)
    await library.store.edit("elena", "ref-one", "changed", library.clock.now())
    assert await library.store.mark_indexed(items, MESSAGES) == []
    assert await missing(library) == [one, two]
    await library.store.delete_by_ref("elena", "ref-one")
    assert await library.store.mark_indexed(items, MESSAGES) == [one]
    assert await missing(library) == [two]


async def test_a_long_message_leaves_nothing_behind_when_it_shrinks_or_goes(library: Library) -> None:
    (long,) = await library.hears(LONG)
    await library.sweep()
    chunks = await library.vectors.count(MESSAGES, Eq("kind", "chunk"))
    assert chunks > 2
    assert await library.indexer.remove_orphans() == 0

    await library.store.edit("elena", f"ref-{LONG}", "The harbour.", library.clock.now())
    await library.sweep()
    assert await library.held() == {long}

    await library.store.edit("elena", f"ref-{LONG}", LONG, library.clock.now())
    await library.sweep()
    await library.indexer.remove([long])
    assert await library.held() == set()


async def test_chunks_of_what_sql_does_not_have_are_orphans(library: Library) -> None:
    await library.hears(LONG)
    await library.sweep()
    await library.store.delete_by_ref("elena", f"ref-{LONG}")
    assert await library.indexer.remove_orphans() > 2
    assert await library.held() == set()


async def test_keys_are_indexed_passed_over_when_refused_and_removed_when_they_are_gone(library: Library) -> None:
    (source,) = await library.hears("I bought a boat")
    known, refused = fact("Sam owns a boat", source), fact("unspeakable", source)
    shelf = Shelf(refused, known)
    library.indexer = library.new_indexer(shelf)
    await library.sweep()
    assert await library.held() == {source, known.id}
    assert await library.indexer.index_keys() == 0

    assert await library.indexer.remove_orphans() == 0
    del shelf.items[known.id]
    assert await library.indexer.remove_orphans() == 1
    assert await library.held() == {source}


async def test_a_key_goes_with_the_message_that_it_leads_to(library: Library) -> None:
    source, other = await library.hears("I bought a boat", "I sold a car")
    library.indexer = library.new_indexer(Shelf(fact("Sam owns a boat", source)))
    await library.sweep()
    await library.indexer.remove([source])
    assert await library.held() == {other}


async def test_many_keys_are_indexed_in_several_batches(library: Library) -> None:
    (source,) = await library.hears("I bought boats")
    shelf = Shelf(*(fact(f"boat {number}", source) for number in range(7)))
    library.indexer = library.new_indexer(shelf)
    assert await library.indexer.index_keys(limit=3) == 7
    assert set(shelf.indexed_in.values()) == {MESSAGES}


async def test_what_an_older_layout_holds_is_indexed_anew_and_dropped(library: Library) -> None:
    ids = await library.hears("the sea", "the shore")
    old = "messages-hashing-64"
    await library.vectors.ensure(CollectionSpec(old, 64))
    await library.store.mark_indexed(await library.store.to_index(9), old)
    await library.sweep()
    assert await library.held() == set(ids)
    assert await library.vectors.collections() == [MESSAGES]
    assert await library.store.collections_in_use() == {MESSAGES: 2}


async def test_deployments_that_share_a_store_do_not_touch_each_other(library: Library) -> None:
    await library.vectors.ensure(CollectionSpec("blue-messages-2-hashing-64", 64))
    await library.vectors.ensure(CollectionSpec("green-messages-2-other-64", 64))
    ids = await library.hears("the sea")
    library.indexer = library.new_indexer(instance="green")
    assert await library.reindexes() == 1
    assert await library.held("green-messages-2-hashing-64") == set(ids)
    assert await library.vectors.collections() == ["blue-messages-2-hashing-64", "green-messages-2-hashing-64"]
