"""Every provider's model behaves the same behind `LanguageModels`: text, usage, errors, hanging up."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from src_v2.agents.models.attempt import Timeouts
from src_v2.agents.models.build import ModelBuilder
from src_v2.agents.models.guard import no_real_models
from src_v2.agents.models.records import CallRecord
from src_v2.agents.models.retry import RetryPolicy
from src_v2.agents.models.service import LanguageModels
from src_v2.agents.models.spec import ModelSpec
from src_v2.core.errors import ModelBadRequest, ModelError, ModelRefusedKey, ModelSilent, ModelTimeout, ModelUnavailable
from tests.support.clock import VirtualClock
from tests.support.llm import LocalLLM, Script

PROMPT = [SystemMessage("You are Elena."), HumanMessage("Hello"), AIMessage("Hola."), HumanMessage("How are you?")]
KEYS = dict.fromkeys(("openai", "anthropic", "ollama", "mistral"), "good-key")
SOON_S = 1.0


class Bench:
    """One provider's model at the local server."""

    def __init__(self, provider: str, llm: LocalLLM, *, first_token_s: float = 30.0) -> None:
        urls = {"anthropic": llm.anthropic_url, "ollama": llm.ollama_url}
        self.llm = llm
        self.records: list[CallRecord] = []
        self.models = LanguageModels(
            [ModelSpec(provider, "local-model", urls.get(provider, llm.openai_url))],
            build=ModelBuilder(keys=KEYS, max_reply_tokens=77, context_tokens=4321),
            clock=VirtualClock(auto_advance=True),
            timeouts=Timeouts(first_token_s=first_token_s),
            retries=RetryPolicy(attempts=1),
        )

    async def ask(self) -> str:
        async with self.models.stream(PROMPT, purpose="reply", record=self.records.append) as chunks:
            return "".join([chunk.text async for chunk in chunks])


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


async def test_text_arrives_whole_and_usage_is_the_providers(bench: Bench) -> None:
    bench.llm.enqueue(Script("Fine, thank you 🌊.\n\nAnd you?", packet_per_token=True))
    assert await bench.ask() == "Fine, thank you 🌊.\n\nAnd you?"
    (record,) = bench.records
    # Mistral is not asked for usage (it refuses the question), and the local server then sends none.
    assert record.estimated is (record.provider == "mistral")
    if not record.estimated:
        assert record.prompt_tokens in {103, 104}  # to Anthropic the system prompt is no message
        assert record.completion_tokens == 6


async def test_limits_and_key_reach_the_server(bench: Bench) -> None:
    await bench.ask()
    request = bench.llm.requests[0]
    told = request.body.get("options") or request.body
    names = ("max_completion_tokens", "max_tokens", "num_predict")
    assert [told[name] for name in names if name in told] == [77]
    if request.path == "/api/chat":
        assert told["num_ctx"] == 4321
    if bench.models.chain[0].provider in KEYS:
        keys = (request.headers.get("Authorization"), request.headers.get("x-api-key"))
        assert "Bearer good-key" in keys or "good-key" in keys


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (Script(status=401, error_code="authentication_error"), ModelRefusedKey),
        (Script(status=403), ModelRefusedKey),
        (Script(status=400, error_code="invalid_request_error"), ModelBadRequest),
        (Script(status=404, error_code="not_found_error"), ModelBadRequest),
        (Script(status=429, error_code="rate_limit_error"), ModelUnavailable),
        (Script(status=500), ModelUnavailable),
        (Script(status=529, error_code="overloaded_error"), ModelUnavailable),
        (Script(hang_up=True), ModelUnavailable),
        (Script(""), ModelSilent),
    ],
    ids=["401", "403", "400", "404", "429", "500", "529", "hang-up", "empty"],
)
async def test_every_failure_has_the_same_error(bench: Bench, script: Script, kind: type[ModelError]) -> None:
    bench.llm.reply = lambda _: script
    with pytest.raises(ModelError) as caught:
        await bench.ask()
    assert type(caught.value) is kind
    assert "as the script says" not in str(caught.value)
    assert [record.error for record in bench.records] == [kind.__name__]


async def test_silence_is_a_timeout(bench: Bench) -> None:
    await bench.ask()  # what a library does once, at its first request, is no part of a model's silence
    impatient = Bench(bench.models.chain[0].provider, bench.llm, first_token_s=0.3)
    bench.llm.enqueue(Script("never", hold=asyncio.Event()))
    try:
        with pytest.raises(ModelTimeout):
            await impatient.ask()
        await asyncio.wait_for(bench.llm.requests[-1].disconnected.wait(), SOON_S)
    finally:
        await impatient.models.close()


async def test_a_wish_for_patience_is_understood(bench: Bench) -> None:
    if bench.models.chain[0].provider == "ollama":
        pytest.skip("Ollama's client drops the headers of a refusal")
    bench.llm.enqueue(Script(status=429, headers={"Retry-After": "9"}))
    with pytest.raises(ModelUnavailable) as caught:
        await bench.ask()
    assert caught.value.retry_after_s == 9


async def test_a_server_that_is_gone_is_unavailable(bench: Bench) -> None:
    await bench.llm.stop()
    with pytest.raises(ModelUnavailable):
        await bench.ask()


async def test_an_answer_cut_in_the_middle_is_an_error_after_what_was_heard(bench: Bench) -> None:
    bench.llm.enqueue(Script("Hello there friend", break_after=2, packet_per_token=True))
    async with bench.models.stream(PROMPT, purpose="reply", record=bench.records.append) as chunks:
        assert (await anext(chunks)).text.startswith("Hello")
        with pytest.raises(ModelUnavailable):
            [chunk async for chunk in chunks]
    assert [record.status for record in bench.records] == ["failed"]


@pytest.mark.parametrize("hold_before", [0, 2], ids=["before the first word", "in the middle"])
async def test_a_cancelled_turn_hangs_up(bench: Bench, hold_before: int) -> None:
    bench.llm.enqueue(Script("Hello there friend", hold=asyncio.Event(), hold_before=hold_before))
    task = asyncio.create_task(bench.ask())
    await bench.llm.wait_for_requests(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(bench.llm.requests[0].disconnected.wait(), SOON_S)
    assert [(record.status, record.estimated) for record in bench.records] == [("cancelled", True)]


async def test_leaving_early_hangs_up(bench: Bench) -> None:
    bench.llm.enqueue(Script("Hello there friend", hold=asyncio.Event(), hold_before=2))
    async with bench.models.stream(PROMPT, purpose="reply", record=bench.records.append) as chunks:
        await anext(chunks)
    await asyncio.wait_for(bench.llm.requests[0].disconnected.wait(), SOON_S)
    assert [record.status for record in bench.records] == ["cancelled"]


async def test_the_demonstration_model_stands_behind_the_same_door() -> None:
    records: list[CallRecord] = []
    spec = ModelSpec.parse("offline")
    models = LanguageModels([spec], build=ModelBuilder(), clock=VirtualClock())
    async with models.stream(PROMPT, purpose="reply", record=records.append) as chunks:
        assert (await anext(chunks)).text
    assert records[0].estimated
    await models.close()
