"""The tests behind every pattern give the figures that books give."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.evolution.epiphanies.statistics import Counts, chance, sure_share

SMALL = st.integers(0, 30)
COUNTS = st.builds(Counts, SMALL, SMALL, SMALL, SMALL).filter(lambda counts: counts.total > 0)


def test_the_lady_tasting_tea() -> None:
    assert chance(Counts(4, 0, 0, 4)) == pytest.approx(1 / 70)
    assert chance(Counts(3, 1, 1, 3)) == pytest.approx(17 / 70)


@given(COUNTS)
def test_chance_is_a_probability_and_falls_with_every_case_more(counts: Counts) -> None:
    assert 0 < chance(counts) <= 1
    if counts.condition_only and counts.behaviour_only:
        more = Counts(counts.both + 1, counts.condition_only - 1, counts.behaviour_only - 1, counts.neither + 1)
        assert chance(more) < chance(counts)


@given(COUNTS)
def test_chance_does_not_care_which_side_is_named_first(counts: Counts) -> None:
    turned = Counts(counts.both, counts.behaviour_only, counts.condition_only, counts.neither)
    assert chance(turned) == pytest.approx(chance(counts))


@given(st.integers(1, 40), st.data())
def test_all_tables_with_the_same_margins_are_one_certainty(total: int, data: st.DataObject) -> None:
    drawn, behaving = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    least = max(0, drawn + behaving - total)
    everything = Counts(least, drawn - least, behaving - least, total - drawn - behaving + least)
    assert chance(everything) == pytest.approx(1.0)
    assert comb(total, drawn) > 0


def test_the_sure_share_is_below_the_share_and_nears_it() -> None:
    assert sure_share(0, 0) == 0.0
    assert sure_share(0, 5) == pytest.approx(0.0)
    assert sure_share(5, 5) == pytest.approx(0.753, abs=0.001)
    assert sure_share(6, 10) < 0.5 < sure_share(600, 1000) < 0.6


def test_lift_compares_with_all_conversations() -> None:
    counts = Counts(both=8, condition_only=2, behaviour_only=2, neither=28)
    assert (counts.share, counts.share_otherwise) == pytest.approx((0.8, 2 / 30))
    assert counts.lift == pytest.approx(0.8 / 0.25)
    assert Counts(4, 1, 16, 4).lift == pytest.approx(1.0)
