"""The loop of a thorough answer: tools side by side, budgets that hold, words that are taken back, corrections."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from src_v2.agents.limits import Limits
from src_v2.agents.models.build import ModelBuilder
from src_v2.agents.models.guard import no_real_models
from src_v2.agents.models.retry import RetryPolicy
from src_v2.agents.models.service import LanguageModels
from src_v2.agents.models.spec import ModelSpec
from src_v2.agents.reflective import Objection, Reflection, Said, Thought
from src_v2.characters.models import ThinkingIndicators
from src_v2.core.clock import SystemClock
from src_v2.core.errors import ModelError
from src_v2.core.events import Status, TextDelta, TextReplaced
from src_v2.core.routes import STEPS, Complexity, Route
from src_v2.observability.outages import Outages
from src_v2.tools.arguments import Arguments
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.results import ok
from src_v2.tools.toolbox import ToolBox
from tests.support.llm import LocalLLM, ReceivedRequest, Script, ToolCall
from tests.unit.tools.shelves import asks

SERVERS = {"openai-compatible": "openai_url", "anthropic": "anthropic_url", "ollama": "ollama_url"}


class Place(Arguments):
    """Where to look."""

    place: str


class Looking:
    """A tool that looks somewhere; `meet` calls must be under way at the same time before any of them comes back."""

    def __init__(self, meet: int = 1) -> None:
        self.places: list[str] = []
        self.cancelled = asyncio.Event()
        self.began = asyncio.Event()
        self.release = asyncio.Event()
        self._meet = meet
        if meet <= 1:
            self.release.set()

    def tool(self) -> Tool[Place]:
        return Tool("look", "Look at a place and say what is there.", Place, self._run, Permission.READ, Cost.CHEAP)

    async def _run(self, wanted: Place, _context: ToolContext) -> ToolResult:
        self.places.append(wanted.place)
        self.began.set()
        if len(self.places) == self._meet:
            self.release.set()
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return ok(f"At the {wanted.place} there are gulls.")


class Study:
    """One reflection with its model, its tool and what came of it."""

    def __init__(self, llm: LocalLLM, looking: Looking, *, provider: str = "openai-compatible", **limits: Any) -> None:
        spec = ModelSpec(provider, "thinker", getattr(llm, SERVERS[provider]))
        self.llm = llm
        self.models = LanguageModels(
            [spec], build=ModelBuilder(keys={"anthropic": "none"}), clock=SystemClock(),
            retries=RetryPolicy(attempts=1),
        )  # fmt: skip
        self.reflection = Reflection(ToolBox([looking.tool()], Outages()), Limits(**limits))
        self.thought = self.new_thought(Complexity.LOW)
        self.said: list[Said] = []

    def new_thought(self, complexity: Complexity) -> Thought:
        return Thought(
            [SystemMessage("You are Elena."), HumanMessage("Where are the gulls?")],
            Route(complexity, STEPS[complexity], 1.0), asks(), ThinkingIndicators(), [],
        )  # fmt: skip

    async def answer(self) -> str:
        async with aclosing(self.reflection.answer(self.models, self.thought)) as said:
            async for one in said:
                self.said.append(one)
        return self.shown

    @property
    def shown(self) -> str:
        """What a person sees in the end."""
        text = ""
        for one in self.said:
            match one:
                case TextDelta(more):
                    text += more
                case TextReplaced(instead):
                    text = instead
                case Status():
                    pass
        return text

    def bodies(self) -> list[dict[str, Any]]:
        return [request.body for request in self.llm.requests]


def looks(*places: str, text: str = "") -> Script:
    calls = [ToolCall("look", f'{{"place": "{place}"}}', f"call_{place}") for place in places]
    return Script(text, tool_calls=calls)


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    with no_real_models():
        async with LocalLLM() as server:
            yield server


Begin = Callable[..., Study]


@pytest.fixture
async def begin(llm: LocalLLM) -> AsyncIterator[Begin]:
    studies: list[Study] = []

    def start(looking: Looking | None = None, **options: Any) -> Study:
        studies.append(Study(llm, looking or Looking(), **options))
        return studies[-1]

    yield start
    for study in studies:
        await study.models.close()


@pytest.mark.parametrize("provider", SERVERS)
async def test_tools_of_one_step_run_side_by_side_on_every_provider(begin: Begin, provider: str) -> None:
    looking = Looking(meet=2)  # one alone would wait for ever
    study = begin(looking, provider=provider)
    study.llm.enqueue(looks("pier", "beach"), Script("At both of them."))
    async with asyncio.timeout(60):
        assert await study.answer() == "At both of them."
    assert sorted(looking.places) == ["beach", "pier"]
    assert study.thought.text == "At both of them."
    second = str(study.bodies()[1]["messages"])
    assert "At the pier there are gulls." in second
    assert "At the beach there are gulls." in second


async def test_an_answer_without_tools_is_one_call(begin: Begin) -> None:
    study = begin()
    study.llm.enqueue(Script("By the sea."))
    assert await study.answer() == "By the sea."
    assert len(study.llm.requests) == 1
    assert study.thought.steps == []


async def test_what_is_shown_while_it_thinks_is_in_the_characters_words(begin: Begin) -> None:
    study = begin()
    study.llm.enqueue(looks("pier"), Script("At the pier."))
    await study.answer()
    words = ThinkingIndicators()
    shown = [Status(one.text, one.icon) for one in (words.reflective_mode, words.tool_use)]
    assert [one for one in study.said if isinstance(one, Status)] == shown


async def test_what_was_said_on_the_way_is_taken_back(begin: Begin) -> None:
    study = begin()
    study.llm.enqueue(looks("pier", text="Let me look."), Script("At the pier."))
    assert await study.answer() == "At the pier."
    assert study.said[1] == TextDelta("Let me look.")
    assert TextReplaced("") in study.said


async def test_a_malformed_call_is_answered_so_that_the_model_can_put_it_right(begin: Begin) -> None:
    study = begin()
    study.llm.enqueue(
        Script(tool_calls=[ToolCall("look", 'the pier, please', "call_a"), ToolCall("fly", "{}", "call_b")]),
        looks("pier"), Script("At the pier."),
    )  # fmt: skip
    assert await study.answer() == "At the pier."
    answered = [message for message in study.bodies()[1]["messages"] if "tool_call_id" in message]
    told = {message["tool_call_id"]: message["content"] for message in answered}
    assert "not one complete JSON object" in told["call_a"]
    assert "no such tool" in told["call_b"]


@pytest.mark.parametrize("complexity", [Complexity.LOW, Complexity.MID, Complexity.HIGH])
async def test_a_model_that_never_stops_looking_must_answer_with_its_last_step(
    begin: Begin, complexity: Complexity
) -> None:
    study = begin()
    study.thought = study.new_thought(complexity)

    def restless(request: ReceivedRequest) -> Script:
        return Script("Enough.") if request.body.get("tool_choice") == "none" else looks("pier")

    study.llm.reply = restless
    assert await study.answer() == "Enough."
    assert len(study.llm.requests) == STEPS[complexity]


async def test_calls_of_tools_are_counted(begin: Begin) -> None:
    looking = Looking()
    study = begin(looking, tool_calls=3)
    study.llm.enqueue(looks("a", "b"), looks("c", "d", "e"), Script("Enough."))
    assert await study.answer() == "Enough."
    assert looking.places == ["a", "b", "c"]
    assert study.bodies()[2]["tool_choice"] == "none"
    assert "No more calls are possible" in str(study.bodies()[2]["messages"])


async def test_tokens_are_counted_before_they_are_spent(begin: Begin) -> None:
    study = begin(tokens=700, reply_tokens=100)  # the local server claims 102 tokens for two messages, 104 for four
    study.llm.reply = lambda request: Script("Enough.") if request.body.get("tool_choice") == "none" else looks("pier")
    assert await study.answer() == "Enough."
    spent = sum(call.prompt_tokens + call.completion_tokens for call in study.thought.calls)
    assert 300 < spent <= 700


async def test_time_that_is_kept_for_the_answer_is_used_for_it(begin: Begin) -> None:
    study = begin(seconds=0.6, answer_s=0.5)
    study.llm.enqueue(Script("Let me think about", hold=asyncio.Event(), hold_before=2), Script("In short: gulls."))
    async with asyncio.timeout(60):
        assert await study.answer() == "In short: gulls."
    assert study.bodies()[1]["tool_choice"] == "none"


async def test_a_tool_that_takes_all_the_time_is_left_behind(begin: Begin) -> None:
    looking = Looking(meet=9)
    study = begin(looking, seconds=0.6, answer_s=0.5)
    study.llm.enqueue(looks("pier"), Script("I could not look."))
    async with asyncio.timeout(60):
        assert await study.answer() == "I could not look."
        await looking.cancelled.wait()
    assert "took too long" in str(study.bodies()[1]["messages"])


async def test_a_model_that_calls_tools_when_it_must_answer_has_failed(begin: Begin) -> None:
    study = begin()
    study.llm.reply = lambda _: looks("pier")
    with pytest.raises(ModelError):
        await study.answer()
    assert len(study.llm.requests) == STEPS[Complexity.LOW]


async def test_whoever_stops_listening_stops_the_model(begin: Begin) -> None:
    study = begin()
    study.llm.enqueue(Script("Once upon a time", hold=asyncio.Event(), hold_before=2))
    answering = asyncio.create_task(study.answer())
    await study.llm.wait_for_requests(1)
    answering.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(answering, return_exceptions=True)
        await study.llm.requests[0].disconnected.wait()


async def test_whoever_stops_listening_stops_the_tools(begin: Begin) -> None:
    looking = Looking(meet=9)
    study = begin(looking)
    study.llm.enqueue(looks("pier"))
    answering = asyncio.create_task(study.answer())
    await looking.began.wait()
    answering.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(answering, return_exceptions=True)
        await looking.cancelled.wait()


class Critic:
    """Objects to what it is told to object to."""

    def __init__(self, *wrong: str) -> None:
        self.wrong = wrong
        self.seen: list[tuple[str, Sequence[str]]] = []

    async def __call__(self, draft: str, observations: Sequence[str]) -> Objection | None:
        self.seen.append((draft, observations))
        return Objection(f"{draft} is wrong.", "I am not sure.") if draft in self.wrong else None


async def test_a_draft_that_is_wrong_is_put_right_by_the_model(begin: Begin) -> None:
    study, critic = begin(), Critic("At the zoo.")
    study.thought.check = critic
    study.llm.enqueue(looks("pier"), Script("At the zoo."), Script("At the pier."))
    assert await study.answer() == "At the pier."
    assert study.thought.text == "At the pier."
    assert critic.seen[0] == ("At the zoo.", ["At the pier there are gulls."])
    assert "At the zoo. is wrong." in study.llm.requests[2].last_text


async def test_after_two_corrections_what_is_wrong_is_taken_out(begin: Begin) -> None:
    study = begin()
    study.thought.check = Critic("At the zoo.", "At the bank.", "At the bar.")
    study.llm.enqueue(Script("At the zoo."), Script("At the bank."), Script("At the bar."))
    assert await study.answer() == "I am not sure."
    assert study.thought.text == "I am not sure."
    assert len(study.llm.requests) == 3


async def test_corrections_are_steps_too(begin: Begin) -> None:
    study = begin()
    study.thought.route = Route(Complexity.LOW, 2, 1.0)
    study.thought.check = Critic("At the zoo.")
    study.llm.enqueue(looks("pier"), Script("At the zoo."))
    assert await study.answer() == "I am not sure."
    assert len(study.llm.requests) == 2


async def test_a_correction_that_fails_leaves_the_answer_without_what_was_wrong(begin: Begin) -> None:
    study = begin()
    study.thought.check = Critic("At the zoo.")
    study.llm.enqueue(Script("At the zoo."), Script(status=500))
    assert await study.answer() == "I am not sure."
    assert study.thought.text == "I am not sure."


async def test_a_correction_without_words_leaves_the_answer_without_what_was_wrong(begin: Begin) -> None:
    study = begin()
    study.thought.check = Critic("At the zoo.")
    study.llm.enqueue(Script("At the zoo."), looks("pier"))
    assert await study.answer() == "I am not sure."


async def test_arguments_that_are_cut_off_are_not_completed(begin: Begin) -> None:
    looking = Looking()
    study = begin(looking)
    cut = Script(tool_calls=[ToolCall("look", '{"place": "the pi', "call_cut")], finish_reason="length")
    study.llm.enqueue(cut, Script("I could not look."))
    assert await study.answer() == "I could not look."
    assert looking.places == []


async def test_results_that_would_break_the_budget_are_left_out(begin: Begin) -> None:
    class Wide(Looking):
        async def _run(self, wanted: Place, _context: ToolContext) -> ToolResult:
            self.places.append(wanted.place)
            return ok("gulls " * 2_000)

    looking = Wide()
    study = begin(looking, tokens=4_000, reply_tokens=100)
    study.llm.enqueue(looks("a", "b", "c"), Script("Gulls."))
    assert await study.answer() == "Gulls."
    assert looking.places == ["a", "b", "c"]
    told = [str(one["content"]) for one in study.bodies()[1]["messages"] if one["role"] == "tool"]
    assert ["more than there is room for" in one for one in told] == [False, True, True]


async def test_a_check_that_takes_all_the_time_lets_the_draft_stand(begin: Begin) -> None:
    study = begin(seconds=0.5, answer_s=0.2)

    async def for_ever(_draft: str, _observations: Sequence[str]) -> Objection | None:
        await asyncio.Event().wait()
        return None

    study.thought.check = for_ever
    study.llm.enqueue(Script("At the pier."))
    async with asyncio.timeout(60):
        assert await study.answer() == "At the pier."
