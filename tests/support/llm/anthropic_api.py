"""Anthropic's messages: as much of them as the official client needs."""

from typing import Any

import orjson
from aiohttp import web

from tests.support.llm.pacing import Outbox, paced, stream_tokens
from tests.support.llm.script import ReceivedRequest, Script, ToolCall

MESSAGE_ID = "msg_local"


def error_body(script: Script) -> dict[str, Any]:
    """Return the body of a refusal."""
    return {"type": "error", "error": {"type": script.error_code or "api_error", "message": "as the script says"}}


async def complete(request: ReceivedRequest, script: Script) -> dict[str, Any]:
    """Return a whole answer."""
    text = "".join([token async for token in paced(script)])
    content = [{"type": "text", "text": text}] if text else []
    content += [{**block, "input": orjson.loads(call.arguments)} for call, block in _tool_blocks(script)]
    return {**_message(request, script), "content": content, "stop_reason": _stop_reason(script)}


async def stream(request: ReceivedRequest, script: Script, response: web.StreamResponse) -> None:
    """Send the answer as named server-sent events."""
    outbox = Outbox(response, script)
    if script.raw is not None:
        for piece in script.raw:
            await response.write(piece)
        return
    await outbox.put(_event("message_start", message=_message(request, script)))
    await outbox.put(_event("content_block_start", index=0, content_block={"type": "text", "text": ""}))
    await stream_tokens(outbox, script, _text_event)
    await outbox.put(_event("content_block_stop", index=0))
    for index, (call, block) in enumerate(_tool_blocks(script), start=1):
        await outbox.put(_event("content_block_start", index=index, content_block=block))
        half = len(call.arguments) // 2
        for part in (call.arguments[:half], call.arguments[half:]):
            delta = {"type": "input_json_delta", "partial_json": part}
            await outbox.put(_event("content_block_delta", index=index, delta=delta))
        await outbox.put(_event("content_block_stop", index=index))
    if script.send_finish:
        usage = {**_message(request, script)["usage"], "output_tokens": len(script.tokens)}
        ending = {"stop_reason": _stop_reason(script), "stop_sequence": None}
        await outbox.put(_event("message_delta", delta=ending, usage=usage))
        await outbox.put(_event("message_stop"))
    await outbox.flush()


def _tool_blocks(script: Script) -> list[tuple[ToolCall, dict[str, Any]]]:
    """Return the calls of tools with the block that each begins with."""
    return [(call, {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}) for call in script.tool_calls]


def _stop_reason(script: Script) -> str:
    return "tool_use" if script.tool_calls else "end_turn"


def _text_event(text: str) -> bytes:
    return _event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


def _event(kind: str, **fields: Any) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + orjson.dumps({"type": kind, **fields}) + b"\n\n"


def _message(request: ReceivedRequest, script: Script) -> dict[str, Any]:
    return {
        "id": MESSAGE_ID,
        "type": "message",
        "role": "assistant",
        "model": request.body["model"],
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {
            "input_tokens": request.prompt_tokens,
            "output_tokens": 0,
            "cache_read_input_tokens": script.cached_tokens,
        },
    }
