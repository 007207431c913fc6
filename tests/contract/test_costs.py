"""Reports, caps and chosen models over SQL, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.agents.costs.allowance import REREAD_S, Allowance
from src_v2.agents.costs.models import By, Cap, Caps, Spent, Used
from src_v2.agents.costs.service import Costs
from src_v2.agents.costs.store import CostStore
from src_v2.agents.models.choices import REREAD_S as CHOICES_REREAD_S
from src_v2.agents.models.choices import ModelChoices
from src_v2.agents.models.records import CallRecord, Payer
from src_v2.agents.models.role import ModelRole
from src_v2.agents.models.spec import ModelSpec
from src_v2.core.errors import CapReached, ModelNotTaken, SettingsError
from src_v2.core.ids import new_id
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter
from tests.support.clock import VirtualClock
from tests.support.servers import Server

SAM, ANA, HARBOUR = "discord:sam", "discord:ana", "discord:harbour"
NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)


class Ledger:
    """Calls that were made, in a database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = VirtualClock(NOON)
        self.store = CostStore(database)
        self.costs = Costs(self.store, self.clock)

    async def write(self, user_id: str | None = SAM, *, usd: float | None = 0.5, **values: Any) -> None:
        row = dict(
            id=new_id(), turn_id=None, character="elena", user_id=user_id, guild_id=None, purpose="reply", mode="fast",
            provider="openai", model="m", prompt_tokens=100, cached_tokens=10, completion_tokens=20,
            reasoning_tokens=5, estimated=False, first_token_ms=None, total_ms=1.0, status="ok", error=None, attempt=1,
            escalated_from=None, cost_usd=usd, priced_on=None if usd is None else "2026-04-01",
            created_at=self.clock.now(),
        )  # fmt: skip
        await RowWriter(self.database).apply([RowWrite("v2_llm_calls", row | values)])

    def allowance(self, **caps: Cap) -> Allowance:
        return Allowance(Caps(**caps), self.store, self.clock)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


class TestReports:
    async def test_a_person_sees_their_own_calls_and_nobody_elses(self, ledger: Ledger) -> None:
        await ledger.write(SAM)
        await ledger.write(ANA)
        await ledger.write(None)
        assert (await ledger.costs.of_person(SAM)).total == Used(1, 100, 10, 20, 5, 0.5, 0)
        assert (await ledger.costs.of_all()).total.calls == 3

    async def test_a_server_has_what_was_said_in_it(self, ledger: Ledger) -> None:
        await ledger.write(SAM, guild_id=HARBOUR)
        await ledger.write(ANA, guild_id=HARBOUR)
        await ledger.write(SAM)
        assert (await ledger.costs.of_server(HARBOUR)).total.calls == 2
        assert (await ledger.costs.of_server("discord:elsewhere")).total == Used()

    async def test_an_unknown_price_is_told_and_no_zero(self, ledger: Ledger) -> None:
        await ledger.write(usd=0.25)
        await ledger.write(usd=None)
        await ledger.write(usd=None, prompt_tokens=0, completion_tokens=0, status="failed")
        total = (await ledger.costs.of_all()).total
        assert (total.calls, total.cost_usd, total.unpriced) == (3, 0.25, 1)

    async def test_it_is_broken_down_by_day_model_and_purpose(self, ledger: Ledger) -> None:
        await ledger.write(created_at=NOON - timedelta(days=1), purpose="learn", usd=0.1)
        await ledger.write(model="other", usd=2.0)
        await ledger.write(priced_on="2026-05-01")
        report = await ledger.costs.of_all()
        assert [(day, used.calls) for day, used in report.by(By.DAY)] == [("2026-05-09", 1), ("2026-05-10", 2)]
        assert [(name, used.cost_usd) for name, used in report.by(By.MODEL)] == [
            ("openai:other", 2.0), ("openai:m", pytest.approx(0.6)),
        ]  # fmt: skip
        assert [name for name, _ in report.by(By.PURPOSE)] == ["reply", "learn"]
        assert report.priced_on == "2026-05-01"

    async def test_days_are_those_of_utc_and_today_is_one_of_them(self, ledger: Ledger) -> None:
        midnight = datetime(2026, 5, 10, tzinfo=UTC)
        await ledger.write(created_at=midnight - timedelta(microseconds=1))
        await ledger.write(created_at=midnight)
        assert [day for day, _ in (await ledger.costs.of_all(1)).by(By.DAY)] == ["2026-05-10"]
        assert [day for day, _ in (await ledger.costs.of_all(2)).by(By.DAY)] == ["2026-05-09", "2026-05-10"]

    async def test_nothing_is_nothing(self, ledger: Ledger) -> None:
        report = await ledger.costs.of_all()
        assert (report.total, report.priced_on) == (Used(), "")
        assert await ledger.store.spent(NOON) == Spent()


