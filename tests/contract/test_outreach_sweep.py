"""What a look at everybody costs, on SQLite and on PostgreSQL: a few statements, however many there are."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from src_v2.characters.models import Character, Core
from src_v2.core.audience import Audience, Visibility
from src_v2.core.messages import Author, IncomingMessage, StoredMessage
from src_v2.core.outgoing import Outgoing
from src_v2.evolution.models import M, Speaker, Standing
from src_v2.evolution.outreach import service
from src_v2.evolution.outreach.models import Wanted
from src_v2.evolution.outreach.reasons import Absence, KnownDates
from src_v2.evolution.outreach.service import Outreach
from src_v2.evolution.outreach.store import OutreachStore
from src_v2.memory.outgoing import OutgoingStore
from src_v2.memory.rows import message_rows, user_row
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWriter
from src_v2.storage.tables import outbox
from tests.support.clock import VirtualClock

LATE = datetime(2026, 5, 6, 21, tzinfo=UTC)


class Everybody:
    """A friend of everybody."""

    async def standing(self, character: str, user_id: str) -> Standing:
        return Standing(60)

    async def change(self, changes: Sequence[Any]) -> None: ...

    async def outdate(self, character: str, user_id: str) -> None: ...


class Shelf:
    """One character with much to give."""

    def get(self, name: str) -> Character:
        return Character(name, name.title(), "Be kind.", core=Core(drives={"connection": 1.0}, social_battery_limit=99))


async def nobody_asks(messages: Sequence[tuple[Speaker, str]], schema: type[M], audience: Audience) -> M:
    raise AssertionError("a sweep asks no model")


async def nobody_sends(outgoing: Outgoing) -> None:
    raise AssertionError("a sweep sends nothing")


async def nothing_said(audience: Audience, limit: int) -> Sequence[StoredMessage]:
    return ()


@pytest.fixture
def outreach(database: Database) -> Outreach:
    return Outreach(
        OutreachStore(database), OutgoingStore(database), Everybody(), Shelf(), VirtualClock(LATE),
        sources=[KnownDates(database), Absence()], ask=nobody_asks, send=nobody_sends, recent=nothing_said, is_on=True,
    )  # fmt: skip


async def silent_people(database: Database, count: int, *, days: int) -> None:
    for number in range(count):
        audience = Audience("elena", f"discord:{number}", f"discord:dm-{number}", Visibility.PRIVATE)
        author = Author(audience.user_id, f"Person {number}", "UTC")
        said = IncomingMessage(f"m{number}", author, audience, "hi", LATE - timedelta(days=days), "discord")
        await RowWriter(database).apply([user_row(author, LATE), *message_rows([said], "s", "t")])
        await OutreachStore(database).decide("elena", audience.user_id, Wanted(True), LATE)


async def test_nobody_costs_one_statement_and_everybody_three(outreach: Outreach, database: Database) -> None:
    before = database.round_trips
    assert await outreach.sweep() == 0
    assert database.round_trips - before == 1
    await silent_people(database, 40, days=2)  # nothing to write about yet
    before = database.round_trips
    assert await outreach.sweep() == 0
    assert database.round_trips - before == 3


async def test_many_are_asked_about_in_parts(
    outreach: Outreach, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 7)
    monkeypatch.setattr(service, "WITHOUT_PAUSE", 4)
    await silent_people(database, 20, days=50)
    planned = await outreach.sweep()
    assert 15 <= planned <= 20, "not every reason is enough"
    assert await outreach.sweep() == planned, "what was asked for already is asked for under the same key"
    async with database.read() as connection:
        jobs = (await connection.execute(select(outbox.c.kind, outbox.c.user_id, outbox.c.due_at))).all()
    assert len({user_id for _, user_id, _ in jobs}) == len(jobs) == planned
    assert {kind for kind, _, _ in jobs} == {"outreach.write"}
    assert len({due_at for _, _, due_at in jobs}) == planned, "not all at the same moment"
