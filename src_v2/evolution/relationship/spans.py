"""Spans of time in the words that people use: "three weeks". No I/O."""

from datetime import timedelta

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_UNITS = (
    ("minute", timedelta(minutes=1), timedelta(hours=1)),
    ("hour", timedelta(hours=1), timedelta(days=1)),
    ("day", timedelta(days=1), timedelta(weeks=2)),
    ("week", timedelta(weeks=1), timedelta(weeks=9)),
    ("month", timedelta(days=30.44), timedelta(days=730)),
    ("year", timedelta(days=365.25), timedelta.max),
)
"""Each with its length and up to what it is used: thirteen days, but two weeks."""


def in_words(span: timedelta) -> str:
    """Return how long `span` is, rounded down in its unit; below a minute "a moment"."""
    for name, length, up_to in _UNITS:
        if span < up_to:
            count = int(span / length)
            return f"{_number(count)} {name}{'s' * (count != 1)}" if count > 0 else "a moment"
    raise AssertionError("every span is shorter than the longest")


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)