def record(usd: float | None = 0.5, tokens: int = 120) -> CallRecord:
    return CallRecord("reply", "openai", "m", tokens, 0, 0, 0, False, 1.0, 2.0, "ok", "", 1, None, usd)


class TestCaps:
    async def test_without_a_cap_nothing_is_read(self, ledger: Ledger) -> None:
        await ledger.write(usd=1000)
        before = ledger.database.round_trips
        await ledger.allowance().require(Payer(SAM, HARBOUR))
        assert ledger.database.round_trips == before

    async def test_a_person_who_spent_it_all_is_stopped_and_others_are_not(self, ledger: Ledger) -> None:
        await ledger.write(SAM, usd=1.0)
        allowance = ledger.allowance(user=Cap(usd=1.0))
        with pytest.raises(CapReached) as caught:
            await allowance.require(Payer(SAM))
        assert "in about 12 hours" in caught.value.user_message
        assert caught.value.again_at == datetime(2026, 5, 11, tzinfo=UTC)
        await allowance.require(Payer(ANA))

    @pytest.mark.parametrize("cap", [Cap(tokens=240), Cap(usd=1.0)], ids=["tokens", "dollars"])
    async def test_a_server_and_the_whole_day_have_caps_of_their_own(self, ledger: Ledger, cap: Cap) -> None:
        for who in (SAM, ANA):
            await ledger.write(who, guild_id=HARBOUR)
        with pytest.raises(CapReached, match="server"):
            await ledger.allowance(server=cap).require(Payer("discord:new", HARBOUR))
        await ledger.allowance(server=cap).require(Payer("discord:new"))
        with pytest.raises(CapReached, match="day"):
            await ledger.allowance(day=cap).require(Payer("discord:new"))

    async def test_what_this_process_spends_counts_at_once(self, ledger: Ledger) -> None:
        allowance = ledger.allowance(user=Cap(tokens=200))
        await allowance.require(Payer(SAM))
        before = ledger.database.round_trips
        allowance.note(Payer(SAM), record(None, 120))
        await allowance.require(Payer(SAM))
        allowance.note(Payer(SAM), record(None, 120))
        with pytest.raises(CapReached):
            await allowance.require(Payer(SAM))
        assert ledger.database.round_trips == before

    async def test_what_is_written_meanwhile_counts_once(self, ledger: Ledger) -> None:
        allowance = ledger.allowance(user=Cap(usd=1.0))
        await allowance.require(Payer(SAM))
        allowance.note(Payer(SAM), record(0.5))
        await ledger.write(SAM, usd=0.5)
        ledger.clock.advance(REREAD_S)
        await allowance.require(Payer(SAM))

    async def test_what_another_process_spent_is_seen_with_the_next_reading(self, ledger: Ledger) -> None:
        allowance = ledger.allowance(user=Cap(usd=1.0))
        await allowance.require(Payer(SAM))
        await ledger.write(SAM, usd=1.0)
        ledger.clock.advance(REREAD_S - 1)
        await allowance.require(Payer(SAM))
        ledger.clock.advance(1)
        with pytest.raises(CapReached):
            await allowance.require(Payer(SAM))

    async def test_a_new_day_begins_anew(self, ledger: Ledger) -> None:
        await ledger.write(SAM, usd=1.0)
        allowance = ledger.allowance(user=Cap(usd=1.0))
        allowance.note(Payer(SAM), record(5.0))
        with pytest.raises(CapReached) as caught:
            await allowance.require(Payer(SAM))
        ledger.clock.advance((caught.value.again_at - ledger.clock.now()).total_seconds())
        await allowance.require(Payer(SAM))

    async def test_people_whom_sql_does_not_name_are_stopped_too(self, ledger: Ledger) -> None:
        allowance = ledger.allowance(user=Cap(usd=1.0))
        allowance.note(Payer(SAM), record(1.0))
        await ledger.write(None, usd=1.0)
        for _ in range(2):
            with pytest.raises(CapReached):
                await allowance.require(Payer(SAM))
            ledger.clock.advance(REREAD_S)

    async def test_while_the_database_is_away_only_what_is_known_counts(self, postgres: Server, ledger: Ledger) -> None:
        if ledger.database.is_sqlite:
            pytest.skip("a file is not away")
        allowance = ledger.allowance(user=Cap(usd=1.0))
        postgres.kill()
        await allowance.require(Payer(SAM))
        allowance.note(Payer(SAM), record(1.0))
        with pytest.raises(CapReached):
            await allowance.require(Payer(SAM))


def resolve(text: str) -> ModelSpec:
    if not text.startswith("ollama:"):
        raise SettingsError(f"The model: unknown provider in {text!r}.")
    return ModelSpec.parse(text)


