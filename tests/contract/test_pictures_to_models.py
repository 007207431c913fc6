"""Pictures reach every provider's model in its own protocol, behind one and the same form of ours."""

from collections.abc import AsyncIterator, Iterator

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from src_v2.agents.describing import Shown
from src_v2.agents.models.build import ModelBuilder
from src_v2.agents.models.guard import no_real_models
from src_v2.agents.models.retry import RetryPolicy
from src_v2.agents.models.structured import StructuredModels
from src_v2.agents.sight import with_pictures
from tests.contract.test_chat_models import KEYS, Bench
from tests.support.clock import VirtualClock
from tests.support.llm import LocalLLM, Script
from tests.support.llm.script import ReceivedRequest
from tests.support.pictures import flag, picture, shown_to


@pytest.fixture(autouse=True)
def _no_real_models() -> Iterator[None]:
    with no_real_models():
        yield


@pytest.fixture(params=["openai", "mistral", "openai-compatible", "anthropic", "ollama"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with LocalLLM() as llm:
        bench = Bench(request.param, llm)
        await bench.models.prepare()
        yield bench
        await bench.models.close()


PICTURES = [SystemMessage("You are Elena."), HumanMessage("What is this?")]


async def test_pictures_reach_every_provider_as_they_are(bench: Bench) -> None:
    flags = [picture("a.png"), picture("b.png", flag(20, 30))]
    async with bench.models.stream(
        with_pictures(PICTURES, flags), purpose="reply", record=bench.records.append
    ) as chunks:
        assert "".join([chunk.text async for chunk in chunks])
    (request,) = bench.llm.requests
    assert [(one.media_type, one.data) for one in shown_to(request)] == [("image/png", one.data) for one in flags]
    assert request.last_text.strip() == "What is this?"


async def test_pictures_are_described_in_a_shape_by_every_provider(bench: Bench) -> None:
    shaped = StructuredModels(
        bench.models.chain, build=ModelBuilder(keys=KEYS), clock=VirtualClock(auto_advance=True),
        retries=RetryPolicy(attempts=1),
    )  # fmt: skip
    bench.llm.reply = lambda _: Script('{"descriptions": ["A flag."]}')
    asked = with_pictures(PICTURES, [picture()])
    shown = await shaped.ask(asked, Shown, purpose="describe", record=bench.records.append)
    assert shown.descriptions == ["A flag."]
    assert [one.data for one in shown_to(bench.llm.requests[-1])] == [picture().data]
    await shaped.close()


def knows_no_shapes(request: ReceivedRequest) -> Script:
    asked = {"response_format", "format"} & request.body.keys()
    return Script(status=400) if asked else Script('{"descriptions": ["A."]}')


async def test_a_server_that_knows_no_shapes_is_still_shown_the_picture(bench: Bench) -> None:
    shaped = StructuredModels(
        bench.models.chain, build=ModelBuilder(keys=KEYS), clock=VirtualClock(auto_advance=True),
        retries=RetryPolicy(attempts=1),
    )  # fmt: skip
    bench.llm.reply = knows_no_shapes
    shown = await shaped.ask(
        with_pictures(PICTURES, [picture()]), Shown, purpose="describe", record=bench.records.append
    )
    assert shown.descriptions == ["A."]
    assert [one.data for one in shown_to(bench.llm.requests[-1])] == [picture().data]
    assert "JSON schema" in bench.llm.requests[-1].last_text
    await shaped.close()
