"""What a turn costs, what stops when it costs too much, and who answers: in the whole process."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from sqlalchemy import select

from src_v2.agents.models.records import CallRecord, Payer
from src_v2.agents.models.role import ModelRole
from src_v2.checks import settings_checks
from src_v2.core.audience import Visibility
from src_v2.core.errors import CapReached, SettingsError
from src_v2.jobs.models import Job
from src_v2.storage.tables import llm_calls
from tests.support.house import House, Place, make_settings
from tests.support.llm import LocalLLM, Script

HARBOUR = Place("discord:general", Visibility.GUILD, "discord:harbour")
PRICES = "date: 2025-12-01\nmodels:\n  openai-compatible:local-model: {input: 10, cached: 1, output: 100}\n"
ASKED = [HumanMessage("Hi")]


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    async with LocalLLM() as server:
        yield server


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    file = tmp_path / "prices.yaml"
    file.write_text(PRICES)
    return file


async def calls(house: House) -> list[dict[str, object]]:
    query = select(llm_calls).order_by(llm_calls.c.created_at, llm_calls.c.id)
    async with house.app.stores.database.read() as connection:
        return [dict(row) for row in (await connection.execute(query)).mappings()]


async def ask(house: House, payer: Payer, role: ModelRole = ModelRole.MAIN, character: str = "elena") -> str:
    """Ask a model as the engine does."""
    models = house.app.models.of(role, character)
    async with models.stream(ASKED, purpose="reply", record=lambda _: None, payer=payer) as chunks:
        return "".join([chunk.text async for chunk in chunks])


async def test_the_row_of_a_turn_says_what_it_cost_and_where(tmp_path: Path, llm: LocalLLM, prices: Path) -> None:
    async with House(tmp_path, llm, costs_prices_file=prices) as house:
        llm.enqueue(Script("The sea is calm.", cached_tokens=50))
        await house.hears(house.person("Sam").says("How is the sea?", HARBOUR))
        [row] = await calls(house)
        assert (row["guild_id"], row["user_id"]) == ("discord:harbour", "discord:sam")
        prompt, answered = int(str(row["prompt_tokens"])), int(str(row["completion_tokens"]))
        assert row["cost_usd"] == pytest.approx(((prompt - 50) * 10 + 50 * 1 + answered * 100) / 1e6)
        assert row["priced_on"] == "2025-12-01"
        assert row["escalated_from"] is None
        report = await house.app.language.steering.costs.of_person("discord:sam")
        assert (report.total.calls, report.total.unpriced) == (1, 0)
        assert report.total.cost_usd == pytest.approx(row["cost_usd"])


async def test_without_a_price_the_row_says_so(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path, llm) as house:
        await house.hears(house.person("Sam").says("How is the sea?"))
        [row] = await calls(house)
        assert (row["cost_usd"], row["priced_on"]) == (None, None)
        report = await house.app.language.steering.costs.of_all()
        assert (report.total.calls, report.total.unpriced) == (1, 1)


async def test_the_demonstration_costs_nothing(tmp_path: Path) -> None:
    async with House(tmp_path) as house:
        await house.hears(house.person("Sam").says("Hello"))
        assert [row["cost_usd"] for row in await calls(house)] == [0.0]


async def test_a_turn_that_spent_the_cap_is_the_last_one_today(tmp_path: Path, llm: LocalLLM, prices: Path) -> None:
    async with House(tmp_path, llm, costs_prices_file=prices, costs_user_day_usd=0.0001) as house:
        sam, ana = house.person("Sam"), house.person("Ana")
        await house.hears(sam.says("How is the sea?"))
        asked = len(llm.requests)
        with pytest.raises(CapReached) as caught:
            await ask(house, Payer(sam.user_id))
        assert len(llm.requests) == asked
        assert "again in about" in caught.value.user_message
        assert await ask(house, Payer(ana.user_id))
        await house.restart()
        with pytest.raises(CapReached):
            await ask(house, Payer(sam.user_id))
        house.pass_time(days=1)
        assert await ask(house, Payer(sam.user_id))


async def test_reading_back_stops_at_the_cap_and_waits_for_the_next_day(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path, llm, costs_user_day_tokens=1) as house:
        await house.hears(house.person("Sam").says("I live in Leeds."))
        await house.indexed()
        asked = len(llm.requests)
        house.pass_time(hours=2)
        await house.app.background.learning.sweep()
        async with asyncio.timeout(10):
            while not (waiting := await _failed_once(house)):  # noqa: ASYNC110 - a job's failure tells nobody
                await asyncio.sleep(0.01)
        assert len(llm.requests) == asked
        assert all(not job.dead_at for job in waiting)
        assert {row["purpose"] for row in await calls(house)} == {"reply"}


async def _failed_once(house: House) -> list[Job]:
    found = await house.app.jobs.ledger.jobs(limit=50)
    return [job for job in found if job.kind == "knowledge.learn" and job.failures]


async def test_the_row_of_a_turn_says_which_model_was_of_no_use(tmp_path: Path, llm: LocalLLM, prices: Path) -> None:
    deep = ("openai-compatible:deep",)
    async with House(tmp_path, llm, llm_reflective_model=deep, costs_prices_file=prices) as house:
        llm.enqueue(Script(""), Script("Here I am."))
        reply = await house.hears(house.person("Sam").says("Are you there?"))
        assert reply.text == "Here I am."
        stored = [(row["model"], row["status"], row["escalated_from"], row["attempt"]) for row in await calls(house)]
        assert sorted(stored) == [
            ("deep", "ok", "openai-compatible:local-model", 2), ("local-model", "failed", None, 1),
        ]  # fmt: skip


async def test_reading_back_is_on_the_account_of_the_person_and_the_server(
    tmp_path: Path, llm: LocalLLM, prices: Path
) -> None:
    async with House(tmp_path, llm, costs_prices_file=prices) as house:
        await house.hears(house.person("Sam").says("I live in Leeds.", HARBOUR))
        house.pass_time(hours=2)
        await house.app.background.learning.sweep()
        async with asyncio.timeout(10):
            while not (read := [row for row in await calls(house) if row["purpose"] == "learn"]):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert {(row["user_id"], row["guild_id"], row["priced_on"]) for row in read} == {
            ("discord:sam", "discord:harbour", "2025-12-01")
        }


async def test_an_answer_of_no_use_is_escalated_along_the_settings(tmp_path: Path, llm: LocalLLM) -> None:
    small, deep = ("openai-compatible:small",), ("openai-compatible:deep",)
    async with House(tmp_path, llm, llm_small_model=small, llm_reflective_model=deep) as house:
        records: list[CallRecord] = []
        llm.enqueue(Script(""), Script("Here I am."))
        models = house.app.models.of(ModelRole.SMALL, "elena")
        async with models.stream(ASKED, purpose="route", record=records.append) as chunks:
            assert "".join([chunk.text async for chunk in chunks]) == "Here I am."
        assert [(one.model, one.escalated_from) for one in records] == [
            ("small", None), ("local-model", "openai-compatible:small"),
        ]  # fmt: skip
        assert house.app.models.of(ModelRole.REFLECTIVE).chain[0].model == "deep"
        assert house.app.models.of(ModelRole.VISION).chain[0].model == "local-model"


async def test_a_chosen_model_answers_next_survives_a_restart_and_goes_by_itself(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path, llm) as house:
        await house.app.language.steering.models.choose("elena", ModelRole.MAIN, "openai-compatible:other", 1)
        await ask(house, Payer())
        await house.restart()
        await ask(house, Payer())
        await ask(house, Payer(), character="marcus")
        house.pass_time(hours=1)
        await ask(house, Payer())
        named = [request.body["model"] for request in llm.requests]
        assert named == ["other", "other", "local-model", "local-model"]


@pytest.mark.parametrize("setting", ["llm_small_model", "llm_reflective_model", "llm_vision_model"])
def test_a_wrong_model_of_any_role_stops_the_start(tmp_path: Path, setting: str) -> None:
    for models, told in {("opnai:gpt",): setting.upper(), ("offline:demo", "groq:llama"): "GROQ_API_KEY"}.items():
        wrong: dict[str, Any] = {setting: models}
        with pytest.raises(SettingsError, match=told):
            House(tmp_path, **wrong)


def test_a_wrong_price_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="COSTS_PRICES_FILE"):
        House(tmp_path, costs_prices_file=tmp_path / "none.yaml")


async def test_doctor_asks_for_the_models_of_every_role(tmp_path: Path, llm: LocalLLM) -> None:
    settings = make_settings(
        tmp_path, llm, llm_vision_model=("openai-compatible:eyes",), llm_background_model="openai-compatible:reader"
    )
    found = {check.name: check.ok for check in await settings_checks(settings)}
    assert found["model openai-compatible:local-model"]
    assert not found["model openai-compatible:eyes"]
    assert not found["model openai-compatible:reader"]
