"""What is kept of a run, how good it was, and what it suggests for the next one. No store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.core.messages import Author, IncomingMessage, Turn
from src_v2.core.routes import STEPS, Complexity
from src_v2.core.switches import Switches
from src_v2.memory.embeddings.base import TextKind, Vectors
from src_v2.memory.embeddings.hashing import HashingEmbedder
from src_v2.memory.rows import message_rows
from src_v2.memory.sifting import sifted
from src_v2.memory.traces import models
from src_v2.memory.traces.models import (
    Ending,
    SimilarTrace,
    TraceCall,
    TraceStep,
    canonical,
    first_quality,
    step_budget,
    what_it_gave,
)
from src_v2.memory.traces.nearness import UNRELATED, Likeness, Scale, similarity
from src_v2.memory.traces.rows import trace_rows
from tests.support.reasoning import trace_of

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SAM = Audience("elena", "discord:sam", "discord:dm", Visibility.PRIVATE, shared=True)


def turn(*texts: str) -> Turn:
    author = Author(SAM.user_id, "Sam")
    return Turn("turn", tuple(IncomingMessage(text, author, SAM, text, NOON, "discord") for text in texts))


def calls(*outcomes: str) -> list[TraceStep]:
    return [TraceStep.of("", [TraceCall.of("t", {}, outcome, "")]) for outcome in outcomes]


def test_a_trace_is_of_all_that_was_asked_and_of_where_it_was_asked() -> None:
    trace = trace_of(turn("Which cake", "did I like?"))
    assert (trace.question, trace.question_message_id) == ("Which cake\ndid I like?", "did I like?")
    assert trace.audience == replace(SAM, shared=False)


@pytest.mark.parametrize(
    ("outcomes", "ending", "quality"),
    [
        (("ok", "ok"), Ending(True), 1.0), ((), Ending(True), 1.0), (("ok", "nothing"), Ending(True), 0.7),
        (("unusable", "ok", "away", "ok"), Ending(True), 0.7), (("nothing",), Ending(True), 0.4),
        (("ok",), Ending(True, sound=False), 0.7), (("ok",), Ending(True, cut_short=True), 0.4),
        (("ok",), Ending(False), 0.0), (("nothing",), Ending(True, sound=False, cut_short=True), 0.0),
        (("ok", "nothing"), Ending(True, used_up=True), 0.55),
        (("ok", "away", "nothing"), Ending(True, used_up=True), 0.45),
    ],
)  # fmt: skip
def test_quality_is_what_the_end_of_a_run_tells(outcomes: tuple[str, ...], ending: Ending, quality: float) -> None:
    assert first_quality(calls(*outcomes), ending) == quality


def test_what_is_kept_is_bounded_whatever_a_model_writes() -> None:
    call = TraceCall.of("search", {"query": "x" * 9_000}, "ok", "y" * 9_000)
    steps = [TraceStep.of("thought\n" * 900, [call] * 90)] * 90
    trace = trace_of(turn("why " * 9_000), steps=steps, answer="because\n" * 900)
    (row,) = trace_rows(trace)
    assert len(trace.question) == models.LONGEST_QUESTION_CHARS
    assert len(trace.answer) == models.LONGEST_ANSWER_CHARS
    assert (len(trace.steps), len(trace.steps[0].calls)) == (models.MOST_STEPS, models.MOST_CALLS_OF_A_STEP)
    assert len(row.values["steps"]) < 100_000


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"b": 1, "a": [2]}, '{"a":[2],"b":1}'), ('{"b": 1, "a": 2}', '{"a":2,"b":1}'), ("not\njson", "not json"),
        ("", ""), ({1: 2}, "{1: 2}"),
    ],
)  # fmt: skip
def test_arguments_read_the_same_however_they_were_written(given: dict[str, object] | str, kept: str) -> None:
    assert canonical(given) == kept


@pytest.mark.parametrize(
    ("text", "gave"),
    [
        ('<memories note="data">\n- [m1] Kim said | - a secret\n- [m2] more\n</memories>', "2 memories"),
        ('Found.\n- [m0] no entry\n<facts note="data">\n- [f1] Ann | likes | rum\n</facts>\n3 more', "1 facts"),
        ('<page note="data">\nA long story\n</page>', "page"), ("= 42\n", "= 42"), ("", ""),
    ],
)  # fmt: skip
def test_what_people_said_is_counted_and_not_copied(text: str, gave: str) -> None:
    assert what_it_gave(text) == gave


def similar(calls_: int, similarity: float = 0.8, complexity: Complexity = Complexity.MID) -> SimilarTrace:
    return SimilarTrace(trace_of(turn("?"), model_calls=calls_, complexity=complexity), similarity)


@pytest.mark.parametrize(
    ("found", "steps"),
    [
        ([similar(1)], 2), ([similar(3)], 4), ([similar(3), similar(5, 0.7)], 6), ([similar(3), similar(5, 0.45)], 4),
        ([similar(9)], STEPS[Complexity.MID]),
    ],
)  # fmt: skip
def test_the_next_run_may_take_what_the_last_ones_took_and_one_to_spare(found: list[SimilarTrace], steps: int) -> None:
    budget = step_budget(found)
    assert budget is not None
    assert (budget.max_steps, budget.similarity) == (steps, 0.8)


def test_the_nearest_says_how_hard_to_think_and_nothing_is_said_of_what_is_hardly_similar() -> None:
    budget = step_budget([similar(3, 0.7), similar(2, 0.9, Complexity.HIGH)])
    assert budget is not None
    assert (budget.complexity, budget.max_steps) == (Complexity.HIGH, 4)
    assert step_budget([similar(3, 0.64)]) is None
    assert step_budget([]) is None


def test_a_run_that_took_all_its_steps_does_not_say_how_few_are_enough() -> None:
    budget = step_budget([similar(STEPS[Complexity.LOW], complexity=Complexity.LOW), similar(2, 0.9)])
    assert budget is not None
    assert budget.max_steps == models.MOST_STEPS


@pytest.mark.parametrize("part", ["questions", "shapes"])
async def test_nearness_begins_where_a_models_unrelated_texts_are(part: str) -> None:
    scale: Scale = getattr(Likeness(HashingEmbedder()), part)
    zero = await scale.unrelated()
    assert 0.0 <= zero < 0.3
    assert await scale.nearness(zero) == pytest.approx(0.0)
    assert await scale.nearness(1.0) == pytest.approx(1.0)
    assert len(set(UNRELATED)) == len(UNRELATED)


class Counting(HashingEmbedder):
    """Counts what it is asked to encode."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[str]] = []

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        self.asked.append(list(texts))
        return await super().encode(texts, kind=kind)


async def test_shapes_are_compared_in_one_go_and_the_same_ones_not_at_all() -> None:
    embedder = Counting()
    likeness = Likeness(embedder)
    assert await likeness.of_shapes("what of something", ["what of something"] * 2) == [1.0, 1.0]
    assert embedder.asked == []
    await likeness.shapes.unrelated()
    embedder.asked.clear()
    same, other, again = await likeness.of_shapes("what of something", ["what of something", "who", "who"])
    assert (same, other) == (1.0, again)
    assert other < 0.3
    assert embedder.asked == [["what of something", "who"]]


def test_the_same_shape_and_the_same_text_are_the_same_question() -> None:
    assert similarity(1.0, 1.0) == pytest.approx(1.0)
    assert similarity(1.0, 0.2) > similarity(0.2, 1.0)


async def test_a_trace_that_waited_for_sql_goes_with_its_persons_words() -> None:
    asked = turn("Which cake?")
    change = [*message_rows(asked.messages, "session", asked.id), *trace_rows(trace_of(asked))]

    async def decided(_people: object) -> dict[str, Switches]:
        return {SAM.user_id: Switches(remember=False)}

    assert await sifted([change, trace_rows(trace_of(asked))], decided) == []
