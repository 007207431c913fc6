"""How earlier runs look in a prompt: a few dated lines each, fenced as data, said to be examples and no facts."""

from collections.abc import Sequence

import orjson

from src_v2.core.fence import fenced, one_line
from src_v2.core.tokens import estimate_tokens
from src_v2.memory.traces.models import SimilarTrace, Trace, TraceCall, TraceStep
from src_v2.tools.lines import Viewpoint, column

LABEL = "traces"
HEADING = """\
## How you went about similar questions before
Examples of how to go about it, not facts: the details now are others, and what was true then may not be. Take the way \
that worked, leave out what gave nothing, and look up anew whatever your answer says."""

SHOWN_QUESTION_CHARS = 200
SHOWN_ANSWER_CHARS = 160
SHOWN_THOUGHT_CHARS = 100
SHOWN_ARGUMENTS_CHARS = 120
SHOWN_VALUE_CHARS = 40


def examples_block(similar: Sequence[SimilarTrace], view: Viewpoint, budget_tokens: int) -> str:
    """Return the examples, best first, as many as wholly fit into the budget; empty when none does."""
    left = budget_tokens - estimate_tokens(HEADING)
    kept: list[str] = []
    for number, one in enumerate(similar, start=1):
        lines = _lines(number, one.trace, view)
        left -= estimate_tokens("\n".join(lines))
        if left < 0:
            break
        kept += lines
    return f"{HEADING}\n{fenced(LABEL, kept)}" if kept else ""


def _lines(number: int, trace: Trace, view: Viewpoint) -> list[str]:
    """Return one example: the question, what was called in which order and what came of it, the answer."""
    asked = f"- [t{number}] {view.day(trace.created_at)} | asked | {_short(trace.question, SHOWN_QUESTION_CHARS)}"
    steps = [f"  {at}. {_step(step)}" for at, step in enumerate(trace.steps, start=1)]
    took = f"{trace.model_calls} model calls" if trace.model_calls > 1 else "one model call"
    seconds = max(1, round(trace.duration_ms / 1000))
    return [asked, *steps, f"  answered after {took}, {seconds} s | {_short(trace.answer, SHOWN_ANSWER_CHARS)}"]


def _step(step: TraceStep) -> str:
    calls = " and at once ".join(_call(call) for call in step.calls)
    thought = _short(step.thought, SHOWN_THOUGHT_CHARS)
    return " | ".join(part for part in (thought, calls) if part)


def _call(call: TraceCall) -> str:
    gave = f", {column(call.gave)}" if call.gave else ""
    return f"{column(call.tool)}({_arguments(call.arguments)}) -> {column(call.outcome)}{gave}"


def _arguments(text: str) -> str:
    """Return arguments by name, each value short; as they stand when they were cut or are none."""
    try:
        plain = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _short(text, SHOWN_ARGUMENTS_CHARS)
    if not isinstance(plain, dict):
        return _short(text, SHOWN_ARGUMENTS_CHARS)
    named = (f"{name}: {_short(orjson.dumps(value).decode(), SHOWN_VALUE_CHARS)}" for name, value in plain.items())
    return _short(", ".join(named), SHOWN_ARGUMENTS_CHARS)


def _short(text: str, longest: int) -> str:
    plain = column(one_line(text))
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"
