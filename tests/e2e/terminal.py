"""A terminal with a person in front of it: a command in a pseudo-terminal, keys that are typed, a screen to look at."""

import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.discord.changes import Changes

PATIENCE_S = 20.0
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r|\x07|\x01|\x02")


class Terminal:
    """Enter it to start `command` in it; leaving ends the command."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._command = command
        self._folder = folder
        self._environment = {**environment, "TERM": "xterm", "LINES": "50"}
        self._news = Changes()
        self._raw = b""

    async def __aenter__(self) -> Self:
        self._keyboard, inside = os.openpty()
        self._process = await asyncio.create_subprocess_exec(
            *self._command, cwd=self._folder, env=self._environment, stdin=inside, stdout=inside, stderr=inside,
            start_new_session=True,
        )  # fmt: skip
        os.close(inside)
        asyncio.get_running_loop().add_reader(self._keyboard, self._read)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        asyncio.get_running_loop().remove_reader(self._keyboard)
        os.close(self._keyboard)

    @property
    def screen(self) -> str:
        """Everything that was shown, without colours and cursor movements."""
        return _ESCAPES.sub("", self._raw.decode("utf-8", "replace"))

    async def shows(self, text: str, times: int = 1) -> None:
        """Wait until the screen has shown `text` that often."""
        await self._news.until(lambda: self.screen.count(text) >= times, PATIENCE_S, f"{text!r} on\n{self.screen}")

    def types(self, line: str) -> None:
        """Type a line and press Enter."""
        os.write(self._keyboard, f"{line}\r".encode())

    async def exit_code(self) -> int:
        """Wait for the command to end."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._process.wait()

    def _read(self) -> None:
        try:
            self._raw += os.read(self._keyboard, 4096)
        except OSError:  # the command has ended and closed its side
            asyncio.get_running_loop().remove_reader(self._keyboard)
        self._news.notify()
