"""When imported messages were sent: every way of writing it, and what happens where it is missing or wrong."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.memory.imports import read_history
from src_v2.memory.imports.times import moment, spread
from tests.support.chat_exports import T0, chain, chat, file, header, line, message

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def times(blob: bytes) -> list[datetime]:
    history = read_history(blob, zone=MADRID, now=NOW)
    return [said.sent_at for said in history.conversations[0].messages]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023-11-12 @14h 03m 22s 123ms", "2023-11-12T13:03:22.123"),
        ("2023-6-7 @9h 5m 3s 7ms", "2023-06-07T07:05:03.007"),
        ("2024-1-2@3h4m5s", "2024-01-02T02:04:05"),
        ("November 12, 2023 2:03pm", "2023-11-12T13:03"),
        ("June 19, 2023 12:20AM", "2023-06-18T22:20"),
        ("Sep 1, 2024 12:00pm", "2024-09-01T10:00"),
        ("2025-01-02T03:04:05.678Z", "2025-01-02T03:04:05.678"),
        ("2025-01-02T03:04:05+05:30", "2025-01-01T21:34:05"),
        ("2025-01-02 03:04:05", "2025-01-02T02:04:05"),
        # The hour that Madrid had twice: its first.
        ("October 29, 2023 2:30am", "2023-10-29T00:30"),
        (1_699_797_802_123, "2023-11-12T14:03:22.123"),
        (1_699_797_802, "2023-11-12T14:03:22"),
        ("1699797802123", "2023-11-12T14:03:22.123"),
        (1_699_797_802.5, "2023-11-12T14:03:22.500"),
    ],
)
def test_times_are_read_in_every_way_that_exports_write_them(written: Any, meant: str) -> None:
    assert moment(written, MADRID, NOW) == utc(meant)


@pytest.mark.parametrize(
    "written",
    [
        *[None, True, "", "soon", [], {}, 0, -1, 1e300, float("nan"), float("inf"), 10**18, "9" * 14, "2" * 1000],
        *["1989-12-31T00:00:00Z", "2026-11-22T12:00:01Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"],
        *["Nonsense 12, 2023 2:03pm", "November 31, 2023 2:03pm", "November 12, 2023 13:03pm", "٢٠٢٣-١١-١٢"],
        *["2023-13-12 @14h 03m 22s 123ms", "2023-11-12 @24h 03m 22s"],
    ],
)
def test_what_is_no_time_or_outside_of_all_reason_counts_as_missing(written: Any) -> None:
    assert moment(written, MADRID, NOW) is None


def test_missing_times_lie_between_their_neighbours() -> None:
    at = [None, T0, None, None, T0 + 1, None]
    said = [message("user", str(index), at=when) for index, when in enumerate(at)]
    first = datetime.fromtimestamp(T0, UTC)
    third = timedelta(microseconds=333_333)
    second = timedelta(seconds=1)
    assert times(file(chain(said))) == [
        first - second,
        first,
        first + third,
        first + 2 * third,
        first + second,
        first + 2 * second,
    ]


def test_messages_of_the_same_minute_and_clocks_that_went_back_keep_their_order() -> None:
    minutes = ["2:03pm", "2:03pm", "2:03pm", "2:04pm", "1:10pm", "2:06pm"]
    lines = [line("Ana", str(index), f"November 12, 2023 {minute}") for index, minute in enumerate(minutes)]
    found = [at.strftime("%H:%M:%S") for at in times(chat(header(), *lines))]
    assert found == ["13:03:00", "13:03:01", "13:03:02", "13:04:00", "13:04:01", "13:06:00"]


def test_without_any_time_a_chat_runs_from_its_beginning_or_up_to_now() -> None:
    said = [message("user", "a", at=None), message("assistant", "b", at="never")]
    begun = datetime.fromtimestamp(T0, UTC)
    assert times(file(chain(said))) == [begun, begun + timedelta(seconds=1)]
    assert times(file(chain(said, create_time=None))) == [NOW - timedelta(seconds=2), NOW - timedelta(seconds=1)]


moments = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware at once
close = st.none() | st.integers(0, 30).map(lambda step: NOW + timedelta(microseconds=step))


@given(st.lists(moments, max_size=40) | st.lists(close, max_size=40))
def test_times_always_grow_and_good_ones_stay(given_times: list[datetime | None]) -> None:
    found = spread(given_times, NOW)
    assert len(found) == len(given_times)
    assert all(before < after for before, after in pairwise(found))
    ordered = sorted({at.replace(microsecond=0) for at in given_times if at is not None})
    assert spread(ordered, NOW)[: len(ordered)] == ordered
