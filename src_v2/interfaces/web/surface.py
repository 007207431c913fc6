"""One reply as an event log that any number of readers follow: a browser, a program, the terminal.

Readers come and go without touching the turn. Not for the wire format (see `sse`) and not for keeping logs (see
`shelf`).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from src_v2.core.audience import Audience
from src_v2.core.events import (
    Done,
    Failed,
    Notice,
    ReplyEvent,
    Status,
    Stopped,
    TextDelta,
    TextReplaced,
    TurnStarted,
    Usage,
)
from src_v2.core.messages import IncomingMessage, StopReason

FINAL_NAMES = frozenset({"done", "failed", "stopped"})


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One entry; `index` only grows.

    `name` is started, notice, delta, replaced, status, usage, restart, retract, done, failed or stopped.
    """

    index: int
    name: str
    data: Mapping[str, Any]

    @property
    def is_final(self) -> bool:
        """Whether the reply ends with it (a `restart` may still follow)."""
        return self.name in FINAL_NAMES


class ReplySurface:
    """The log of one reply.

    `id` is the turn's id towards clients: it exists as soon as the message is accepted and stays the same when the
    turn starts over because its message changed. `asked` is what it answers, `message_ids` the clients' ids of that.
    """

    def __init__(self, reply_id: str, audience: Audience) -> None:
        self.id = reply_id
        self.audience = audience
        self.asked: list[IncomingMessage] = []
        self.message_ids: set[str] = set()
        self.begun = False
        self.closed = False
        self.final: StreamEvent | None = None
        """The event that ended the reply, once it has ended."""
        self._log: list[StreamEvent] = []
        self._news = asyncio.Event()
        self._add("started", {"turn_id": reply_id})

    async def show(self, event: ReplyEvent) -> None:
        """Append `event`; what a newer version of the turn replaces is left to `restart`."""
        match event:
            case TurnStarted():
                self.begun = True
            case Stopped(reason=StopReason.SUPERSEDED):
                pass
            case _:
                name, data = _entry(event, self.id)
                self._add(name, data)

    async def finish(self) -> None:
        """End the log; readers get what is left and then the end."""
        self.close(StopReason.WITHDRAWN)

    async def restart(self) -> None:
        """Tell readers to drop the text they have."""
        self.begun = False
        self.final = None
        self._add("restart", {})

    async def retract(self) -> None:
        """Tell readers to drop the reply."""
        self._add("retract", {})

    def close(self, reason: StopReason) -> None:
        """End the log; a reply that nobody ended was stopped for `reason`."""
        if self.final is None:
            self._add("stopped", {"turn_id": self.id, "message_id": None, "text": "", "reason": reason.value})
        self.closed = True
        self._wake()

    def read(self, after: int = -1) -> list[StreamEvent]:
        """Return the events behind index `after`, neighbouring deltas as one (with the last one's index)."""
        merged: list[StreamEvent] = []
        for event in self._log[max(after + 1, 0) :]:
            if event.name == "delta" and merged and merged[-1].name == "delta":
                merged[-1] = StreamEvent(event.index, "delta", {"text": merged[-1].data["text"] + event.data["text"]})
            else:
                merged.append(event)
        return merged

    async def events(self, after: int = -1, idle_s: float | None = None) -> AsyncIterator[StreamEvent | None]:
        """Yield the events behind `after` until the log ends; None whenever nothing came for `idle_s` seconds."""
        while True:
            news, batch = self._news, self.read(after)
            for event in batch:
                after = event.index
                yield event
            if batch:
                continue
            if self.closed:
                return  # nothing is added to a closed log
            try:
                async with asyncio.timeout(idle_s):
                    await news.wait()
            except TimeoutError:
                yield None

    async def ended(self) -> StreamEvent:
        """Wait for the end and return the final event."""
        while not self.closed or self.final is None:
            await self._news.wait()
        return self.final

    def _add(self, name: str, data: Mapping[str, Any]) -> None:
        event = StreamEvent(len(self._log), name, data)
        self._log.append(event)
        if event.is_final:
            self.final = event
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


def _entry(event: ReplyEvent, reply_id: str) -> tuple[str, dict[str, Any]]:
    """Return the name and data of an event as clients see it."""
    match event:
        case TextDelta(text):
            return "delta", {"text": text}
        case TextReplaced(text):
            return "replaced", {"text": text}
        case Notice(text):
            return "notice", {"text": text}
        case Status(text, icon):
            return "status", {"text": text, "icon": icon}
        case Usage(model, prompt, completion, estimated):
            tokens = {"prompt_tokens": prompt, "completion_tokens": completion, "estimated": estimated}
            return "usage", {"model": model, **tokens}
        case Done(_, message_id, text):
            return "done", {"turn_id": reply_id, "message_id": message_id, "text": text}
        case Failed(_, text, retryable):
            return "failed", {"turn_id": reply_id, "text": text, "retryable": retryable}
        case Stopped(_, text, reason, message_id):
            kept = {"message_id": message_id or None}
            return "stopped", {"turn_id": reply_id, **kept, "text": text, "reason": reason.value}
        case TurnStarted():
            return "started", {"turn_id": reply_id}
