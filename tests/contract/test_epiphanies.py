"""Epiphanies on real databases: who is looked at, what is kept, what it rests on, who sees it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, select, update

from src_v2.core.errors import CapReached, ModelUnavailable, NotThere
from src_v2.core.scope import Scope
from src_v2.evolution.epiphanies.jobs import follow_ups
from src_v2.evolution.epiphanies.models import MENTION, Epiphany, Whose
from src_v2.evolution.epiphanies.requests import LOOK, RECOUNT
from src_v2.evolution.epiphanies.service import EVERY, QUIET, Epiphanies
from src_v2.evolution.epiphanies.store import EpiphanyStore
from src_v2.memory.store import MemoryStore
from src_v2.privacy.rows import Rows
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import epiphanies, epiphany_evidence, epiphany_refusals, messages, outbox
from tests.support.clock import VirtualClock
from tests.support.epiphany_histories import History, Planted, history
from tests.support.epiphany_model import EagerModel
from tests.support.evolving import count, live
from tests.support.knowledge import private, public

SAM, KIM = private("sam"), private("kim")
WHOSE = Whose(SAM.character, SAM.user_id)
SPOKEN = history(14, Planted.MOOD_AND_TOPIC)
AFTER = SPOKEN.sessions[-1].at + timedelta(days=1)


class Place:
    """A database in which Sam talked for weeks, and whoever looks at that."""

    def __init__(self, database: Database, spoken: History = SPOKEN) -> None:
        self.database = database
        self.clock = VirtualClock(AFTER)
        self.model = EagerModel(spoken)
        self.changed: list[tuple[str, str]] = []
        self.store = EpiphanyStore(database)
        self.service = self.with_model(self.model)
        self.memory = MemoryStore(database, self.clock, follow_ups=follow_ups)

    def with_model(self, ask: Any) -> Epiphanies:
        async def outdate(character: str, user_id: str) -> None:
            self.changed.append((character, user_id))

        return Epiphanies(self.store, self.clock, ask, zone_of=lambda _name: UTC, outdate=outdate)

    async def found(self) -> Epiphany:
        assert await self.service.look(WHOSE)
        (one,) = await self.service.shown(WHOSE)
        return one

    async def ripe(self, user_id: str = WHOSE.user_id) -> dict[str, Any] | None:
        async with self.database.read() as connection:
            text = (await connection.execute(select(self.service.ripe("elena", user_id)))).scalar()
        return orjson.loads(text) if text else None

    async def evidence(self, *, shows: bool) -> list[str]:
        """Return the messages that show the pattern's behaviour, or neither side of it."""
        query = select(epiphany_evidence.c.source_message_id).where(epiphany_evidence.c.behaviour.is_(shows))
        if not shows:
            query = query.where(epiphany_evidence.c.condition.is_(False))
        async with self.database.read() as connection:
            return sorted((await connection.execute(query)).scalars())

    async def jobs(self, kind: str) -> list[Any]:
        async with self.database.read() as connection:
            return list((await connection.execute(select(outbox).where(outbox.c.kind == kind))).mappings())

    async def decide(self, **switches: bool) -> None:
        values = dict(user_id=WHOSE.user_id, remember=True, servers=True, share=False, changed_at=AFTER) | switches
        row = RowWrite("v2_switches", values, update=("remember", "servers", "share"))
        await RowWriter(self.database).apply([row])

    async def mention(self, epiphany_id: str, at: datetime) -> None:
        values = dict(id=MENTION + epiphany_id, character="elena", user_id=WHOSE.user_id, due_at=at, said_at=at)
        await RowWriter(self.database).apply([RowWrite("v2_mentions", values)])


@pytest.fixture
async def place(database: Database) -> Place:
    await live(database, SPOKEN, SAM)
    return Place(database)


async def test_a_pattern_is_found_with_what_it_rests_on(place: Place) -> None:
    found = await place.found()
    assert SPOKEN.planted is not None
    assert SPOKEN.planted.condition in found.condition
    assert SPOKEN.planted.behaviour in found.behaviour
    assert found.holds >= 5
    assert 0.5 < found.confidence < 1
    assert (found.last_at - found.first_at) >= timedelta(days=21)
    said = {line.message_id for session in SPOKEN.sessions for line in session.lines}
    assert set(await place.evidence(shows=True)) <= said
    assert place.changed == [(WHOSE.character, WHOSE.user_id)]


