"""Quiet hours as people type them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from src_v2.evolution.outreach.hours import Hours, is_quiet, next_open, parse, zone_named


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("22-8", Hours(1320, 480)), ("22:30 - 7:15", Hours(1350, 435)), ("23 to 6", Hours(1380, 360)),
        ("0-6", Hours(0, 360)), ("21-24", Hours(1260, 0)), ("13h - 15h", Hours(780, 900)),
    ],
)  # fmt: skip
def test_what_is_understood(text: str, hours: Hours) -> None:
    assert parse(text) == hours


@pytest.mark.parametrize("text", ["", "22", "25-8", "8-8", "22:75-8", "never", "22-8-9", "0-24", "22-8; drop table"])
def test_what_is_not(text: str) -> None:
    assert parse(text) is None


def test_the_next_open_moment_is_the_end_of_the_quiet_hours() -> None:
    zone, quiet = ZoneInfo("Europe/Berlin"), (Hours(1320, 480),)
    at_night = datetime(2026, 3, 28, 23, tzinfo=UTC)  # the clocks go forward that night
    opens = next_open(at_night, zone, quiet)
    assert opens == datetime(2026, 3, 29, 6, tzinfo=UTC)
    assert not is_quiet(opens, zone, quiet)


def test_a_time_zone_that_does_not_exist_is_none() -> None:
    assert zone_named("Mars/Olympus") is None
    assert zone_named("../../etc/passwd") is None
    assert zone_named("") is None
    assert zone_named("Asia/Tokyo") is not None
