"""Spans of time in words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.evolution.relationship.spans import in_words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-5), "a moment"),
        (timedelta(seconds=59), "a moment"),
        (timedelta(minutes=1), "one minute"),
        (timedelta(hours=7, minutes=59), "seven hours"),
        (timedelta(days=1), "one day"),
        (timedelta(days=13), "13 days"),
        (timedelta(days=14), "two weeks"),
        (timedelta(days=22), "three weeks"),
        (timedelta(days=63), "two months"),
        (timedelta(days=400), "13 months"),
        (timedelta(days=731), "two years"),
    ],
)
def test_in_words(span: timedelta, words: str) -> None:
    assert in_words(span) == words


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36_000)))
def test_every_span_has_words_and_never_none_of_something(span: timedelta) -> None:
    assert in_words(span)
    assert not in_words(span).startswith("no ")
