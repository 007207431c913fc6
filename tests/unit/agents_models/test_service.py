"""A chain of models: who is asked, how often, how long, and what is written down about it."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from src_v2.agents.models.attempt import Timeouts
from src_v2.agents.models.build import ModelBuilder
from src_v2.agents.models.records import CallRecord
from src_v2.agents.models.retry import RetryPolicy
from src_v2.agents.models.service import LanguageModels
from src_v2.agents.models.spec import ModelSpec
from src_v2.core.clock import SystemClock
from src_v2.core.errors import ModelBadRequest, ModelRefusedKey, ModelTimeout, ModelUnavailable, SettingsError
from tests.support.clock import VirtualClock
from tests.support.llm import LocalLLM, ReceivedRequest, Script

PROMPT: Sequence[BaseMessage] = (SystemMessage("You are Elena."), HumanMessage("Hi"))
PROMPT_SOON_S = 0.2


class Conversation:
    """Models under test, with the records they hand over."""

    def __init__(self, llm: LocalLLM, *models: str, timeouts: Timeouts | None = None) -> None:
        self.clock = VirtualClock(auto_advance=True)
        self.records: list[CallRecord] = []
        self.models = LanguageModels(
            [ModelSpec("openai-compatible", model, llm.openai_url) for model in models or ("first",)],
            build=ModelBuilder(),
            clock=self.clock,
            timeouts=timeouts,
            retries=RetryPolicy(attempts=3, base_s=1, max_s=8),
            chance=random.Random(7),
        )

    async def ask(self) -> str:
        async with self.models.stream(PROMPT, purpose="reply", record=self.records.append) as chunks:
            return "".join([chunk.text async for chunk in chunks])

    @property
    def story(self) -> list[tuple[str, str, str]]:
        return [(record.model, record.status, record.error) for record in self.records]


@pytest.fixture
async def talk(llm: LocalLLM) -> AsyncIterator[Conversation]:
    conversation = Conversation(llm)
    yield conversation
    await conversation.models.close()


@pytest.fixture
async def chain(llm: LocalLLM) -> AsyncIterator[Conversation]:
    conversation = Conversation(llm, "first", "second")
    yield conversation
    await conversation.models.close()


async def test_an_answer_is_streamed_and_recorded(llm: LocalLLM, talk: Conversation) -> None:
    llm.enqueue(Script("Hello there, friend.", cached_tokens=5, reasoning_tokens=2))
    assert await talk.ask() == "Hello there, friend."
    (record,) = talk.records
    assert (record.purpose, record.provider, record.model) == ("reply", "openai-compatible", "first")
    assert (record.prompt_tokens, record.cached_tokens) == (102, 5)
    assert (record.completion_tokens, record.reasoning_tokens) == (5, 2)
    assert (record.status, record.error, record.attempt, record.estimated) == ("ok", "", 1, False)
    assert record.first_token_ms is not None


async def test_usage_that_nobody_reported_is_estimated(llm: LocalLLM, talk: Conversation) -> None:
    llm.enqueue(Script("x" * 40, report_usage=False, reasoning="y" * 39))
    await talk.ask()
    (record,) = talk.records
    assert record.estimated
    assert (record.completion_tokens, record.reasoning_tokens) == (20, 10)
    assert record.prompt_tokens > 0


async def test_a_busy_model_is_asked_again_after_growing_pauses(llm: LocalLLM, talk: Conversation) -> None:
    llm.enqueue(Script(status=503), Script(status=500))
    assert await talk.ask() == "You said: Hi"
    assert [record.status for record in talk.records] == ["failed", "failed", "ok"]
    assert [record.attempt for record in talk.records] == [1, 2, 3]
    assert 0.5 <= talk.clock.slept[0] <= 1 <= talk.clock.slept[1] <= 2


async def test_the_servers_own_pause_is_kept(llm: LocalLLM, talk: Conversation) -> None:
    llm.enqueue(Script(status=429, headers={"Retry-After": "6"}))
    await talk.ask()
    assert talk.clock.slept == [6]


async def test_after_the_last_try_the_next_model_is_asked(llm: LocalLLM, chain: Conversation) -> None:
    llm.enqueue(*[Script(status=503)] * 3, Script("I am here."))
    assert await chain.ask() == "I am here."
    assert [request.body["model"] for request in llm.requests] == ["first"] * 3 + ["second"]
    assert chain.story[-1] == ("second", "ok", "")


@pytest.mark.parametrize(("status", "error"), [(401, "ModelRefusedKey"), (404, "ModelBadRequest")])
async def test_a_refusal_goes_to_the_next_model_at_once(
    llm: LocalLLM, chain: Conversation, status: int, error: str
) -> None:
    llm.enqueue(Script(status=status))
    assert await chain.ask() == "You said: Hi"
    assert chain.story == [("first", "failed", error), ("second", "ok", "")]
    assert chain.records[0].prompt_tokens == 0
    assert chain.clock.slept == []


async def test_a_server_that_wants_too_much_patience_is_left(llm: LocalLLM, chain: Conversation) -> None:
    llm.enqueue(Script(status=429, headers={"Retry-After": "3600"}))
    await chain.ask()
    assert [record.model for record in chain.records] == ["first", "second"]


async def test_when_all_models_fail_the_last_error_is_raised(llm: LocalLLM, chain: Conversation) -> None:
    llm.enqueue(Script(status=401), Script(status=400))
    with pytest.raises(ModelBadRequest):
        await chain.ask()
    assert [record.status for record in chain.records] == ["failed", "failed"]


async def test_an_answer_without_text_is_no_answer(llm: LocalLLM, chain: Conversation) -> None:
    llm.enqueue(*[Script("")] * 3, Script("Better."))
    assert await chain.ask() == "Better."


async def test_after_the_first_word_nobody_else_is_asked(llm: LocalLLM, chain: Conversation) -> None:
    llm.enqueue(Script("Hello there friend", break_after=2))
    async with chain.models.stream(PROMPT, purpose="reply", record=chain.records.append) as chunks:
        assert (await anext(chunks)).text.startswith("Hello")
        with pytest.raises(ModelUnavailable):
            await anext(chunks)
    assert len(llm.requests) == 1
    assert chain.story == [("first", "failed", "ModelUnavailable")]
    assert chain.records[0].completion_tokens > 0


async def test_silence_before_the_first_word_is_a_timeout(llm: LocalLLM) -> None:
    talk = Conversation(llm, timeouts=Timeouts(first_token_s=0.05))
    llm.reply = lambda _: Script("Too late", hold=asyncio.Event())
    with pytest.raises(ModelTimeout):
        await talk.ask()
    assert [record.error for record in talk.records] == ["ModelTimeout"] * 3
    await asyncio.wait_for(llm.requests[0].disconnected.wait(), 1)
    await talk.models.close()


async def test_a_model_that_thinks_aloud_is_not_silent(llm: LocalLLM) -> None:
    talk = Conversation(llm, timeouts=Timeouts(first_token_s=0.6))
    llm.enqueue(Script("Done thinking.", reasoning="hmm", first_token_delay_s=0.9, tokens_per_second=1000))
    assert await talk.ask() == "Done thinking."
    await talk.models.close()


async def test_an_answer_that_never_ends_is_a_timeout(llm: LocalLLM) -> None:
    talk = Conversation(llm, timeouts=Timeouts(total_s=0.15))
    llm.enqueue(Script("Hello there friend", hold=asyncio.Event(), hold_before=2))
    with pytest.raises(ModelTimeout):
        await talk.ask()
    (record,) = talk.records
    assert (record.status, record.error, record.estimated) == ("failed", "ModelTimeout", True)
    await talk.models.close()


async def _stalled(llm: LocalLLM, talk: Conversation, *, hold_before: int) -> asyncio.Task[str]:
    """Start a question whose answer stalls, and wait until it has arrived at the server."""
    llm.enqueue(Script("Hello there friend", hold=asyncio.Event(), hold_before=hold_before))
    task = asyncio.create_task(talk.ask())
    await llm.wait_for_requests(1)
    return task


@pytest.mark.parametrize("hold_before", [0, 2], ids=["before the first word", "in the middle"])
async def test_cancelling_a_turn_hangs_up_at_once(llm: LocalLLM, talk: Conversation, hold_before: int) -> None:
    task = await _stalled(llm, talk, hold_before=hold_before)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(llm.requests[0].disconnected.wait(), PROMPT_SOON_S)
    (record,) = talk.records
    assert (record.status, record.estimated) == ("cancelled", True)
    assert record.prompt_tokens > 0


async def test_leaving_in_the_middle_hangs_up_at_once(llm: LocalLLM, talk: Conversation) -> None:
    llm.enqueue(Script("Hello there friend", hold=asyncio.Event(), hold_before=2))
    async with talk.models.stream(PROMPT, purpose="reply", record=talk.records.append) as chunks:
        first = await anext(chunks)
    await asyncio.wait_for(llm.requests[0].disconnected.wait(), PROMPT_SOON_S)
    assert first.text.startswith("Hello")
    assert [record.status for record in talk.records] == ["cancelled"]
    assert talk.records[0].completion_tokens > 0


async def test_a_turn_may_be_cancelled_while_it_waits_to_retry(llm: LocalLLM) -> None:
    talk = Conversation(llm)
    clock = VirtualClock()
    talk.models = LanguageModels(talk.models.chain, build=ModelBuilder(), clock=clock)
    llm.enqueue(Script(status=503))
    task = asyncio.create_task(talk.ask())
    await clock.wait_for_sleepers()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(llm.requests) == 1
    await talk.models.close()


async def test_the_callers_own_time_limit_stays_the_callers(llm: LocalLLM, talk: Conversation) -> None:
    await talk.models.prepare()
    llm.enqueue(Script("Hello", hold=asyncio.Event()))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await talk.ask()
    assert [record.status for record in talk.records] == ["cancelled"]


async def test_five_hundred_turns_at_once_are_all_answered(llm: LocalLLM) -> None:
    def reply(request: ReceivedRequest) -> Script:
        return Script(f"I hear {request.last_text}", first_token_delay_s=0.05, tokens_per_second=100)

    llm.reply = reply
    talk = Conversation(llm)

    async def one(number: int) -> None:
        prompt = [HumanMessage(f"voice {number}")]
        async with talk.models.stream(prompt, purpose="reply", record=talk.records.append) as chunks:
            assert "".join([chunk.text async for chunk in chunks]) == f"I hear voice {number}"

    await asyncio.gather(*(one(number) for number in range(500)))
    assert {record.status for record in talk.records} == {"ok"}
    await talk.models.close()


async def test_an_unreachable_first_model_costs_nothing_but_a_moment(llm: LocalLLM) -> None:
    gone = LocalLLM()
    await gone.start()
    await gone.stop()
    records: list[CallRecord] = []
    chain = [
        ModelSpec("openai-compatible", "gone", gone.openai_url),
        ModelSpec("openai-compatible", "m", llm.openai_url),
    ]
    models = LanguageModels(chain, build=ModelBuilder(), clock=VirtualClock(auto_advance=True))
    async with models.stream(PROMPT, purpose="reply", record=records.append) as chunks:
        assert [chunk.text async for chunk in chunks] == ["You said: Hi"]
    assert [record.error for record in records] == ["ModelUnavailable"] * 3 + [""]
    await models.close()


async def test_models_are_built_once_and_beforehand_when_asked(llm: LocalLLM) -> None:
    built: list[ModelSpec] = []
    builder = ModelBuilder()

    def build(spec: ModelSpec) -> BaseChatModel:
        built.append(spec)
        return builder(spec)

    spec = ModelSpec("openai-compatible", "m", llm.openai_url)
    models = LanguageModels([spec], build=build, clock=SystemClock())
    await asyncio.gather(models.prepare(), models.prepare())
    assert built == [spec]
    await models.close()


def test_a_chain_needs_a_model() -> None:
    with pytest.raises(SettingsError, match="LLM_MODEL"):
        LanguageModels([], build=ModelBuilder(), clock=SystemClock())


async def test_the_key_is_never_in_errors(llm: LocalLLM) -> None:
    llm.required_key = "right"
    spec = ModelSpec("groq", "m", llm.openai_url)
    models = LanguageModels([spec], build=ModelBuilder(keys={"groq": "sk-wrong"}), clock=SystemClock())
    with pytest.raises(ModelRefusedKey) as caught:
        async with models.stream(PROMPT, purpose="reply", record=lambda _: None):
            pass
    assert "sk-wrong" not in repr(caught.value)
    await models.close()


def counting(*events: str) -> Script:
    """Answer in events that each tell what was used so far."""
    return Script(raw=[f"data: {event}\n\n".encode() for event in (*events, "[DONE]")])


async def test_usage_that_is_told_with_every_piece_is_not_added_up(llm: LocalLLM, talk: Conversation) -> None:
    llm.enqueue(
        counting(
            *(
                f'{{"choices":[{{"index":0,"delta":{{"role":"assistant","content":"{text}"}}}}],'
                f'"usage":{{"prompt_tokens":90,"completion_tokens":{used},"total_tokens":{90 + used}}}}}'
                for text, used in (("The sea ", 2), ("is ", 3), ("calm.", 5))
            )
        )
    )
    assert await talk.ask() == "The sea is calm."
    (record,) = talk.records
    assert (record.prompt_tokens, record.completion_tokens, record.estimated) == (90, 5, False)
