"""What a look at everybody costs, on SQLite and on PostgreSQL: a few statements, however many there are."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from src_v2.characters.evolution import Evolution, SpecialUser
from src_v2.characters.models import Character, Core
from src_v2.core.audience import Audience, Visibility
from src_v2.core.messages import Author, IncomingMessage, StoredMessage
from src_v2.core.outgoing import Outgoing, Still
from src_v2.evolution.epiphanies.service import Epiphanies
from src_v2.evolution.epiphanies.store import EpiphanyStore
from src_v2.evolution.goals.service import Goals
from src_v2.evolution.goals.store import GoalStore
from src_v2.evolution.models import M, Speaker, Standing
from src_v2.evolution.outreach import service
from src_v2.evolution.outreach.epiphany_reasons import Noticed
from src_v2.evolution.outreach.goal_reasons import RestingGoals
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
from tests.support.relationship import trust_row

LATE = datetime(2026, 5, 6, 21, tzinfo=UTC)


class Unasked:
    """How characters stand to people, which a look at everybody does not ask for."""

    async def standing(self, character: str, user_id: str) -> Standing:
        raise AssertionError("trust comes with the people")

    async def change(self, changes: Sequence[Any]) -> None: ...

    async def outdate(self, character: str, user_id: str) -> None: ...


class Shelf:
    """One character with much to give, whose file says that person 1 is an old friend, and person 2 nobody."""

    def get(self, name: str) -> Character:
        special = tuple(SpecialUser(str(who), trust_override=trust) for who, trust in ((1, 80), (2, 0)))
        core = Core(drives={"connection": 1.0}, social_battery_limit=99)
        return Character(name, name.title(), "Be kind.", core=core, evolution=Evolution(special_users=special))


async def nobody_asks(messages: Sequence[tuple[Speaker, str]], schema: type[M], audience: Audience) -> M:
    raise AssertionError("a sweep asks no model")


async def nobody_sends(outgoing: Outgoing, *, still: Still | None = None) -> None:
    raise AssertionError("a sweep sends nothing")


async def nothing_said(audience: Audience, limit: int) -> Sequence[StoredMessage]:
    return ()


@pytest.fixture
def outreach(database: Database) -> Outreach:
    clock, outdate = VirtualClock(LATE), Unasked().outdate
    goals = Goals(GoalStore(database), clock, outdate=outdate)
    epiphanies = Epiphanies(EpiphanyStore(database), clock, None, zone_of=lambda _name: UTC)
    return Outreach(
        OutreachStore(database), OutgoingStore(database), Unasked(), Shelf(), clock,
        sources=[KnownDates(database), RestingGoals(goals), Noticed(epiphanies), Absence()],
        ask=nobody_asks, send=nobody_sends, recent=nothing_said, is_on=True,
    )  # fmt: skip


async def silent_people(database: Database, count: int, *, days: int, trust: int | None = 60) -> None:
    for number in range(count):
        audience = Audience("elena", f"discord:{number}", f"discord:dm-{number}", Visibility.PRIVATE)
        author = Author(audience.user_id, f"Person {number}", "UTC")
        said = IncomingMessage(f"m{number}", author, audience, "hi", LATE - timedelta(days=days), "discord")
        await RowWriter(database).apply([user_row(author, LATE), *message_rows([said], "s", "t")])
        if trust is not None:
            await RowWriter(database).apply([trust_row("elena", audience.user_id, trust)])
        await OutreachStore(database).decide("elena", audience.user_id, Wanted(True), LATE)


async def test_nobody_costs_one_statement_and_everybody_five(outreach: Outreach, database: Database) -> None:
    before = database.round_trips
    assert await outreach.sweep() == 0
    assert database.round_trips - before == 1
    await silent_people(database, 40, days=2)  # nothing to write about yet
    before = database.round_trips
    assert await outreach.sweep() == 0
    assert database.round_trips - before == 5, "one for each source, except for absence"


async def test_before_the_moment_of_their_day_nobody_is_asked_about(outreach: Outreach, database: Database) -> None:
    clock = VirtualClock(LATE - timedelta(hours=13))  # their quiet hours end at this moment
    outreach._clock = clock
    await silent_people(database, 40, days=50)
    rounds = []
    for _ in range(14 * 4):
        before = database.round_trips
        await outreach.sweep()
        rounds.append(database.round_trips - before)
        clock.advance(15 * 60)
    assert rounds[0] == 1, "nobody's moment has come"
    assert max(rounds) > 3


async def test_many_are_asked_about_in_parts(
    outreach: Outreach, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 7)
    monkeypatch.setattr(service, "WITHOUT_PAUSE", 4)
    await silent_people(database, 20, days=50)
    planned = await outreach.sweep()
    assert 14 <= planned <= 19, "not every reason is enough"
    assert await outreach.sweep() == planned, "what was asked for already is asked for under the same key"
    async with database.read() as connection:
        jobs = (await connection.execute(select(outbox.c.kind, outbox.c.user_id, outbox.c.due_at))).all()
    assert len({user_id for _, user_id, _ in jobs}) == len(jobs) == planned
    assert {kind for kind, _, _ in jobs} == {"outreach.write"}
    assert len({due_at for _, _, due_at in jobs}) == planned, "not all at the same moment"


@pytest.mark.parametrize("trust", [None, 19, 60])
async def test_trust_is_that_of_the_file_where_it_sets_it_and_what_was_earned_otherwise(
    outreach: Outreach, database: Database, trust: int | None
) -> None:
    await silent_people(database, 12, days=50, trust=trust)
    await outreach.sweep()
    async with database.read() as connection:
        planned = set((await connection.execute(select(outbox.c.user_id))).scalars())
    assert "discord:2" not in planned, "the file says that they are nobody"
    assert "discord:1" in planned, "the file says that they are a friend"
    assert (len(planned) > 1) == (trust == 60)
