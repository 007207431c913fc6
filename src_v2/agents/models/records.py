"""What comes out of a model call: pieces of text, and for every attempt a record of what it took."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from langchain_core.messages import AIMessage


@dataclass(frozen=True, slots=True)
class ModelChunk:
    """More text of the answer, or what ends it when the model wants tools called.

    `text` is empty only where `calling` is set: the whole answer, with its `tool_calls` and `invalid_tool_calls`, as it
    must stand in the next request. It is always the last chunk.
    """

    text: str
    calling: AIMessage | None = None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One attempt to get an answer from one model.

    Tokens are the provider's count, or ours when `estimated`. `first_token_ms` is None when no text came. `error` is
    the class name of what went wrong, "" when nothing did. `attempt` counts from 1 over the whole fallback chain.
    """

    purpose: str
    provider: str
    model: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    estimated: bool
    first_token_ms: float | None
    total_ms: float
    status: Literal["ok", "failed", "cancelled"]
    error: str
    attempt: int


Recorder = Callable[[CallRecord], None]