async def test_a_sweep_is_one_look_at_whoever_talked_enough_and_nothing_for_nobody(place: Place) -> None:
    before = place.database.round_trips
    assert await place.service.sweep() == 1
    assert place.database.round_trips <= before + 2
    (job,) = await place.jobs(LOOK)
    assert orjson.loads(job["payload"]) == {"character": "elena", "user": WHOSE.user_id}
    assert (job["user_id"], WHOSE.user_id in job["id"]) == (WHOSE.user_id, False)
    place.clock.advance(timedelta(weeks=40).total_seconds())
    assert await place.service.sweep() == 0


async def test_nobody_is_looked_at_twice_in_a_week_or_without_new_conversations(place: Place) -> None:
    await place.found()
    asked = len(place.model.asked)
    assert await place.service.look(WHOSE) == 0
    place.clock.advance(EVERY.total_seconds())
    assert await place.service.sweep() == 0
    assert len(place.model.asked) == asked


async def test_the_same_pattern_is_not_found_twice(place: Place) -> None:
    await place.found()
    place.clock.advance(EVERY.total_seconds())
    assert await place.service.look(WHOSE) == 0
    assert len(await place.service.shown(WHOSE)) == 1


async def test_what_is_ripe_comes_as_json_once_and_for_nobody_else(place: Place) -> None:
    found = await place.found()
    expected = {"id": found.id, "text": found.text, "trust": found.trust, "words": sorted(found.words)}
    assert await place.ripe() == expected
    assert await place.ripe(KIM.user_id) is None
    await place.mention(found.id, place.clock.now())
    assert await place.ripe() is None
    (shown,) = await place.service.shown(WHOSE)
    assert shown.mentioned


async def test_after_one_was_mentioned_the_next_one_waits(place: Place) -> None:
    await place.found()
    await place.mention("another", place.clock.now())
    assert await place.ripe() is None
    place.clock.advance(QUIET.total_seconds() + 1)
    assert await place.ripe() is not None


async def test_what_the_person_deleted_never_comes_back_and_leaves_no_word(place: Place) -> None:
    found = await place.found()
    await place.service.delete(WHOSE, found.id)
    assert await place.service.shown(WHOSE) == []
    place.clock.advance(EVERY.total_seconds())
    assert await place.service.look(WHOSE) == 0
    assert await count(place.database, "v2_epiphany_evidence") == 0
    async with place.database.read() as connection:
        (refusal,) = (await connection.execute(select(epiphany_refusals))).mappings()
    told = " ".join(map(str, refusal.values()))
    assert SPOKEN.planted is not None
    assert all(word not in told for word in (SPOKEN.planted.condition, SPOKEN.planted.behaviour))


async def test_nobody_deletes_what_is_anothers(place: Place) -> None:
    found = await place.found()
    with pytest.raises(NotThere):
        await place.service.delete(Whose("elena", KIM.user_id), found.id)
    assert await place.service.shown(WHOSE)


async def test_when_a_message_goes_it_waits_and_is_counted_anew(place: Place) -> None:
    found = await place.found()
    gone = (await place.evidence(shows=True))[0]
    await place.memory.delete_by_id(gone)
    assert await place.service.shown(WHOSE) == []
    assert await place.ripe() is None
    (job,) = await place.jobs(RECOUNT)
    assert await place.service.recount(orjson.loads(job["payload"])["messages"]) == 0
    (left,) = await place.service.shown(WHOSE)
    assert (left.id, left.holds + left.fails) <= (found.id, found.holds + found.fails)
    assert left.holds < found.holds or left.fails > found.fails or left.confidence != found.confidence
    assert await place.ripe() is not None


async def test_when_too_little_is_left_it_goes(place: Place) -> None:
    await place.found()
    for message_id in await place.evidence(shows=True):
        await place.memory.delete_by_id(message_id)
    assert await place.service.recount() == 1
    assert await count(place.database, "v2_epiphanies") == 0
    assert await count(place.database, "v2_epiphany_evidence") == 0


async def test_what_was_mentioned_and_fell_is_not_found_and_said_again(place: Place) -> None:
    found = await place.found()
    await place.mention(found.id, place.clock.now())
    async with place.database.write() as connection:
        await connection.execute(delete(epiphany_evidence).where(epiphany_evidence.c.behaviour))
    assert await place.service.recount() == 1
    place.clock.advance(EVERY.total_seconds())
    assert await place.service.look(WHOSE) == 0


