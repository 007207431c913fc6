"""What there is to write about: dates that were spoken of before they came, birthdays, friends who are missed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.evolution.outreach.models import Candidate, Person, Wanted
from src_v2.evolution.outreach.reasons import birthday, dates_near, missed
from src_v2.knowledge.models import Claim, Stance

HERE = Audience("elena", "discord:1", "discord:2", Visibility.PRIVATE)
NOW = datetime(2026, 5, 16, 20, tzinfo=UTC)


def person(*, trust: int = 60, eagerness: float = 0.5, silent_days: float = 2, zone: str = "UTC") -> Person:
    talked_at = NOW - timedelta(days=silent_days)
    candidate = Candidate("elena", "discord:1", "Sam", zone, True, Wanted(True), talked_at, HERE, "discord")
    return Person(candidate, ZoneInfo(zone), trust, eagerness)


def claim(predicate: str, value: str, *, said: int, on: str | None = None, subject: str = "user", **more: str) -> Claim:
    at = datetime(2026, 5, said, 12, tzinfo=UTC)
    known = {"id": f"{predicate}-{value}-{said}", "source_message_id": f"m{said}"}
    return Claim(
        known["id"], HERE, "discord:1", subject, predicate, value, known["source_message_id"], at, valid_from=on,
        **more,  # type: ignore[arg-type] # a stance
    )  # fmt: skip


def told(*claims: Claim, zone: str = "UTC") -> list[str]:
    return [reason.text for reason in dates_near(claims, person(zone=zone), NOW)]


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2026-05-15", "was yesterday"), ("2026-05-16", "is today"), ("2026-05-17", "is tomorrow"),
        ("2026-05-18", "is in two days"),
    ],
)  # fmt: skip
def test_a_date_that_is_near_is_a_reason(on: str, words: str) -> None:
    assert told(claim("has", "exam", said=10, on=on)) == [f"they | has | exam | {on}, which {words} for them"]


@pytest.mark.parametrize("on", ["2026-05-14", "2026-05-19", "2026-05", "2026", "2027-05-17"])
def test_another_date_is_none(on: str) -> None:
    assert told(claim("has", "exam", said=10, on=on)) == []


def test_what_was_told_only_when_it_had_begun_is_none() -> None:
    assert told(claim("lives_in", "Leeds", said=16, on="2026-05-15")) == []


def test_a_date_that_was_moved_or_taken_back_is_none_any_more() -> None:
    first = claim("has", "exam", said=10, on="2026-05-17")
    assert told(first, claim("has", "exam", said=12, on="2026-05-27")) == []
    assert told(first, claim("has", "exam", said=12, stance=Stance.RETRACTED)) == []


def test_which_day_it_is_is_a_matter_of_where_they_are() -> None:
    exam = claim("has", "exam", said=10, on="2026-05-17")
    assert "is today" in told(exam, zone="Asia/Tokyo")[0]
    assert "is tomorrow" in told(exam, zone="America/New_York")[0]


def test_a_date_may_be_written_about_before_and_after_but_each_once() -> None:
    exam = claim("has", "exam", said=10, on="2026-05-17")
    ids = [
        reason.id
        for day in range(-3, 4)
        for reason in dates_near([exam], person(), datetime(2026, 5, 17 + day, 12, tzinfo=UTC))
    ]
    assert len(ids) == 4
    assert len(set(ids)) == 3


def test_a_birthday_comes_every_year() -> None:
    own = claim("birthday", "17 May", said=1)
    hers = claim("birthday", "18 May", said=1, subject="Ana")
    assert len(told(own, hers)) == 2
    assert any(text.startswith("Ana | birthday | 18 May") for text in told(own, hers))


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("17 May", date(2026, 5, 17)), ("May 17th", date(2026, 5, 17)), ("17 de mayo de 1990", date(2026, 5, 17)),
        ("1990-05-17", date(2026, 5, 17)), ("12-31", date(2025, 12, 31)), ("3 enero", date(2026, 1, 3)),
        ("in spring", None), ("May", None), ("31 February", None),
    ],
)  # fmt: skip
def test_birthdays_as_people_write_them(text: str, on: date | None) -> None:
    assert birthday(text, date(2026, 5, 16) if on != date(2025, 12, 31) else date(2026, 1, 2)) == on


def test_a_friend_is_missed_sooner_by_whom_it_matters_more() -> None:
    def after(eagerness: float) -> int:
        return next(day for day in range(60) if missed(person(eagerness=eagerness, silent_days=day), NOW))

    assert after(1.0) == 7
    assert after(0.9) < after(0.2) <= 28
    assert missed(person(trust=40, silent_days=50), NOW) == []
    once = [missed(person(silent_days=50), NOW + timedelta(days=day))[0].id for day in range(5)]
    assert len(set(once)) == 1
