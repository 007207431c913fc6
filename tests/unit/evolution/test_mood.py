"""What moves a mood, how far, and how it fades."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.evolution.relationship.models import Signal
from src_v2.evolution.relationship.mood import STRONGEST, level_of, mood_of
from tests.support.exchanges import NOON

MOODS = {"annoyed", "neutral", "happy", "excited"}


def said(value: float, minutes_ago: float = 0, key: str = "a") -> Signal:
    return Signal(key, value, NOON - timedelta(minutes=minutes_ago))


def reacted(value: float, minutes_ago: float = 0) -> Signal:
    return Signal("r", value, NOON - timedelta(minutes=minutes_ago), is_reaction=True)


@pytest.mark.parametrize(
    ("signals", "mood"),
    [
        ([], "neutral"),
        ([said(1)], "happy"),
        ([said(2)], "excited"),
        ([said(2, 20)], "happy"),
        ([said(1, 40)], "neutral"),
        ([said(1), reacted(2, 10)], "excited"),
        ([reacted(-2)], "annoyed"),
        ([reacted(-1)], "neutral"),
        ([reacted(-2, 30)], "neutral"),
        ([said(-2)], "annoyed"),
        ([said(-1)], "neutral"),  # one sharp word
        ([said(-1), said(-1, 1, "b")], "annoyed"),
        ([reacted(-2), said(2, 1)], "neutral"),
    ],
)
def test_the_mood(signals: list[Signal], mood: str) -> None:
    assert mood_of(signals, NOON) == mood


def test_after_an_hour_without_anything_it_is_neutral() -> None:
    many = [said(2, 60 + number, str(number)) for number in range(20)]
    assert level_of(many, NOON) == 0


def test_one_bad_word_is_felt_after_ten_good_ones() -> None:
    good = [said(2, 1, str(number)) for number in range(10)]
    assert mood_of(good, NOON) == "excited"
    assert mood_of([*good, reacted(-2)], NOON) == "happy"


@given(
    st.lists(
        st.builds(
            Signal, st.text(), st.floats(-2, 2), st.integers(-90, 90).map(lambda n: NOON + timedelta(minutes=n)),
            st.booleans(),
        )
    )
)  # fmt: skip
def test_whatever_happens_it_is_a_mood_within_its_scale(signals: list[Signal]) -> None:
    assert -STRONGEST <= level_of(signals, NOON) <= STRONGEST
    assert mood_of(signals, NOON) in MOODS
    assert mood_of(reversed(signals), NOON) in MOODS
