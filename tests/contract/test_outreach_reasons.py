"""Reasons to write that rest on goals and on what was noticed, on SQLite and on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from src_v2.core.audience import Audience
from src_v2.core.clock import SystemClock
from src_v2.core.outgoing import Outgoing
from src_v2.evolution.epiphanies.service import QUIET
from src_v2.evolution.goals.models import Entry, What
from src_v2.evolution.goals.rows import entry_row
from src_v2.evolution.goals.service import Goals
from src_v2.evolution.goals.store import GoalStore
from src_v2.evolution.models import Outdate
from src_v2.evolution.outreach.epiphany_reasons import Noticed, mention_rows
from src_v2.evolution.outreach.goal_reasons import RestingGoals
from src_v2.evolution.outreach.models import PURPOSE, Candidate, Person, Reason, Wanted
from src_v2.memory.store import MemoryStore
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWriter
from tests.contract.test_epiphanies import KIM, SAM, SPOKEN, Place
from tests.support.clock import VirtualClock
from tests.support.evolving import live
from tests.support.goals import START, RecordingRelations, entry
from tests.support.knowledge import hear, message, public

OPEN = public("sam")


def person(who: Audience = SAM, *, trust: int = 70, servers: bool = True) -> Person:
    place = who if who.is_private else SAM
    candidate = Candidate("elena", who.user_id, "x", "UTC", servers, Wanted(True), START, place, "discord")
    return Person(candidate, ZoneInfo("UTC"), trust, 0.5)


def on(day: float) -> datetime:
    return START + timedelta(days=day)


class Aims:
    """Goals in a database, and what follows from them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        outdate: Outdate = RecordingRelations().outdate
        self.source = RestingGoals(Goals(GoalStore(database), VirtualClock(START), outdate=outdate))

    async def add(self, *entries: Entry) -> None:
        await RowWriter(self.database).apply([entry_row(one) for one in entries])

    async def reasons(self, day: float, who: Person | None = None) -> Sequence[Reason]:
        one = who or person()
        return (await self.source([one], on(day))).get(one.candidate.key, ())

    async def told(self, day: float, who: Person | None = None) -> list[str]:
        return [one.text.split(" | ")[1] for one in await self.reasons(day, who)]


@pytest.fixture
def aims(database: Database) -> Aims:
    return Aims(database)


class TestGoals:
    async def test_a_goal_that_rests_for_a_week_is_a_reason_until_it_is_old(self, aims: Aims) -> None:
        await aims.add(entry("learn Welsh"))
        assert await aims.told(6.9) == []
        (reason,) = await aims.reasons(9.5)
        assert reason.text == "they want to reach | learn Welsh | nothing was heard of it for 9 days"
        assert await aims.told(69) == ["learn Welsh"]
        assert await aims.told(71) == []

    async def test_each_pause_is_a_reason_of_its_own(self, aims: Aims) -> None:
        await aims.add(entry("learn Welsh"))
        (first,), (same,) = await aims.reasons(8), await aims.reasons(20)
        assert first.id == same.id
        await aims.add(entry("learn Welsh", What.MOVED, day=21, progress=0.3))
        assert await aims.told(22) == []
        (second,) = await aims.reasons(29)
        assert second.id != first.id

    @pytest.mark.parametrize("what", [What.REACHED, What.DROPPED])
    async def test_what_is_over_is_none(self, aims: Aims, what: What) -> None:
        await aims.add(entry("learn Welsh"), entry("learn Welsh", what, day=1))
        assert await aims.told(10) == []
        await aims.add(entry("learn Welsh", day=11))
        assert await aims.told(20) == ["learn Welsh"]

    async def test_what_was_stated_weighs_more_than_any_guess_and_what_is_important_more(self, aims: Aims) -> None:
        await aims.add(
            entry("grow beans", What.INFERRED, priority=10), entry("learn Welsh", priority=1),
            entry("run a marathon", priority=8), entry("sing more", priority=5),
        )  # fmt: skip
        reasons = await aims.reasons(10)
        assert await aims.told(10) == ["run a marathon", "sing more", "learn Welsh", "grow beans"]
        assert [one.weight for one in reasons] == sorted({one.weight for one in reasons}, reverse=True)
        assert reasons[-1].text.startswith("they seem to want, without saying so | ")
        assert all(0 < one.weight < 0.8 for one in reasons), "a date comes before"

    async def test_the_characters_own_and_those_of_others_are_none(self, aims: Aims) -> None:
        await aims.add(
            entry("find their wonder", What.MOVED, goal="own:find-their-wonder"), entry("sing more", audience=KIM)
        )
        assert await aims.told(10) == []
        assert await aims.told(10, person(KIM)) == ["sing more"]

    async def test_many_cost_one_statement_and_nobody_none(self, aims: Aims) -> None:
        await aims.add(entry("learn Welsh"), entry("sing more", audience=KIM))
        before = aims.database.round_trips
        found = await aims.source([person(), person(KIM)], on(10))
        assert aims.database.round_trips - before == 1
        assert set(found) == {("elena", SAM.user_id), ("elena", KIM.user_id)}
        assert await aims.source([], on(10)) == {}
        assert aims.database.round_trips - before == 1

    async def test_words_of_servers_count_only_for_those_who_want_that(self, aims: Aims) -> None:
        await aims.add(entry("learn Welsh", audience=OPEN), entry("sing more"))
        assert sorted(await aims.told(10)) == ["learn Welsh", "sing more"]
        private = person(servers=False)
        assert await aims.told(10, private) == ["sing more"]
        await aims.add(entry("sing more", What.REACHED, day=11, audience=OPEN))
        assert await aims.told(20, private) == [], "nobody is asked about what they reached"

    async def test_a_goal_goes_with_the_message_that_stated_it(self, aims: Aims) -> None:
        said = message(SAM, text="I want to learn Welsh")
        await hear(aims.database, said)
        await aims.add(entry("learn Welsh", message_id=said.id))
        assert await aims.told(10) == ["learn Welsh"]
        await MemoryStore(aims.database, SystemClock()).delete_by_id(said.id)
        assert await aims.told(10) == []


