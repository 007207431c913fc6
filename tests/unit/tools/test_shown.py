"""Short ids: stable within a turn, and the only ids that a model can name."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.knowledge.models import Fact
from src_v2.tools.shown import ShortIds, Shown
from tests.unit.tools.shelves import fact


def test_ids_are_numbered_as_shown_and_stay() -> None:
    facts = ShortIds[Fact]("f")
    assert [facts.show(fact("a")), facts.show(fact("b")), facts.show(fact("a"))] == ["f1", "f2", "f1"]


def test_an_id_means_what_was_shown_last_under_it() -> None:
    facts = ShortIds[Fact]("f")
    facts.show(fact("a"))
    facts.show(fact("a", object="Bergen"))
    assert facts.get("f1") == fact("a", object="Bergen")


def test_the_prompts_numbers_go_on() -> None:
    shown = Shown()
    shown.facts.show_all([fact("a"), fact("b")])
    assert shown.facts.get("f2") == fact("b")
    assert shown.facts.show(fact("c")) == "f3"


@pytest.mark.parametrize("written", ["f1", "F1", "[f1]", " [F1] "])
def test_models_write_them_in_several_ways(written: str) -> None:
    facts = ShortIds[Fact]("f")
    facts.show(fact("a"))
    assert facts.get(written) == fact("a")


@pytest.mark.parametrize(
    "written", ["f2", "m1", "1", "f0", "f01", "f-1", "a", "", "f1 f1", "f99999999999", "f١", "f1; --"]
)
def test_nothing_else_is_one(written: str) -> None:
    facts = ShortIds[Fact]("f")
    facts.show(fact("a"))
    assert facts.get(written) is None


@given(st.uuids())
def test_a_real_id_never_works(real: UUID) -> None:
    facts = ShortIds[Fact]("f")
    facts.show(fact(str(real)))
    assert facts.get(str(real)) is None
    assert facts.get(f"[{real}]") is None


def test_turns_know_nothing_of_each_other() -> None:
    first, second = Shown(), Shown()
    first.facts.show(fact("a"))
    assert second.facts.get("f1") is None
