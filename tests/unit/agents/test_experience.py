"""What earlier runs change about the way that a question takes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from src_v2.agents.experience import informed, is_worth_asking, trace_of
from src_v2.agents.reflective import Thought
from src_v2.agents.runs import Run
from src_v2.agents.steps import Called, Step, Wanted
from src_v2.characters.models import UTC_ZONE, Character, ThinkingIndicators
from src_v2.core.audience import Audience, Visibility
from src_v2.core.messages import Author, IncomingMessage, Turn
from src_v2.core.routes import STEPS, Complexity, Mode, Route, route
from src_v2.memory.profiles import Profile
from src_v2.memory.traces.models import LEAST_QUALITY, SURE_SIMILARITY, SimilarTrace, Trace, TraceStep
from src_v2.tools.base import ToolContext
from src_v2.tools.results import ok

NOW = datetime(2026, 5, 1, tzinfo=UTC)
SAM = Audience("elena", "discord:sam", "discord:dm-sam", Visibility.PRIVATE)
TRACE = Trace(
    "t1", SAM, "turn", "message", "Which boats?", (TraceStep("", ()),), "Two.", 3, 900, 1.0, Complexity.MID, NOW
)
QUESTION = IncomingMessage("message", Author(SAM.user_id, "Sam"), SAM, "Which boats?", NOW, "discord")


def like(similarity: float = 0.9, **changes: object) -> list[SimilarTrace]:
    return [SimilarTrace(replace(TRACE, **changes), similarity)]  # type: ignore[arg-type]


def test_a_similar_question_gets_no_more_steps_than_it_took_and_one_to_spare() -> None:
    again = informed(route(Complexity.HIGH, 0.9, "meaning"), like(model_calls=3))
    assert (again.complexity, again.max_steps) == (Complexity.HIGH, 4)
    assert again.reasons == ("meaning", "past_steps")


def test_what_took_thought_before_takes_it_again() -> None:
    again = informed(route(Complexity.SIMPLE, 0.6, "signals"), like())
    assert (again.mode, again.complexity) == (Mode.REFLECTIVE, Complexity.MID)
    assert "past" in again.reasons


@pytest.mark.parametrize("similar", [[], like(SURE_SIMILARITY - 0.01)])
def test_what_is_not_surely_the_same_changes_nothing(similar: list[SimilarTrace]) -> None:
    usual = route(Complexity.HIGH, 0.9)
    assert informed(usual, similar) == usual


def test_what_took_all_steps_before_is_given_all_that_this_question_may_take() -> None:
    usual = route(Complexity.HIGH, 0.9)
    used_up = like(model_calls=STEPS[Complexity.LOW], complexity=Complexity.LOW)
    assert informed(usual, used_up) == usual
    again = informed(route(Complexity.SIMPLE, 0.6), used_up)
    assert (again.complexity, again.max_steps) == (Complexity.LOW, STEPS[Complexity.LOW])


def test_more_steps_than_are_allowed_are_never_given() -> None:
    usual = route(Complexity.LOW, 0.9)
    assert informed(usual, like(model_calls=40, complexity=Complexity.HIGH)) == usual


@pytest.mark.parametrize(("complexity", "confidence", "reasoned", "worth"), [
    (Complexity.SIMPLE, 1.0, True, False), (Complexity.SIMPLE, 0.7, True, True), (Complexity.SIMPLE, 0.7, False, False),
    (Complexity.LOW, 1.0, False, True),
])  # fmt: skip
def test_plain_talk_is_not_looked_up(complexity: Complexity, confidence: float, reasoned: bool, worth: bool) -> None:
    assert is_worth_asking(route(complexity, confidence), Profile(reasoned=reasoned)) is worth


def thought(*, asked: int, was_cut_short: bool = True, objections: int = 0) -> Thought:
    found = Called(Wanted("1", "search_messages", {"query": "boats"}), ok("Two boats."))
    context = ToolContext(QUESTION, NOW, "Elena", UTC_ZONE)
    return Thought(
        [], Route(Complexity.LOW, STEPS[Complexity.LOW], 0.9), context, ThinkingIndicators(), [],
        text="Two.", steps=[Step("", [found])], objections=objections, asked=asked, was_cut_short=was_cut_short,
    )  # fmt: skip


def quality(made: Thought) -> float:
    run = Run(Turn("turn", (QUESTION,)), Character("elena", "Elena", ""), 0.0, text="Two.")
    trace = trace_of(run, made, now=NOW, now_s=1.0)
    assert trace is not None
    return trace.quality


def test_an_answer_with_the_last_step_is_an_example_and_one_that_ran_out_of_time_is_none() -> None:
    assert quality(thought(asked=3, was_cut_short=False)) == 1.0
    assert LEAST_QUALITY <= quality(thought(asked=5)) < 1.0
    assert quality(thought(asked=3)) < LEAST_QUALITY
    assert quality(thought(asked=5, objections=2)) < LEAST_QUALITY  # out of time with three, then corrected twice
