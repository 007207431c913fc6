"""Keeps one session with one tool server: opened in the background, opened again when it broke, closed at the end.

A session costs milliseconds a call, a process per call more than a second. The protocol's library wants to be entered
and left in one task, so one task holds the session as long as it lives.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog

from src_v2.core.clock import Clock
from src_v2.core.errors import ServiceUnavailable
from src_v2.observability.outages import Outages
from src_v2.tools.mcp_servers.config import ServerConfig

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool
    from langchain_mcp_adapters.sessions import Connection
    from mcp import ClientSession
    from mcp.types import CallToolResult

log = structlog.get_logger(__name__)

OPEN_TIMEOUT_S = 30.0
"""A server may have to be downloaded by its runner at its first start."""
REOPEN_S = 8.0
"""How long a call waits for a server that is just being started again."""
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 60.0
"""Between attempts, which grow apart."""
CLOSE_TIMEOUT_S = 6.0
"""The library gives a process two seconds to end by itself, and two more before it is killed."""
_BROKEN = ("ClosedResourceError", "BrokenResourceError", "EndOfStream", "BrokenPipeError", "ConnectionError")
_CONNECTION_CLOSED = -32000
_SESSION_TERMINATED = 32600
"""What the library itself answers, without the minus of a server's code, when the server no longer knows the session:
it was started again meanwhile."""
_GONE = frozenset({_CONNECTION_CLOSED, _SESSION_TERMINATED})


class ServerSession:
    """One server. Outages are told as `mcp <name>`."""

    def __init__(self, name: str, config: ServerConfig, outages: Outages, clock: Clock) -> None:
        self.name = name
        self._config = config
        self._outages = outages
        self._clock = clock
        self._session: ClientSession | None = None
        self._opened = asyncio.Event()
        self._broken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._wait_s = FIRST_WAIT_S
        self.offered: Sequence[BaseTool] = ()
        """What the server said it has when the session was opened last."""

    def start(self) -> None:
        """Begin to open the session, and keep it open."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep(), name=f"mcp {self.name}")

    async def opened(self) -> None:
        """Wait until the session is open."""
        await self._opened.wait()

    async def close(self) -> None:
        """End the session and the server's process."""
        if self._task is None:
            return
        task, self._task = self._task, None
        task.cancel()
        with suppress(asyncio.CancelledError, TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await asyncio.wait({task})

    async def call(self, tool: str, arguments: dict[str, Any]) -> "CallToolResult":
        """Call a tool, once the session is open; raises ServiceUnavailable when it breaks.

        A call that is cancelled, or takes too long, is given up here; the server may still carry it out.
        """
        try:
            async with asyncio.timeout(REOPEN_S):
                await self.opened()
        except TimeoutError:
            raise ServiceUnavailable(f"mcp {self.name} is not open", retryable=False) from None
        session = self._session
        if session is None:
            raise ServiceUnavailable(f"mcp {self.name} is not open")
        try:
            return await session.call_tool(tool, arguments)
        except Exception as error:
            if _is_break(error):
                self._break()
                raise ServiceUnavailable(f"mcp {self.name} broke off") from error
            raise ServiceUnavailable(f"mcp {self.name}: {type(error).__name__}", retryable=False) from error

    def _break(self) -> None:
        self._opened.clear()
        self._session = None
        self._broken.set()

    async def _keep(self) -> None:
        part = f"mcp {self.name}"
        while True:
            try:
                await self._hold(part)
            except Exception as error:  # noqa: BLE001 - an edge: the library raises groups of whatever broke
                self._outages.failed(part, error)
            finally:
                self._opened.clear()
                self._session = None
            await self._clock.sleep(self._wait_s)
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)

    async def _hold(self, part: str) -> None:
        """Open the session and hold it until it breaks."""
        create_session, load_mcp_tools = await asyncio.to_thread(_library)
        self._broken.clear()
        async with create_session(_connection(self._config)) as session:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                await session.initialize()
                self.offered = await load_mcp_tools(session)
            self._session = session
            self._opened.set()
            self._wait_s = FIRST_WAIT_S  # when it ends now it may come back at once
            self._outages.worked(part)
            await self._broken.wait()


def _library() -> tuple[Any, Any]:
    """Import the adapter: a second of work, for those only who use it."""
    from langchain_mcp_adapters.sessions import create_session
    from langchain_mcp_adapters.tools import load_mcp_tools

    return create_session, load_mcp_tools


def _connection(config: ServerConfig) -> "Connection":
    if config.url:
        return {"transport": "streamable_http", "url": config.url, "headers": dict(config.headers)}
    return {
        "transport": "stdio", "command": config.command, "args": list(config.args), "env": dict(config.env),
        "cwd": config.cwd or None,
    }  # fmt: skip


def _is_break(error: BaseException) -> bool:
    """Whether an error says that the session is gone, rather than that the server did not like the call."""
    code = getattr(getattr(error, "error", None), "code", None)
    return type(error).__name__ in _BROKEN or code in _GONE or isinstance(error, OSError)
