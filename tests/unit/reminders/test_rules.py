# ruff: noqa: DTZ001 - wall clocks are naive
"""What comes again keeps the time on somebody's wall clock, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.evolution.reminders.rules import in_zone, next_after, rule_text, until, utc
from src_v2.evolution.reminders.telling import in_words

BERLIN, NEW_YORK, LORD_HOWE = map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe"))
WEEKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


def year_of(text: str, start: datetime) -> list[datetime]:
    found, moment = [], start
    while (following := next_after(text, moment)) and following < start + timedelta(days=365):
        found.append(following)
        moment = following
    return found


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE])
def test_a_year_of_weekdays_is_always_at_eight_there(zone: ZoneInfo) -> None:
    start = utc(datetime(2026, 1, 1), zone)
    found = year_of(rule_text(datetime(2026, 1, 1, 8), WEEKDAYS, zone), start)
    there = [moment.astimezone(zone) for moment in found]
    assert len(found) == 261
    assert {(moment.hour, moment.minute) for moment in there} == {(8, 0)}
    assert all(moment.weekday() < 5 for moment in there)
    assert len({moment.utcoffset() for moment in there}) == 2


def test_an_hour_that_is_leapt_over_is_an_hour_later_and_one_that_comes_twice_comes_once() -> None:
    text = rule_text(datetime(2026, 1, 1, 2, 30), "FREQ=DAILY", BERLIN)
    found = year_of(text, utc(datetime(2026, 1, 1), BERLIN))
    there = {moment.astimezone(BERLIN).date(): moment.astimezone(BERLIN).time() for moment in found}
    assert len(found) == len(there) == 365
    assert f"{there[datetime(2026, 3, 29).date()]:%H:%M}" == "03:30"
    assert f"{there[datetime(2026, 10, 25).date()]:%H:%M}" == "02:30"


def test_hours_are_counted_in_real_time() -> None:
    text = rule_text(datetime(2026, 3, 29, 0, 0), "FREQ=HOURLY;INTERVAL=2", BERLIN)
    found = year_of(text, datetime(2026, 3, 28, 23, 30, tzinfo=UTC))[:50]
    assert {after - before for before, after in pairwise(found)} == {timedelta(hours=2)}


def test_hours_of_many_years_are_counted_at_once() -> None:
    text = rule_text(datetime(2026, 1, 1), "FREQ=MINUTELY;INTERVAL=15", BERLIN)
    later = datetime(2046, 7, 1, 10, 7, tzinfo=UTC)
    assert next_after(text, later) == datetime(2046, 7, 1, 10, 15, tzinfo=UTC)


def test_missed_times_are_counted_up_to_now() -> None:
    text = rule_text(datetime(2026, 3, 2, 9), "FREQ=DAILY", BERLIN)
    due = datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert until(text, due, due) == [due]
    assert len(until(text, due, due + timedelta(days=3, hours=1))) == 4


def test_a_rule_moves_to_another_clock() -> None:
    text = rule_text(datetime(2026, 3, 2, 9), "FREQ=DAILY", BERLIN)
    moved = next_after(in_zone(text, NEW_YORK), datetime(2026, 7, 1, tzinfo=UTC))
    assert moved is not None
    assert moved.astimezone(NEW_YORK).hour == 9


@given(
    st.sampled_from(["FREQ=DAILY", WEEKDAYS, "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "FREQ=MONTHLY;BYMONTHDAY=1",
                     "FREQ=HOURLY;INTERVAL=3"]),
    st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE]),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),
)  # fmt: skip
def test_the_next_one_is_always_later_and_nothing_lies_between(rule: str, zone: ZoneInfo, after: datetime) -> None:
    text = rule_text(datetime(2026, 1, 1, 2, 30), rule, zone)
    start = after.replace(tzinfo=UTC, microsecond=0)
    following = next_after(text, start)
    assert following is not None
    assert following > start
    before = following - timedelta(seconds=1)
    assert next_after(text, before) == following


@pytest.mark.parametrize(("rule", "words"), [
    ("FREQ=DAILY", "every day"), (WEEKDAYS, "every weekday"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every 2 weeks on Friday"), ("FREQ=HOURLY;INTERVAL=2", "every 2 hours"),
    ("FREQ=MONTHLY;BYDAY=1MO", "every month on the first Monday"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
    ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "every month on day 31"),
    ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=5", "every year on day 5 of month 5"),
])  # fmt: skip
def test_rules_are_told_in_words(rule: str, words: str) -> None:
    assert in_words(rule) == words
