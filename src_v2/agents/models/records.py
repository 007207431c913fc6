"""What comes out of a model call: pieces of text, and for every attempt a record of what it took."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ModelChunk:
    """More text of the answer, never empty."""

    text: str


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
