"""Events arrive in pieces of any size, between things that are no events."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.agents.models.sse import MAX_LINE_BYTES, EventReader, EventStreamError

STREAM = (
    b': keep-alive\r\n\r\nevent: message\r\ndata: {"n": 1, "t": "h\xc3\xa9"}\r\n\r\ndata:{"n": 2}\n\n'
    b'data: {broken\n\ndata: [1]\n\ndata: {"n": 3}\n\ndata: [DONE]\n\n'
)


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_where_the_stream_is_cut_makes_no_difference(cuts: list[int]) -> None:
    reader, events = EventReader(), []
    edges = [0, *sorted(cuts), len(STREAM)]
    for start, end in pairwise(edges):
        events += reader.feed(STREAM[start:end])
    assert [event["n"] for event in events] == [1, 2, 3]
    assert events[0]["t"] == "hé"
    assert reader.done
    assert reader.skipped_lines == 2


def test_a_last_line_without_line_break_counts() -> None:
    reader = EventReader()
    assert reader.feed(b'data: {"n": 1}') == []
    assert reader.finish() == [{"n": 1}]


def test_an_endless_line_is_refused() -> None:
    with pytest.raises(EventStreamError):
        EventReader().feed(b"data: " + b"x" * (MAX_LINE_BYTES + 1))
