"""How many tokens a text is, roughly: for budgets, and for usage that a provider did not report."""

from collections.abc import Iterable

from langchain_core.messages import BaseMessage

BYTES_PER_TOKEN = 4
"""English is about 4 characters per token. Counting UTF-8 bytes keeps other scripts honest: 2 characters of Cyrillic
or 1.3 of Chinese per token, which is what byte-pair vocabularies come to."""
TOKENS_PER_MESSAGE = 4
"""What chat formats spend on marking where a message begins, ends and who speaks."""


def estimate_tokens(text: str) -> int:
    """Return about how many tokens `text` is: UTF-8 bytes / 4, rounded up; 0 for no text."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size // BYTES_PER_TOKEN)


def estimate_prompt_tokens(messages: Iterable[BaseMessage]) -> int:
    """Return about how many tokens a prompt of `messages` is, their framing included."""
    return sum(estimate_tokens(str(message.text)) + TOKENS_PER_MESSAGE for message in messages)
