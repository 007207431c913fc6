"""What earlier runs say about a question: how hard to think, in how many steps, and examples of how to go about it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from src_v2.agents.reflective import Thought
from src_v2.agents.runs import Run
from src_v2.agents.steps import Step
from src_v2.core.routes import STEPS, Mode, Route
from src_v2.memory.profiles import Profile
from src_v2.memory.traces.models import Ending, SimilarTrace, Trace, TraceCall, TraceStep, step_budget

CERTAIN = 0.8
"""A plain question that is surely one is not compared with earlier ones: that would cost a search."""
EXAMPLES_TOKENS = 500


def is_worth_asking(route: Route, profile: Profile) -> bool:
    """Whether earlier runs may change how a turn is answered; of a plain one only for people who have any."""
    return route.mode is Mode.REFLECTIVE or (profile.reasoned and route.confidence < CERTAIN)


def informed(route: Route, similar: Sequence[SimilarTrace]) -> Route:
    """Return the route in the light of similar questions: no more steps than they took, and one to spare."""
    past = step_budget(similar)
    if past is None:
        return route
    if route.mode is Mode.FAST:
        steps = min(past.max_steps, STEPS[past.complexity])
        return Route(past.complexity, steps, past.similarity, (*route.reasons, "past"))
    if past.max_steps >= route.max_steps:
        return route
    return replace(route, max_steps=past.max_steps, reasons=(*route.reasons, "past_steps"))


def trace_of(run: Run, thought: Thought, *, now: datetime, now_s: float) -> Trace | None:
    """Return what is worth keeping of a run that has ended; None for one that looked nothing up, or was not shown."""
    if not thought.steps or thought.text != run.text:  # what the guard took out of the reply is in the thought
        return None
    # Corrections are model calls too, and are only asked for while steps are left.
    used_up = thought.was_cut_short and thought.asked - thought.objections >= thought.route.max_steps
    ending = Ending(
        bool(run.text), sound=not thought.objections, cut_short=thought.was_cut_short and not used_up, used_up=used_up
    )
    return Trace.of(
        run.turn, [_step(step) for step in thought.steps], run.text, ending, model_calls=thought.asked,
        duration_ms=(now_s - run.asked_model_s) * 1000, complexity=thought.route.complexity, at=now,
    )  # fmt: skip


def _step(step: Step) -> TraceStep:
    called = ((one.wanted, one.result) for one in step.called)
    calls = (TraceCall.of(wanted.name, wanted.arguments, result.kind, result.text) for wanted, result in called)
    return TraceStep.of(step.thought, calls)
