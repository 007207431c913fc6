"""What the patterns of a scripted dialogue mean: regular expressions with a short form for facts and preferences.

`Sam | lives in | Oslo` is a fact by its columns, `length: .*short` a preference, anything else stands for itself.
"""

import re
from collections.abc import Sequence

_OVER = re.compile(r"\|\s*(?:until\b|no longer\b)", re.IGNORECASE)
_BETWEEN_COLUMNS = r"(?:\s*\([^)|\n]*\))?\s*\|\s*"
"""Other names of a subject stand in parentheses behind it."""
_ANYTHING = r"[^|\n]*"
_LABELS = {
    "length": "length(?: of answers)?", "tone": "tone", "nickname": "(?:nickname|call them)",
    "avoid": "(?:avoid|do not bring up)", "language": "language",
}  # fmt: skip
"""How the prompt names a preference."""


def is_over(line: str) -> bool:
    """Whether a line tells a fact that is not true any more."""
    return _OVER.search(line) is not None


def found(pattern: Sequence[str], lines: Sequence[str]) -> list[str]:
    """Return the lines in which at least one of the alternatives is found."""
    searches = compiled(pattern)
    return [line for line in lines if any(search.search(line) for search in searches)]


def compiled(pattern: Sequence[str]) -> list[re.Pattern[str]]:
    """Return the regular expressions for the alternatives; raises ValueError for one that is none."""
    try:
        return [re.compile(_as_regex(words), re.IGNORECASE) for words in pattern]
    except re.error as problem:
        raise ValueError(f"not a pattern: {pattern}: {problem}") from problem


def _as_regex(words: str) -> str:
    label, colon, rest = words.partition(":")
    if colon and label in _LABELS:
        return f"^- {_LABELS[label]}:{rest}"
    columns = re.split(r"(?:^|(?<= ))\| ", words)
    return words if len(columns) == 1 else _by_columns([column.strip() for column in columns])


def _by_columns(columns: Sequence[str]) -> str:
    """Return the expression for a fact: the last column holds the words, those before it are nothing but them."""
    first, *middle, last = (_ANYTHING if column == "*" else column for column in columns)
    begins_a_word = bool(first) and first[0] not in "\\-["
    start = r"(?<!\w)" if begins_a_word else ""
    return _BETWEEN_COLUMNS.join([start + first, *middle, rf"[^|\n]*?(?<!\w){last}(?!\w)"])
