"""Server-sent events in both directions: our replies as bytes, and a server's bytes as events again."""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import asdict

import orjson
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

from src_v2.interfaces.web.replies import Line
from src_v2.interfaces.web.surface import ReplySurface, StreamEvent

PING_S = 15.0
"""Proxies and phones drop a connection that is silent for longer, often after 30 or 60 s."""


def reply_stream(reply: ReplySurface, after: int = -1) -> EventSourceResponse:
    """Return the events of `reply` behind index `after` as a response; leaving it does not stop the reply."""
    headers = {"X-Accel-Buffering": "no", "Turn-Id": reply.id}
    return EventSourceResponse(_encoded(reply, after), headers=headers)


def arrival_stream(arrivals: AsyncIterator[Line | None]) -> EventSourceResponse:
    """Return messages that come by themselves as a response that goes on until the client leaves."""
    return EventSourceResponse(_arriving(arrivals), headers={"X-Accel-Buffering": "no"})


async def _arriving(arrivals: AsyncIterator[Line | None]) -> AsyncIterator[bytes]:
    async for line in arrivals:
        if line is None:
            yield KEEPALIVE_COMMENT
        else:
            yield format_sse_event(event="said", data_str=orjson.dumps(asdict(line)).decode(), id="0")


async def _encoded(reply: ReplySurface, after: int) -> AsyncIterator[bytes]:
    async for event in reply.events(after, idle_s=PING_S):
        if event is None:
            yield KEEPALIVE_COMMENT
        else:
            data = orjson.dumps(event.data).decode()
            yield format_sse_event(event=event.name, data_str=data, id=str(event.index))


async def parse_stream(lines: AsyncIterable[bytes]) -> AsyncIterator[StreamEvent]:
    """Read events as `reply_stream` writes them, from the lines of a response; a cut-off event is left out."""
    fields: dict[str, str] = {}
    async for raw in lines:
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif "data" in fields:
            yield StreamEvent(int(fields.get("id", "-1")), fields.get("event", "message"), orjson.loads(fields["data"]))
            fields = {}
