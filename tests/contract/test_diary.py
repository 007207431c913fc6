"""The diary on real databases: when a page is written, what it rests on, who sees it, and what makes it go."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import delete, select

from src_v2.core.audience import Audience
from src_v2.core.errors import CapReached, CharacterNotFound, ModelUnavailable, NotThere
from src_v2.evolution.diary.jobs import follow_ups
from src_v2.evolution.diary.models import Kind, Occasion, Whose, Writer
from src_v2.evolution.diary.moments import LATEST, window_of
from src_v2.evolution.diary.questions import Draft
from src_v2.evolution.diary.requests import FORGET, WRITE
from src_v2.evolution.diary.service import FRESH, Diary
from src_v2.evolution.diary.store import DiaryStore
from src_v2.memory.store import MemoryStore
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import diary, messages, outbox
from tests.support.clock import VirtualClock
from tests.support.evolving import count, said_row, summary_row
from tests.support.knowledge import private, public
from tests.unit.evolution.test_diary_gate import GIST, PAGE, SAID

ZONE = ZoneInfo("America/Los_Angeles")
SAM, KIM = private("sam"), private("kim")
WHOSE = Whose("elena", SAM.user_id)
DAY = date(2026, 5, 4)
TODAY = Occasion(WHOSE, Kind.PAGE, DAY)
WINDOW = window_of(TODAY, ZONE)
NOON = datetime(2026, 5, 4, 12, tzinfo=ZONE)
ELENA = Writer("Elena", "You are Elena. Your truck is called La Tortuga.", ("sea glass",), ZONE)


class Place:
    """A database in which Sam talked on a day, and whoever writes about that."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = VirtualClock(WINDOW.due)
        self.asked: list[str] = []
        self.page, self.gist = PAGE, GIST
        self.changed: list[tuple[str, str]] = []
        self.store = DiaryStore(database)
        self.diary = self.with_model(self.answer)
        self.memory = MemoryStore(database, self.clock, follow_ups=follow_ups)

    async def answer(self, asked: Sequence[tuple[str, str]], schema: Any, audience: Audience) -> Draft:
        assert (schema, audience.user_id, audience.is_private) == (Draft, WHOSE.user_id, True)
        self.asked.append(asked[-1][1])
        return Draft(page=self.page, gist=self.gist, names=[])

    def with_model(self, ask: Any) -> Diary:
        def writer_of(name: str) -> Writer:
            if name != "elena":
                raise CharacterNotFound(name)
            return ELENA

        async def outdate(character: str, user_id: str) -> None:
            self.changed.append((character, user_id))

        return Diary(self.store, self.clock, ask, writer_of=writer_of, outdate=outdate)

    async def talk(self, *texts: str, audience: Audience = SAM, at: datetime = NOON, mark: str = "m") -> None:
        rows = [said_row(f"{mark}{n}", text, at + timedelta(minutes=n), audience) for n, text in enumerate(texts)]
        rows.append(said_row(f"{mark}-reply", "Tell me more.", at + timedelta(minutes=30), audience, own=False))
        await RowWriter(self.database).apply(rows)

    async def thought(self, user_id: str = WHOSE.user_id) -> str | None:
        async with self.database.read() as connection:
            found: str | None = (await connection.execute(select(self.diary.thought("elena", user_id)))).scalar()
        return found

    async def statuses(self) -> list[str]:
        async with self.database.read() as connection:
            return list((await connection.execute(select(diary.c.status).order_by(diary.c.id))).scalars())

    async def jobs(self, kind: str) -> list[Any]:
        async with self.database.read() as connection:
            query = select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.id)
            return list((await connection.execute(query)).mappings())

    async def decide(self, **switches: bool) -> None:
        values = dict(user_id=WHOSE.user_id, remember=True, servers=True, share=False, changed_at=NOON) | switches
        row = RowWrite("v2_switches", values, update=("remember", "servers", "share"))
        await RowWriter(self.database).apply([row])


@pytest.fixture
async def place(database: Database) -> Place:
    place = Place(database)
    await place.talk(*SAID)
    return place


async def test_a_page_is_written_once_and_shown_to_that_person_alone(place: Place) -> None:
    assert await place.diary.write(TODAY) is not None
    assert await place.diary.write(TODAY) is None
    (entry,) = await place.diary.shown(WHOSE)
    assert (entry.text, entry.gist, entry.day, entry.kind) == (PAGE, GIST, DAY, Kind.PAGE)
    assert len(place.asked) == 1
    assert "Elena (you): Tell me more." in place.asked[0]
    assert await place.diary.shown(Whose("elena", KIM.user_id)) == []
    assert await place.diary.shown(Whose("marcus", SAM.user_id)) == []
    assert place.changed == [("elena", WHOSE.user_id)]


