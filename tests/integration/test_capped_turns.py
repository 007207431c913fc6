"""A turn that may cost no more is answered with a kind line, and asks nobody."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src_v2.agents.models.role import ModelRole
from src_v2.agents.routing.examples import load_examples
from src_v2.agents.routing.router import UNSURE
from src_v2.core.events import Done, Failed
from src_v2.core.routes import Mode
from tests.support.house import House
from tests.support.llm import LocalLLM, Script


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    async with LocalLLM() as server:
        yield server


async def test_the_turn_after_the_cap_asks_nobody_and_says_when_it_works_again(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path, llm, costs_user_day_tokens=50) as house:
        sam, ana = house.person("Sam"), house.person("Ana")
        assert isinstance((await house.hears(sam.says("How is the sea?"))).outcome, Done)
        asked = len(llm.requests)
        stopped = (await house.hears(sam.says("And now?"))).outcome
        assert isinstance(stopped, Failed)
        assert "I can again in about" in stopped.text
        assert not stopped.retryable
        assert len(llm.requests) == asked
        assert isinstance((await house.hears(ana.says("Hello"))).outcome, Done)
        house.pass_time(days=1)
        assert isinstance((await house.hears(sam.says("Good morning."))).outcome, Done)


async def test_a_refusal_without_cause_is_never_seen(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path, llm, llm_reflective_model=("openai-compatible:deep",)) as house:
        llm.enqueue(Script("I'm sorry, but I can't help with that."), Script("The sea is calm."))
        reply = await house.hears(house.person("Sam").says("How is the sea?"))
        assert reply.text == "The sea is calm."


async def test_a_chosen_model_answers_the_next_turn(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path, llm) as house:
        sam = house.person("Sam")
        await house.hears(sam.says("One"))
        await house.app.language.steering.models.choose("elena", ModelRole.MAIN, "openai-compatible:other", 1)
        await house.hears(sam.says("Two"))
        assert [request.body["model"] for request in llm.requests] == ["local-model", "other"]


async def doubtful(house: House) -> str:
    """Return a message about which the router of this house is in doubt."""
    router = house.app.replying.router
    router.start()
    await router.learned()
    for example in load_examples():
        route = await router.route(example.text)
        if route.confidence < UNSURE and route.mode is Mode.FAST:
            return example.text
    raise AssertionError("nothing is in doubt")


def asked_how_to_route(llm: LocalLLM) -> list[str]:
    return [
        request.body["model"] for request in llm.requests if "You sort messages" in str(request.messages[0]["content"])
    ]


async def test_nobody_is_asked_how_hard_to_think_on_an_account_that_is_empty(tmp_path: Path, llm: LocalLLM) -> None:
    small = ("openai-compatible:small",)
    async with House(tmp_path, llm, llm_small_model=small, costs_user_day_tokens=50) as house:
        sam, ana, text = house.person("Sam"), house.person("Ana"), await doubtful(house)
        await house.hears(sam.says("How is the sea?"))
        before = len(llm.requests)
        await house.hears(sam.says(text))
        assert len(llm.requests) == before
        await house.hears(ana.says(text))
        assert asked_how_to_route(llm) == ["small"]


async def test_a_model_chosen_for_small_things_is_asked_how_hard_to_think(tmp_path: Path, llm: LocalLLM) -> None:
    async with House(tmp_path, llm) as house:
        sam, text = house.person("Sam"), await doubtful(house)
        await house.hears(sam.says(text))
        assert asked_how_to_route(llm) == []
        models = house.app.language.steering.models
        await models.choose("elena", ModelRole.SMALL, "openai-compatible:brief", 1)
        await house.hears(sam.says(text))
        await house.hears(sam.says(text, character="marcus"))
        assert asked_how_to_route(llm) == ["brief"]