class TestChoices:
    @pytest.fixture
    def clock(self) -> VirtualClock:
        return VirtualClock(NOON)

    @pytest.fixture
    def choices(self, database: Database, clock: VirtualClock) -> ModelChoices:
        return ModelChoices(database, clock, resolve)

    async def test_a_choice_holds_for_one_role_of_one_character_until_it_ends(
        self, choices: ModelChoices, clock: VirtualClock
    ) -> None:
        await choices.choose("elena", ModelRole.MAIN, "ollama:good", 2)
        assert str(choices.chosen(ModelRole.MAIN, "elena")) == "ollama:good"
        assert choices.chosen(ModelRole.SMALL, "elena") is None
        assert choices.chosen(ModelRole.MAIN, "marcus") is None
        clock.advance(7200)
        assert choices.chosen(ModelRole.MAIN, "elena") is None

    async def test_it_survives_a_restart_and_ends_there_too(
        self, database: Database, choices: ModelChoices, clock: VirtualClock
    ) -> None:
        await choices.choose("elena", ModelRole.MAIN, "ollama:good", 2)
        await choices.choose("elena", ModelRole.SMALL, "ollama:brief", 1)
        clock.advance(3600)
        again = ModelChoices(database, clock, resolve)
        await again.read()
        found = again.choice(ModelRole.MAIN, "elena")
        assert found is not None
        assert (str(found.spec), found.expires_at) == ("ollama:good", NOON + timedelta(hours=2))
        assert again.chosen(ModelRole.SMALL, "elena") is None

    async def test_the_last_choice_counts_and_can_be_taken_back(
        self, database: Database, choices: ModelChoices, clock: VirtualClock
    ) -> None:
        await choices.choose("elena", ModelRole.MAIN, "ollama:good")
        await choices.choose("elena", ModelRole.MAIN, "ollama:better")
        assert str(choices.chosen(ModelRole.MAIN, "elena")) == "ollama:better"
        assert await choices.undo("elena", ModelRole.MAIN)
        assert not await choices.undo("elena", ModelRole.MAIN)
        again = ModelChoices(database, clock, resolve)
        await again.read()
        assert again.chosen(ModelRole.MAIN, "elena") is None

    @pytest.mark.parametrize(
        ("model", "hours"), [("opnai:x", 24), ("", 24), ("ollama:x\n", 24), ("ollama:x", 0), ("ollama:x", 169)]
    )
    async def test_what_cannot_be_asked_is_refused_kindly(self, choices: ModelChoices, model: str, hours: int) -> None:
        with pytest.raises(ModelNotTaken) as caught:
            await choices.choose("elena", ModelRole.MAIN, model, hours)
        assert caught.value.user_message
        assert choices.chosen(ModelRole.MAIN, "elena") is None

    async def test_other_processes_see_it_within_a_minute(
        self, database: Database, choices: ModelChoices, clock: VirtualClock
    ) -> None:
        other_clock = VirtualClock(NOON)
        other = ModelChoices(database, other_clock, resolve)
        watching = asyncio.create_task(other.keep_current())
        await other_clock.wait_for_sleepers()
        await choices.choose("elena", ModelRole.MAIN, "ollama:good")
        assert other.chosen(ModelRole.MAIN, "elena") is None
        other_clock.advance(CHOICES_REREAD_S)
        await other_clock.wait_for_sleepers()
        assert str(other.chosen(ModelRole.MAIN, "elena")) == "ollama:good"
        assert CHOICES_REREAD_S <= 60
        watching.cancel()

    async def test_asking_who_was_chosen_costs_no_round_trip(self, database: Database, choices: ModelChoices) -> None:
        await choices.choose("elena", ModelRole.MAIN, "ollama:good")
        before = database.round_trips
        assert choices.chosen(ModelRole.MAIN, "elena")
        assert database.round_trips == before

    async def test_a_choice_whose_key_is_gone_is_passed_over(
        self, database: Database, choices: ModelChoices, clock: VirtualClock
    ) -> None:
        await choices.choose("elena", ModelRole.MAIN, "ollama:good")

        def nothing(text: str) -> ModelSpec:
            raise SettingsError(f"{text} needs a key")

        again = ModelChoices(database, clock, nothing)
        await again.read()
        assert again.chosen(ModelRole.MAIN, "elena") is None

    async def test_what_was_read_before_a_choice_does_not_undo_it(
        self, database: Database, choices: ModelChoices, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        has_read, may_go_on = asyncio.Event(), asyncio.Event()
        read = database.read

        @asynccontextmanager
        async def slow() -> AsyncIterator[AsyncConnection]:
            async with read() as connection:
                yield connection
            has_read.set()
            await may_go_on.wait()

        monkeypatch.setattr(database, "read", slow)
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(choices.read())
            await has_read.wait()
            choosing = group.create_task(choices.choose("elena", ModelRole.MAIN, "ollama:good"))
            await asyncio.wait({choosing}, timeout=0.2)
            may_go_on.set()
        assert str(choices.chosen(ModelRole.MAIN, "elena")) == "ollama:good"
