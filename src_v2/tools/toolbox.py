"""Describes tools to a model and calls them on its behalf. What it writes is checked; every call ends with a result.

Nothing a model writes chooses what code runs, beyond one of the tools that were offered. No loop over models here.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import structlog

from src_v2.core.errors import EmbeddingError, StoreUnavailable
from src_v2.observability.outages import Outages
from src_v2.tools.arguments import Unfit, json_schema, read_arguments
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.results import away, refused, unusable

log = structlog.get_logger(__name__)

TIMEOUTS_S: Mapping[Cost, float] = {Cost.CHEAP: 2.0, Cost.SEARCH: 5.0}
"""A person waits for the answer; a model that queues for the embedder may take longer than a statement."""

AWAY = "You cannot look that up right now. Answer without it, and say that you cannot recall it at the moment."
NOT_WRITTEN = "That could not be written down for certain. Do not claim that it was."


class ToolBox:
    """Some tools. What is down is told to `outages` as `tool <name>`; `timeouts_s` says how long a call may take."""

    def __init__(
        self, tools: Iterable[Tool[Any]], outages: Outages, *, timeouts_s: Mapping[Cost, float] = TIMEOUTS_S
    ) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._specs = {tool.name: _spec(tool) for tool in self._tools.values()}
        self._outages = outages
        self._timeouts_s = timeouts_s

    def specs(self, permissions: Collection[Permission]) -> list[dict[str, Any]]:
        """Return the tools that these permissions allow, in the form of OpenAI's API, which `bind_tools` takes."""
        return [self._specs[name] for name, tool in self._tools.items() if tool.permission in permissions]

    def cost(self, name: str) -> Cost | None:
        """Return what a call of a tool takes; None when there is no such tool."""
        tool = self._tools.get(name)
        return tool.cost if tool else None

    async def call(self, name: str, arguments: Mapping[str, Any] | str, context: ToolContext) -> ToolResult:
        """Call a tool with a mapping, or the JSON of one, and return what to tell the model; never raises for either.

        Calls of one turn may run side by side.
        """
        tool = self._tools.get(name)
        if tool is None:
            return unusable(f"There is no such tool. There are: {', '.join(self._offered(context))}.")
        if tool.permission not in context.permissions:
            return refused("That is not allowed here. Answer without it.")
        try:
            return await self._run(tool, read_arguments(tool.arguments, arguments), context)
        except Unfit as advice:
            return unusable(str(advice))

    async def _run(self, tool: Tool[Any], arguments: Any, context: ToolContext) -> ToolResult:
        part = f"tool {tool.name}"
        try:
            async with asyncio.timeout(self._timeouts_s[tool.cost]):
                result = await tool.run(arguments, context)
        except Unfit:
            raise
        except (StoreUnavailable, EmbeddingError, TimeoutError) as error:
            self._outages.failed(part, error)
            return _not_done(tool)
        except Exception as error:  # an edge: whatever happens to one call, the turn goes on
            log.exception("tool_failed", tool=tool.name, error=type(error).__name__)
            return _not_done(tool)
        self._outages.worked(part)
        return result

    def _offered(self, context: ToolContext) -> list[str]:
        return [name for name, tool in self._tools.items() if tool.permission in context.permissions]


def _not_done(tool: Tool[Any]) -> ToolResult:
    return away(NOT_WRITTEN if tool.permission is Permission.WRITE_OWN else AWAY)


def _spec(tool: Tool[Any]) -> dict[str, Any]:
    parameters = json_schema(tool.arguments)
    return {"type": "function", "function": dict(name=tool.name, description=tool.description, parameters=parameters)}
