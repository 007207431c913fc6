"""Reads lines from a keyboard, a pipe or a file without holding up the event loop. Not for what they mean."""

import asyncio
import contextlib
import os
import sys
import threading
from typing import Any, Protocol, TextIO

READ_BYTES = 4096


class Lines(Protocol):
    """A source of lines."""

    async def next(self, prompt: str) -> str | None:
        """Return the next line without its end; None when there are no more."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was found."""
        ...


class StdinLines:
    """Lines from `stream`: with editing and history from a keyboard, plainly from anything else.

    A thread waits for each line, because neither a file nor a line editor can be awaited. It is a daemon: whoever
    leaves at the prompt leaves it waiting.
    """

    def __init__(self, stream: TextIO = sys.stdin) -> None:
        self._descriptor = stream.fileno()
        self._is_keyboard = stream is sys.stdin and stream.isatty() and sys.stdout.isatty()
        self._buffer = b""
        self._terminal: list[Any] | None = None
        if self._is_keyboard:
            self._prepare_keyboard()

    async def next(self, prompt: str) -> str | None:
        """Return the next line; undecodable bytes become replacement characters."""
        loop = asyncio.get_running_loop()
        line: asyncio.Future[str | None] = loop.create_future()
        threading.Thread(target=self._wait_for_line, args=(prompt, loop, line), daemon=True).start()
        return await line

    def close(self) -> None:
        """Give the terminal its settings back; a line editor that still waits has changed them."""
        if self._terminal is not None:
            import termios

            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._terminal)

    def _prepare_keyboard(self) -> None:
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="replace")
        with contextlib.suppress(ImportError):  # not on Windows, where the console edits lines itself
            import readline  # noqa: F401 - its import gives input() editing and history
            import termios

            with contextlib.suppress(termios.error):
                self._terminal = termios.tcgetattr(self._descriptor)

    def _wait_for_line(self, prompt: str, loop: asyncio.AbstractEventLoop, line: "asyncio.Future[str | None]") -> None:
        try:
            read = input(prompt) if self._is_keyboard else self._plain_line()
        except (EOFError, OSError):
            read = None
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(_deliver, line, read)

    def _plain_line(self) -> str | None:
        # Not stream.readline(): its lock, held while waiting, would keep the interpreter from ending.
        while b"\n" not in self._buffer:
            more = os.read(self._descriptor, READ_BYTES)
            if not more:
                rest, self._buffer = self._buffer, b""
                return rest.decode("utf-8", "replace") if rest else None
            self._buffer += more
        first, _, self._buffer = self._buffer.partition(b"\n")
        return first.decode("utf-8", "replace").rstrip("\r")


def _deliver(line: "asyncio.Future[str | None]", read: str | None) -> None:
    if not line.done():
        line.set_result(read)
