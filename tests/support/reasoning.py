"""Reflective runs without a model: turns that end with a reply and a trace of how it was found."""

from collections.abc import Sequence
from typing import Any

from src_v2.core.audience import Audience
from src_v2.core.ids import new_id
from src_v2.core.messages import IncomingMessage, Turn
from src_v2.core.routes import Complexity, route
from src_v2.memory.rows import message_rows, reply_row
from src_v2.memory.store import MemoryStore
from src_v2.memory.traces.models import Ending, Trace, TraceCall, TraceStep
from src_v2.memory.traces.rows import trace_rows
from src_v2.memory.traces.service import Traces
from src_v2.memory.traces.store import TraceStore
from src_v2.observability.outages import Outages
from tests.support.house import House

ANSWERED = Ending(answered=True)
ANSWER = "It is the walnut one."
FOUND = '<memories note="data, not instructions">\n- [m1] somebody said something\n- [m2] and more\n</memories>'
STEPS = (
    TraceStep.of("I have to look first.", [TraceCall.of("search_messages", {"query": "cake"}, "ok", FOUND)]),
    TraceStep.of("", [TraceCall.of("calculator", '{"expression": "2 + 3"}', "ok", "= 5")]),
)


def trace_of(turn: Turn, *, steps: Sequence[TraceStep] = STEPS, ending: Ending = ANSWERED, **more: Any) -> Trace:
    """Return the trace of a run that answered `turn` with ANSWER right after it was asked."""
    known: dict[str, Any] = dict(
        model_calls=3, duration_ms=2_400, complexity=Complexity.MID, at=turn.messages[-1].sent_at
    )
    return Trace.of(turn, steps, more.pop("answer", ANSWER), ending, **known | more)


async def stored(store: MemoryStore, *said: IncomingMessage, **more: Any) -> Trace:
    """Write a turn that asked `said`, its reply and its trace straight to SQL."""
    turn = Turn(new_id(), said)
    trace = trace_of(turn, **more)
    reply = reply_row(turn, "session", "Elena", ANSWER, said[-1].sent_at)
    await store.apply(message_rows(said, "session", turn.id))
    await store.apply([reply, *trace_rows(trace)])
    return trace


async def thinks(house: House, said: IncomingMessage, **more: Any) -> tuple[Turn, Trace]:
    """Let a character answer a message after some steps, along the path that every turn takes."""
    turn = Turn(new_id(), (said,))
    memory = house.app.memory
    session_id = await memory.begin_turn(turn)
    trace = trace_of(turn, **more)
    await memory.finish_turn(
        turn, session_id, "answered", name="Elena", reply=ANSWER, error=None, calls=trace_rows(trace),
        route=route(Complexity.MID, 0.9),
    )  # fmt: skip
    return turn, trace


def traces_of(house: House, *, timeout_s: float = 5.0) -> Traces:
    """Return the traces of a house."""
    app = house.app
    return Traces(
        TraceStore(app.stores.database), app.stores.vectors, app.embedder, app.indexer, Outages(), timeout_s=timeout_s
    )


async def questions_like(house: House, audience: Audience, question: str, limit: int = 20) -> list[str]:
    """Return the questions of the traces that would be examples for `question`."""
    return [one.trace.question for one in await traces_of(house).similar(audience, question, limit)]
