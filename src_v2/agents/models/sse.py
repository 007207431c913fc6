"""Reads server-sent events as OpenAI-compatible servers send them: every `data:` line is one complete JSON value.

Comments, blank lines, other fields and lines that are no JSON are passed over: servers and proxies send them all.
"""

from typing import Any

import orjson

MAX_LINE_BYTES = 4_000_000
"""No honest event comes near this; without a limit a broken server could fill the memory."""


class EventStreamError(ValueError):
    """The stream is not made of lines."""


class EventReader:
    """Takes bytes as they arrive, gives back the events that are complete."""

    def __init__(self) -> None:
        self._rest = b""
        self.done = False
        """Whether `[DONE]` was read."""
        self.skipped_lines = 0
        """How many `data:` lines were no JSON object."""

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Return the events that `data` completed; raises EventStreamError on an endless line."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_LINE_BYTES:
            raise EventStreamError("a line without end")
        return [event for event in map(self._read, lines) if event is not None]

    def finish(self) -> list[dict[str, Any]]:
        """Return what a last line without a line break held."""
        return self.feed(b"\n")

    def _read(self, line: bytes) -> dict[str, Any] | None:
        """Return the event in one line, None when it holds none."""
        if not line.startswith(b"data:"):
            return None
        payload = line[5:].strip()
        if payload == b"[DONE]":
            self.done = True
            return None
        try:
            event = orjson.loads(payload)
        except orjson.JSONDecodeError:
            event = None
        if isinstance(event, dict):
            return event
        self.skipped_lines += 1
        return None
