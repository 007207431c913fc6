"""Describes tools to a model and calls them on its behalf. What it writes is checked; every call ends with a result.

Nothing a model writes chooses what code runs, beyond one of the tools that were offered. No loop over models here.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from src_v2.core.clock import Clock, SystemClock
from src_v2.core.errors import EmbeddingError, ServiceUnavailable, StoreUnavailable
from src_v2.core.messages import IncomingMessage
from src_v2.observability.outages import Outages
from src_v2.tools.arguments import Unfit, json_schema, read_arguments
from src_v2.tools.base import CHANGES, Cost, Permission, Tool, ToolContext, ToolResult, ToolSource
from src_v2.tools.confirming import Allowed, Confirmations, TooLong, Waiting
from src_v2.tools.results import away, nothing, refused, unusable

log = structlog.get_logger(__name__)

TIMEOUTS_S: Mapping[Cost, float] = {
    Cost.CHEAP: 2.0, Cost.SEARCH: 5.0, Cost.COMPOSITE: 6.0, Cost.WEB: 20.0, Cost.OUTSIDE: 20.0,
}  # fmt: skip
"""A person waits for the answer; a model that queues for the embedder may take longer than a statement."""
RETRY_AFTER_S = 0.1
"""A store that restarts a connection is back within that; a longer outage is told to the model."""

AWAY = "You cannot look that up right now. Answer without it, and say that you cannot recall it at the moment."
NOT_REACHED = "That cannot be reached right now. Answer without it, and say that you could not look it up."
NOT_WRITTEN = "That could not be written down for certain. Do not claim that it was."
NOT_DONE = "Whether that was done is not certain. Do not claim that it was, and do not try it again."
SAME_CALL = "You made exactly this call before in this turn. Its result stands above and has not changed."
ASKED = (
    "This has effects outside, so the person is being asked to allow it, with the exact arguments. Nothing has been "
    "done. Say that you wait for their yes, and do not call it again."
)
TOO_MUCH_TO_ALLOW = "The arguments are too long to be shown to the person, who must allow this. Make them shorter."
ASKED_ENOUGH = "The person is being asked to allow other things already. Wait for their answers."
_DOWN = (StoreUnavailable, EmbeddingError, ServiceUnavailable)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A call that a person allowed, and what came of it."""

    name: str
    arguments: dict[str, Any]
    result: ToolResult