@pytest.fixture
async def place(database: Database) -> Place:
    await live(database, SPOKEN, SAM)
    return Place(database)


async def noticed(place: Place, *people: Person) -> list[str]:
    found = await Noticed(place.service)(people or [person()], place.clock.now())
    return [one.id for reasons in found.values() for one in reasons]


class TestWhatWasNoticed:
    async def test_it_is_a_reason_at_the_trust_that_it_takes(self, place: Place) -> None:
        one = await place.found()
        (reason,) = (await Noticed(place.service)([person(trust=one.trust)], place.clock.now()))["elena", SAM.user_id]
        assert reason.id == f"epiphany:{one.id}"
        assert one.text in reason.text
        assert 0 < reason.weight < 0.8
        assert await noticed(place, person(trust=one.trust - 1)) == []
        assert await noticed(place, person(KIM)) == []

    async def test_many_cost_one_statement_and_nobody_none(self, place: Place) -> None:
        await place.found()
        before = place.database.round_trips
        assert len(await noticed(place, person(), person(KIM))) == 1
        assert place.database.round_trips - before == 1
        assert await Noticed(place.service)([], place.clock.now()) == {}
        assert place.database.round_trips - before == 1

    async def test_what_was_mentioned_is_none_and_nothing_is_while_another_is_fresh(self, place: Place) -> None:
        one = await place.found()
        await place.mention("another", place.clock.now())
        assert await noticed(place) == []
        place.clock.advance(QUIET.total_seconds() + 60)
        assert await noticed(place) == [f"epiphany:{one.id}"]
        await place.mention(one.id, place.clock.now())
        place.clock.advance(QUIET.total_seconds() + 60)
        assert await noticed(place) == []

    async def test_a_message_that_mentions_it_is_noted_as_a_mention(self, place: Place) -> None:
        one = await place.found()
        (reason_id,) = await noticed(place)
        now = place.clock.now()
        for purpose, about in (("reminder", reason_id), (PURPOSE, "goal:1:x")):
            assert mention_rows(Outgoing("o", SAM, "discord", "x", purpose, about=about), now) == []
        sent = Outgoing("o", SAM, "discord", "x", PURPOSE, about=reason_id)
        for _ in range(2):
            await RowWriter(place.database).apply(mention_rows(sent, now))
        assert await noticed(place) == []
        assert await place.ripe() is None, "nor is it said in an answer"
        (shown,) = await place.service.shown(one.whose)
        assert shown.mentioned

    async def test_what_rests_on_words_that_are_gone_or_changed_is_none(self, place: Place) -> None:
        await place.found()
        gone, *_ = await place.evidence(shows=True)
        await place.memory.delete_by_id(gone)
        assert await noticed(place) == []

    @pytest.mark.parametrize("switch", ["remember", "servers"])
    async def test_who_does_not_want_their_words_used_is_told_nothing(self, database: Database, switch: str) -> None:
        await live(database, SPOKEN, public("sam"))
        place = Place(database)
        await place.found()
        assert len(await noticed(place)) == 1
        await place.decide(**{switch: False})
        assert await noticed(place) == []
