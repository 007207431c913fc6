"""What the SQL of messages that come by themselves promises, on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import SystemClock
from src_v2.core.messages import Author, IncomingMessage
from src_v2.core.outgoing import Button, Outgoing
from src_v2.core.scope import Scope
from src_v2.evolution.outreach.hours import Hours
from src_v2.evolution.outreach.models import PURPOSE, Candidate, Person, Wanted
from src_v2.evolution.outreach.reasons import KnownDates
from src_v2.evolution.outreach.store import OutreachStore
from src_v2.knowledge.models import Claim
from src_v2.knowledge.store import KnowledgeStore
from src_v2.memory.outgoing import OutgoingState, OutgoingStore, let_go, said_rows
from src_v2.memory.rows import message_rows, user_row
from src_v2.memory.store import MemoryStore
from src_v2.privacy.rows import Rows
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter

NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
SAM = Audience("elena", "discord:sam", "discord:dm-sam", Visibility.PRIVATE)
KIM = Audience("elena", "discord:kim", "discord:dm-kim", Visibility.PRIVATE)
BUTTONS = (Button("reminder.done", "Done"), Button("reminder.snooze", "Later"))


@pytest.fixture
def store(database: Database) -> OutgoingStore:
    return OutgoingStore(database)


@pytest.fixture
def outreach(database: Database) -> OutreachStore:
    return OutreachStore(database)


def message(number: int = 1, who: Audience = SAM, **more: object) -> Outgoing:
    fine = Outgoing(f"019f0000-0000-7000-8000-{number:012}", who, "discord", f"Message {number}.", "reminder")
    return replace(fine, **more)  # type: ignore[arg-type] # names of fields


async def known(database: Database, who: Audience, *said_at: datetime, **switches: bool) -> None:
    """Have somebody be known, who said something at these moments."""
    author = Author(who.user_id, who.user_id.title(), "Europe/Berlin")
    rows = [user_row(author, NOON)]
    for number, at in enumerate(said_at):
        said = IncomingMessage(f"{who.user_id}-{number}-{at:%d%H}", author, who, "hello", at, "discord")
        rows += message_rows([said], "s", "t")
    if switches:
        decided = {"remember": True, "servers": True, "share": True} | switches
        rows.append(RowWrite("v2_switches", {"user_id": who.user_id, "changed_at": NOON, **decided}))
    await RowWriter(database).apply(rows)


async def test_the_words_change_until_it_is_tried(store: OutgoingStore) -> None:
    first = await store.plan(message(buttons=BUTTONS, about="r1"), NOON)
    assert first.outgoing == message(buttons=BUTTONS, about="r1")
    assert (first.state, first.created_at, first.attempted_at) == (OutgoingState.PLANNED, NOON, None)
    again = await store.plan(message(text="Other words.", about="r1"), NOON + timedelta(hours=1))
    assert again == replace(first, outgoing=message(text="Other words.", about="r1"))
    await store.begin(message().id, NOON)
    tried = await store.plan(message(text="Third words."), NOON + timedelta(hours=2))
    assert (tried.outgoing, tried.attempted_at) == (again.outgoing, NOON)
    assert await store.find(message().id) == tried
    assert await store.find("nobody") is None


async def test_what_is_let_go_of_leaves_no_words(store: OutgoingStore, database: Database) -> None:
    for number in (1, 2, 3, 4):
        await store.plan(message(number, about="r1" if number < 4 else "r2"), NOON)
    for number in (2, 3):
        await store.begin(message(number).id, NOON)
    await store.store(message(3), [])
    async with database.write() as connection:
        await let_go(connection, "goal", ["r1"])
    assert await store.find(message(1).id) is not None
    async with database.write() as connection:
        await let_go(connection, "reminder", ["r1"])
    untried, tried, stored, other = [await store.find(message(number).id) for number in (1, 2, 3, 4)]
    assert untried is None
    assert [(one.state, one.outgoing.text) for one in (tried, stored, other) if one] == [
        (OutgoingState.DROPPED, ""), (OutgoingState.STORED, ""), (OutgoingState.PLANNED, "Message 4."),
    ]  # fmt: skip


async def test_the_first_attempt_is_the_one_that_is_noted(store: OutgoingStore) -> None:
    await store.plan(message(), NOON)
    before = await store.begin(message().id, NOON)
    again = await store.begin(message().id, NOON + timedelta(hours=1))
    assert before is not None
    assert again is not None
    assert (before.attempted_at, again.attempted_at) == (None, NOON)
    assert await store.begin("nobody", NOON) is None


async def test_it_is_stored_once_with_what_belongs_to_it(store: OutgoingStore, database: Database) -> None:
    await store.plan(message(), NOON)
    rows = said_rows(message(), "s", "Elena", NOON, ["1", "2"])
    stored = await asyncio.gather(*(store.store(message(), rows) for _ in range(3)))
    assert sorted(stored) == [False, False, True]
    memory = MemoryStore(database, SystemClock())
    assert [one.text for one in await memory.recent(SAM, 9)] == ["Message 1."]
    for ref in ("1", "2"):
        quoted = await memory.by_ref(SAM, ref)
        assert quoted is not None
        assert quoted.id == message().id
    held = await store.find(message().id)
    assert held is not None
    assert (held.state, held.outgoing.text) == (OutgoingState.STORED, "")
    await store.drop(message().id)
    await store.forget(message().id)
    assert await store.find(message().id) == held


async def test_what_was_erased_meanwhile_is_not_stored(store: OutgoingStore, database: Database) -> None:
    await store.plan(message(), NOON)
    await Rows(database).erase(Scope(user_id=SAM.user_id))
    assert not await store.store(message(), said_rows(message(), "s", "Elena", NOON, []))
    assert await MemoryStore(database, SystemClock()).recent(SAM, 9) == []


async def test_given_up_and_forgotten(store: OutgoingStore) -> None:
    for number in (1, 2, 3):
        await store.plan(message(number, buttons=BUTTONS), NOON)
    await store.begin(message(2).id, NOON)
    for number in (2, 3):
        await store.forget(message(number).id)
    await store.drop(message(1).id)
    first, second, third = [await store.find(message(number).id) for number in (1, 2, 3)]
    assert first is not None
    assert (first.state, first.outgoing.text, first.outgoing.buttons) == (OutgoingState.DROPPED, "", ())
    assert second is not None, "somebody may have seen it"
    assert third is None


async def test_buttons_are_taken_by_one(store: OutgoingStore) -> None:
    await store.plan(message(buttons=BUTTONS), NOON)
    assert await store.buttons([message().id, "other"]) == {message().id: BUTTONS}
    taken = await asyncio.gather(*(store.take_buttons(message().id) for _ in range(4)))
    assert sorted(map(len, taken)) == [0, 0, 0, 2]
    assert await store.buttons([message().id]) == {}
    await store.put_buttons(message().id, BUTTONS)
    assert await store.take_buttons(message().id) == BUTTONS


async def test_erasing_and_retention_take_what_they_name(
    store: OutgoingStore, outreach: OutreachStore, database: Database
) -> None:
    rows = Rows(database)
    for number, who in enumerate((SAM, KIM), 1):
        await store.plan(message(number, who), NOON)
        await outreach.decide("elena", who.user_id, Wanted(True), NOON)
    exported = await rows.export(SAM.user_id)
    assert [row["text"] for row in exported["unasked"]] == ["Message 1."]
    assert [row["enabled"] for row in exported["reach_out"]] == [True]
    assert await rows.left(Scope(user_id=SAM.user_id)) == 2
    await rows.erase(Scope(user_id=SAM.user_id))
    assert await rows.left(Scope(user_id=SAM.user_id)) == 0
    assert not (await outreach.wanted("elena", SAM.user_id)).enabled
    assert (await outreach.wanted("elena", KIM.user_id)).enabled
    later = int((NOON + timedelta(days=1)).timestamp() * 1000)
    await rows.erase(Scope(character="elena", before_ms=later))
    assert await store.find(message(2).id) is None
    assert (await outreach.wanted("elena", KIM.user_id)).enabled, "a wish is nothing that was said"


async def test_what_somebody_wants_is_kept(outreach: OutreachStore) -> None:
    assert await outreach.wanted("elena", SAM.user_id) == Wanted()
    wish = Wanted(True, Hours(1350, 420), 3)
    await outreach.decide("elena", SAM.user_id, wish, NOON)
    assert await outreach.wanted("elena", SAM.user_id) == wish
    assert await outreach.wanted("marcus", SAM.user_id) == Wanted()
    await outreach.decide("elena", SAM.user_id, Wanted(False), NOON)
    assert await outreach.wanted("elena", SAM.user_id) == Wanted(False)


async def test_who_is_silent_and_left_nothing_unanswered(
    store: OutgoingStore, outreach: OutreachStore, database: Database
) -> None:
    long_ago, lately = NOON - timedelta(days=3), NOON - timedelta(hours=2)
    since = NOON - timedelta(hours=24)
    await known(database, SAM, long_ago)
    await known(database, KIM, long_ago, lately)
    for who in (SAM, KIM):
        await outreach.decide("elena", who.user_id, Wanted(True), NOON)
    (found,) = await outreach.silent(since)
    assert (found.user_id, found.timezone, found.talked_at) == (SAM.user_id, "Europe/Berlin", long_ago)
    assert (found.place, found.platform) == (SAM, "discord")
    sent = message(purpose=PURPOSE, about="date:1")
    await store.plan(sent, NOON)
    assert await outreach.silent(since) == [], "one is unanswered"
    alone = await outreach.one("elena", SAM.user_id, without=sent.id)
    assert alone is not None
    assert alone.wrote_at == ()
    about, spent = await outreach.written([found.key], NOON + timedelta(hours=1))
    assert about == {found.key: [("date:1", NOON)]}
    assert spent == {"elena": 1}
    await store.drop(sent.id)
    about, spent = await outreach.written([found.key], NOON + timedelta(hours=1))
    assert (about, spent) == ({found.key: [("date:1", None)]}, {})
    assert [one.user_id for one in await outreach.silent(since)] == [SAM.user_id]


async def test_dates_are_read_for_many_at_once_and_without_servers_for_who_wants_that(database: Database) -> None:
    guild = Audience("elena", KIM.user_id, "discord:general", Visibility.GUILD, "discord:harbour")
    claims = []
    for number, who in enumerate((SAM, KIM, guild)):
        await known(database, who, NOON - timedelta(days=3))
        source = IncomingMessage(f"m{number}", Author(who.user_id, "x"), who, "hi", NOON - timedelta(days=3), "discord")
        await RowWriter(database).apply(message_rows([source], "s", "t"))
        what = f"exam {number}"
        claims.append(
            Claim(
                f"c{number}", who, who.user_id, "user", "has", what, source.id, source.sent_at, valid_from="2026-05-07"
            )
        )
    await KnowledgeStore(database).add(claims)

    def person(who: Audience, *, servers: bool) -> Person:
        candidate = Candidate("elena", who.user_id, "x", "UTC", servers, Wanted(True), NOON, who, "discord")
        return Person(candidate, ZoneInfo("UTC"), 50, 0.5)

    dates = KnownDates(database)
    before = database.round_trips
    found = await dates([person(SAM, servers=True), person(KIM, servers=False)], NOON)
    assert database.round_trips - before == 1
    texts = {key[1]: [reason.text.split(" | ")[2] for reason in reasons] for key, reasons in found.items()}
    assert texts == {SAM.user_id: ["exam 0"], KIM.user_id: ["exam 1"]}
    found = await dates([person(KIM, servers=True)], NOON)
    assert len(found["elena", KIM.user_id]) == 2
    assert await dates([], NOON) == {}


async def test_what_was_brought_in_from_elsewhere_is_no_place_to_write_to(
    outreach: OutreachStore, database: Database
) -> None:
    await known(database, SAM, NOON - timedelta(days=3))
    brought = replace(SAM, channel_id="import:chatgpt")
    said = IncomingMessage("old", Author(SAM.user_id, "Sam"), brought, "hi", NOON - timedelta(days=2), "chatgpt")
    await RowWriter(database).apply(message_rows([said], "s2", None))
    await outreach.decide("elena", SAM.user_id, Wanted(True), NOON)
    (found,) = await outreach.silent(NOON - timedelta(days=1))
    assert (found.place, found.talked_at) == (SAM, NOON - timedelta(days=3))


async def test_who_does_not_want_to_be_remembered_or_said_no_is_no_candidate(
    outreach: OutreachStore, database: Database
) -> None:
    await known(database, SAM, NOON - timedelta(days=3), remember=False)
    await known(database, KIM, NOON - timedelta(days=3), servers=False)
    for who in (SAM, KIM):
        await outreach.decide("elena", who.user_id, Wanted(True), NOON)
    (kim,) = await outreach.silent(NOON - timedelta(days=1))
    assert (kim.user_id, kim.servers) == (KIM.user_id, False)
    assert await outreach.one("elena", SAM.user_id) is None
    await outreach.decide("elena", KIM.user_id, Wanted(False), NOON)
    assert await outreach.silent(NOON - timedelta(days=1)) == []
