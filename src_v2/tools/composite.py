"""Makes one tool of several looks: they run side by side and come back as one observation with a section each.

A question that takes several looks then takes one step of the model and not as many. A look that fails leaves a note
in its section. A new composite tool is a function that says which looks it takes: see `analyze_topic`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from pydantic import BaseModel

from src_v2.core.errors import EmbeddingError, ServiceUnavailable, StoreUnavailable
from src_v2.tools.arguments import Unfit, read_arguments
from src_v2.tools.base import RESULT_TOKENS, Cost, Permission, ResultKind, Tool, ToolContext, ToolResult
from src_v2.tools.results import nothing, ok

WHOLE_TOKENS = 2 * RESULT_TOKENS
"""Most tokens of all sections together; each gets its share."""
PART_TIMEOUT_S = 5.0
AWAY_NOTE = "This could not be looked up right now."


@dataclass(frozen=True, slots=True)
class Look:
    """One section: its heading for the model, and what fills it."""

    title: str
    run: Callable[[ToolContext], Awaitable[ToolResult]]


A = TypeVar("A", bound=BaseModel)


def look(title: str, tool: Tool[Any], arguments: Mapping[str, Any]) -> Look:
    """Return a look with a tool of its own; raises Unfit when the arguments do not fit it."""
    return Look(title, partial(tool.run, read_arguments(tool.arguments, arguments)))


def composite(
    name: str,
    description: str,
    arguments: type[A],
    looks: Callable[[A, ToolContext], Sequence[Look]],
    *,
    nothing_found: str,
) -> Tool[A]:
    """Return a tool that only reads: it takes the looks that `looks` names, side by side."""

    async def run(wanted: A, context: ToolContext) -> ToolResult:
        return await _all(looks(wanted, context), context, nothing_found)

    return Tool(name, description, arguments, run, Permission.READ, Cost.COMPOSITE)


async def _all(looks: Sequence[Look], context: ToolContext, nothing_found: str) -> ToolResult:
    share = replace(context, result_tokens=WHOLE_TOKENS // len(looks))
    results = await asyncio.gather(*(_one(each, share) for each in looks))
    reached = [result for result in results if result is not None]
    if not reached:
        raise StoreUnavailable("no part of a composite tool could be reached")
    if len(reached) == len(looks) and not any(result.kind is ResultKind.OK for result in reached):
        return nothing(nothing_found)
    sections = [
        f"## {each.title}\n{AWAY_NOTE if result is None else result.text}"
        for each, result in zip(looks, results, strict=True)
    ]
    return ok("\n\n".join(sections))


async def _one(each: Look, context: ToolContext) -> ToolResult | None:
    """Return what a look gives, None when what it needs is away."""
    try:
        async with asyncio.timeout(PART_TIMEOUT_S):
            return await each.run(context)
    except (StoreUnavailable, EmbeddingError, ServiceUnavailable, TimeoutError):
        return None
    except Unfit as advice:
        return nothing(str(advice))
