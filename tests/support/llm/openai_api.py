"""OpenAI's chat completions, streamed and not."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web

from tests.support.llm.pacing import Outbox, paced, stream_tokens
from tests.support.llm.script import ReceivedRequest, Script

COMPLETION_ID = "chatcmpl-local"
CREATED = 1_700_000_000
TEXT_MARK = "\u241f"
"""Stands for the text in a prepared event; no test says it."""


def error_body(script: Script) -> dict[str, Any]:
    """Return the body of a refusal."""
    return {"error": {"message": "as the script says", "type": script.error_code, "code": script.error_code or None}}


async def complete(request: ReceivedRequest, script: Script) -> dict[str, Any]:
    """Return a whole answer, after all the time that streaming it would have taken."""
    text = "".join([token async for token in paced(script)])
    calls = _tool_calls(script)
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    if script.reasoning:
        message["reasoning_content"] = script.reasoning
    if calls:
        message["tool_calls"] = calls
    return {
        "id": COMPLETION_ID,
        "object": "chat.completion",
        "created": CREATED,
        "model": request.body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": script.ends_with}],
        "usage": _usage(request, script),
    }


async def stream(request: ReceivedRequest, script: Script, response: web.StreamResponse) -> None:
    """Send the answer as server-sent events."""
    outbox = Outbox(response, script)
    if script.raw is not None:
        for piece in script.raw:
            await response.write(piece)
        return
    event = _event_maker(request.body["model"])
    await outbox.put(event({"role": "assistant", "content": ""}))
    for thought in script.reasoning.split(" ") if script.reasoning else ():
        await outbox.put(event({"reasoning_content": thought + " "}))
    await stream_tokens(outbox, script, _text_framer(event))
    if script.tool_calls and not script.tokens:
        await asyncio.sleep(script.first_token_delay_s)
    for number, call in enumerate(_tool_calls(script)):
        await _stream_tool_call(outbox, event, number, call)
    if script.send_finish:
        await outbox.put(event({}, script.ends_with))
    asked = (request.body.get("stream_options") or {}).get("include_usage")
    if asked and script.report_usage:
        await outbox.put(event(None, usage=_usage(request, script)))
    if script.send_done:
        await outbox.put(b"data: [DONE]\n\n")
    await outbox.flush()


async def _stream_tool_call(outbox: Outbox, event: Callable[..., bytes], number: int, call: dict[str, Any]) -> None:
    """Send a tool call as OpenAI does: its name first, then its arguments in pieces."""
    arguments = call["function"]["arguments"]
    head = {**call, "index": number, "function": {"name": call["function"]["name"], "arguments": ""}}
    await outbox.put(event({"tool_calls": [head]}))
    middle = len(arguments) // 2
    for piece in (arguments[:middle], arguments[middle:]):
        await outbox.put(event({"tool_calls": [{"index": number, "function": {"arguments": piece}}]}))


def _event_maker(model: str) -> Callable[..., bytes]:
    """Return a function that makes one event of a delta."""

    def event(delta: dict[str, Any] | None, finish: str | None = None, usage: dict[str, Any] | None = None) -> bytes:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
        body = {
            "id": COMPLETION_ID,
            "object": "chat.completion.chunk",
            "created": CREATED,
            "model": model,
            "choices": choices,
            "usage": usage,
        }
        return b"data: " + orjson.dumps(body) + b"\n\n"

    return event


def _text_framer(event: Callable[..., bytes]) -> Callable[[str], bytes]:
    """Return a quick function that makes the event of a piece of text: everything but the text is prepared."""
    before, after = event({"content": TEXT_MARK}).split(orjson.dumps(TEXT_MARK))
    return lambda text: before + orjson.dumps(text) + after


def _tool_calls(script: Script) -> list[dict[str, Any]]:
    return [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in script.tool_calls
    ]


def _usage(request: ReceivedRequest, script: Script) -> dict[str, Any]:
    said = len(script.tokens) + script.reasoning_tokens
    return {
        "prompt_tokens": request.prompt_tokens,
        "completion_tokens": said,
        "total_tokens": request.prompt_tokens + said,
        "prompt_tokens_details": {"cached_tokens": script.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": script.reasoning_tokens},
    }
