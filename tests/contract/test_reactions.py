"""What the SQL of reactions promises on SQLite and on PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import SystemClock
from src_v2.core.scope import Scope
from src_v2.core.switches import SwitchName
from src_v2.memory.patterns.store import MOST_EXCHANGES, ReactionStore, Reply
from src_v2.memory.profile_store import ProfileStore
from src_v2.memory.store import MemoryStore
from src_v2.privacy.rows import Rows
from src_v2.storage.database import Database
from src_v2.storage.tables import messages, reactions
from tests.support.exchanges import KIM, NOON, OPEN, SAM, exchange

LATER = NOON + timedelta(minutes=5)
STAFF = Audience("elena", "discord:sam", "discord:staff", Visibility.CHANNEL, "discord:harbour")


@pytest.fixture
def store(database: Database) -> ReactionStore:
    return ReactionStore(database)


def shown(key: str) -> Reply:
    return Reply("elena", platform_message_id=f"ref-{key}")


async def rows(database: Database) -> list[tuple[str, str, str, float]]:
    columns = (reactions.c.message_id, reactions.c.user_id, reactions.c.emoji, reactions.c.value)
    async with database.read() as connection:
        return [tuple(row) for row in await connection.execute(select(*columns).order_by(*columns[:3]))]


async def liked(store: ReactionStore, key: str, who: Audience = SAM) -> bool:
    return await store.add(shown(key), who.user_id, "👍", 1.0, LATER)


async def test_a_reaction_is_kept_once_and_taken_back(database: Database, store: ReactionStore) -> None:
    await exchange(database, "a", "Tell me about whales.")
    assert await liked(store, "a")
    assert await store.add(shown("a"), SAM.user_id, "👍", 0.5, LATER)
    assert await rows(database) == [("re-a", SAM.user_id, "👍", 0.5)]
    assert not await store.remove(shown("a"), SAM.user_id, "👎")
    assert await store.remove(shown("a"), SAM.user_id, "👍")
    assert await rows(database) == []


async def test_the_same_reaction_at_once_is_one(database: Database, store: ReactionStore) -> None:
    await exchange(database, "a", "Tell me about whales.")
    assert all(await asyncio.gather(*(liked(store, "a") for _ in range(8))))
    assert len(await rows(database)) == 1


async def test_only_whom_the_reply_answered_has_a_say(database: Database, store: ReactionStore) -> None:
    await exchange(database, "a", "Tell me about whales.")
    assert not await liked(store, "a", KIM)
    assert not await store.add(Reply("marcus", platform_message_id="ref-a"), SAM.user_id, "👍", 1.0, LATER)
    assert not await store.add(Reply("elena", "a-0"), SAM.user_id, "👍", 1.0, LATER)  # their own question
    assert not await store.add(Reply("elena", "nobody's"), SAM.user_id, "👍", 1.0, LATER)
    assert await rows(database) == []


async def test_who_is_not_to_be_remembered_leaves_no_reaction(database: Database, store: ReactionStore) -> None:
    people = ProfileStore(database)
    await exchange(database, "dm", "Tell me about whales.")
    await exchange(database, "open", "Tell me about whales.", who=OPEN)
    await people.decide(SAM.user_id, SwitchName.SERVERS.value, False, NOON)
    assert await liked(store, "dm")
    assert not await liked(store, "open")
    await people.decide(SAM.user_id, SwitchName.REMEMBER.value, False, NOON)
    assert not await liked(store, "dm")
    assert not await store.replace(Reply("elena", "re-dm"), SAM.user_id, "👍", 1.0, LATER)


async def test_a_mark_takes_the_place_of_another(database: Database, store: ReactionStore) -> None:
    reply = Reply("elena", await exchange(database, "a", "Tell me about whales."))
    assert await store.replace(reply, SAM.user_id, "👍", 1.0, LATER)
    assert await store.replace(reply, SAM.user_id, "👎", -1.0, LATER)
    assert await store.values(SAM.user_id, ["re-a", "re-b"]) == {"re-a": -1.0}
    assert await store.values(KIM.user_id, ["re-a"]) == {}
    assert await store.withdraw(reply, SAM.user_id)
    assert not await store.withdraw(reply, SAM.user_id)


async def test_a_moderator_may_clear_one_emoji_or_all(database: Database, store: ReactionStore) -> None:
    await exchange(database, "a", "Tell me about whales.")
    await liked(store, "a")
    await store.add(shown("a"), SAM.user_id, "🎉", 1.0, LATER)
    assert await store.clear(shown("a"), "🎉") == [SAM.user_id]
    assert [row[2] for row in await rows(database)] == ["👍"]
    assert await store.clear(shown("a")) == [SAM.user_id]
    assert await store.clear(shown("a")) == []


async def test_an_exchange_is_question_and_reply_with_what_all_reactions_say(
    database: Database, store: ReactionStore
) -> None:
    await exchange(database, "a", "One thing:", "what do whales eat?", reply="Krill.")
    await exchange(database, "b", "And sharks?", reply="Everything.", at=NOON + timedelta(minutes=1))
    await liked(store, "a")
    await store.add(shown("a"), SAM.user_id, "😒", -0.5, LATER)
    await store.add(shown("b"), SAM.user_id, "🎉", 1.0, LATER + timedelta(minutes=1))
    await store.add(shown("b"), SAM.user_id, "👍", 1.0, LATER)
    second, first = await store.exchanges(SAM)
    assert (first.question, first.reply, first.value) == ("One thing:\nwhat do whales eat?", "Krill.", 0.5)
    assert (second.reply, second.value, second.replied_at) == ("Everything.", 1.0, NOON + timedelta(minutes=1))
    assert second.alive_at == LATER + timedelta(minutes=1)
    assert [one.reply for one in await store.exchanges(SAM, ["re-a"])] == ["Krill."]
    assert await store.exchanges(KIM) == []


async def test_what_was_said_in_private_is_not_read_in_a_server(database: Database, store: ReactionStore) -> None:
    for key, who in (("dm", SAM), ("open", OPEN), ("staff", STAFF)):
        await exchange(database, key, "Tell me about whales.", who=who)
        assert await liked(store, key)
    assert {one.reply_id for one in await store.exchanges(SAM)} == {"re-dm", "re-open", "re-staff"}
    assert {one.reply_id for one in await store.exchanges(OPEN)} == {"re-open"}
    assert {one.reply_id for one in await store.exchanges(STAFF)} == {"re-open", "re-staff"}
    assert await store.exchanges(OPEN, ["re-dm"]) == []


async def test_what_changed_after_the_reaction_is_no_example(database: Database, store: ReactionStore) -> None:
    memory = MemoryStore(database, SystemClock())
    for key in ("a", "b", "c"):
        await exchange(database, key, "Tell me about whales.", reply=f"{key} whales")
    await memory.edit_by_id("c-0", "Tell me about sharks.", NOON + timedelta(minutes=1))
    for key in ("a", "b", "c"):
        await liked(store, key)
    await memory.edit_by_id("a-0", "Tell me about cats.", LATER + timedelta(minutes=1))
    await memory.edit_by_id("re-b", "Something else.", LATER + timedelta(minutes=1))
    assert [(one.question, one.reply) for one in await store.exchanges(SAM)] == [("Tell me about sharks.", "c whales")]


async def test_deleting_the_reply_or_the_question_ends_it(database: Database, store: ReactionStore) -> None:
    memory = MemoryStore(database, SystemClock())
    for key in ("a", "b", "c"):
        await exchange(database, key, "Tell me about whales.")
        await liked(store, key)
    await memory.delete_by_ref("elena", "ref-a")
    await memory.delete_by_id("b-0")
    assert [one.reply_id for one in await store.exchanges(SAM)] == ["re-c"]
    assert [row[0] for row in await rows(database)] == ["re-b", "re-c"]
    await memory.forget_last(SAM)
    assert await store.exchanges(SAM) == []


async def test_a_reaction_at_the_moment_of_a_deletion_leaves_nothing(database: Database, store: ReactionStore) -> None:
    memory, held = MemoryStore(database, SystemClock()), Rows(database)
    for number in range(12):
        await exchange(database, f"{number}", "Tell me about whales.", who=OPEN)
        erasing = held.erase(Scope(guild_id=OPEN.guild_id)) if number % 2 else memory.delete_by_id(f"re-{number}")
        await asyncio.gather(*(liked(store, f"{number}", OPEN) for _ in range(3)), erasing)
        assert await rows(database) == []


async def test_where_only_summaries_are_kept_there_is_nothing_to_show(database: Database, store: ReactionStore) -> None:
    for key, emptied in (("a", "a-0"), ("b", "re-b")):
        await exchange(database, key, "Tell me about whales.")
        await liked(store, key)
        async with database.write() as connection:
            await connection.execute(update(messages).where(messages.c.id == emptied).values(text=""))
    assert await store.exchanges(SAM) == []


async def test_the_newest_reactions_count(database: Database, store: ReactionStore) -> None:
    for number in range(MOST_EXCHANGES + 2):
        await exchange(database, f"{number:02}", "Tell me about whales.")
        await store.add(shown(f"{number:02}"), SAM.user_id, "👍", 1.0, LATER + timedelta(minutes=number))
    found = [one.reply_id for one in await store.exchanges(SAM)]
    assert len(found) == MOST_EXCHANGES
    assert found[0] == f"re-{MOST_EXCHANGES + 1}"
    assert found[-1] == "re-02"


async def test_the_last_use_is_noted_and_never_goes_back(database: Database, store: ReactionStore) -> None:
    await exchange(database, "a", "Tell me about whales.")
    await liked(store, "a")
    used = LATER + timedelta(days=3)
    await store.note_used(KIM.user_id, ["re-a"], used)
    assert (await store.exchanges(SAM))[0].alive_at == LATER
    await store.note_used(SAM.user_id, ["re-a"], used)
    await store.note_used(SAM.user_id, ["re-a"], LATER + timedelta(days=1))
    assert (await store.exchanges(SAM))[0].alive_at == used


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        (Scope(user_id="discord:sam"), {"re-kim"}),
        (Scope(guild_id="discord:harbour"), {"re-dm", "re-kim"}),
        (Scope(channel_id="discord:open"), {"re-dm", "re-kim"}),
        (Scope(user_id="discord:sam", guild_id="discord:harbour"), {"re-dm", "re-kim"}),
        (Scope(character="marcus"), {"re-dm", "re-open", "re-kim"}),
        (Scope(character="elena", before_ms=int((NOON.timestamp() + 60) * 1000)), {"re-kim"}),
    ],
)
async def test_an_erasure_takes_the_reactions_along(
    database: Database, store: ReactionStore, scope: Scope, left: set[str]
) -> None:
    for key, who, at in (("dm", SAM, NOON), ("open", OPEN, NOON), ("kim", KIM, NOON + timedelta(hours=1))):
        await exchange(database, key, "Tell me about whales.", who=who, at=at)
        assert await liked(store, key, who)
    held = Rows(database)
    await held.erase(scope)
    assert {row[0] for row in await rows(database)} == left
    assert await held.left(scope) == 0


async def test_an_export_shows_them(database: Database, store: ReactionStore) -> None:
    await exchange(database, "a", "Tell me about whales.")
    await liked(store, "a")
    shown_to = (await Rows(database).export(SAM.user_id))["reactions"]
    assert [(row["message_id"], row["emoji"], row["value"]) for row in shown_to] == [("re-a", "👍", 1.0)]
    assert (await Rows(database).export(KIM.user_id))["reactions"] == []


async def test_whether_somebody_reacted_comes_with_their_profile(database: Database, store: ReactionStore) -> None:
    people = ProfileStore(database)
    await exchange(database, "a", "Tell me about whales.")
    assert not (await people.person(SAM.user_id)).reacted
    await liked(store, "a")
    before = database.round_trips
    assert (await people.person(SAM.user_id)).reacted
    assert database.round_trips == before + 1
    assert not (await people.person(KIM.user_id)).reacted