async def test_what_is_erased_of_a_server_is_evidence_no_more(database: Database) -> None:
    await live(database, SPOKEN, public("sam"))
    place = Place(database)
    await place.found()
    until = SPOKEN.sessions[len(SPOKEN.sessions) // 4].at
    scope = Scope(user_id=WHOSE.user_id, guild_id="discord:harbour", before_ms=int(until.timestamp() * 1000))
    await Rows(database).erase(scope)
    assert await Rows(database).left(scope) == 0
    assert await place.service.shown(WHOSE) == []
    await place.service.recount()
    async with database.read() as connection:
        said = (await connection.execute(select(epiphany_evidence.c.said_at))).scalars().all()
    assert all(at >= until for at in said)


async def test_an_edited_message_is_evidence_no_more(place: Place) -> None:
    found = await place.found()
    place.clock.advance(60)
    edited = (await place.evidence(shows=False))[0]
    await place.memory.edit_by_id(edited, "I meant something else.", place.clock.now())
    assert await place.service.shown(WHOSE) == []
    assert await place.service.recount([edited]) == 0
    (left,) = await place.service.shown(WHOSE)
    assert left.holds == found.holds
    assert edited not in await place.evidence(shows=False)


async def test_what_is_deleted_while_somebody_looks_leaves_nothing(place: Place) -> None:
    asked = 0

    async def meanwhile(messages_: Any, schema: Any, audience: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 3:
            async with place.database.write() as connection:
                await connection.execute(delete(messages))
        return await place.model(messages_, schema, audience)

    await place.with_model(meanwhile).look(WHOSE)
    assert asked > 3
    for table in ("v2_epiphanies", "v2_epiphany_evidence", "v2_epiphany_looks"):
        assert await count(place.database, table) == 0


async def test_a_look_that_died_is_done_again(place: Place) -> None:
    async def dies(*_: Any) -> Any:
        raise ModelUnavailable("overloaded")

    with pytest.raises(ModelUnavailable):
        await place.with_model(dies).look(WHOSE)
    assert await count(place.database, "v2_epiphany_looks") == 0
    await place.found()


async def test_two_looks_at_once_find_it_once(place: Place) -> None:
    gate = asyncio.Event()

    async def slow(messages_: Any, schema: Any, audience: Any) -> Any:
        await gate.wait()
        return await EagerModel(SPOKEN)(messages_, schema, audience)

    both = asyncio.gather(place.with_model(slow).look(WHOSE), place.with_model(slow).look(WHOSE))
    gate.set()
    await both
    assert len(await place.service.shown(WHOSE)) == 1


async def test_when_the_day_is_spent_it_waits_for_the_next(place: Place) -> None:
    again_at = AFTER + timedelta(hours=9)

    async def spent(*_: Any) -> Any:
        raise CapReached("spent", user_message="Tomorrow.", again_at=again_at)

    assert await place.with_model(spent).look(WHOSE) == 0
    (job,) = await place.jobs(LOOK)
    assert job["due_at"] == again_at
    assert await count(place.database, "v2_epiphany_looks") == 0


async def test_of_those_who_do_not_want_to_be_remembered_nothing_is_looked_at(place: Place) -> None:
    await place.decide(remember=False)
    assert await place.service.sweep() == 0
    assert await place.service.look(WHOSE) == 0
    assert place.model.asked == []


async def test_who_changes_their_mind_is_not_told_what_was_found(place: Place) -> None:
    await place.found()
    await place.decide(remember=False)
    assert await place.ripe() is None
    assert len(await place.service.shown(WHOSE)) == 1


async def test_words_of_servers_count_only_for_those_who_want_that(database: Database) -> None:
    await live(database, SPOKEN, public("sam"))
    place = Place(database)
    await place.found()
    assert await place.ripe() is not None
    await place.decide(servers=False)
    assert await place.ripe() is None
    async with database.write() as connection:
        await connection.execute(delete(epiphanies))
    place.clock.advance(EVERY.total_seconds())
    assert await place.service.look(WHOSE) == 0


async def test_without_a_model_what_summaries_show_is_found_all_the_same(database: Database) -> None:
    spoken = history(4, Planted.MOOD_AND_TOPIC)
    await live(database, spoken, SAM)
    place = Place(database, spoken)
    place.clock = VirtualClock(spoken.sessions[-1].at + timedelta(days=1))
    plain = place.with_model(None)
    assert await plain.look(WHOSE) >= 1
    (found,) = await plain.shown(WHOSE)
    assert spoken.planted is not None
    assert {found.condition, found.behaviour} == {spoken.planted.condition, spoken.planted.behaviour}


async def test_what_may_be_mentioned_is_read_quickly(place: Place) -> None:
    await place.found()
    before = place.database.round_trips
    await place.ripe()
    assert place.database.round_trips == before + 1


async def test_a_message_of_a_conversation_that_says_nothing_may_go_as_well(place: Place) -> None:
    found = await place.found()
    neither = await place.evidence(shows=False)
    async with place.database.write() as connection:
        await connection.execute(update(messages).where(messages.c.id == neither[0]).values(text=""))
    assert [one.id for one in await place.service.shown(WHOSE)] == [found.id]