class ToolBox:
    """Some tools. What is down is told to `outages` as `tool <name>`; `timeouts_s` says how long a call may take.

    `sources` bring more tools, which come and go; none of them takes the name of another.
    """

    def __init__(
        self,
        tools: Iterable[Tool[Any]],
        outages: Outages,
        *,
        timeouts_s: Mapping[Cost, float] = TIMEOUTS_S,
        clock: Clock | None = None,
        sources: Sequence[ToolSource] = (),
        confirmations: Confirmations | None = None,
    ) -> None:
        self._own = {tool.name: tool for tool in tools}
        self._outages = outages
        self._timeouts_s = timeouts_s
        self._clock = clock or SystemClock()
        self._sources = sources
        self._specs: dict[str, tuple[Tool[Any], dict[str, Any]]] = {}
        self._confirmations = confirmations or Confirmations()
        self._running: set[asyncio.Task[ToolResult]] = set()

    async def start(self) -> None:
        """Begin to open what the tools need; waits for nothing."""
        for source in self._sources:
            await source.start()

    async def close(self) -> None:
        """Close what the tools opened; what is being carried out is given up."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for source in self._sources:
            await source.close()

    def forget(self, user_id: str) -> None:
        """Drop what waits for a person's yes."""
        self._confirmations.forget(user_id)

    def specs(self, permissions: Collection[Permission], user_id: str = "") -> list[dict[str, Any]]:
        """Return the tools that these permissions allow, in the form of OpenAI's API, which `bind_tools` takes.

        Those that are there for some people only are among them for these.
        """
        there = self._tools().values()
        return [self._spec(tool) for tool in there if tool.permission in permissions and tool.is_for(user_id)]

    def cost(self, name: str) -> Cost | None:
        """Return what a call of a tool takes; None when there is no such tool."""
        tool = self._tools().get(name)
        return tool.cost if tool else None

    async def call(self, name: str, arguments: Mapping[str, Any] | str, context: ToolContext) -> ToolResult:
        """Call a tool with a mapping, or the JSON of one, and return what to tell the model; never raises for either.

        Calls of one turn may run side by side; the same call again is not carried out again, unless something was
        changed meanwhile. What has effects outside only asks: see `confirmed`.
        """
        tool = self._tools().get(name)
        if tool is None or not tool.is_for(context.author.user_id):
            return unusable(f"There is no such tool. There are: {', '.join(self._offered(context))}.")
        if tool.permission not in context.permissions:
            return refused("That is not allowed here. Answer without it.")
        try:
            read = read_arguments(tool.arguments, arguments)
            if tool.permission is Permission.ACT:
                return self._ask(tool, read, context)
            if tool.permission in CHANGES:
                result = await self._run(tool, read, context)
                context.notes.answered.clear()
                return result
            return await self._once(tool, read, context)
        except Unfit as advice:
            return unusable(str(advice))

    def said_yes(self, message: IncomingMessage) -> bool:
        """Whether a message is a person's yes to a call that waits for it; looks at nothing but this process."""
        return self._confirmations.said_yes(message)

    async def confirmed(self, context: ToolContext) -> Confirmed | None:
        """Carry out the call that a message of this turn allows; None when none does. Never raises.

        Of several that are allowed in one turn the first is carried out. A turn that is cancelled does not end the
        call: run again, it gets the same result, and nothing is carried out twice.
        """
        allowed = self._newly_allowed(context)
        if allowed is None:
            before = (self._confirmations.allowed_by(one, context.now) for one in reversed(context.asked))
            allowed = next(filter(None, before), None)
        if allowed is None:
            return None
        result = await asyncio.shield(allowed.call)
        return Confirmed(allowed.waiting.tool.name, allowed.waiting.arguments.model_dump(), result)

    def _newly_allowed(self, context: ToolContext) -> Allowed | None:
        """Begin with the call that a message of this turn says yes to, if it is allowed still."""
        taken = ((message, self._confirmations.take(message, context.now)) for message in context.asked)
        message, waiting = next(((said, found) for said, found in taken if found), (context.message, None))
        if waiting is None or not self._may_still(waiting, context):
            return None
        task = asyncio.create_task(self._carried_out(waiting, context), name=f"allowed {waiting.tool.name}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        allowed = Allowed(waiting, context.now, task)
        self._confirmations.keep(message, allowed)
        return allowed

    async def _carried_out(self, waiting: Waiting, context: ToolContext) -> ToolResult:
        try:
            return await self._run(waiting.tool, waiting.arguments, context)
        except Unfit as advice:
            return unusable(str(advice))

    def _may_still(self, waiting: Waiting, context: ToolContext) -> bool:
        tool = waiting.tool
        return tool.permission in context.permissions and tool.is_for(context.author.user_id)

    def _ask(self, tool: Tool[Any], read: Any, context: ToolContext) -> ToolResult:
        try:
            return nothing(ASKED) if self._confirmations.ask(tool, read, context) else refused(ASKED_ENOUGH)
        except TooLong:
            return unusable(TOO_MUCH_TO_ALLOW)

    async def _once(self, tool: Tool[Any], read: Any, context: ToolContext) -> ToolResult:
        """Carry out a call, unless the same one of this turn was carried out or is being so."""
        key, answered = f"{tool.name} {read!r}", context.notes.answered
        while (before := answered.get(key)) is not None:
            result = await asyncio.shield(before)
            if result is not None:
                return ToolResult(result.kind, SAME_CALL)
        answer: asyncio.Future[ToolResult | None] = asyncio.get_running_loop().create_future()
        answered[key] = answer
        result = None
        try:
            result = await self._run(tool, read, context)
            return result
        finally:
            done = result if result is not None and not result.failed else None
            answer.set_result(done)
            if done is None and answered.get(key) is answer:
                del answered[key]

    async def _run(self, tool: Tool[Any], arguments: Any, context: ToolContext) -> ToolResult:
        part = f"tool {tool.name}"
        try:
            async with asyncio.timeout(tool.timeout_s or self._timeouts_s[tool.cost]):
                result = await self._tried(tool, arguments, context)
        except Unfit:
            raise
        except (*_DOWN, TimeoutError) as error:
            self._outages.failed(part, error)
            return _not_done(tool)
        except Exception as error:  # an edge: whatever happens to one call, the turn goes on
            log.exception("tool_failed", tool=tool.name, error=type(error).__name__)
            return _not_done(tool)
        self._outages.worked(part)
        return result

    async def _tried(self, tool: Tool[Any], arguments: Any, context: ToolContext) -> ToolResult:
        """Run a tool, and once more when it only looks and what it needs was away for a moment."""
        try:
            return await tool.run(arguments, context)
        except _DOWN as error:
            if tool.permission in CHANGES or not getattr(error, "retryable", False):
                raise
        await self._clock.sleep(RETRY_AFTER_S)
        return await tool.run(arguments, context)

    def _tools(self) -> dict[str, Tool[Any]]:
        """Return the tools that are there now by name; ours are never shadowed."""
        there = dict(self._own)
        for source in self._sources:
            for tool in source.tools():
                there.setdefault(tool.name, tool)
        return there

    def _spec(self, tool: Tool[Any]) -> dict[str, Any]:
        """Return a tool's description, made once: schemas take milliseconds."""
        known = self._specs.get(tool.name)
        if known is None or known[0] is not tool:
            known = self._specs[tool.name] = (tool, _spec(tool))
        return known[1]

    def _offered(self, context: ToolContext) -> list[str]:
        there = self._tools().items()
        return [
            name
            for name, tool in there
            if tool.permission in context.permissions and tool.is_for(context.author.user_id)
        ]


def _not_done(tool: Tool[Any]) -> ToolResult:
    match tool.permission:
        case Permission.WRITE_OWN:
            return away(NOT_WRITTEN)
        case Permission.ACT:
            return away(NOT_DONE)
        case Permission.WEB | Permission.OUTSIDE:
            return away(NOT_REACHED)
        case _:
            return away(AWAY)


def _spec(tool: Tool[Any]) -> dict[str, Any]:
    parameters = dict(tool.schema) if tool.schema is not None else json_schema(tool.arguments)
    return {"type": "function", "function": dict(name=tool.name, description=tool.description, parameters=parameters)}
