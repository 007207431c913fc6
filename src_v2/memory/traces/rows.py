"""A trace as a table row, and back: the form in which it is written together with the turn that it is of."""

from typing import Any

import orjson
from sqlalchemy import RowMapping

from src_v2.core.audience import Audience, Visibility
from src_v2.core.routes import Complexity
from src_v2.memory.traces.models import LEAST_QUALITY, Trace, TraceCall, TraceStep
from src_v2.storage.rows import RowWrite


def trace_rows(trace: Trace) -> list[RowWrite]:
    """Return what is written of a run with the end of its turn; nothing of one that was not good enough to follow.

    It is indexed with what the turn said.
    """
    if trace.quality < LEAST_QUALITY:
        return []
    audience = trace.audience
    values: dict[str, Any] = dict(
        id=trace.id, turn_id=trace.turn_id, source_message_id=trace.question_message_id, character=audience.character,
        user_id=audience.user_id, guild_id=audience.guild_id, channel_id=audience.channel_id,
        visibility=audience.visibility.value, question=trace.question, steps=_packed(trace.steps), answer=trace.answer,
        model_calls=trace.model_calls, duration_ms=trace.duration_ms, quality=trace.quality,
        complexity=trace.complexity.value, created_at=trace.created_at,
    )  # fmt: skip
    return [RowWrite("v2_traces", values, needs=trace.question_message_id)]


def trace_of(row: RowMapping) -> Trace:
    """Return the trace that a row holds."""
    audience = Audience(
        row["character"], row["user_id"], row["channel_id"], Visibility(row["visibility"]), row["guild_id"]
    )
    return Trace(
        row["id"], audience, row["turn_id"], row["source_message_id"], row["question"], _unpacked(row["steps"]),
        row["answer"], row["model_calls"], row["duration_ms"], row["quality"], Complexity(row["complexity"]),
        row["created_at"],
    )  # fmt: skip


def _packed(steps: tuple[TraceStep, ...]) -> str:
    return orjson.dumps(steps).decode()


def _unpacked(text: str) -> tuple[TraceStep, ...]:
    return tuple(
        TraceStep(step["thought"], tuple(TraceCall(**call) for call in step["calls"])) for step in orjson.loads(text)
    )
