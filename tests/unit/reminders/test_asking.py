# ruff: noqa: DTZ001 - wall clocks are naive
"""Who asks for a reminder is understood, in five languages; who only speaks of remembering is left alone.

`tests/data/reminders/asked.tsv` holds own sentences: language, what is meant, of what, the sentence. Every third is
held back: nothing was tuned to it.
"""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from src_v2.evolution.reminders.asking import LONGEST_WORDS_CHARS, Request, asked_for, completed, may_ask, read_order
from src_v2.evolution.reminders.times import Problem, When

CORPUS = Path(__file__).parents[2] / "data" / "reminders" / "asked.tsv"
NOW = datetime(2026, 3, 11, 14, 0)
"""A Wednesday."""
LEAST_HELD_BACK = 0.95
SLOWEST_S = 0.05


def sentences(*, held_back: bool) -> list[list[str]]:
    rows = [line.split("\t") for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [row for number, row in enumerate(rows) if (number % 3 == 2) is held_back]


def meaning(request: Request | None) -> str:
    if request is None:
        return "none"
    if not isinstance(request.when, When):
        return "often" if request.when is Problem.OFTEN else "ask"
    first = f"{request.when.first:%Y-%m-%dT%H:%M}"
    return f"{request.when.rule} @ {first}" if request.when.rule else first


def fits(row: list[str]) -> bool:
    _, meant, what, text = row
    request = asked_for(text, NOW)
    return meaning(request) == meant and (what == "-" or (request is not None and request.what == what))


@pytest.mark.parametrize("row", sentences(held_back=False), ids=lambda row: row[3][:60])
def test_a_sentence_means_what_it_says(row: list[str]) -> None:
    assert fits(row)


def test_so_do_sentences_that_nothing_was_tuned_to() -> None:
    held = sentences(held_back=True)
    assert len(held) >= 60
    assert sum(map(fits, held)) / len(held) >= LEAST_HELD_BACK


def test_none_of_those_who_ask_for_nothing_is_taken_at_their_word() -> None:
    rows = [row for held_back in (False, True) for row in sentences(held_back=held_back) if row[1] == "none"]
    assert len(rows) >= 40
    assert [row[3] for row in rows if asked_for(row[3], NOW)] == []


@pytest.mark.parametrize(("text", "what", "first"), [
    ("call mum tomorrow at 5pm", "call mum", datetime(2026, 3, 12, 17)),
    ("tomorrow 17:00 pay rent", "pay rent", datetime(2026, 3, 12, 17)),
    ("den Müll rausbringen morgen um 9", "den Müll rausbringen", datetime(2026, 3, 12, 9)),
    ("demain à 17h appeler maman", "appeler maman", datetime(2026, 3, 12, 17)),
    ("remind me in 20 minutes to drink tea", "drink tea", datetime(2026, 3, 11, 14, 20)),
])  # fmt: skip
def test_an_order_needs_no_words_that_ask(text: str, what: str, first: datetime) -> None:
    request = read_order(text, NOW)
    assert isinstance(request.when, When)
    assert (request.what, request.when.first) == (what, first)


@pytest.mark.parametrize("answer", ["tomorrow at 5", "Tomorrow, at 5pm please", "morgen um 17 Uhr", "mañana a las 5"])
def test_an_answer_that_says_only_when_completes_what_was_asked(answer: str) -> None:
    request = completed(answer, "remind me to buy milk", NOW)
    assert request is not None
    assert isinstance(request.when, When)
    assert (request.what, request.when.first) == ("buy milk", datetime(2026, 3, 12, 17))


@pytest.mark.parametrize(("answer", "before"), [
    ("tomorrow at 5", "I like milk"), ("hi", "remind me to buy milk"), ("we met on Friday", "remind me to buy milk"),
    ("tomorrow at 5", "remind me at 6 to buy milk"), ("tomorrow at 5", "remind me what I said"),
])  # fmt: skip
def test_other_answers_complete_nothing(answer: str, before: str) -> None:
    assert completed(answer, before, NOW) is None


def test_what_is_quoted_or_passed_on_asks_for_nothing() -> None:
    for text in (
        "```\nremind me tomorrow at 5 to call\n```", "> remind me tomorrow at 5 to call",
        "[passed on a message: remind me tomorrow at 5 to call]", 'He wrote "remind me tomorrow at 5 to call".',
        "[sent a picture: remind me tomorrow at 5 to call.png]",
    ):  # fmt: skip
        assert asked_for(text, NOW) is None, text


def test_a_long_wish_is_cut() -> None:
    request = asked_for(f"remind me tomorrow at 5pm to say {'very ' * 200}", NOW)
    assert request is not None
    assert 0 < len(request.what) <= LONGEST_WORDS_CHARS


@pytest.mark.parametrize("text", [
    "remind me " * 200, "every other " * 160 + "remind me", "1 2 3 4 5 " * 190 + "remind me",
    "remind me " + "on , " * 380,
    "remind me at 5 and at 6 and " * 70, 'remind me to "' * 140, "remind me" + " " * 1900,
    "erinnere mich " + "am 1. " * 300,
    "remind me " + "half past " * 190, "me lembre " + "segunda, " * 200,
])  # fmt: skip
def test_hostile_text_costs_little(text: str) -> None:
    asked_for(text, NOW)
    begun = time.process_time()
    asked_for(text, NOW)
    assert time.process_time() - begun < SLOWEST_S


def test_most_messages_are_not_looked_at() -> None:
    assert not may_ask("hi there, how was your day?")
    assert not may_ask("remind me tomorrow " * 200)


@pytest.mark.parametrize(("now", "text", "first"), [
    (datetime(2026, 12, 31, 23, 50), "remind me in 20 minutes to cheer", datetime(2027, 1, 1, 0, 10)),
    (datetime(2026, 3, 11, 9, 0), "remind me at 9 to go", datetime(2026, 3, 11, 21)),
    (datetime(2026, 3, 11, 22, 0), "remind me at 9 to go", datetime(2026, 3, 12, 9)),
    (datetime(2026, 1, 31, 9, 0), "remind me in a month to go", datetime(2026, 2, 28, 9)),
    (datetime(2026, 2, 1, 9, 0), "remind me on the 30th to go", datetime(2026, 3, 30, 9)),
    (datetime(2026, 3, 11, 14, 0), "remind me on February 29 to go", datetime(2028, 2, 29, 9)),
    (datetime(2026, 3, 9, 8, 0), "remind me on Monday at 9 to go", datetime(2026, 3, 9, 9)),
    (datetime(2026, 3, 9, 10, 0), "remind me on Monday at 9 to go", datetime(2026, 3, 16, 9)),
])  # fmt: skip
def test_the_time_that_comes_next_is_meant(now: datetime, text: str, first: datetime) -> None:
    request = asked_for(text, now)
    assert request is not None
    assert isinstance(request.when, When)
    assert request.when.first == first


def test_the_thirty_first_of_a_short_month_is_its_last_day() -> None:
    request = asked_for("remind me on the 31st of every month to close the books", NOW)
    assert request is not None
    assert isinstance(request.when, When)
    assert request.when.rule == "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"


@pytest.mark.parametrize("text", ["Elena remind me at 6 to leave", "@Elena: remind me at 6 to leave"])
def test_who_is_asked_may_be_called_by_name(text: str) -> None:
    assert asked_for(text, NOW, "Elena") is not None
    assert asked_for(text.replace(":", ""), NOW, "Marcus") is None
    assert asked_for("They remind me at 6 of home", NOW, "Elena") is None


@pytest.mark.parametrize(("text", "what", "minutes"), [
    ("remind me in 1 hour and 30 minutes to stretch", "stretch", 90), ("remind me in 1h to stretch", "stretch", 60),
    ("kannst du mich bitte in 10 Minuten erinnern, den Ofen auszumachen?", "den Ofen auszumachen", 10),
    ("recuérdame en 2h estirar", "estirar", 120), ("can u remind me in 90 min to stretch", "stretch", 90),
])  # fmt: skip
def test_spans_of_time(text: str, what: str, minutes: int) -> None:
    request = asked_for(text, NOW)
    assert request is not None
    assert isinstance(request.when, When)
    assert (request.what, request.when.elapsed) == (what, timedelta(minutes=minutes))


@pytest.mark.parametrize(("text", "problem"), [
    ("remind me until Friday every day to go", Problem.MISSING),
    ("remind me 5 minutes before the meeting at 3pm", Problem.MISSING),
    ("remind me today at 9am to go", Problem.PAST), ("remind me in 600 years to go", Problem.FAR),
    ("remind me on February 31 to go", Problem.MISSING), ("remind me to go", Problem.MISSING),
    ("remind me every 14 minutes to go", Problem.OFTEN), ("remind me on 2 May 2025 to go", Problem.PAST),
])  # fmt: skip
def test_what_cannot_be_is_asked_back(text: str, problem: Problem) -> None:
    request = asked_for(text, NOW)
    assert request is not None
    assert request.when is problem
