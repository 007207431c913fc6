"""One request to one model: its time limits, its words as they come, and in the end its record."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Literal

import structlog
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata, add_usage

from src_v2.agents.models.failures import as_model_error
from src_v2.agents.models.providers import Protocol
from src_v2.agents.models.records import CallRecord, ModelChunk, Payer, Recorder
from src_v2.agents.models.refusals import Verdict, judged
from src_v2.agents.models.spec import ModelSpec
from src_v2.agents.models.tokens import estimate_prompt_tokens
from src_v2.agents.models.tool_calling import Offer, calls_in
from src_v2.core.clock import Clock
from src_v2.core.errors import ModelSilent, ModelTimeout
from src_v2.core.tokens import BYTES_PER_TOKEN, estimate_tokens

log = structlog.get_logger(__name__)

REFUSED = "RefusedWithoutCause"
MALFORMED = "MalformedToolCalls"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect, until a model's first sign of life, and for a whole answer with all its attempts."""

    connect_s: float = 5.0
    first_token_s: float = 30.0
    total_s: float = 180.0


@dataclass(slots=True)
class Call:
    """One question to the models, over all its attempts. `deadline` is in the event loop's time."""

    messages: Sequence[BaseMessage]
    purpose: str
    record: Recorder
    deadline: float
    offer: Offer | None = None
    """The tools that the model may ask for."""
    payer: Payer | None = None
    """On whose account; without one nothing is metered."""
    judged: bool = False
    """Whether there is somebody stronger to ask, so that an answer of no use is not taken."""
    refusable: bool = True
    """Whether the question may have given a reason to refuse it."""
    escalated_from: str | None = None
    attempts: int = 0
    asked: str = ""
    """The model that was asked last."""

    def to_stronger(self) -> "Call":
        """Return the same question for a stronger model, whose answer is taken as it is."""
        return replace(self, judged=False, escalated_from=self.asked)


