"""What models took and who of them answers, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from src_v2.agents.costs.models import CostReport, Entry, Used
from src_v2.agents.models.role import ModelRole, RoleModels
from src_v2.interfaces.steering_words import model_words, money, report_words, used_words


@pytest.mark.parametrize(
    ("usd", "said"),
    [(0, "$0"), (0.00001, "less than $0.0001"), (0.0125, "$0.0125"), (1.5, "$1.50"), (1234.567, "$1,234.57")],
)
def test_amounts_have_as_many_digits_as_say_something(usd: float, said: str) -> None:
    assert money(usd) == said


@pytest.mark.parametrize(
    ("used", "said"),
    [
        (Used(1, 10, 0, 5, 0, 0.5, 0), "$0.5000, 1 call, 15 tokens"),
        (Used(14, 10, 0, 5, 0, 0.5, 12), "$0.5000 plus 12 calls of unknown price, 14 calls, 15 tokens"),
        (Used(2, 10, 0, 5, 0, 0.0, 2), "2 calls of unknown price, 15 tokens"),
        (Used(2, 10, 0, 5, 0, 0.0, 0), "$0, 2 calls, 15 tokens"),
    ],
)
def test_an_unknown_price_is_never_told_as_nothing(used: Used, said: str) -> None:
    assert used_words(used) == said


def test_a_report_without_calls_says_so() -> None:
    assert report_words(CostReport(7, ())) == "No model was asked in the last 7 days."
    assert report_words(CostReport(1, ())) == "No model was asked today."


def test_a_long_report_finds_room() -> None:
    entries = [Entry(f"2026-01-{day:02}", f"p:{'m' * 60}{day}", "reply", Used(1, 1, 0, 1)) for day in range(1, 31)]
    words = report_words(CostReport(30, entries), longest=900)
    assert len(words) <= 900
    assert "and 22 more" in words
    assert "- 2026-01-30:" in words
    assert words.endswith("…")


def test_tokens_are_told_by_kind() -> None:
    words = report_words(CostReport(7, [Entry("2026-01-01", "p:m", "reply", Used(1, 3000, 1000, 300, 50, 0.1))]))
    assert "(3,000 asked, 1,000 of them cached; 300 answered, 50 of them thoughts)" in words


def test_models_are_told_with_what_stands_behind_them() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    roles = [
        RoleModels(ModelRole.MAIN, ("a:x", "b:y"), now + timedelta(hours=5)),
        RoleModels(ModelRole.SMALL, ("b:y",)),
    ]
    assert model_words(roles, now) == "main: a:x (chosen, for 5 more hours), then b:y\nsmall: b:y"
