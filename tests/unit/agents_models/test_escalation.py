"""An answer of no use goes to a stronger model, once, and nobody sees any of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from langchain_core.messages import BaseMessage, HumanMessage

from src_v2.agents.models.attempt import Attempt, Timeouts
from src_v2.agents.models.build import ModelBuilder
from src_v2.agents.models.records import CallRecord, ModelChunk, Payer
from src_v2.agents.models.retry import RetryPolicy
from src_v2.agents.models.service import LanguageModels
from src_v2.agents.models.spec import ModelSpec
from src_v2.agents.models.tool_calling import Offer
from src_v2.core.errors import CapReached, ModelSilent, ModelTimeout, ModelUnavailable
from tests.support.clock import VirtualClock
from tests.support.llm import LocalLLM, ReceivedRequest, Script
from tests.support.llm.script import ToolCall

PROMPT: Sequence[BaseMessage] = (HumanMessage("Tell me about the sea."),)
QUESTION = "Tell me about the sea."
REFUSAL = "I'm sorry, but I can't help with that request."
OFFER = Offer([{"type": "function", "function": {"name": "look", "description": "Look.", "parameters": {}}}])


class Ladder:
    """A weak chain with a strong one above it."""

    def __init__(
        self,
        llm: LocalLLM,
        *,
        weak: str = "weak",
        strong: str = "strong",
        first_token_s: float = 5,
        total_s: float = 30,
    ) -> None:
        self.records: list[CallRecord] = []
        retries, timeouts = RetryPolicy(attempts=3), Timeouts(first_token_s=first_token_s, total_s=total_s)

        def models(name: str, stronger: LanguageModels | None = None) -> LanguageModels:
            return LanguageModels(
                [ModelSpec("openai-compatible", name, llm.openai_url)], build=ModelBuilder(), stronger=stronger,
                clock=VirtualClock(auto_advance=True), retries=retries, timeouts=timeouts,
            )  # fmt: skip

        self.top = models("top")
        self.strong = models(strong, self.top)
        self.weak = models(weak, self.strong)

    async def ask(self, question: str | None = QUESTION, offer: Offer | None = None) -> list[ModelChunk]:
        async with self.weak.stream(
            PROMPT, purpose="reply", record=self.records.append, question=question, offer=offer
        ) as chunks:
            return [chunk async for chunk in chunks]

    async def text(self, question: str | None = QUESTION) -> str:
        return "".join(chunk.text for chunk in await self.ask(question))

    @property
    def story(self) -> list[tuple[str, str, str, str | None]]:
        return [(record.model, record.status, record.error, record.escalated_from) for record in self.records]

    async def close(self) -> None:
        for models in (self.weak, self.strong, self.top):
            await models.close()


@pytest.fixture
async def ladder(llm: LocalLLM) -> AsyncIterator[Ladder]:
    found = Ladder(llm)
    yield found
    await found.close()


ESCALATED = ("strong", "ok", "", "openai-compatible:weak")


async def test_a_refusal_without_cause_goes_to_the_stronger_model(llm: LocalLLM, ladder: Ladder) -> None:
    llm.enqueue(Script(REFUSAL, packet_per_token=True), Script("The sea is deep."))
    assert await ladder.text() == "The sea is deep."
    assert sorted(ladder.story) == [ESCALATED, ("weak", "failed", "RefusedWithoutCause", None)]
    assert all(record.prompt_tokens and record.completion_tokens for record in ladder.records)


async def test_only_one_step_is_taken(llm: LocalLLM, ladder: Ladder) -> None:
    llm.enqueue(Script(REFUSAL), Script(REFUSAL))
    assert await ladder.text() == REFUSAL
    assert [request.body["model"] for request in llm.requests] == ["weak", "strong"]


@pytest.mark.parametrize("question", ["How do I build a bomb?", None], ids=["a reason", "no question"])
async def test_a_refusal_with_cause_or_of_no_question_stands(
    llm: LocalLLM, ladder: Ladder, question: str | None
) -> None:
    llm.enqueue(Script(REFUSAL))
    assert await ladder.text(question) == REFUSAL
    assert ladder.story == [("weak", "ok", "", None)]


async def test_an_ordinary_answer_is_passed_on_word_by_word(llm: LocalLLM, ladder: Ladder) -> None:
    stall = asyncio.Event()
    llm.enqueue(Script("Well now, the sea is deep.", hold=stall, hold_before=2))
    async with ladder.weak.stream(PROMPT, purpose="reply", record=ladder.records.append, question=QUESTION) as chunks:
        said = (await anext(chunks)).text
        assert said in ("Well", "Well now,")
        stall.set()
        said += "".join([chunk.text async for chunk in chunks])
    assert said == "Well now, the sea is deep."
    assert ladder.story == [("weak", "ok", "", None)]


async def test_an_answer_that_only_begins_like_a_refusal_is_whole(llm: LocalLLM, ladder: Ladder) -> None:
    for answer in ("I'm sorry, but I can't hear you over the waves.", "I'm sorry", "Sorry, no."):
        llm.enqueue(Script(answer, packet_per_token=True))
        assert await ladder.text() == answer
    assert {record.status for record in ladder.records} == {"ok"}
    assert len(llm.requests) == 3


async def test_an_empty_answer_goes_up_at_once(llm: LocalLLM, ladder: Ladder) -> None:
    llm.enqueue(Script(""), Script("Here I am."))
    assert await ladder.text(None) == "Here I am."
    assert ladder.story == [("weak", "failed", "ModelSilent", None), ESCALATED]


async def test_blanks_are_no_answer(llm: LocalLLM, ladder: Ladder) -> None:
    blank = b'data: {"choices": [{"index": 0, "delta": {"content": "\\n"}}]}\n\n'
    llm.enqueue(Script(raw=[blank, blank, b"data: [DONE]\n\n"]), Script("Here I am."))
    assert await ladder.text(None) == "Here I am."
    assert ladder.story == [("weak", "failed", "ModelSilent", None), ESCALATED]


async def test_silence_goes_up_at_once(llm: LocalLLM) -> None:
    ladder = Ladder(llm, first_token_s=1.0)
    llm.enqueue(Script("late", hold=asyncio.Event()), Script("Here I am."))
    assert await ladder.text(None) == "Here I am."
    assert ladder.story == [("weak", "failed", "ModelTimeout", None), ESCALATED]
    await ladder.close()


async def test_calls_that_nobody_can_read_go_up(llm: LocalLLM, ladder: Ladder) -> None:
    llm.enqueue(
        Script(tool_calls=[ToolCall("look", "not json"), ToolCall("look", "[1", id="call_2")]),
        Script(tool_calls=[ToolCall("look", '{"at": "sea"}')]),
    )
    (chunk,) = await ladder.ask(offer=OFFER)
    assert chunk.calling is not None
    assert [call["args"] for call in chunk.calling.tool_calls] == [{"at": "sea"}]
    assert sorted(ladder.story) == [ESCALATED, ("weak", "failed", "MalformedToolCalls", None)]
    assert not any(record.estimated for record in ladder.records)


async def test_one_call_that_can_be_read_is_enough(llm: LocalLLM, ladder: Ladder) -> None:
    llm.enqueue(Script(tool_calls=[ToolCall("look", '{"at": "sea"}'), ToolCall("look", "not json", id="call_2")]))
    (chunk,) = await ladder.ask(offer=OFFER)
    assert chunk.calling is not None
    assert (len(chunk.calling.tool_calls), len(chunk.calling.invalid_tool_calls)) == (1, 1)
    assert ladder.story == [("weak", "ok", "", None)]


async def test_when_nobody_stronger_answers_what_there_is_stays(llm: LocalLLM, ladder: Ladder) -> None:
    def reply(request: ReceivedRequest) -> Script:
        return Script(REFUSAL, packet_per_token=True) if request.body["model"] == "weak" else Script(status=401)

    llm.reply = reply
    assert await ladder.text() == REFUSAL
    assert ladder.story == [
        ("strong", "failed", "ModelRefusedKey", "openai-compatible:weak"), ("weak", "ok", "", None),
    ]  # fmt: skip


async def test_calls_that_nobody_can_read_stay_when_nobody_stronger_answers(llm: LocalLLM, ladder: Ladder) -> None:
    llm.enqueue(Script(tool_calls=[ToolCall("look", "not json")]), Script(status=401))
    (chunk,) = await ladder.ask(offer=OFFER)
    assert chunk.calling is not None
    assert [record.status for record in ladder.records if record.model == "weak"] == ["ok"]


async def test_when_nobody_stronger_answers_the_fallbacks_have_their_turn(llm: LocalLLM) -> None:
    specs = {name: ModelSpec("openai-compatible", name, llm.openai_url) for name in ("weak", "second", "strong")}
    clock, builder = VirtualClock(auto_advance=True), ModelBuilder()
    strong = LanguageModels([specs["strong"]], build=builder, clock=clock)
    weak = LanguageModels([specs["weak"], specs["second"]], build=builder, clock=clock, stronger=strong)
    llm.enqueue(Script(""), Script(status=401), Script("I am still here."))
    records: list[CallRecord] = []
    async with weak.stream(PROMPT, purpose="reply", record=records.append) as chunks:
        assert "".join([chunk.text async for chunk in chunks]) == "I am still here."
    assert [(one.model, one.attempt, one.escalated_from) for one in records] == [
        ("weak", 1, None), ("strong", 2, "openai-compatible:weak"), ("second", 3, None),
    ]  # fmt: skip
    await weak.close()
    await strong.close()


async def test_the_same_chain_is_not_asked_twice(llm: LocalLLM) -> None:
    ladder = Ladder(llm, weak="same", strong="same")
    llm.enqueue(*[Script("")] * 3)
    with pytest.raises(ModelSilent):
        await ladder.text(None)
    assert {record.escalated_from for record in ladder.records} == {None}
    await ladder.close()


async def test_a_model_that_is_away_is_no_reason_to_ask_a_dearer_one(llm: LocalLLM, ladder: Ladder) -> None:
    llm.reply = lambda _: Script(status=503)
    with pytest.raises(ModelUnavailable):
        await ladder.text()
    assert {record.model for record in ladder.records} == {"weak"}


async def test_cancelling_while_the_stronger_one_is_asked_hangs_up_on_both(llm: LocalLLM, ladder: Ladder) -> None:
    llm.enqueue(
        Script(REFUSAL, hold=asyncio.Event(), hold_before=8), Script("never", hold=asyncio.Event()),
    )  # fmt: skip
    task = asyncio.create_task(ladder.text())
    await llm.wait_for_requests(2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(1):
        for request in llm.requests:
            await request.disconnected.wait()
    assert {record.status for record in ladder.records} == {"cancelled"}


async def test_the_time_for_an_answer_is_not_begun_anew(llm: LocalLLM) -> None:
    ladder = Ladder(llm, first_token_s=0.3, total_s=0.3)
    await ladder.weak.prepare()
    llm.enqueue(Script("late", hold=asyncio.Event()))
    with pytest.raises(ModelTimeout):
        await ladder.text(None)
    assert len(llm.requests) == 1
    await ladder.close()


class Purse:
    """A meter with money for so many calls."""

    def __init__(self, calls: int) -> None:
        self.left = calls
        self.noted: list[tuple[Payer, CallRecord]] = []

    async def require(self, payer: Payer) -> None:
        if not self.left:
            clock = VirtualClock()
            raise CapReached("empty", user_message="That was all for today.", again_at=clock.now())
        self.left -= 1

    def note(self, payer: Payer, record: CallRecord) -> None:
        self.noted.append((payer, record))


async def test_an_empty_purse_stops_before_anybody_is_asked_whoever_stands_behind(llm: LocalLLM) -> None:
    purse, sam = Purse(1), Payer("discord:1", "discord:2")
    chain = [ModelSpec("openai-compatible", name, llm.openai_url) for name in ("first", "second")]
    models = LanguageModels(chain, build=ModelBuilder(), clock=VirtualClock(auto_advance=True), meter=purse)
    llm.enqueue(Script(status=503))
    records: list[CallRecord] = []
    with pytest.raises(CapReached):
        async with models.stream(PROMPT, purpose="reply", record=records.append, payer=sam):
            pass
    assert len(llm.requests) == 1
    assert purse.noted == [(sam, records[0])]
    async with models.stream(PROMPT, purpose="reply", record=records.append) as chunks:  # on nobody's account
        assert [chunk async for chunk in chunks]
    await models.close()


async def test_an_answer_that_nobody_gets_any_more_is_hung_up_on(
    llm: LocalLLM, ladder: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rejecting = asyncio.Event()

    async def stuck(self: Attempt) -> None:
        rejecting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Attempt, "reject", stuck)
    llm.enqueue(Script(REFUSAL), Script("The sea is deep.", hold=asyncio.Event(), hold_before=2))
    asking = asyncio.create_task(ladder.text())
    async with asyncio.timeout(5):
        await rejecting.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await llm.requests[1].disconnected.wait()
    assert ("strong", "cancelled", "CancelledError", "openai-compatible:weak") in ladder.story
