"""What the memory's SQL promises on SQLite and on PostgreSQL."""

import asyncio
from datetime import UTC, datetime

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import SystemClock
from src_v2.core.messages import Author, IncomingMessage, Scene
from src_v2.memory.rows import message_rows
from src_v2.memory.store import MemoryStore
from src_v2.storage.database import Database

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SAM = Audience("elena", "discord:sam", "discord:dm-sam", Visibility.PRIVATE)
KIM = Audience("elena", "discord:kim", "discord:dm-kim", Visibility.PRIVATE)


@pytest.fixture
def store(database: Database) -> MemoryStore:
    return MemoryStore(database, SystemClock())


async def hears(store: MemoryStore, text: str, who: Audience = SAM, *, turn_id: str = "turn", key: str = "m") -> None:
    said = IncomingMessage(
        key, Author(who.user_id, "S\x00am"), who, text, NOON, "discord", platform_message_id=f"ref-{key}", scene=Scene()
    )
    await store.apply(message_rows([said], "session", turn_id))


async def texts(store: MemoryStore, who: Audience = SAM) -> list[tuple[str, str]]:
    return [(message.speaker_name, message.text) for message in await store.recent(who, 9)]


async def test_the_character_that_no_database_agrees_on_is_left_out(store: MemoryStore) -> None:
    await hears(store, "hel\x00lo")
    assert await texts(store) == [("Sam", "hello")]
    await store.edit("elena", "ref-m", "good\x00bye", NOON)
    assert await texts(store) == [("Sam", "goodbye")]


async def test_changes_of_messages_that_are_none_of_ours_do_not_wait_for_a_writer(
    store: MemoryStore, database: Database
) -> None:
    async with asyncio.timeout(5), database.write():
        assert await store.edit("elena", "somebody else's", "new", NOON) is None
        assert await store.delete_by_ref("elena", "somebody else's") is None


async def test_forgetting_touches_only_what_was_said_by_and_to_this_person_here(store: MemoryStore) -> None:
    await hears(store, "mine", key="a")
    await hears(store, "not mine", KIM, key="b")
    assert await store.forget_last(SAM) == (["a"], ["ref-a"])
    assert await texts(store) == []
    assert await texts(store, KIM) == [("Sam", "not mine")]


async def test_what_no_message_stands_behind_is_told(store: MemoryStore) -> None:
    await hears(store, "hello", key="a")
    await hears(store, "", key="b")
    assert await store.unknown(["a", "b", "c"]) == ["b", "c"]
