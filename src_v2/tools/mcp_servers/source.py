"""Offers the allowed tools of all tool servers, under names of their own: `mcp_<server>_<tool>`."""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, model_validator

from src_v2.core.clock import Clock
from src_v2.core.fence import fenced, one_line
from src_v2.core.tokens import estimate_tokens
from src_v2.observability.outages import Outages
from src_v2.tools.arguments import LONGEST_JSON_CHARS, Unfit
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.mcp_servers.config import ServerConfig
from src_v2.tools.mcp_servers.schema import described, plain_schema
from src_v2.tools.mcp_servers.session import ServerSession
from src_v2.tools.results import nothing, ok

LONGEST_NAME_CHARS = 64
"""What OpenAI's API takes."""
MOST_TOOLS = 40
"""Of one server: more would crowd a prompt."""
LONGEST_RESULT_CHARS = 40_000
LONGEST_LINE_CHARS = 2_000
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]")


class Given(BaseModel):
    """Arguments whose names only the server's schema knows."""

    model_config = ConfigDict(extra="allow", frozen=True)

    @model_validator(mode="after")
    def _is_plain(self) -> "Given":
        """Take what can be written as JSON, and not too much of it."""
        try:
            size = len(orjson.dumps(self.model_extra))
        except (orjson.JSONEncodeError, TypeError):
            raise ValueError("something in it cannot be written as JSON") from None
        if size > LONGEST_JSON_CHARS:
            raise ValueError("is far too long")
        return self


class McpTools:
    """All configured servers. Implements `ToolSource`."""

    def __init__(self, servers: Mapping[str, ServerConfig], outages: Outages, clock: Clock) -> None:
        self._servers = dict(servers)
        self.sessions = {name: ServerSession(name, one, outages, clock) for name, one in servers.items() if one.allow}
        self._made: dict[str, tuple[object, list[Tool[Any]]]] = {}

    async def start(self) -> None:
        """Begin to open every session; a server without an allowed tool is not even started."""
        for session in self.sessions.values():
            session.start()

    async def close(self) -> None:
        """End every session."""
        for session in self.sessions.values():
            await session.close()

    def tools(self) -> Iterable[Tool[Any]]:
        """Return the allowed tools of the servers that were reached."""
        return [tool for name, session in self.sessions.items() for tool in self._of(name, session)]

    def _of(self, name: str, session: ServerSession) -> list[Tool[Any]]:
        known = self._made.get(name)
        if known is None or known[0] is not session.offered:
            known = self._made[name] = (session.offered, _tools(name, self._servers[name], session))
        return known[1]


def _tools(server: str, config: ServerConfig, session: ServerSession) -> list[Tool[Any]]:
    offered = {tool.name: tool for tool in session.offered}
    names = [name for name in config.allow if name in offered][:MOST_TOOLS]
    return [_tool(server, config, session, offered[name]) for name in names]


def _tool(server: str, config: ServerConfig, session: ServerSession, offered: Any) -> Tool[Given]:
    schema = plain_schema(offered.args_schema)
    reads = offered.name in config.read_only
    return Tool(
        name=f"mcp_{server}_{_NO_NAME.sub('_', offered.name)}"[:LONGEST_NAME_CHARS],
        description=described(server, offered.description),
        arguments=Given,
        run=partial(_run, session, offered.name, schema),
        permission=Permission.OUTSIDE if reads else Permission.ACT,
        cost=Cost.OUTSIDE,
        schema=schema,
        only_for=None if config.people is None else frozenset(config.people),
        timeout_s=config.timeout_s,
    )


async def _run(
    session: ServerSession, tool: str, schema: Mapping[str, Any], wanted: Given, context: ToolContext
) -> ToolResult:
    result = await session.call(tool, _checked(wanted, schema))
    shown = _shown(result.content, context.result_tokens)
    if result.isError:
        raise Unfit(f"The program reports an error:\n{shown}" if shown else "The program reports an error.")
    return ok(f"The program answers:\n{shown}") if shown else nothing("The program answers nothing.")


def _checked(wanted: Given, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments when the schema knows them all and none is missing; the rest is the server's to check."""
    given = {name: value for name, value in (wanted.model_extra or {}).items() if value is not None}
    known = schema["properties"]
    missing = [name for name in schema.get("required", ()) if name not in given]
    if missing or not set(given) <= set(known):
        which = f"{', '.join(missing)} is missing. " if missing else "There is an argument that does not exist. "
        raise Unfit(f"The arguments do not fit. {which}There are: {', '.join(known) or 'none'}.")
    return given


def _shown(content: Iterable[Any], tokens: int) -> str:
    """Return the texts of an answer, fenced as data, as far as there is room; pictures and files are only named."""
    kept, left = list[str](), tokens
    for line in _lines(content):
        left -= estimate_tokens(line) + 1
        if left < 0 and kept:
            kept.append("… (cut)")
            break
        kept.append(line)
    return fenced("tool_result", kept)


def _lines(content: Iterable[Any]) -> Iterable[str]:
    for block in content:
        text = getattr(block, "text", None) or getattr(getattr(block, "resource", None), "text", None)
        if not isinstance(text, str):
            yield f"({one_line(str(getattr(block, 'type', 'something')))[:40]}: not shown)"
            continue
        for line in text[:LONGEST_RESULT_CHARS].splitlines():
            if clean := one_line(line)[:LONGEST_LINE_CHARS]:
                yield clean
