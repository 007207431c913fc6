"""A running WhisperEngine as a person meets it: by HTTP, by its output and by signals.

Nothing here looks into the process. What a test waits for is a line of output, an answer or the end of the process.
Not for the folder that it runs in; `tests/e2e/home.py` has that.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from src_v2.interfaces.web.sse import parse_stream
from tests.support.discord.changes import Changes

READY = "WhisperEngine is ready."
START_S = 30.0
"""How long a start may take on a machine that does many other things."""
STOP_S = 20.0
PATIENCE_S = 15.0


@dataclass(frozen=True)
class Answer:
    """A reply as a reader of the event stream saw it; `outcome` is done, failed or stopped, with its `data`."""

    text: str
    outcome: str
    data: dict[str, Any]


class Process:
    """A running WhisperEngine. Enter it to start it and wait until it says that it is ready; leaving stops it."""

    def __init__(self, command: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
        self._command = command
        self._folder = folder
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._readers: list[asyncio.Task[None]] = []
        self._news = Changes()
        self._session: aiohttp.ClientSession | None = None
        self.url = ""
        self.printed: list[str] = []
        """The lines for people, on standard output."""
        self.logged: list[str] = []
        """The lines on standard error."""

    async def __aenter__(self) -> Self:
        self._process = await spawn(self._command, self._folder, self._environment)
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._readers = [
            asyncio.create_task(self._read(self._process.stdout, self.printed)),
            asyncio.create_task(self._read(self._process.stderr, self.logged)),
        ]
        token = self._environment.get("WEB_TOKEN")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60), headers=headers)
        try:
            await self.until(lambda: bool(self._ready_line()) or self._ended(), "the process to be ready", START_S)
            assert self._ready_line(), f"the process ended at its start:\n{self.everything}"
        except BaseException:
            await self._clean_up()
            raise
        self.url = self._ready_line().split()[-1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None and not self._ended():
                await self.terminate()
        finally:
            await self._clean_up()

    @property
    def everything(self) -> str:
        """All that came out so far."""
        return "\n".join([*self.printed, *self.logged])

    @property
    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None, "use `async with`"
        return self._process

    @property
    def _http(self) -> aiohttp.ClientSession:
        assert self._session is not None, "use `async with`"
        return self._session

    # How it begins and ends

    async def until(self, holds: Callable[[], bool], what: str, timeout_s: float = PATIENCE_S) -> None:
        """Wait until `holds()`, looked at with every line of output; AssertionError after `timeout_s`."""
        await self._news.until(holds, timeout_s, what)

    async def until_logged(self, text: str, timeout_s: float = PATIENCE_S) -> None:
        """Wait until a line on standard error holds `text`."""
        await self.until(lambda: any(text in line for line in self.logged), f"a log line with {text!r}", timeout_s)

    async def until_healthy(self, name: str, *, ok: bool = True, detail: str = "", timeout_s: float = START_S) -> None:
        """Wait until the check `name` is (or is not) ok and its detail holds `detail`."""
        async with asyncio.timeout(timeout_s):
            while not _fits((await self.health())[name], ok, detail):  # noqa: ASYNC110 - a probe tells nobody by itself
                await asyncio.sleep(0.02)

    def signal(self, what: signal.Signals) -> None:
        """Send it a signal, as an operator does."""
        self._running.send_signal(what)

    async def terminate(self) -> int:
        """Ask it to stop and return its exit code."""
        self.signal(signal.SIGTERM)
        return await self.exit_code()

    async def kill9(self) -> None:
        """End it with no chance to say goodbye."""
        kill(self._running)
        await self.exit_code()

    async def exit_code(self) -> int:
        """Wait for its end."""
        await self.until(self._ended, "the process to end", STOP_S)
        return await self._running.wait()

    # How one talks to it

    async def get(self, path: str) -> dict[str, Any]:
        """Return the JSON at `path`."""
        async with self._http.get(self.url + path) as response:
            found: dict[str, Any] = await response.json()
            return found

    async def post(self, path: str, **body: object) -> tuple[int, dict[str, Any]]:
        """Send `body` and return the status and the JSON of the answer."""
        async with self._http.post(self.url + path, json=body) as response:
            return response.status, await response.json()

    async def health(self) -> dict[str, dict[str, Any]]:
        """Return the findings of /healthz by name."""
        return {check["name"]: check for check in (await self.get("/healthz"))["checks"]}

    async def ask(self, text: str, **body: object) -> Answer:
        """Say something as a client of the event stream and return the reply when it has ended."""
        return await self._follow("/api/chat", {"text": text, **body})

    async def retry(self, **body: object) -> Answer:
        """Ask for the reply that is missing."""
        return await self._follow("/api/chat/retry", body)

    async def said(self, user_id: str = "") -> list[str]:
        """Return the texts of a person's conversation, oldest first; without an id that of whoever sits here."""
        query = f"?user={user_id}" if user_id else ""
        return [message["text"] for message in (await self.get(f"/api/conversation{query}"))["messages"]]

    async def until_said(self, text: str, user_id: str = "") -> None:
        """Wait until the conversation holds `text`."""
        async with asyncio.timeout(PATIENCE_S):
            while text not in await self.said(user_id):  # noqa: ASYNC110 - nobody announces what others say
                await asyncio.sleep(0.02)

    async def _follow(self, path: str, body: dict[str, object]) -> Answer:
        text = ""
        async with self._http.post(self.url + path, json=body) as response:
            assert response.status == 200, await response.text()
            async for event in parse_stream(response.content):
                if event.name == "delta":
                    text += event.data["text"]
                elif event.name in {"restart", "retract"}:
                    text = ""
                elif event.is_final:
                    return Answer(text, event.name, dict(event.data))
        raise AssertionError("the stream ended without an outcome")

    # What is behind

    def _ready_line(self) -> str:
        return next((line for line in self.printed if READY in line), "")

    def _ended(self) -> bool:
        return all(reader.done() for reader in self._readers)

    async def _read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        async for line in stream:
            lines.append(line.decode("utf-8", "replace").rstrip())
            self._news.notify()
        asyncio.get_running_loop().call_soon(self._news.notify)

    async def _clean_up(self) -> None:
        kill(self._running)
        await self._running.wait()
        await asyncio.gather(*self._readers)
        await self._http.close()


async def spawn(command: Sequence[str], folder: Path, environment: dict[str, str]) -> asyncio.subprocess.Process:
    """Start a command in `folder`, in a process group of its own."""
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True,
        limit=2**20,
    )  # fmt: skip


def _fits(check: dict[str, Any], ok: bool, detail: str) -> bool:
    return check["ok"] is ok and detail in check["detail"]


def kill(process: asyncio.subprocess.Process) -> None:
    """End a process and what it started; one that has ended is left alone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
