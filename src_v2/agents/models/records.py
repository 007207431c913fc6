"""What comes out of a model call: pieces of text, and for every attempt a record of what it took."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

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
    `escalated_from` is the model, as provider:model, whose answer was of no use before. `cost_usd` is None when the
    price is not known, which is not zero; `priced_on` is the ISO date of the price list.
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
    escalated_from: str | None = None
    cost_usd: float | None = None
    priced_on: str | None = None

    @property
    def tokens(self) -> int:
        """How many tokens it took, asked and answered."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Payer:
    """On whose account a model is asked. Without a user it is only the server's and the day's."""

    user_id: str | None = None
    guild_id: str | None = None


class Meter(Protocol):
    """Watches over what is spent."""

    async def require(self, payer: Payer) -> None:
        """Raise CapReached when no more may be spent on this account today."""
        ...

    def note(self, payer: Payer, record: CallRecord) -> None:
        """Take note of what a call took."""
        ...


class Pricing(Protocol):
    """Knows what calls cost."""

    def load(self, provider: str) -> None:
        """Get ready for calls to a provider; may take a second of CPU, so it is called aside from the event loop."""
        ...

    def priced(self, record: CallRecord, at: datetime) -> CallRecord:
        """Return the record with its price, if that is known."""
        ...


Recorder = Callable[[CallRecord], None]
