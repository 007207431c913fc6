"""What earlier runs change about the way that a question takes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from src_v2.agents.experience import informed, is_worth_asking
from src_v2.core.audience import Audience, Visibility
from src_v2.core.routes import Complexity, Mode, route
from src_v2.memory.profiles import Profile
from src_v2.memory.traces.models import SURE_SIMILARITY, SimilarTrace, Trace, TraceStep

TRACE = Trace(
    "t1", Audience("elena", "discord:sam", "discord:dm-sam", Visibility.PRIVATE), "turn", "message", "Which boats?",
    (TraceStep("", ()),), "Two.", 3, 900, 1.0, Complexity.MID, datetime(2026, 5, 1, tzinfo=UTC),
)  # fmt: skip


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


def test_more_steps_than_are_allowed_are_never_given() -> None:
    usual = route(Complexity.LOW, 0.9)
    assert informed(usual, like(model_calls=40, complexity=Complexity.HIGH)) == usual


@pytest.mark.parametrize(("complexity", "confidence", "reasoned", "worth"), [
    (Complexity.SIMPLE, 1.0, True, False), (Complexity.SIMPLE, 0.7, True, True), (Complexity.SIMPLE, 0.7, False, False),
    (Complexity.LOW, 1.0, False, True),
])  # fmt: skip
def test_plain_talk_is_not_looked_up(complexity: Complexity, confidence: float, reasoned: bool, worth: bool) -> None:
    assert is_worth_asking(route(complexity, confidence), Profile(reasoned=reasoned)) is worth
