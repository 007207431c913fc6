"""Models that follow a script and answer after a while, and what is asked of them."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from benchmarks.turn import Listener, message
from src_v2.app import App
from tests.support.llm import LocalLLM, ReceivedRequest, Script, ToolCall

MODEL_MS = 300
"""How long the scripted model takes where the time of a whole answer is compared: quick for a real one."""
NOTHING_TO_OBJECT = '{"objections": []}'

SINGLE = ("search_messages", "search_summaries", "look_up_facts", "walk_relationships")
ARGUMENTS: dict[str, dict[str, Any]] = {
    "search_messages": {"query": "the lighthouse"}, "search_summaries": {"query": "the lighthouse"},
    "look_up_facts": {"about": "user"}, "walk_relationships": {"about": "user"},
    "analyze_topic": {"topic": "the lighthouse"},
}  # fmt: skip


def thoughts(llm: LocalLLM) -> int:
    """Return how many model calls answers took, those of the critic aside."""
    return sum("response_format" not in request.body for request in llm.requests)


def content(model: Callable[[ReceivedRequest], Script]) -> Callable[[ReceivedRequest], Script]:
    """Return `model` with a critic that has nothing to object."""

    def reply(request: ReceivedRequest) -> Script:
        if "response_format" in request.body:
            return Script(NOTHING_TO_OBJECT, first_token_delay_s=MODEL_MS / 1000)
        return model(request)

    return reply


async def ask(app: App, user: str, text: str, *, reflect_on_it: bool = False) -> float:
    """Ask and return the seconds until the whole reply was there."""
    listener = Listener()
    started = time.perf_counter()
    await app.lanes.submit(replace(message(app, user, text), reflect=reflect_on_it), listener)
    await listener.done.wait()
    assert listener.answered, "a turn failed"
    return time.perf_counter() - started


def tool_script(*names: str) -> Script:
    """Return the calls of these tools, side by side."""
    calls = [ToolCall(name, orjson.dumps(ARGUMENTS[name]).decode(), f"call_{name}") for name in names]
    return Script(tool_calls=calls, first_token_delay_s=MODEL_MS / 1000)
