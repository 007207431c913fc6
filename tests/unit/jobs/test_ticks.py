"""When scheduled jobs are due: `src_v2.jobs.ticks`."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from src_v2.core.errors import SettingsError
from src_v2.core.jobs import Schedule
from src_v2.jobs.ticks import check_schedule, last_tick, next_tick, request_of


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHTLY = Schedule("tidy", "30 4 * * *", "Europe/Berlin")


def test_times_are_local() -> None:
    assert next_tick(NIGHTLY, utc("2026-01-10 00:00")) == utc("2026-01-10 03:30")
    assert next_tick(NIGHTLY, utc("2026-07-10 00:00")) == utc("2026-07-10 02:30")
    assert next_tick(NIGHTLY, utc("2026-01-10 03:30")) == utc("2026-01-11 03:30")


def test_the_last_tick_includes_this_moment() -> None:
    assert last_tick(NIGHTLY, utc("2026-01-10 03:30")) == utc("2026-01-10 03:30")
    assert last_tick(NIGHTLY, utc("2026-01-10 03:29")) == utc("2026-01-09 03:30")


@pytest.mark.parametrize(("day", "tick"), [("2026-03-29", "2026-03-29 02:30"), ("2026-10-25", "2026-10-25 03:30")])
def test_a_day_on_which_the_clocks_change_has_one_tick(day: str, tick: str) -> None:
    assert next_tick(NIGHTLY, utc(f"{day} 00:00")) == utc(tick)
    assert next_tick(NIGHTLY, utc(tick)).date() > utc(tick).date()


def test_an_hour_that_is_there_twice_does_not_stop_the_clock() -> None:
    often = Schedule("look", "*/15 * * * *", "Europe/Berlin")
    tick, ticks = utc("2026-10-24 23:50"), []
    for _ in range(12):
        tick = next_tick(often, tick)
        ticks.append(tick)

    assert all(later > earlier for earlier, later in pairwise(ticks))
    assert ticks[-1] <= utc("2026-10-25 04:00")


def test_six_fields_begin_with_seconds() -> None:
    often = Schedule("look", "*/20 * * * * *")

    assert next_tick(often, utc("2026-01-10 00:00:05")) == utc("2026-01-10 00:00:20")


def test_every_process_asks_for_a_tick_under_the_same_key() -> None:
    request = request_of(NIGHTLY, next_tick(NIGHTLY, utc("2026-01-10 00:00")))

    assert (request.kind, request.key) == ("tidy", "tidy@2026-01-10T03:30:00+00:00")


@pytest.mark.parametrize(
    "schedule",
    [Schedule("tidy", "30 4 * *"), Schedule("tidy", "99 4 * * *"), Schedule("tidy", "0 4 * * *", "Moon/Sea")],
)
def test_what_nobody_understands_is_refused(schedule: Schedule) -> None:
    with pytest.raises(SettingsError, match="tidy"):
        check_schedule(schedule)
