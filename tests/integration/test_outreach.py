"""Characters that write by themselves: to whom, when, about what, and never otherwise. The whole process."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from src_v2.core.audience import Audience, Visibility
from src_v2.core.commands import Answer, Asked
from src_v2.core.errors import CannotReach, DoorClosed, StoreUnavailable
from src_v2.core.ids import derived_id
from src_v2.core.messages import IncomingMessage
from src_v2.core.outgoing import Outgoing
from src_v2.core.scope import Scope
from src_v2.core.switches import SwitchName
from src_v2.evolution.outreach.hours import Hours
from src_v2.evolution.outreach.models import Wanted
from src_v2.evolution.outreach.requests import SWEEP, WRITE
from src_v2.evolution.outreach.store import OutreachStore
from src_v2.interfaces.base import Shown
from src_v2.knowledge.models import Claim
from src_v2.knowledge.store import KnowledgeStore
from src_v2.memory.outgoing import OutgoingStore
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import llm_calls, outbox
from src_v2.storage.tables import outgoing as table
from tests.support.house import House, Person, Place
from tests.support.llm import LocalLLM, ReceivedRequest, Script
from tests.support.relationship import trust_row
from tests.support.traces import rows_with

GUILD = Place("discord:general", Visibility.GUILD, "discord:harbour")
WORDS = "Tomorrow is the big day, isn't it? I am crossing every tentacle I can borrow."


@dataclass
class FakePostman:
    """A platform in a list. `trouble` is raised instead of delivering."""

    platform: str = "discord"
    sent: list[tuple[Outgoing, datetime]] = field(default_factory=list)
    trouble: Exception | None = None
    clock: Any = None

    async def reach(self, audience: Audience) -> Audience:
        return audience

    async def deliver(self, outgoing: Outgoing, since: datetime | None) -> Shown:
        if self.trouble:
            raise self.trouble
        self.sent.append((outgoing, self.clock.now()))
        return Shown([f"shown-{len(self.sent)}"])


class Story:
    """A house in which Sam has an exam, and wants to be written to."""

    def __init__(self, house: House, llm: LocalLLM) -> None:
        self.house = house
        self.llm = llm
        self.words: list[str] = []
        self.postman = FakePostman(clock=house.clock)
        self.sam = house.person("Sam")
        self.settle_in()

    def settle_in(self) -> None:
        self.house.app.delivery.postmen["discord"] = self.postman

    def answer(self, request: ReceivedRequest) -> Script:
        if "You think of this person" not in str(request.body["messages"]):
            return Script("I hear you.")
        return Script(json.dumps({"text": self.words.pop(0) if self.words else WORDS}))

    @property
    def asked_for_words(self) -> list[ReceivedRequest]:
        return [one for one in self.llm.requests if "You think of this person" in str(one.body["messages"])]

    async def knows_sam(self, *, zone: str = "UTC") -> None:
        """Have Sam say hello and mention an exam, at noon of the 5th of January; it is on the 8th."""
        self.house.clock.advance((datetime(2026, 1, 5, 12, tzinfo=UTC) - self.house.clock.now()).total_seconds())
        message = self.sam.says("I have an exam on Thursday.")
        await self.hears(message, zone)
        await KnowledgeStore(self.house.app.stores.database).add([self.claim("exam", "2026-01-08", message.id)])

    async def hears(self, message: IncomingMessage, zone: str = "UTC") -> None:
        """Let a character hear what was said in that time zone."""
        await self.house.hears(replace(message, author=replace(message.author, timezone=zone)))

    def claim(self, what: str, on: str, message_id: str) -> Claim:
        at = self.house.clock.now()
        whose = (derived_id(at, what), self.sam.audience(), self.sam.user_id)
        return Claim(*whose, "user", "has", what, message_id, at, valid_from=on)

    async def wants(self, person: Person | None = None, trust: int = 60, **more: Any) -> None:
        """Have somebody want to be written to, whom the character trusts that much by now."""
        who = person or self.sam
        await self.house.indexed()
        await RowWriter(self.house.app.stores.database).apply([trust_row("elena", who.user_id, trust)])
        store = OutreachStore(self.house.app.stores.database)
        await store.decide("elena", who.user_id, Wanted(True, **more), self.house.clock.now())

    async def until(self, day: int, hour: int = 0) -> None:
        """Let time go by to a day of January, with a sweep every hour."""
        end = datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)
        while self.house.clock.now() < end:
            self.house.pass_time(hours=1)
            if await self.house.app.inner_life.outreach.sweep():
                self.house.pass_time(minutes=15)
                await self.house.indexed()

    async def reach_out(self, action: str = "", text: str = "", timezone: str = "UTC") -> Answer:
        command = next(one for one in self.house.app.inner_life.commands if one.name == "reach-out")
        at = self.house.clock.now()
        return await command.run(Asked(self.sam.audience(), "Sam", "discord", action, text, at, timezone))


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    async with LocalLLM() as llm, House(tmp_path, llm=llm, outreach_enabled=True) as house:
        story = Story(house, llm)
        llm.reply = story.answer
        yield story


async def test_somebody_with_an_exam_is_written_to_and_it_is_remembered_as_said(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    await story.until(9, 22)
    (sent, at), *more = story.postman.sent
    assert more == [], "there is one unanswered"
    assert sent.text == WORDS
    assert sent.audience == story.sam.audience()
    assert datetime(2026, 1, 6, 12, tzinfo=UTC) <= at
    assert 8 <= at.hour < 22
    (request,) = story.asked_for_words
    asked = str(request.body["messages"])
    assert "they | has | exam | 2026-01-08" in asked
    assert "I have an exam on Thursday." in asked
    assert [one.text for one in await story.house.app.memory.conversation(story.sam.audience(), 9)][-1] == WORDS
    async with story.house.app.stores.database.read() as connection:
        calls = select(func.count()).where(llm_calls.c.purpose == "outreach", llm_calls.c.user_id == story.sam.user_id)
        assert (await connection.execute(calls)).scalar() == 1


async def test_the_answer_counts_as_an_answer_and_the_next_reason_is_written_about(story: Story) -> None:
    await story.knows_sam()
    await story.wants(per_week=7)
    await story.until(7, 12)
    assert len(story.postman.sent) == 1
    message = story.sam.says("Thank you, I am nervous.")
    await story.house.hears(message)
    body = str(story.llm.requests[-1].body["messages"])
    assert WORDS in body, "the character knows what it wrote"
    claim = story.claim("interview", "2026-01-12", message.id)
    await KnowledgeStore(story.house.app.stores.database).add([claim])
    story.words = ["Two more nights, then they meet you. How do you feel about that?"]
    await story.until(13, 22)
    assert len(story.postman.sent) == 2
    assert story.postman.sent[1][1] - message.sent_at >= timedelta(hours=24)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
async def test_never_in_the_quiet_hours_of_where_they_are(story: Story, zone: str) -> None:
    await story.knows_sam(zone=zone)
    await story.wants(quiet=Hours(20 * 60, 12 * 60))
    await story.until(10)
    (_, at), *_ = story.postman.sent
    assert 12 <= at.astimezone(ZoneInfo(zone)).hour < 20


async def test_nobody_is_written_to_before_they_said_where_they_are(story: Story) -> None:
    await story.knows_sam(zone="")
    await story.wants()
    await story.until(8)
    assert story.postman.sent == []
    remind = next(one for one in story.house.app.inner_life.commands if one.name == "remind")
    at = story.house.clock.now()
    await remind.run(Asked(story.sam.audience(), "Sam", "discord", "zone", "Europe/Berlin", at))
    assert "remind zone" not in (await story.reach_out(timezone="")).text
    await story.until(10)
    assert len(story.postman.sent) == 1


async def test_nobody_who_did_not_ask_for_it_is_written_to(story: Story) -> None:
    await story.knows_sam()
    await story.until(9)
    await story.wants()
    await story.reach_out("off")
    await story.until(10)
    assert story.postman.sent == []
    assert story.asked_for_words == []


async def test_not_below_the_trust_that_it_takes(story: Story) -> None:
    await story.knows_sam()
    await story.wants(trust=19)
    await story.until(10)
    assert story.postman.sent == []


async def test_who_says_no_after_it_was_planned_is_not_written_to(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    outreach = story.house.app.inner_life.outreach
    while not await outreach.sweep():
        story.house.pass_time(minutes=15)
    await story.reach_out("off")
    story.house.pass_time(minutes=15)
    await story.house.indexed()
    assert story.postman.sent == []
    assert story.asked_for_words == []


async def test_who_writes_themselves_meanwhile_is_not_written_to(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    outreach = story.house.app.inner_life.outreach
    while not await outreach.sweep():
        story.house.pass_time(minutes=15)
    await story.house.hears(story.sam.says("Here I am again."))
    story.house.pass_time(minutes=15)
    await story.house.indexed()
    assert story.postman.sent == []


class TestWhatHappensMeanwhile:
    @staticmethod
    def while_words_are_found(story: Story, happens: Callable[[], Awaitable[Any]]) -> None:
        outreach: Any = story.house.app.inner_life.outreach
        asks = outreach._ask

        async def meanwhile(*given: Any) -> Any:
            draft = await asks(*given)
            await happens()
            return draft

        outreach._ask = meanwhile

    async def test_they_write_while_words_are_looked_for(self, story: Story) -> None:
        await story.knows_sam()
        await story.wants()
        self.while_words_are_found(story, lambda: story.house.hears(story.sam.says("Here I am again.")))
        await story.until(7)
        assert len(story.asked_for_words) == 1
        assert story.postman.sent == []
        assert await rows_with(story.house.app.stores.database, WORDS) == []

    async def test_their_quiet_hours_begin_while_words_are_looked_for(self, story: Story) -> None:
        await story.knows_sam()
        await story.wants()
        self.while_words_are_found(story, lambda: story.reach_out("quiet", "0-23:59"))
        await story.until(7)
        assert len(story.asked_for_words) == 1
        assert story.postman.sent == []

    async def test_the_others_of_a_character_are_planned_while_words_are_looked_for(self, story: Story) -> None:
        await story.knows_sam()
        await story.wants()
        outreach: Any = story.house.app.inner_life.outreach
        locked: list[bool] = []

        async def looks() -> None:
            lock = outreach._planning.get("elena")
            locked.append(lock is not None and lock.locked())

        self.while_words_are_found(story, looks)
        await story.until(7)
        assert locked == [False]
        assert len(story.postman.sent) == 1

    async def test_they_say_no_while_the_channel_is_opened(self, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
        await story.knows_sam()
        await story.wants()

        async def reach(audience: Audience) -> Audience:
            await story.reach_out("off")
            return audience

        monkeypatch.setattr(story.postman, "reach", reach)
        await story.until(7)
        assert len(story.asked_for_words) == 1
        assert story.postman.sent == []
        assert await rows_with(story.house.app.stores.database, WORDS) == []

    @pytest.mark.parametrize("says_no", [False, True])
    async def test_what_was_shown_is_remembered_as_said_though_they_answered_before_it_was_stored(
        self, story: Story, monkeypatch: pytest.MonkeyPatch, *, says_no: bool
    ) -> None:
        await story.knows_sam()
        await story.wants()
        stores, away = OutgoingStore.store, ["away"]

        async def store(self: OutgoingStore, outgoing: Outgoing, rows: Sequence[RowWrite]) -> bool:
            if away:
                raise StoreUnavailable(away.pop())
            return await stores(self, outgoing, rows)

        monkeypatch.setattr(OutgoingStore, "store", store)
        outreach = story.house.app.inner_life.outreach
        while not await outreach.sweep():
            story.house.pass_time(minutes=15)
        async with story.house.app.stores.database.read() as connection:
            held = select(outbox.c.payload).where(outbox.c.kind == WRITE)
            payload = json.loads((await connection.execute(held)).scalar_one())
        with pytest.raises(StoreUnavailable):
            await outreach.write(payload)
        await story.hears(story.sam.says("Oh, thanks for writing!"))
        if says_no:
            await story.reach_out("off")
        await outreach.write(payload)
        said = [one.text for one in await story.house.app.memory.conversation(story.sam.audience(), 9)]
        assert (WORDS in said) is not says_no, "after a no nothing may be shown that perhaps was not shown yet"


async def test_who_says_no_while_they_are_not_remembered_is_taken_at_their_word(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    decide = story.house.app.profiles.decide
    await decide(story.sam.user_id, SwitchName.REMEMBER, False)
    assert "don't write to you" in (await story.reach_out("off")).text
    await decide(story.sam.user_id, SwitchName.REMEMBER, True)
    await story.until(9)
    assert story.postman.sent == []


async def test_who_does_not_want_to_be_remembered_is_not_written_to(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    await story.house.app.profiles.decide(story.sam.user_id, SwitchName.REMEMBER, False)
    await story.until(10)
    assert story.postman.sent == []
    assert "won't" in (await story.reach_out("on")).text


async def test_who_was_never_spoken_with_in_private_is_not_written_to(story: Story) -> None:
    olga = story.house.person("Olga")
    await story.hears(olga.says("I keep bees.", GUILD))
    await story.wants(olga)
    await story.until(40, 12)
    assert story.postman.sent == []


async def test_a_friend_is_missed_once_and_told_in_private(story: Story) -> None:
    olga = story.house.person("Olga")
    await story.hears(olga.says("I keep bees."))
    await story.hears(olga.says("The bees again.", GUILD))
    await story.wants(olga)
    story.words = ["The kelp is high this week, and I wondered how the bees are."]
    await story.until(60)
    assert [sent.audience for sent, _ in story.postman.sent] == [olga.audience()]
    assert story.postman.sent[0][1] >= datetime(2026, 1, 9, tzinfo=UTC)


async def test_what_is_not_worth_saying_is_not_said_and_not_tried_over_and_over(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    story.words = ["Thanks for telling me about the exam!", "Good question, the exam is soon."] * 6
    await story.until(10)
    assert story.postman.sent == []
    assert len(story.asked_for_words) <= 3, "before, on the day and after it"
    assert await rows_with(story.house.app.stores.database, "Thanks for telling") == []


async def test_a_model_that_is_away_costs_nothing_but_this_time(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    story.llm.reply = lambda _request: Script(status=503)
    await story.until(7, 12)
    assert story.postman.sent == []
    assert 1 <= len(story.asked_for_words) <= 2, "once a day"
    story.llm.reply = story.answer
    await story.until(10)
    assert len(story.postman.sent) == 1


async def test_who_cannot_be_reached_is_left_in_peace(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    story.postman.trouble = CannotReach("blocked")
    await story.until(8)
    story.postman.trouble = None
    assert len(story.asked_for_words) == 1
    assert await rows_with(story.house.app.stores.database, WORDS) == []


async def test_while_the_door_is_closed_it_waits_with_the_same_words(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    story.postman.trouble = DoorClosed("the network is down")
    outreach = story.house.app.inner_life.outreach
    while not await outreach.sweep():
        story.house.pass_time(minutes=15)
    for _ in range(4):
        story.house.pass_time(minutes=15)
        await story.house.indexed()
    story.postman.trouble = None
    story.house.pass_time(minutes=15)
    await story.house.indexed()
    assert [sent.text for sent, _ in story.postman.sent] == [WORDS]
    assert len(story.asked_for_words) == 1


async def test_a_restart_between_the_plan_and_the_message_makes_one(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    outreach = story.house.app.inner_life.outreach
    while not await outreach.sweep():
        story.house.pass_time(minutes=15)
    await story.house.restart()
    story.settle_in()
    story.house.pass_time(minutes=15)
    await story.house.indexed()
    await story.until(9)
    assert len(story.postman.sent) == 1


async def test_erasing_drops_the_wish_and_what_was_planned(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    outreach = story.house.app.inner_life.outreach
    while not await outreach.sweep():
        story.house.pass_time(minutes=15)
    scope = Scope(user_id=story.sam.user_id)
    await story.house.app.eraser.erase(scope)
    assert await story.house.app.eraser.left(scope) == 0
    await story.until(10)
    assert story.postman.sent == []
    assert await rows_with(story.house.app.stores.database, story.sam.user_id) == []


async def test_who_is_erased_while_the_words_are_looked_for_leaves_nothing(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    outreach: Any = story.house.app.inner_life.outreach
    asks, scope = outreach._ask, Scope(user_id=story.sam.user_id)

    async def erased_meanwhile(*given: Any) -> Any:
        draft = await asks(*given)
        await story.house.app.eraser.erase(scope)
        return draft

    outreach._ask = erased_meanwhile
    await story.until(10)
    assert len(story.asked_for_words) == 1
    assert story.postman.sent == []
    assert await story.house.app.eraser.left(scope) == 0
    assert await rows_with(story.house.app.stores.database, story.sam.user_id, WORDS) == []


async def test_a_character_tires_of_writing_to_people(story: Story) -> None:
    people = [story.house.person(f"Person{number}") for number in range(14)]
    for one in people:
        await story.hears(one.says("hello"))
        await story.wants(one)
    story.words = [f"The tide of day {n} brought {n * 7} shells, and I thought of you." for n in range(30)]
    await story.until(34)
    times = [at for _, at in story.postman.sent]
    assert len(times) > 8
    assert all(sum(at - timedelta(hours=24) < other <= at for other in times) <= 8 for at in times), "elena's battery"


async def test_while_sql_is_away_nobody_is_written_to(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    await story.knows_sam()
    await story.wants()
    story.house.pass_time(days=2)

    def away(*_: object) -> None:
        raise StoreUnavailable("away")

    with monkeypatch.context() as broken:
        broken.setattr(story.house.app.stores.database, "read", away)
        with pytest.raises(StoreUnavailable):
            await story.house.app.inner_life.outreach.sweep()
    assert story.postman.sent == []


class TestTheCommand:
    async def test_it_is_off_until_somebody_says_on(self, story: Story) -> None:
        await story.knows_sam()
        assert "don't write to you by myself" in (await story.reach_out()).text
        said = (await story.reach_out("on")).text
        assert "at most 2 times a week" in said
        assert "not between 22:00 and 8:00" in said
        assert (await story.reach_out()).text == said
        assert "don't" in (await story.reach_out("off")).text

    async def test_hours_and_how_often_are_theirs(self, story: Story) -> None:
        await story.knows_sam()
        await story.reach_out("on")
        assert "between 23:30 and 7:00" in (await story.reach_out("quiet", "23:30-7")).text
        assert "at most once a week" in (await story.reach_out("often", "1")).text
        assert "such as 22-8" in (await story.reach_out("quiet", "whenever")).text
        assert "from 1 to 7" in (await story.reach_out("often", "100")).text
        assert "between 23:30 and 7:00" in (await story.reach_out()).text

    async def test_strangers_are_told_that_it_takes_time(self, story: Story) -> None:
        await story.knows_sam()
        assert "hardly know each other" in (await story.reach_out("on")).text

    async def test_whose_time_zone_is_stored_is_not_told_that_it_is_unknown(self, story: Story) -> None:
        await story.knows_sam()
        assert "remind zone" not in (await story.reach_out("on", timezone="")).text, "it is known from their talks"

    async def test_who_never_told_where_they_are_is_told_how_to(self, story: Story) -> None:
        await story.knows_sam(zone="")
        said = (await story.reach_out("on", timezone="")).text
        assert "don't know what time" in said
        assert "remind zone" in said

    async def test_without_a_model_it_says_that_nothing_comes(self, tmp_path: Path) -> None:
        async with House(tmp_path / "demo", outreach_enabled=True) as house:
            command = next(one for one in house.app.inner_life.commands if one.name == "reach-out")
            sam = house.person("Sam")
            asked = Asked(sam.audience(), "Sam", "discord", "on", "", house.clock.now(), "UTC")
            assert "no language model" in (await command.run(asked)).text
            assert await house.app.inner_life.outreach.sweep() == 0
            assert SWEEP not in [one.kind for one in house.app.inner_life.schedules_here]

    async def test_switched_off_it_says_so(self, tmp_path: Path) -> None:
        async with LocalLLM() as llm, House(tmp_path / "off", llm=llm) as house:
            command = next(one for one in house.app.inner_life.commands if one.name == "reach-out")
            sam = house.person("Sam")
            asked = Asked(sam.audience(), "Sam", "discord", "on", "", house.clock.now(), "UTC")
            assert "switched off" in (await command.run(asked)).text
            assert not house.app.inner_life.outreach.is_on


async def test_what_was_given_up_leaves_no_words(story: Story) -> None:
    await story.knows_sam()
    await story.wants()
    story.postman.trouble = CannotReach("blocked")
    await story.until(9)
    async with story.house.app.stores.database.read() as connection:
        rows = (await connection.execute(select(table.c.state, table.c.text))).all()
    assert {tuple(row) for row in rows} == {("dropped", "")}
