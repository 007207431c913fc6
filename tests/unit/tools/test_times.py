"""Times as models name them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.tools.arguments import Unfit
from src_v2.tools.times import limits, period
from tests.unit.tools.shelves import NOW, OSLO, asks


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # mypy takes *parts for every argument


CASES: list[tuple[str, Any]] = [
    ("2026", (utc(2025, 12, 31, 23), utc(2026, 12, 31, 23))),
    ("2026-05", (utc(2026, 4, 30, 22), utc(2026, 5, 31, 22))),
    ("2025-12", (utc(2025, 11, 30, 23), utc(2025, 12, 31, 23))),
    ("2026-5-3", (utc(2026, 5, 2, 22), utc(2026, 5, 3, 22))),
    ("2026-03-29", (utc(2026, 3, 28, 23), utc(2026, 3, 29, 22))),  # the clocks go forward that day
    ("2024-02-29", (utc(2024, 2, 28, 23), utc(2024, 2, 29, 23))),
    ("2026-05-03T10:00", (utc(2026, 5, 3, 8), utc(2026, 5, 3, 8, 0, 1))),
    ("2026-05-03T10:00:00Z", (utc(2026, 5, 3, 10), utc(2026, 5, 3, 10, 0, 1))),
    ("last March", (utc(2026, 2, 28, 23), utc(2026, 3, 31, 22))),
    ("yesterday", (utc(2026, 7, 13, 22), utc(2026, 7, 14, 22))),
    ("2026-05-03T99:00", (utc(2026, 5, 2, 22), utc(2026, 5, 3, 22))),  # at least the day is one
    ("2026-13", None), ("2026-02-30", None), ("0000", None), ("9999-12-31", None), ("99999", None),
    ("soon", None), ("'; DROP TABLE v2_messages; --", None)
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_time_is_as_wide_as_it_was_named(text: str, expected: Any) -> None:
    assert period(text, NOW, OSLO) == expected


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{4}(-[0-9]{1,2}){0,2}([T ][0-9:+-]{0,9})?", fullmatch=True))
def test_no_text_makes_it_raise(text: str) -> None:
    found = period(text, NOW, OSLO)
    assert found is None or (found[0] < found[1] and found[0].tzinfo is UTC and found[1].tzinfo is UTC)


def test_until_includes_the_whole_time_that_it_names() -> None:
    assert limits("2026-05", "2026-06", asks()) == (utc(2026, 4, 30, 22), utc(2026, 6, 30, 22))
    assert limits("2026-05", "2026-05", asks()) == (utc(2026, 4, 30, 22), utc(2026, 5, 31, 22))
    assert limits(None, None, asks()) == (None, None)


def test_limits_that_mean_nothing_are_told_to_the_model() -> None:
    with pytest.raises(Unfit, match="since names no time"):
        limits("whenever", None, asks())
    with pytest.raises(Unfit, match="since lies after until"):
        limits("2026-06", "2026-05", asks())
