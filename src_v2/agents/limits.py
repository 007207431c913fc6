"""What one answer may take: model calls, time, tokens, calls of tools. Kept before anything is asked, never after."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from langchain_core.messages import BaseMessage

from src_v2.agents.models.records import CallRecord
from src_v2.agents.models.tokens import estimate_prompt_tokens


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one answer, over all of its steps.

    `seconds` until it must be complete, of which the last `answer_s` are kept for giving the answer. `tokens` of all
    prompts and completions together; `reply_tokens` is the longest that one call may write.
    """

    seconds: float = 120.0
    answer_s: float = 30.0
    tokens: int = 100_000
    tool_calls: int = 30
    reply_tokens: int = 1024


def _now_s() -> float:
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class Spending:
    """What an answer has taken so far. `calls` is the list that records are added to while models answer."""

    limits: Limits
    max_steps: int
    calls: Sequence[CallRecord]
    now_s: Callable[[], float] = _now_s
    steps: int = 0
    tool_calls: int = 0
    started_s: float = field(init=False)
    calls_before: int = field(init=False)

    def __post_init__(self) -> None:
        self.started_s = self.now_s()
        self.calls_before = len(self.calls)

    @property
    def tokens(self) -> int:
        """Tokens of all calls, as reported or estimated."""
        return sum(call.prompt_tokens + call.completion_tokens for call in self.calls[self.calls_before :])

    def left_s(self, *, answering: bool) -> float:
        """Return the seconds that the next thing may take: a look around, or the answer itself."""
        spent_s = self.now_s() - self.started_s
        reserved_s = 0.0 if answering else min(self.limits.answer_s, self.limits.seconds / 2)
        return max(0.0, self.limits.seconds - reserved_s - spent_s)

    def must_answer(self, messages: Sequence[BaseMessage]) -> bool:
        """Whether the next model call has to give the answer, because there is no room for one more after it."""
        prompt = estimate_prompt_tokens(messages)
        both = 2 * (prompt + self.limits.reply_tokens)
        return (
            self.steps + 1 >= self.max_steps
            or self.tool_calls >= self.limits.tool_calls
            or self.left_s(answering=False) <= 0
            or self.tokens + both > self.limits.tokens
        )

    def room_for_results(self, messages: Sequence[BaseMessage]) -> int:
        """Return the tokens that results of tools may have, so that the answer after them still fits."""
        answer = estimate_prompt_tokens(messages) + self.limits.reply_tokens
        return max(0, self.limits.tokens - self.tokens - answer)

    def may_answer_again(self, messages: Sequence[BaseMessage]) -> bool:
        """Whether there is room for one more answer, for one that was wrong."""
        one = estimate_prompt_tokens(messages) + self.limits.reply_tokens
        return (
            self.steps < self.max_steps and self.left_s(answering=True) > 0 and self.tokens + one <= self.limits.tokens
        )