class Attempt:
    """Use as a context manager: leaving it closes the connection and writes the record, whatever happened."""

    def __init__(
        self,
        spec: ModelSpec,
        answer: AsyncGenerator[AIMessageChunk, None],
        call: Call,
        timeouts: Timeouts,
        clock: Clock,
    ) -> None:
        self._spec = spec
        self._answer = answer
        self._call = call
        self._timeouts = timeouts
        self._clock = clock
        self._number = call.attempts
        self._started = clock.monotonic()
        self._first_deadline = asyncio.get_running_loop().time() + timeouts.first_token_s
        self._alive = False
        self._first_text_ms: float | None = None
        self._heard: list[str] = []
        self._reasoning_chars = 0
        self._usage: UsageMetadata | None = None
        self._whole: AIMessageChunk | None = None
        self._refuses = False
        self._ended = False
        self._recorded = False

    async def __aenter__(self) -> "Attempt":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._record("cancelled", kind.__name__ if kind else "")
        await self._answer.aclose()

    async def listen(self) -> None:
        """Wait for the first text, or for the calls of tools; raises ModelError when neither comes.

        When the answer is judged, it hears on until it is clear that it is no refusal.
        """
        while await self._next_text() and not self._has_spoken:
            continue  # blanks alone are no answer
        if not self._has_spoken and self._calling() is None:
            error = ModelSilent(f"{self._spec.provider} answered without any text")
            self._record("failed", type(error).__name__)
            raise error
        if self._call.judged and not self._call.refusable:
            await self._listen_for_a_refusal()
        if self._ended and not (self._call.judged and self.fault):
            self._record("ok", "")

    async def _listen_for_a_refusal(self) -> None:
        """Hear on while what was said can still become a refusal: an ordinary answer leaves that at its first words."""
        while (verdict := judged("".join(self._heard))) is Verdict.NOT_YET_KNOWN:
            if not await self._next_text():
                return
        self._refuses = verdict is Verdict.REFUSAL

    @property
    def fault(self) -> str:
        """Why what was heard is of no use, by name: a refusal without cause, or calls that nobody can read."""
        if self._refuses:
            return REFUSED
        calling = self._calling()
        return MALFORMED if not self._has_spoken and calling is not None and not calling.tool_calls else ""

    @property
    def _has_spoken(self) -> bool:
        return any(piece.strip() for piece in self._heard)

    async def reject(self) -> None:
        """End an answer of no use; nobody has seen any of it."""
        self._record("failed", self.fault)
        await self._answer.aclose()

    async def chunks(self) -> AsyncIterator[ModelChunk]:
        """Yield the text that `listen` heard and all that follows; raises ModelError when it breaks off."""
        text = "".join(self._heard) if self._has_spoken else ""
        while text:
            yield ModelChunk(text)
            text = await self._next_text()
        self._record("ok", "")
        if (calling := self._calling()) is not None:
            yield ModelChunk("", calling)

    async def _next_text(self) -> str:
        """Return the next text, "" at the end of the answer."""
        try:
            while (chunk := await self._next_chunk()) is not None:
                if text := self._take(chunk):
                    return text
        except Exception as problem:
            error = as_model_error(problem, self._spec.provider)
            self._record("failed", type(error).__name__)
            raise error from problem
        self._ended = True
        return ""

    def _calling(self) -> AIMessage | None:
        """Return the whole answer when the model wants tools called, well-formed or not."""
        return calls_in(self._whole) if self._whole is not None else None

    async def _next_chunk(self) -> AIMessageChunk | None:
        """Return the next chunk in time, None at the end."""
        limit = self._call.deadline if self._alive else min(self._first_deadline, self._call.deadline)
        try:
            async with asyncio.timeout_at(limit) as waiting:
                return await anext(self._answer, None)
        except TimeoutError as problem:
            if not waiting.expired():
                raise
            what = "complete its answer" if limit == self._call.deadline else "begin its answer"
            raise ModelTimeout(f"{self._spec} did not {what} in time") from problem

    def _take(self, chunk: AIMessageChunk) -> str:
        """Count what a chunk holds and return its text."""
        if chunk.usage_metadata:
            self._usage = self._used(chunk.usage_metadata)
        reasoning = chunk.additional_kwargs.get("reasoning_content", "")
        self._reasoning_chars += len(reasoning)
        # An empty chunk only says that the request was accepted, not that the model has begun.
        self._alive = self._alive or bool(chunk.content or reasoning or chunk.tool_call_chunks)
        if self._call.offer is not None:
            self._whole = chunk if self._whole is None else self._whole + chunk
        text = chunk.content if isinstance(chunk.content, str) else str(chunk.text)
        if text:
            if self._first_text_ms is None:
                self._first_text_ms = self._elapsed_ms()
            self._heard.append(text)
        return text

    def _used(self, reported: UsageMetadata) -> UsageMetadata:
        """Return what was used so far: OpenAI's protocol always tells all of it, the others what came on top."""
        return reported if self._spec.config.protocol is Protocol.OPENAI else add_usage(self._usage, reported)

    def _elapsed_ms(self) -> float:
        return (self._clock.monotonic() - self._started) * 1000

    def _record(self, status: Literal["ok", "failed", "cancelled"], error: str) -> None:
        """Hand over the record of this attempt, once."""
        if self._recorded:
            return
        self._recorded = True
        counted = self._usage is not None and self._ended and self._spec.config.protocol is not Protocol.OFFLINE
        prompt, cached, completion, reasoning = self._tokens(status)
        record = CallRecord(
            purpose=self._call.purpose,
            provider=self._spec.provider,
            model=self._spec.model,
            prompt_tokens=prompt,
            cached_tokens=cached,
            completion_tokens=completion,
            reasoning_tokens=reasoning,
            estimated=not counted,
            first_token_ms=self._first_text_ms,
            total_ms=self._elapsed_ms(),
            status=status,
            error=error,
            attempt=self._number,
            escalated_from=self._call.escalated_from,
        )
        log.debug("model_call", provider=record.provider, status=status, error=error, attempt=self._number)
        self._call.record(record)

    def _tokens(self, status: str) -> tuple[int, int, int, int]:
        """Return prompt, cached, completion and reasoning tokens.

        An answer that was cut short is never reported by the provider, so it is estimated from what was heard. A
        request that failed before anything was heard is taken to have cost nothing.
        """
        if self._usage is not None and self._ended:
            prompt = self._usage["input_tokens"]
            # Some providers report what a model thought in the total only; it is paid for like the answer.
            completion = max(self._usage["output_tokens"], self._usage["total_tokens"] - prompt)
            cached = self._usage.get("input_token_details", {}).get("cache_read") or 0
            reasoning = self._usage.get("output_token_details", {}).get("reasoning") or self._reasoning_tokens()
            return prompt, cached, completion, reasoning
        if status == "failed" and not self._alive:
            return 0, 0, 0, 0
        reasoning = self._reasoning_tokens()
        spoken = estimate_tokens("".join(self._heard))
        return estimate_prompt_tokens(self._call.messages), 0, spoken + reasoning, reasoning

    def _reasoning_tokens(self) -> int:
        return -(-self._reasoning_chars // BYTES_PER_TOKEN)
