"""What the SQL of relationships promises on SQLite and on PostgreSQL: nothing is lost, nothing counts twice."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import literal, select, update

from src_v2.characters.evolution import Evolution, Milestone, SpecialUser, TrustDropMessage
from src_v2.core.clock import SystemClock
from src_v2.core.scope import Scope
from src_v2.evolution.models import Aside
from src_v2.evolution.relationship import reckoning
from src_v2.evolution.relationship.models import MOST_TURN_POINTS_A_DAY
from src_v2.evolution.relationship.store import RelationshipStore
from src_v2.memory.patterns.store import ReactionStore, Reply
from src_v2.memory.store import MemoryStore
from src_v2.privacy.rows import Rows
from src_v2.storage import migrate
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import messages, outbox, relationships, trust_changes
from tests.support.exchanges import KIM, NOON, SAM, exchange
from tests.support.relationship import WITH_SAM, applied, ask, lines, settle, trigger, trust, turn_change, waiting

EVOLUTION = Evolution(
    milestones=(Milestone(21, "One of us."), Milestone(41, "Have a key.")),
    trust_drop_messages=(TrustDropMessage(41, 20, "That hurt."), TrustDropMessage(0, -1, "Hm.")),
)
HOUR_AGO = NOON - timedelta(hours=1)
NO_ASIDES: Mapping[str, Aside] = {}


@pytest.fixture
def store(database: Database) -> RelationshipStore:
    return RelationshipStore(database)


@pytest.fixture
def reacting(database: Database) -> ReactionStore:
    return ReactionStore(database)


async def react(reacting: ReactionStore, store: RelationshipStore, key: str, *emojis: str, value: float = 1.0) -> None:
    for emoji in emojis:
        await reacting.add(Reply("elena", f"re-{key}"), SAM.user_id, emoji, value, NOON)
    await store.reconcile(WITH_SAM, NOON)


async def unreact(reacting: ReactionStore, store: RelationshipStore, key: str) -> None:
    await reacting.withdraw(Reply("elena", f"re-{key}"), SAM.user_id)
    await store.reconcile(WITH_SAM, NOON)


async def test_talk_earns_a_point_and_begins_the_acquaintance(store: RelationshipStore, database: Database) -> None:
    await ask(store, turn_change("a", at=HOUR_AGO), turn_change("b"))
    assert await trust(database) is None
    await settle(store)
    kept = await store.read(WITH_SAM, HOUR_AGO, NO_ASIDES)
    assert (kept.trust, kept.turns, kept.since, kept.talked_at) == (2, 2, HOUR_AGO, NOON)


async def test_the_same_occasion_counts_once_however_often_it_comes_and_is_settled(
    store: RelationshipStore, database: Database
) -> None:
    for _ in range(3):
        await ask(store, trigger("shares", 3))
        await settle(store)
    assert await store.settle("trigger:shares", lines(), NOON) is None
    assert await trust(database) == 3


async def test_talk_earns_ten_points_a_day_and_more_after_midnight(
    store: RelationshipStore, database: Database
) -> None:
    late = NOON.replace(hour=23, minute=50)
    before = [turn_change(f"before-{n}", at=late + timedelta(seconds=n)) for n in range(14)]
    after = [turn_change(f"after-{n}", at=late + timedelta(minutes=11, seconds=n)) for n in range(3)]
    await ask(store, *before)
    await settle(store)
    assert await trust(database) == MOST_TURN_POINTS_A_DAY
    await ask(store, *after, trigger("shares", 7, at=late))
    await settle(store)
    assert await trust(database) == MOST_TURN_POINTS_A_DAY + 3 + 7
    kept = await store.read(WITH_SAM, HOUR_AGO, NO_ASIDES)
    assert kept.turns == 17


async def test_a_first_change_keeps_to_the_limits_too(store: RelationshipStore, database: Database) -> None:
    await ask(store, turn_change("a", amount=30), trigger("kim", -300, who=KIM))
    await settle(store)
    assert (await trust(database), await trust(database, KIM)) == (MOST_TURN_POINTS_A_DAY, -100)


async def test_ten_hearts_on_one_reply_are_five_points(
    store: RelationshipStore, reacting: ReactionStore, database: Database
) -> None:
    await exchange(database, "a", "Hello")
    await react(reacting, store, "a", *(f"heart-{number}" for number in range(10)))
    await settle(store)
    assert await trust(database) == 5
    await react(reacting, store, "a", "again")
    assert await settle(store) == 0
    await exchange(database, "b", "Hello")
    await react(reacting, store, "b", "bad", value=-0.5)
    await settle(store)
    assert await trust(database) == 0


async def test_a_reaction_that_goes_takes_back_exactly_what_it_changed(
    store: RelationshipStore, reacting: ReactionStore, database: Database
) -> None:
    await exchange(database, "a", "Hello")
    await ask(store, trigger("much", 98))
    await settle(store)
    await react(reacting, store, "a", "heart")
    await settle(store)
    assert await trust(database) == 100
    await ask(store, trigger("rude", -10))
    await settle(store)
    await unreact(reacting, store, "a")
    await settle(store)
    assert await trust(database) == 88
    await react(reacting, store, "a", "heart")
    await settle(store)
    assert await trust(database) == 93
    await unreact(reacting, store, "a")
    await react(reacting, store, "a", "thumb", value=-1.0)
    await settle(store)
    assert await trust(database) == await applied(database) == 83


async def test_marks_that_cancel_out_are_worth_nothing(
    store: RelationshipStore, reacting: ReactionStore, database: Database
) -> None:
    await exchange(database, "a", "Hello")
    await react(reacting, store, "a", "heart")
    await settle(store)
    await react(reacting, store, "a", "thumb", value=-1.0)
    await settle(store)
    assert await trust(database) == 0


async def test_a_reply_that_goes_keeps_what_it_earned(
    store: RelationshipStore, reacting: ReactionStore, database: Database
) -> None:
    await exchange(database, "a", "Hello")
    await react(reacting, store, "a", "heart")
    await settle(store)
    await MemoryStore(database, SystemClock()).delete_by_id("re-a")
    assert not await store.reconcile(WITH_SAM, NOON)
    assert await store.unreconciled() == []
    assert await trust(database) == 5


async def test_reactions_of_which_nobody_was_told_are_found(
    store: RelationshipStore, reacting: ReactionStore, database: Database
) -> None:
    await exchange(database, "a", "Hello")
    await exchange(database, "b", "Hello")
    await react(reacting, store, "a", "heart")
    await settle(store)
    await reacting.withdraw(Reply("elena", "re-a"), SAM.user_id)
    await reacting.add(Reply("elena", "re-b"), SAM.user_id, "bad", -1.0, NOON)
    assert await store.unreconciled() == [WITH_SAM]
    assert await store.reconcile(WITH_SAM, NOON)
    assert not await store.reconcile(WITH_SAM, NOON)
    assert await store.unreconciled() == []
    await settle(store)
    assert await trust(database) == -5


async def test_fifty_reactions_and_turns_at_once_end_in_the_right_sum(
    store: RelationshipStore, reacting: ReactionStore, database: Database
) -> None:
    await ask(store, trigger("start", -60))
    for number in range(25):
        await exchange(database, str(number), "Hello")

    async def reacts(number: int) -> None:
        await react(reacting, store, str(number), "heart")
        if number % 5 == 0:
            await unreact(reacting, store, str(number))
        await settle(store)

    async def talks(number: int) -> None:
        at = NOON + timedelta(days=number // 20)
        await ask(store, turn_change(str(number), at=at))
        await settle(store)

    await asyncio.gather(*(reacts(number) for number in range(25)), *(talks(number) for number in range(25)))
    await settle(store)
    assert await store.unreconciled() == []
    assert await trust(database) == -60 + 20 * 5 + MOST_TURN_POINTS_A_DAY + 5
    assert await applied(database) == await trust(database)


async def test_a_day_that_is_told_late_has_its_own_limit(store: RelationshipStore, database: Database) -> None:
    yesterday = NOON - timedelta(days=1)
    for number in range(8):
        await ask(store, turn_change(f"now-{number}"))
    await settle(store)
    for number in range(12):
        await ask(store, turn_change(f"late-{number}", at=yesterday), turn_change(f"more-{number}"))
        await settle(store)
    assert await trust(database) == 2 * MOST_TURN_POINTS_A_DAY


async def test_two_who_settle_at_once_settle_each_change_once(store: RelationshipStore, database: Database) -> None:
    changes = [trigger(str(number), 1) for number in range(40)]
    await ask(store, *changes)
    ids = [one.id for one in changes]
    done = await asyncio.gather(*(store.settle(one, lines(), NOON) for one in [*ids, *reversed(ids)]))
    assert sum(one is not None for one in done) == 40
    assert await trust(database) == 40
    async with database.read() as connection:
        steps = sorted((await connection.execute(select(trust_changes.c.step))).scalars())
    assert steps == list(range(1, 41))


async def test_who_dies_while_settling_leaves_nothing_half_done(
    store: RelationshipStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(store, trigger("a", 25))

    async def dies(*_: Any) -> None:
        raise RuntimeError("the process ended here")

    with monkeypatch.context() as patched:
        patched.setattr(RelationshipStore, "_let_wait", dies)
        with pytest.raises(RuntimeError):
            await settle(store, EVOLUTION)
    assert await trust(database) is None
    assert await store.waiting() == ["trigger:a"]
    await settle(store, EVOLUTION)
    assert (await trust(database), await waiting(database)) == (25, ["milestone:21"])


async def rise(store: RelationshipStore, *amounts: int, evolution: Evolution = EVOLUTION) -> None:
    for amount in amounts:
        async with store._db.read() as connection:
            number = len((await connection.execute(select(trust_changes.c.id))).all())
        await ask(store, trigger(str(number), amount))
        await settle(store, evolution)


async def said(database: Database, mention_id: str) -> None:
    values = dict(character="elena", user_id=SAM.user_id, id=mention_id, due_at=NOON, said_at=NOON)
    await RowWriter(database).apply([RowWrite("v2_mentions", values, update=("said_at",))])


async def test_a_milestone_waits_from_the_first_rise_on_and_never_again(
    store: RelationshipStore, database: Database
) -> None:
    await rise(store, 20)
    assert await waiting(database) == []
    await rise(store, 1)
    assert await waiting(database) == ["milestone:21"]
    await said(database, "milestone:21")
    await rise(store, -10, 30)
    assert await waiting(database) == ["milestone:41"]


async def test_a_fall_waits_once_per_fall(store: RelationshipStore, database: Database) -> None:
    await rise(store, 30, -15, 10, -10)
    assert "drop" not in str(await waiting(database))  # never was at 41
    await rise(store, 30, -5, -5, 2, -10, -8)
    (drop,) = [one for one in await waiting(database) if one.startswith("drop:41:20")]
    await said(database, drop)
    await rise(store, 8, -8)
    assert [one for one in await waiting(database) if one.startswith("drop:41:20")] == []
    await rise(store, 30, -40)
    (again,) = [one for one in await waiting(database) if one.startswith("drop:41:20")]
    assert again != drop


async def test_a_fall_below_where_everybody_begins(store: RelationshipStore, database: Database) -> None:
    await rise(store, -1)
    assert await waiting(database) == ["drop:0:-1:1"]
    await rise(store, -3, 2)
    assert await waiting(database) == ["drop:0:-1:1"]
    await rise(store, 5, -8)
    assert await waiting(database) == ["drop:0:-1:5"]  # the newer fall takes the place of what was not said yet


async def test_whose_trust_the_file_sets_reaches_no_milestone_and_falls_nowhere(
    store: RelationshipStore, database: Database
) -> None:
    friend = SpecialUser(SAM.user_id.partition(":")[2], trust_override=90)
    await rise(store, 50, -60, evolution=replace(EVOLUTION, special_users=(friend,)))
    assert await waiting(database) == []
    assert await trust(database) == -10


async def test_everything_is_read_in_one_statement(
    store: RelationshipStore, reacting: ReactionStore, database: Database
) -> None:
    await exchange(database, "a", "Hello")
    await rise(store, 22)
    await react(reacting, store, "a", "heart", "thumb")
    feeling = dict(message_id="a-0", character="elena", user_id=SAM.user_id, value=-1.5, said_at=NOON)
    old = feeling | dict(message_id="old", said_at=NOON - timedelta(hours=2))
    await RowWriter(database).apply([RowWrite("v2_feelings", feeling), RowWrite("v2_feelings", old)])
    before = database.round_trips
    asides: dict[str, Aside] = {
        "wish": lambda _character, user_id: select(literal(f"a wish of {user_id}")).scalar_subquery(),
        "none": lambda _character, _user_id: select(messages.c.text).where(messages.c.id == "no").scalar_subquery(),
    }
    kept = await store.read(WITH_SAM, HOUR_AGO, asides)
    assert database.round_trips == before + 1
    assert (kept.trust, kept.waiting, dict(kept.asides)) == (22, ("milestone:21",), {"wish": "a wish of discord:sam"})
    assert sorted((one.value, one.is_reaction) for one in kept.signals) == [(-1.5, False), (2.0, True)]
    assert (await store.read(WITH_SAM._replace(user_id=KIM.user_id), HOUR_AGO, asides)).signals == ()


async def test_the_history_hides_what_a_message_showed_that_is_gone(
    store: RelationshipStore, database: Database
) -> None:
    await exchange(database, "a", "I was so afraid.")
    await ask(store, turn_change("a"))
    await ask(store, trigger("shares", 3, message_id="a-0", at=NOON + timedelta(seconds=1)))
    await settle(store)
    assert [(one.note, one.points) for one in (await store.story(WITH_SAM)).changes] == [("did shares", 3), ("", 1)]
    await MemoryStore(database, SystemClock()).delete_by_id("a-0")
    assert [one.points for one in (await store.story(WITH_SAM)).changes] == [1]
    await store.forget(["a-0"], ["a-0"])
    async with database.read() as connection:
        notes = select(trust_changes.c.note).where(trust_changes.c.source_message_id == "a-0")
        assert set((await connection.execute(notes)).scalars()) == {""}
    await ask(store, trigger("shares", 3))  # the same occasion, of a message that is there
    await settle(store)
    assert await trust(database) == 4
    assert await trust(database) == 4


async def test_what_follows_from_a_message_that_is_gone_is_not_asked_for(
    store: RelationshipStore, database: Database
) -> None:
    await ask(store, trigger("late", 3, message_id="nobody's"))
    assert await settle(store) == 0


async def test_asking_requests_the_job_that_settles(store: RelationshipStore, database: Database) -> None:
    await ask(store, turn_change("a"))
    async with database.read() as connection:
        kinds = list((await connection.execute(select(outbox.c.kind))).scalars())
    assert kinds == ["evolution.settle"]


async def test_erasing_somebody_leaves_nothing_and_nobody_else_loses_anything(
    store: RelationshipStore, reacting: ReactionStore, database: Database
) -> None:
    await exchange(database, "a", "Hello")
    await rise(store, 22)
    await ask(store, turn_change("kim", who=KIM))
    await settle(store)
    await react(reacting, store, "a", "heart")  # still waits
    feeling = dict(message_id="a-0", character="elena", user_id=SAM.user_id, value=-1.5, said_at=NOON)
    await RowWriter(database).apply([RowWrite("v2_feelings", feeling)])
    rows = Rows(database)
    shown = await rows.export(SAM.user_id)
    assert [row["trust"] for row in shown["relationships"]] == [22]
    assert {row["id"] for row in shown["trust_changes"]} == {"trigger:0", "reaction:re-a"}
    assert [row["value"] for row in shown["feelings"]] == [-1.5]
    assert [row["id"] for row in shown["said_once"]] == ["milestone:21"]

    await rows.erase(Scope(user_id=SAM.user_id))
    assert await rows.left(Scope(user_id=SAM.user_id)) == 0
    shown = await rows.export(SAM.user_id)
    assert not any(shown[name] for name in ("relationships", "trust_changes", "feelings", "said_once"))
    assert await settle(store) == 0
    assert await trust(database, KIM) == 1


async def test_leaving_a_server_takes_what_was_felt_there(store: RelationshipStore, database: Database) -> None:
    await exchange(database, "a", "Hello")
    await ask(store, trigger("shares", 3, message_id="a-0"))
    await settle(store)
    await Rows(database).erase(Scope(character="elena", channel_id=SAM.channel_id))
    assert (await trust(database), await applied(database)) == (3, 3)
    assert [one.note for one in (await store.story(WITH_SAM)).changes] == []


async def test_a_change_that_comes_late_neither_moves_the_last_talk_nor_the_beginning(
    store: RelationshipStore, database: Database
) -> None:
    await ask(store, turn_change("new"))
    await settle(store)
    await ask(store, turn_change("old", at=HOUR_AGO))
    await settle(store)
    kept = await store.read(WITH_SAM, HOUR_AGO, NO_ASIDES)
    assert (kept.since, kept.talked_at) == (HOUR_AGO, NOON)


async def test_the_statement_sees_what_another_wrote_meanwhile(store: RelationshipStore, database: Database) -> None:
    """What was asked for is worked out when the row is written, not when it was looked at."""
    await ask(store, turn_change("a"))
    async with database.write() as connection:
        row = (await connection.execute(select(*reckoning.CLAIMED))).one()
    await settle(store)
    async with database.write() as connection:
        await connection.execute(update(relationships).values(trust=99))
    async with database.write() as connection:
        insert = database.upsert(relationships)
        moved = (await connection.execute(reckoning.applied(insert, reckoning.Claimed(*row)))).one()
        capped = (await connection.execute(reckoning.applied(insert, reckoning.Claimed(*row), 10))).one()
    assert (moved.trust, moved.moved, capped.moved) == (100, 1, 0)


async def test_who_talked_before_there_was_trust_is_known_since_then(database: Database) -> None:
    values = dict(
        session_id="s", character="elena", user_id=SAM.user_id, channel_id="c", platform="discord", finished_at=NOON
    )
    turns = [
        RowWrite("v2_turns", values | dict(id=str(n), status=status, started_at=NOON - timedelta(days=n)))
        for n, status in enumerate(("answered", "answered", "failed"))
    ]
    await RowWriter(database).apply(turns)
    await migrate.downgrade(database, "0007")
    await migrate.upgrade(database)
    kept = await RelationshipStore(database).read(WITH_SAM, HOUR_AGO, NO_ASIDES)
    assert (kept.trust, kept.turns, kept.since, kept.talked_at) == (0, 2, NOON - timedelta(days=1), NOON)
