"""How many tokens a text is, roughly: for budgets, and for usage that a provider did not report."""

BYTES_PER_TOKEN = 4
"""English is about 4 characters per token. Counting UTF-8 bytes keeps other scripts honest: 2 characters of Cyrillic
or 1.3 of Chinese per token, which is what byte-pair vocabularies come to."""


def estimate_tokens(text: str) -> int:
    """Return about how many tokens `text` is: UTF-8 bytes / 4, rounded up; 0 for no text."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size // BYTES_PER_TOKEN)