async def test_nothing_is_written_before_its_time_or_long_after(place: Place) -> None:
    place.clock = VirtualClock(WINDOW.due - timedelta(seconds=1))
    assert await place.with_model(place.answer).write(TODAY) is None
    place.clock = VirtualClock(WINDOW.due + LATEST)
    assert await place.with_model(place.answer).write(TODAY) is None
    assert place.asked == []


async def test_of_a_day_without_much_nothing_is_written_and_nobody_asked(database: Database) -> None:
    place = Place(database)
    await place.talk("hi", "how are you?", "good night")
    assert await place.diary.write(TODAY) is None
    assert (await place.statuses(), place.asked) == (["nothing"], [])


async def test_what_changes_a_life_may_be_short(database: Database) -> None:
    place = Place(database)
    grave = (
        "Aldo has the apprenticeship at the boatyard, and I carried his toolbox, and now the plum cake smells of smoke."
    )
    await place.talk(grave)
    await RowWriter(database).apply([summary_row("session", NOON, SAM, importance=5)])
    place.page = grave + " " + "The toolbox, the boatyard, the smoke of the plum cake stay with me tonight."
    assert await place.diary.write(TODAY) is not None


async def test_a_hollow_page_is_not_kept_and_not_asked_for_again(place: Place) -> None:
    place.page = "A day like a wave. I am grateful for all of it and for everyone, and for the quiet after it. " * 2
    assert await place.diary.write(TODAY) is None
    assert await place.diary.write(TODAY) is None
    assert (await place.statuses(), len(place.asked)) == (["nothing"], 1)


async def test_a_sweep_asks_once_for_each_day_at_its_minute(place: Place) -> None:
    place.clock = VirtualClock(NOON + timedelta(hours=1))
    place.diary = place.with_model(place.answer)
    before = place.database.round_trips
    asked = await place.diary.sweep()
    assert place.database.round_trips <= before + 3
    jobs = await place.jobs(WRITE)
    assert len(jobs) == asked
    (page,) = [job for job in jobs if orjson.loads(job["payload"]) | {"user": ""} == _payload(DAY)]
    assert (page["due_at"], page["user_id"]) == (WINDOW.due, WHOSE.user_id)
    assert WHOSE.user_id not in page["id"]
    await place.diary.sweep()
    assert len(await place.jobs(WRITE)) == asked


def _payload(day: date) -> dict[str, str]:
    return {"character": "elena", "user": "", "kind": "page", "day": day.isoformat()}


async def test_a_day_that_was_decided_about_is_not_asked_for(place: Place) -> None:
    await place.diary.write(TODAY)
    await place.diary.sweep()
    days = [orjson.loads(job["payload"]) | {"user": ""} for job in await place.jobs(WRITE)]
    assert _payload(DAY) not in days


async def test_for_nobody_a_sweep_does_nothing(database: Database) -> None:
    place = Place(database)
    before = database.round_trips
    assert await place.diary.sweep() == 0
    assert database.round_trips == before + 1


async def test_a_character_that_is_gone_writes_nothing(database: Database) -> None:
    place = Place(database)
    await place.talk(*SAID, audience=private("sam", "ghost"))
    assert await place.diary.sweep() == 0
    assert await place.diary.write(Occasion(Whose("ghost", SAM.user_id), Kind.PAGE, DAY)) is None


async def test_without_a_model_it_rests(place: Place) -> None:
    rests = place.with_model(None)
    assert rests.rests
    assert (await rests.sweep(), await rests.write(TODAY)) == (0, None)


async def test_the_last_page_is_on_its_mind_for_some_days(place: Place) -> None:
    await place.diary.write(TODAY)
    assert await place.thought() == GIST
    assert await place.thought(KIM.user_id) is None
    place.clock.advance(FRESH.total_seconds() + 1)
    assert await place.thought() is None


async def test_a_page_that_the_person_deleted_stays_away_and_holds_no_word(place: Place) -> None:
    await place.diary.write(TODAY)
    (entry,) = await place.diary.shown(WHOSE)
    with pytest.raises(NotThere):
        await place.diary.delete(Whose("elena", KIM.user_id), entry.id)
    await place.diary.delete(WHOSE, entry.id)
    with pytest.raises(NotThere):
        await place.diary.delete(WHOSE, entry.id)
    assert await place.diary.write(TODAY) is None
    assert (await place.diary.shown(WHOSE), await place.thought()) == ([], None)
    async with place.database.read() as connection:
        (row,) = (await connection.execute(select(diary.c.text, diary.c.gist, diary.c.status))).all()
    assert tuple(row) == ("", "", "deleted")
    assert await count(place.database, "v2_diary_evidence") == 0


