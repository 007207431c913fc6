"""How many tokens a prompt is, for usage that a provider did not report."""

from collections.abc import Iterable

from langchain_core.messages import BaseMessage

from src_v2.core.tokens import estimate_tokens

TOKENS_PER_MESSAGE = 4
"""What chat formats spend on marking where a message begins, ends and who speaks."""


def estimate_prompt_tokens(messages: Iterable[BaseMessage]) -> int:
    """Return about how many tokens a prompt of `messages` is, their framing included."""
    return sum(estimate_tokens(str(message.text)) + TOKENS_PER_MESSAGE for message in messages)
