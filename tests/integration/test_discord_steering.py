"""`/costs` and `/model` on Discord: who may see and change what."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src_v2.agents.models.role import ModelRole
from tests.integration.discord_house import House, at_the_harbour


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        yield story


async def test_everybody_sees_their_own_costs_and_alone(house: House) -> None:
    async with house.door():
        answer = await house.alice.runs(house.elena, "/costs", house.guild.channel("general"))
    assert answer.is_ephemeral
    assert house.steering.asked == [(f"person discord:{house.alice.id}", 7)]
    assert answer.text.startswith("The last 7 days (UTC): $0.0125 plus 2 calls of unknown price, 5 calls")
    assert "- vllm:local: 2 calls of unknown price, 600 tokens" in answer.text
    assert "- 2026-01-01: $0.0125, 3 calls, 3,300 tokens" in answer.text
    assert "Prices as of 2026-01-01." in answer.text


async def test_a_servers_costs_are_for_those_who_manage_it(house: House) -> None:
    place = house.guild.channel("general")
    async with house.door():
        refused = await house.alice.runs(house.elena, "/costs", place, scope="server")
        elsewhere = await house.alice.runs(house.elena, "/costs", scope="server")
        await house.discord.wait_until(lambda: bool(refused.text and elsewhere.text))
        assert house.steering.asked == []
        house.guild.lets_manage(house.alice)
        shown = await house.alice.runs(house.elena, "/costs", place, scope="server", days=30)
    assert "manage this server" in refused.text
    assert elsewhere.text == "This is no server."
    assert house.steering.asked == [(f"server discord:{house.guild.id}", 30)]
    assert shown.text.startswith("The last 30 days")


async def test_all_costs_are_the_owners(house: House) -> None:
    house.guild.lets_manage(house.alice)
    async with house.door():
        refused = await house.alice.runs(house.elena, "/costs", house.guild.channel("general"), scope="all")
    async with house.door(owner_ids=(house.alice.id,)):
        shown = await house.alice.runs(house.elena, "/costs", scope="all", days=1)
    assert refused.text == "Only my owner can see that."
    assert house.steering.asked == [("all", 1)]
    assert shown.text.startswith("Today (UTC)")


async def test_everybody_sees_who_answers_and_only_the_owner_chooses(house: House) -> None:
    async with house.door():
        shown = await house.alice.runs(house.elena, "/model")
        refused = await house.alice.runs(house.elena, "/model", model="ollama:good")
    assert shown.is_ephemeral
    assert shown.text.splitlines() == [f"{role}: offline:demo" for role in ModelRole]
    assert refused.text == "Only my owner can choose a model."
    assert house.steering.chosen == {}


async def test_the_owner_chooses_for_a_while_and_goes_back(house: House) -> None:
    async with house.door(owner_ids=(house.alice.id,)):
        done = await house.alice.runs(house.elena, "/model", role="small", model="ollama:good", hours=3)
        held = dict(house.steering.chosen)
        back = await house.alice.runs(house.elena, "/model", role="small", model="default")
    assert held == {("elena", ModelRole.SMALL): ("ollama:good", 3)}
    assert "small: ollama:good (chosen, for 3 more hours), then offline:demo" in done.text
    assert "small: offline:demo" in back.text
    assert house.steering.chosen == {}


async def test_a_model_that_cannot_be_asked_is_refused_kindly(house: House) -> None:
    async with house.door(owner_ids=(house.alice.id,)):
        refused = await house.alice.runs(house.elena, "/model", model="opnai:x")
    assert refused.is_ephemeral
    assert "unknown provider" in refused.text
    assert house.steering.chosen == {}
