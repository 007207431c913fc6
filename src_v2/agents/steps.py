"""What happened on the way to an answer: what the model said to itself, which tools it called, what they gave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from langchain_core.messages import AIMessage, ToolMessage

from src_v2.tools.base import ToolResult


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call of a tool as the model asked for it; `arguments` is a mapping, or text that is no JSON object."""

    id: str
    name: str
    arguments: dict[str, Any] | str

    @property
    def canonical(self) -> str:
        """The arguments as JSON text, the same for the same call."""
        if isinstance(self.arguments, str):
            return self.arguments
        return orjson.dumps(self.arguments, option=orjson.OPT_SORT_KEYS).decode()


@dataclass(frozen=True, slots=True)
class Called:
    """A call and what came of it."""

    wanted: Wanted
    result: ToolResult


@dataclass(slots=True)
class Step:
    """One model call that asked for tools."""

    thought: str
    called: Sequence[Called] = field(default_factory=tuple)


def wanted_calls(calling: AIMessage) -> list[Wanted]:
    """Return every call in a model's answer, malformed ones too: each must be answered, or the next request fails."""
    well = [
        Wanted(call["id"] or f"call_{at}", call["name"], dict(call["args"]))
        for at, call in enumerate(calling.tool_calls)
    ]
    first = len(well)
    malformed = [
        Wanted(call["id"] or f"call_{first + at}", call["name"] or "", call["args"] or "")
        for at, call in enumerate(calling.invalid_tool_calls)
    ]
    return [*well, *malformed]


def answers(called: Iterable[Called]) -> list[ToolMessage]:
    """Return what the model is told about its calls."""
    return [
        ToolMessage(
            one.result.text, tool_call_id=one.wanted.id, name=one.wanted.name or "unknown",
            status="error" if one.result.failed else "success",
        )
        for one in called
    ]  # fmt: skip


def observations(steps: Iterable[Step]) -> list[str]:
    """Return everything that tools gave, in order."""
    return [one.result.text for step in steps for one in step.called if not one.result.failed]
