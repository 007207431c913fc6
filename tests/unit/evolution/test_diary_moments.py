"""When a character writes: around its own evening, always at the same minute for the same day, whatever clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.evolution.diary.models import Kind, Occasion, Whose
from src_v2.evolution.diary.moments import LATEST, ONE_DREAM_IN, dreams, occasions, window_of

ZONES = tuple(map(ZoneInfo, ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "UTC")))
PEOPLE = [Whose("elena", f"discord:{number}") for number in range(200)]
SAM = PEOPLE[0]
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@given(DAYS, st.sampled_from(ZONES), st.sampled_from(PEOPLE))
def test_a_page_is_due_in_the_evening_and_a_dream_in_the_early_morning(day: date, zone: ZoneInfo, who: Whose) -> None:
    page = window_of(Occasion(who, Kind.PAGE, day), zone)
    dream = window_of(Occasion(who, Kind.DREAM, day), zone)
    evening, morning = page.due.astimezone(zone), dream.due.astimezone(zone)
    assert (evening.date(), morning.date()) == (day, day + timedelta(days=1))
    assert time(19, 44) <= evening.time() <= time(22, 16)
    assert time(3, 59) <= morning.time() <= time(6, 1)
    assert page.start == dream.start < page.due < dream.due


@given(DAYS, st.sampled_from(ZONES), st.sampled_from(PEOPLE))
def test_nothing_falls_between_two_pages(day: date, zone: ZoneInfo, who: Whose) -> None:
    today = window_of(Occasion(who, Kind.PAGE, day), zone)
    tomorrow = window_of(Occasion(who, Kind.PAGE, day + timedelta(days=1)), zone)
    assert tomorrow.start == today.due


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25)])
def test_clocks_that_change_move_no_evening(day: date) -> None:
    zone = ZoneInfo("Europe/Berlin")
    minutes = [window_of(Occasion(SAM, Kind.PAGE, one), zone).due.astimezone(zone).hour for one in (day,)]
    assert all(19 <= hour <= 22 for hour in minutes)


def test_people_are_written_about_at_different_minutes_and_the_same_one_again() -> None:
    zone, day = ZONES[0], date(2026, 5, 4)
    due = [window_of(Occasion(who, Kind.PAGE, day), zone).due for who in PEOPLE]
    assert len(set(due)) > 60
    assert due == [window_of(Occasion(who, Kind.PAGE, day), zone).due for who in PEOPLE]


def test_dreams_come_now_and_then() -> None:
    nights = [dreams(SAM, date(2026, 1, 1) + timedelta(days=day)) for day in range(365)]
    assert 365 / ONE_DREAM_IN / 2 < sum(nights) < 365 / ONE_DREAM_IN * 2


@given(st.integers(0, 500_000), st.sampled_from(ZONES), st.sampled_from(PEOPLE))
def test_what_is_asked_for_is_neither_long_past_nor_about_silence(minute: int, zone: ZoneInfo, who: Whose) -> None:
    now = datetime(2026, 1, 10, tzinfo=UTC) + timedelta(minutes=minute)
    for occasion, window in occasions(who, zone, now, now - timedelta(hours=2)):
        assert window.due + LATEST > now
        assert window.start < now - timedelta(hours=2)
        assert occasion.kind is Kind.PAGE or dreams(who, occasion.day)
    assert occasions(who, zone, now, now - timedelta(days=4)) == []


def test_somebody_who_spoke_today_is_written_about_this_evening() -> None:
    zone = ZONES[0]
    now = datetime(2026, 5, 4, 12, tzinfo=zone)
    days = [one.day for one, _ in occasions(SAM, zone, now, now) if one.kind is Kind.PAGE]
    assert date(2026, 5, 4) in days
