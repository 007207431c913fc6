"""What is kept of a reflective run: the question, the steps with their tools, the answer, how good all that was. Pure.

A trace says how to go about something. What tools gave is kept as its kind and a count, never as what others said.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import orjson

from src_v2.core.audience import Audience
from src_v2.core.fence import one_line
from src_v2.core.ids import new_id
from src_v2.core.messages import Turn
from src_v2.core.routes import STEPS, Complexity

OK = "ok"
"""The outcome of a call that gave something; every other one was a call for nothing."""

LONGEST_QUESTION_CHARS = 1_000
"""About 250 tokens: what a small embedding model reads of a text."""
LONGEST_ANSWER_CHARS = 600
LONGEST_THOUGHT_CHARS = 240
LONGEST_ARGUMENTS_CHARS = 400
LONGEST_GIVEN_CHARS = 160
MOST_STEPS = STEPS[Complexity.HIGH]
MOST_CALLS_OF_A_STEP = 8

LEAST_QUALITY = 0.5
"""A run below this is not kept; one that fell below it by what people said of it is no example any more."""
WASTED_COSTS, UNSOUND_COSTS, CUT_SHORT_COSTS, USED_UP_COSTS = 0.6, 0.3, 0.6, 0.15
"""What calls for nothing take from the quality when all were so, what a draft that had to be corrected takes, what a
run takes that ended because its time or tokens did, and one that answered with its last step, for nobody knows whether
it would have gone on: the first and the third alone are enough for a run not to be kept, the last only with more than
half of its calls for nothing."""
LEAST_STEPS, SPARE_STEPS = 2, 1
SURE_SIMILARITY = 0.65
"""From here on what a trace took limits what is allowed now: too few steps for another kind of question would spoil it.
Measured with the limit for examples."""

_FENCED = re.compile(r"<([a-z_]{1,30}) note=")
_ENTRY = re.compile(r"^- ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TraceCall:
    """One call of a tool: its arguments as canonical JSON, the kind of its result, and in one line what it gave."""

    tool: str
    arguments: str
    outcome: str
    gave: str = ""

    @classmethod
    def of(cls, tool: str, arguments: Mapping[str, Any] | str, outcome: str, text: str) -> Self:
        """Return the call as it is kept; `text` is what the tool told the model."""
        return cls(tool, _cut(canonical(arguments), LONGEST_ARGUMENTS_CHARS), outcome, what_it_gave(text))


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One model call that wanted tools: what it said to itself, and what it called at once."""

    thought: str
    calls: tuple[TraceCall, ...] = ()

    @classmethod
    def of(cls, thought: str, calls: Iterable[TraceCall]) -> Self:
        """Return the step as it is kept."""
        return cls(_cut(one_line(thought), LONGEST_THOUGHT_CHARS), tuple(calls)[:MOST_CALLS_OF_A_STEP])


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended. `sound` is whether the critic, if it was asked, found nothing to correct."""

    answered: bool
    sound: bool = True
    cut_short: bool = False
    """It had to answer because its time, tokens or calls of tools were used up."""
    used_up: bool = False
    """It answered with the last of its steps: it had to, yet may have known enough."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One reflective run. `model_calls` counts all of its steps, the answer's included; `quality` is 0..1.

    `question_message_id` is the message that asked: the trace goes when anything of its turn is deleted or edited.
    `created_at` is when the run ended.
    """

    id: str
    audience: Audience
    turn_id: str
    question_message_id: str
    question: str
    steps: tuple[TraceStep, ...]
    answer: str
    model_calls: int
    duration_ms: int
    quality: float
    complexity: Complexity
    created_at: datetime

    @classmethod
    def of(
        cls,
        turn: Turn,
        steps: Sequence[TraceStep],
        answer: str,
        ending: Ending,
        *,
        model_calls: int,
        duration_ms: float,
        complexity: Complexity,
        at: datetime,
    ) -> Self:
        """Return the trace of a run that answered `turn`."""
        return cls(
            new_id(), turn.audience.as_stored, turn.id, turn.messages[-1].id, _cut(turn.text, LONGEST_QUESTION_CHARS),
            tuple(steps)[:MOST_STEPS], _cut(one_line(answer), LONGEST_ANSWER_CHARS), model_calls, round(duration_ms),
            first_quality(steps, ending), complexity, at,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SimilarTrace:
    """A trace of a question like the one that is asked.

    `similarity` is at most 1, which says the same; 0 is what questions have that share nothing (`traces.nearness`).
    """

    trace: Trace
    similarity: float


@dataclass(frozen=True, slots=True)
class PastSteps:
    """What similar questions took: how many model calls to allow now, and how hard they were thought about."""

    max_steps: int
    complexity: Complexity
    similarity: float


def first_quality(steps: Sequence[TraceStep], ending: Ending) -> float:
    """Return how good a run was as far as its end tells, 0..1; 0 for one without an answer."""
    if not ending.answered:
        return 0.0
    outcomes = [call.outcome for step in steps for call in step.calls]
    wasted = sum(outcome != OK for outcome in outcomes) / max(1, len(outcomes))
    costs = WASTED_COSTS * wasted + UNSOUND_COSTS * (not ending.sound)
    costs += CUT_SHORT_COSTS * ending.cut_short + USED_UP_COSTS * ending.used_up
    return round(max(0.0, 1.0 - costs), 3)


def step_budget(similar: Sequence[SimilarTrace]) -> PastSteps | None:
    """Return what those traces suggest that are surely of the same kind; None without any.

    As many model calls as the longest of them took and one to spare; as many as there can be when one of them took all
    that it was allowed, which says nothing about how few are enough.
    """
    sure = [one for one in similar if one.similarity >= SURE_SIMILARITY]
    if not sure:
        return None
    best = max(sure, key=lambda one: one.similarity)
    used_up = any(one.trace.model_calls >= STEPS[one.trace.complexity] for one in sure)
    most = max(one.trace.model_calls for one in sure) + SPARE_STEPS
    return PastSteps(MOST_STEPS if used_up else max(LEAST_STEPS, most), best.trace.complexity, best.similarity)


def canonical(arguments: Mapping[str, Any] | str) -> str:
    """Return arguments as JSON with sorted keys; what is no JSON stays the text that it is."""
    try:
        plain = orjson.loads(arguments) if isinstance(arguments, str) else arguments
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS, default=str).decode()
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return one_line(str(arguments))


def what_it_gave(text: str) -> str:
    """Return one line for a tool's result: how much of what when it is fenced data, otherwise how it begins."""
    fenced = _FENCED.search(text)
    if fenced is None:
        return _cut(one_line(text), LONGEST_GIVEN_CHARS)
    entries = len(_ENTRY.findall(text, fenced.end()))
    return f"{entries} {fenced[1]}" if entries else fenced[1]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
