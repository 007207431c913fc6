"""Ollama's native chat: one JSON object per line."""

from typing import Any

import orjson
from aiohttp import web

from tests.support.llm.pacing import Outbox, paced, stream_tokens
from tests.support.llm.script import ReceivedRequest, Script

CREATED_AT = "2026-01-01T00:00:00Z"


def error_body(script: Script) -> dict[str, Any]:
    """Return the body of a refusal."""
    return {"error": script.error_code or "as the script says"}


async def complete(request: ReceivedRequest, script: Script) -> dict[str, Any]:
    """Return a whole answer."""
    text = "".join([token async for token in paced(script)])
    return _final(request, script, text)


async def stream(request: ReceivedRequest, script: Script, response: web.StreamResponse) -> None:
    """Send the answer line by line."""
    outbox = Outbox(response, script)
    if script.raw is not None:
        for piece in script.raw:
            await response.write(piece)
        return

    def line(text: str) -> bytes:
        message = {"role": "assistant", "content": text}
        body = {"model": request.body["model"], "created_at": CREATED_AT, "message": message, "done": False}
        return orjson.dumps(body) + b"\n"

    await stream_tokens(outbox, script, line)
    if script.send_finish:
        await outbox.put(orjson.dumps(_final(request, script, "")) + b"\n")
    await outbox.flush()


def _final(request: ReceivedRequest, script: Script, text: str) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if script.tool_calls:
        message["tool_calls"] = [
            {"function": {"name": call.name, "arguments": orjson.loads(call.arguments)}} for call in script.tool_calls
        ]
    return {
        "model": request.body["model"],
        "created_at": CREATED_AT,
        "message": message,
        "done": True,
        "done_reason": "stop",
        "total_duration": 1,
        "prompt_eval_count": request.prompt_tokens,
        "eval_count": len(script.tokens),
    }
