"""What a character says without being asked: shown once, remembered as said, in nobody's way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from src_v2.core.audience import Audience
from src_v2.core.errors import CannotReach, DoorClosed, NotThere, StoreUnavailable
from src_v2.core.ids import new_id
from src_v2.core.outgoing import Button, Outgoing
from src_v2.core.scope import Scope
from src_v2.core.switches import SwitchName
from src_v2.interfaces.base import Said, Shown
from src_v2.memory.outgoing import OutgoingState, OutgoingStore
from src_v2.memory.patterns.models import Mark
from src_v2.storage.tables import outgoing as table
from tests.support.house import House, Person
from tests.support.llm import LocalLLM, Script
from tests.support.traces import rows_with

BUTTONS = (Button("reminder.done", "Done"), Button("reminder.snooze", "Later"))


@dataclass
class FakePostman:
    """A platform in a list. `trouble` is raised instead of delivering."""

    platform: str = "discord"
    sent: list[tuple[Outgoing, datetime | None]] = field(default_factory=list)
    trouble: Exception | None = None
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.hold.set()

    async def reach(self, audience: Audience) -> Audience:
        return audience

    async def deliver(self, outgoing: Outgoing, since: datetime | None) -> Shown:
        self.arrived.set()
        await self.hold.wait()
        if self.trouble:
            raise self.trouble
        before = any(sent.id == outgoing.id for sent, _ in self.sent)
        self.sent.append((outgoing, since))
        return Shown([f"shown-{len(self.sent)}"], before=before)


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    async with LocalLLM() as running:
        yield running


@pytest.fixture
async def house(tmp_path: Path, llm: LocalLLM) -> AsyncIterator[House]:
    async with House(tmp_path, llm=llm) as house:
        yield house


@pytest.fixture
def postman(house: House) -> FakePostman:
    postman = FakePostman()
    house.app.delivery.postmen["discord"] = postman
    return postman


def to(person: Person, text: str = "Did the otters come back?", **more: object) -> Outgoing:
    fine = Outgoing(new_id(), person.audience(), "discord", text, "reminder")
    return replace(fine, **more)  # type: ignore[arg-type] # names of fields


async def history(house: House, person: Person) -> list[str]:
    return [message.text for message in await house.app.memory.conversation(person.audience(), 50)]


async def test_it_is_shown_once_and_stored_as_said(house: House, postman: FakePostman) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("I saw three otters in the kelp today."))
    message = to(sam)
    await house.app.delivery(message)
    await house.app.delivery(message)
    assert [(sent.text, since) for sent, since in postman.sent] == [("Did the otters come back?", None)]
    stored = (await house.app.memory.conversation(sam.audience(), 50))[-1]
    assert (stored.id, stored.text, stored.speaker_id) == (message.id, message.text, "character:elena")
    assert stored.speaker_name == "Elena"
    assert (await house.app.memory.quoted(sam.audience(), "shown-1")) == stored, "somebody can reply to it"


async def test_the_next_prompt_shows_it_and_recall_finds_it(house: House, postman: FakePostman, llm: LocalLLM) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("I saw three otters in the kelp today."))
    house.pass_time(days=2)
    await house.app.delivery(to(sam))
    await house.indexed()
    assert "Did the otters come back?" in await house.recall(sam.audience(), "otters came back")
    await house.hears(sam.says("Yes, all three of them!"))
    body = str(llm.requests[-1].body["messages"])
    assert body.index("I saw three otters") < body.index("Did the otters come back?") < body.index("all three of them!")
    assistant = [said["content"] for said in llm.requests[-1].body["messages"] if said["role"] == "assistant"]
    assert "Did the otters come back?" in assistant[-1]


async def test_reactions_to_it_count(house: House, postman: FakePostman) -> None:
    sam, olga = house.person("Sam"), house.person("Olga")
    await house.hears(sam.says("hello"))
    message = to(sam)
    await house.app.delivery(message)
    assert await house.app.feedback.reacted("elena", "shown-1", sam.user_id, "❤️")
    assert not await house.app.feedback.reacted("elena", "shown-1", olga.user_id, "❤️")
    assert (await house.app.feedback.marks(sam.audience(), [message.id])) == {message.id: Mark.UP}


async def test_it_waits_for_the_turn_that_runs_and_goes_before_the_next(
    house: House, postman: FakePostman, llm: LocalLLM
) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))
    hold = asyncio.Event()
    llm.enqueue(Script("One moment, please.", hold=hold), Script("And the second."))
    first = await house.ask(sam.says("first question"))
    await llm.wait_for_requests(2)
    second = await house.ask(sam.says("second question"))
    sending = asyncio.create_task(house.app.delivery(to(sam)))
    await asyncio.sleep(0)
    assert not postman.arrived.is_set()
    hold.set()
    await asyncio.gather(sending, first.finished.wait(), second.finished.wait())
    said = await history(house, sam)
    assert said.index("One moment, please.") < said.index("Did the otters come back?") < said.index("And the second.")


async def test_a_question_waits_while_it_is_being_shown(house: House, postman: FakePostman) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))
    postman.hold.clear()
    sending = asyncio.create_task(house.app.delivery(to(sam)))
    await postman.arrived.wait()
    asked = await house.ask(sam.says("Are you there?"))
    await house.app.memory.profile(house.person("Sam").says("x").author)
    assert not asked.events
    postman.hold.set()
    await asyncio.gather(sending, asked.finished.wait())
    assert asked.events


async def test_what_fails_for_good_is_given_up_and_what_may_work_later_is_not(
    house: House, postman: FakePostman
) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))
    message = to(sam)
    postman.trouble = DoorClosed("the network is down")
    for _ in range(2):
        with pytest.raises(DoorClosed):
            await house.app.delivery(message)
    postman.trouble = None
    tried_at = house.clock.now()
    house.pass_time(hours=1)
    await house.app.delivery(message)
    assert [since for _, since in postman.sent] == [tried_at], "it may have been shown then"
    other = to(sam, "Something else entirely.")
    postman.trouble = CannotReach("they blocked me")
    with pytest.raises(CannotReach):
        await house.app.delivery(other)
    postman.trouble = None
    with pytest.raises(CannotReach):
        await house.app.delivery(other)
    assert len(postman.sent) == 1
    assert await rows_with(house.app.stores.database, "Something else entirely.") == []


async def test_nothing_is_sent_to_who_does_not_want_to_be_remembered(house: House, postman: FakePostman) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))
    await house.app.profiles.decide(sam.user_id, SwitchName.REMEMBER, False)
    with pytest.raises(CannotReach):
        await house.app.delivery(to(sam))
    assert postman.sent == []
    assert await rows_with(house.app.stores.database, "Did the otters") == []


async def test_while_sql_is_away_nothing_is_shown(
    house: House, postman: FakePostman, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))

    def away(*_: object) -> None:
        raise StoreUnavailable("away")

    message = to(sam)
    with monkeypatch.context() as broken:
        broken.setattr(house.app.stores.database, "write", away)
        with pytest.raises(StoreUnavailable):
            await house.app.delivery(message)
    assert postman.sent == []
    await house.app.delivery(message)
    assert len(postman.sent) == 1


async def test_shown_but_not_stored_is_shown_no_second_time_by_name(
    house: House, postman: FakePostman, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))
    message, shown_at = to(sam), house.clock.now()

    async def away(*_: object) -> bool:
        raise StoreUnavailable("away")

    with monkeypatch.context() as broken:
        broken.setattr("src_v2.memory.outgoing.OutgoingStore.store", away)
        with pytest.raises(StoreUnavailable):
            await house.app.delivery(message)
    house.pass_time(hours=3)
    await house.app.delivery(message)
    assert [since for _, since in postman.sent] == [None, shown_at]
    stored = (await house.app.memory.conversation(sam.audience(), 50))[-1]
    assert stored.created_at == shown_at, "it is remembered as said when it was"


async def test_erasing_drops_what_is_planned_and_what_was_said(house: House, postman: FakePostman) -> None:
    sam, olga = house.person("Sam"), house.person("Olga")
    for one in (sam, olga):
        await house.hears(one.says("hello"))
        await house.app.delivery(to(one, f"Said to {one.name}.", buttons=BUTTONS))
    postman.trouble = DoorClosed("down")
    with pytest.raises(DoorClosed):
        await house.app.delivery(to(sam, "Planned for Sam."))
    scope = Scope(user_id=sam.user_id)
    await house.app.eraser.erase(scope)
    assert await house.app.eraser.left(scope) == 0
    assert await rows_with(house.app.stores.database, sam.user_id, "Said to Sam", "Planned for Sam") == []
    assert "Said to Olga." in await history(house, olga)


async def test_what_is_being_shown_while_somebody_is_erased_is_not_stored(house: House, postman: FakePostman) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))
    postman.hold.clear()
    sending = asyncio.create_task(house.app.delivery(to(sam)))
    await postman.arrived.wait()
    await house.app.eraser.erase(Scope(user_id=sam.user_id))
    postman.hold.set()
    with pytest.raises(CannotReach):
        await sending
    assert await rows_with(house.app.stores.database, "Did the otters", sam.user_id) == []


async def test_what_was_planned_and_erased_is_not_planned_anew(house: House, postman: FakePostman) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))
    message, scope = to(sam), Scope(user_id=sam.user_id)
    await OutgoingStore(house.app.stores.database).plan(message, house.clock.now())
    await house.app.eraser.erase(scope)

    async def yes() -> bool:
        return True

    with pytest.raises(CannotReach):
        await house.app.delivery(message, still=yes)
    assert postman.sent == []
    assert await house.app.eraser.left(scope) == 0


async def test_what_is_not_to_be_said_any_more_is_dropped_unless_it_was_tried(
    house: House, postman: FakePostman
) -> None:
    sam, store = house.person("Sam"), OutgoingStore(house.app.stores.database)
    await house.hears(sam.says("hello"))
    fresh, tried = to(sam, "Fresh."), to(sam, "Tried.")
    for message in (fresh, tried):
        await store.plan(message, house.clock.now())
    await store.begin(tried.id, house.clock.now())

    async def no() -> bool:
        return False

    for message in (fresh, tried):
        await house.app.delivery(message, still=no)
    assert [sent.text for sent, _ in postman.sent] == ["Tried."]
    held = await store.find(fresh.id)
    assert held is not None
    assert held.state is OutgoingState.DROPPED


async def test_it_was_said_when_it_was_shown_and_not_when_that_failed(house: House, postman: FakePostman) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))
    message = to(sam)
    postman.trouble = DoorClosed("down")
    with pytest.raises(DoorClosed):
        await house.app.delivery(message)
    postman.trouble = None
    house.pass_time(hours=3)
    await house.app.delivery(message)
    assert (await house.app.memory.conversation(sam.audience(), 50))[-1].created_at == house.clock.now()


async def test_the_export_shows_what_is_planned(house: House, postman: FakePostman) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))
    postman.trouble = DoorClosed("down")
    with pytest.raises(DoorClosed):
        await house.app.delivery(to(sam, "Planned for Sam."))
    shown = await house.app.holdings[0].export(sam.user_id)
    assert [row["text"] for row in shown["unasked"]] == ["Planned for Sam."]


async def test_a_button_is_pressed_once_and_by_whom_it_is_for(house: House, postman: FakePostman) -> None:
    sam, olga = house.person("Sam"), house.person("Olga")
    heard: list[tuple[str, str, str]] = []

    async def pressed(action: str, about: str, user_id: str) -> str:
        heard.append((action, about, user_id))
        if len(heard) == 1:
            raise StoreUnavailable("away")
        return "Well done."

    delivery = house.app.delivery
    delivery.pressed["reminder"] = pressed
    await house.hears(sam.says("hello"))
    message = to(sam, buttons=BUTTONS, about="r1")
    await delivery(message)
    assert (await delivery.buttons([message.id]))[message.id] == BUTTONS
    for action, who in (("reminder.done", olga), ("reminder.other", sam), ("goal.done", sam)):
        with pytest.raises(NotThere):
            await delivery.press(message.id, action, who.user_id)
    with pytest.raises(StoreUnavailable):
        await delivery.press(message.id, "reminder.done", sam.user_id)
    assert await delivery.press(message.id, "reminder.done", sam.user_id) == "Well done."
    assert heard[1] == ("reminder.done", "r1", sam.user_id)
    with pytest.raises(NotThere):
        await delivery.press(message.id, "reminder.snooze", sam.user_id)
    assert await delivery.buttons([message.id]) == {}


async def test_on_the_page_it_is_shown_by_being_stored_and_told_to_who_listens(house: House) -> None:
    sam = house.person("Sam")
    told: list[Said] = []
    house.app.delivery.listeners.append(told.append)
    await house.hears(sam.says("hello"))
    message = to(sam, platform="web", buttons=BUTTONS)
    await house.app.delivery(message)
    await house.app.delivery(message)
    assert [(said.outgoing.text, said.name) for said in told] == [(message.text, "Elena")]
    await house.restart()
    await house.app.delivery(message)
    assert (await history(house, sam)).count(message.text) == 1


async def test_the_words_of_one_message_never_change(house: House, postman: FakePostman) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))
    message = to(sam)
    postman.trouble = DoorClosed("down")
    with pytest.raises(DoorClosed):
        await house.app.delivery(message)
    postman.trouble = None
    await house.app.delivery(replace(message, text="Other words."))
    assert [sent.text for sent, _ in postman.sent] == [message.text]


async def test_the_text_stands_in_one_place_only_once_it_is_said(house: House, postman: FakePostman) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("hello"))
    await house.app.delivery(to(sam))
    async with house.app.stores.database.read() as connection:
        row = (await connection.execute(table.select())).mappings().one()
    assert (row["state"], row["text"]) == ("stored", "")