async def test_a_page_goes_with_any_message_that_it_was_made_of(place: Place) -> None:
    await place.diary.write(TODAY)
    await place.memory.delete_by_id("m-reply")
    assert (await place.diary.shown(WHOSE), await place.thought()) == ([], None)
    (job,) = await place.jobs(FORGET)
    assert await place.diary.forget(orjson.loads(job["payload"])["messages"]) == 1
    assert await count(place.database, "v2_diary") == await count(place.database, "v2_diary_evidence") == 0


async def test_a_page_goes_with_an_edit(place: Place) -> None:
    await place.diary.write(TODAY)
    place.clock.advance(60)
    await place.memory.edit_by_id("m1", "I never carried anything.", place.clock.now())
    assert await place.diary.shown(WHOSE) == []
    assert await place.diary.forget() == 1


async def test_another_message_takes_no_page_with_it(place: Place) -> None:
    await place.talk("Something else.", at=NOON + timedelta(days=2), mark="later")
    await place.diary.write(TODAY)
    await place.memory.delete_by_id("later0")
    assert await place.diary.forget() == 0
    assert len(await place.diary.shown(WHOSE)) == 1


async def test_what_is_deleted_while_it_is_written_leaves_nothing(place: Place) -> None:
    async def meanwhile(*_: Any) -> Draft:
        async with place.database.write() as connection:
            await connection.execute(delete(messages).where(messages.c.id == "m2"))
        return Draft(page=PAGE, gist=GIST, names=[])

    assert await place.with_model(meanwhile).write(TODAY) is None
    assert await count(place.database, "v2_diary") == await count(place.database, "v2_diary_evidence") == 0


async def test_what_is_edited_while_it_is_written_makes_it_fall(place: Place) -> None:
    async def meanwhile(*_: Any) -> Draft:
        place.clock.advance(1)
        await place.memory.edit_by_id("m2", "The cake was fine.", place.clock.now())
        return Draft(page=PAGE, gist=GIST, names=[])

    await place.with_model(meanwhile).write(TODAY)
    assert await place.diary.shown(WHOSE) == []


async def test_a_page_that_died_is_written_the_next_time(place: Place) -> None:
    async def dies(*_: Any) -> Draft:
        raise ModelUnavailable("overloaded")

    with pytest.raises(ModelUnavailable):
        await place.with_model(dies).write(TODAY)
    assert await place.diary.write(TODAY) is not None


async def test_when_the_day_is_spent_it_waits_for_the_next(place: Place) -> None:
    again_at = WINDOW.due + timedelta(hours=2)

    async def spent(*_: Any) -> Draft:
        raise CapReached("spent", user_message="Tomorrow.", again_at=again_at)

    assert await place.with_model(spent).write(TODAY) is None
    (job,) = await place.jobs(WRITE)
    assert (job["due_at"], await place.statuses()) == (again_at, [])


async def test_of_those_who_do_not_want_to_be_remembered_nothing_is_written(place: Place) -> None:
    await place.diary.write(TODAY)
    await place.decide(remember=False)
    assert await place.thought() is None
    assert await place.diary.sweep() == 0
    assert await place.diary.write(Occasion(WHOSE, Kind.DREAM, DAY)) is None
    assert len(await place.diary.shown(WHOSE)) == 1


async def test_words_of_servers_count_only_for_those_who_want_that(database: Database) -> None:
    place = Place(database)
    await place.talk(*SAID, audience=public("sam"))
    await place.decide(servers=False)
    assert await place.diary.write(TODAY) is None
    await place.decide()
    assert await place.diary.write(TODAY) is not None
    assert await place.thought() == GIST
    await place.decide(servers=False)
    assert await place.thought() is None


async def test_a_dream_is_written_in_the_morning_after(place: Place) -> None:
    night = Occasion(WHOSE, Kind.DREAM, DAY)
    place.page = (
        "I stand in the boatyard and the hulls are of sea glass. Somebody carries a toolbox up a staircase "
        "under water, and on each step there is plum cake. The smoke smells of kelp, and I am late for everything."
    )
    place.gist = "I still hear the toolbox on the stairs under water."
    assert await place.diary.write(night) is None
    place.clock.advance((window_of(night, ZONE).due - place.clock.now()).total_seconds())
    assert await place.diary.write(night) is not None
    (entry,) = await place.diary.shown(WHOSE)
    assert (entry.kind, entry.day) == (Kind.DREAM, DAY)
    assert await place.thought() == place.gist


async def test_what_two_write_at_once_is_one_page(place: Place) -> None:
    await asyncio.gather(place.diary.write(TODAY), place.diary.write(TODAY))
    assert len(await place.diary.shown(WHOSE)) == 1


async def test_nobody_elses_words_are_in_it(place: Place) -> None:
    await place.talk("Kim's secret is a lighthouse.", audience=KIM, mark="k")
    await place.diary.write(TODAY)
    assert "lighthouse" not in place.asked[0]
