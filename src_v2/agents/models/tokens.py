"""How many tokens a prompt is, for usage that a provider did not report."""

from collections.abc import Iterable

from langchain_core.messages import BaseMessage

from src_v2.core.tokens import estimate_tokens

TOKENS_PER_MESSAGE = 4
"""What chat formats spend on marking where a message begins, ends and who speaks."""

TOKENS_PER_PICTURE = 1_600
"""Of one as large as we send them; providers count between 1,000 and 2,500."""


def estimate_prompt_tokens(messages: Iterable[BaseMessage]) -> int:
    """Return about how many tokens a prompt of `messages` is, their framing included."""
    return sum(_tokens(message) for message in messages)


def _tokens(message: BaseMessage) -> int:
    blocks = message.content if isinstance(message.content, list) else []
    pictures = sum(isinstance(block, dict) and block.get("type") == "image" for block in blocks)
    return estimate_tokens(str(message.text)) + TOKENS_PER_MESSAGE + int(pictures) * TOKENS_PER_PICTURE
