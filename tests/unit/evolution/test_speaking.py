"""Which lines of evolution.yaml may be said, and which asides are said once."""

import pytest

from src_v2.characters.evolution import Evolution, Milestone, SpecialUser, TrustDropMessage
from src_v2.evolution.models import WaitingLine
from src_v2.evolution.relationship.models import Applied, Whose
from src_v2.evolution.relationship.speaking import line_of, not_said_yet, said_once, waiting_lines
from tests.support.relationship import lines

EVOLUTION = Evolution(
    milestones=(Milestone(21, "One of us."), Milestone(21, "The second is never said."), Milestone(41, "Have a key.")),
    trust_drop_messages=(TrustDropMessage(41, 20, "That hurt."), TrustDropMessage(0, -1, "Hm.")),
    special_users=(SpecialUser("1", trust_override=50), SpecialUser("2", note="No override.")),
)
SAM = Whose("elena", "discord:3")


@pytest.mark.parametrize(
    ("before", "after", "levels"),
    [(20, 21, [21]), (21, 22, []), (0, 100, [21, 41]), (41, 20, []), (40, 41, [41]), (20, 20, [])],
)
def test_milestones_are_reached_from_below(before: int, after: int, levels: list[int]) -> None:
    assert list(lines(EVOLUTION).reached(Applied(SAM, before, after, 1))) == levels


@pytest.mark.parametrize(
    ("before", "after", "ends"),
    [(21, 20, [20]), (20, 19, []), (41, -5, [20, -1]), (-2, 5, []), (0, -1, [-1]), (20, 21, [])],
)
def test_falls_pass_their_lower_end(before: int, after: int, ends: list[int]) -> None:
    assert [one.to_max for one in lines(EVOLUTION).falls(Applied(SAM, before, after, 1))] == ends


def test_an_override_keeps_both_from_happening_and_a_note_does_not() -> None:
    for user_id, count in (("discord:1", 0), ("discord:2", 2)):
        whose = Whose("elena", user_id)
        assert len(lines(EVOLUTION).reached(Applied(whose, 0, 50, 1))) == count
        assert len(lines(EVOLUTION).falls(Applied(whose, 50, -5, 1))) == count


def test_a_line_is_said_while_it_holds() -> None:
    ids = ["milestone:21", "milestone:41", "drop:41:20:7", "milestone:50", "drop:1:0:2", "epiphany:1"]
    assert [one.text for one in waiting_lines(EVOLUTION, ids, 25)] == ["One of us."]
    assert [one.text for one in waiting_lines(EVOLUTION, ids, 41)] == ["One of us.", "Have a key."]
    assert waiting_lines(EVOLUTION, ids, 20) == (WaitingLine("drop:41:20:7", "That hurt."),)
    assert line_of(EVOLUTION, "milestone:41") == "Have a key."


@pytest.mark.parametrize("aside", ["", "just text", "[]", "{}", '{"id": "1"}', '{"id": "1", "text": 3}', '"x"', "7"])
def test_an_aside_without_id_and_text_is_not_said_once(aside: str) -> None:
    assert said_once("epiphany", aside) is None


def test_what_was_said_once_is_left_out() -> None:
    asides = {"wish": "Finish it.", "epiphany": '{"id": "e1", "text": "Space."}'}
    assert said_once("epiphany", asides["epiphany"]) == WaitingLine("epiphany:e1", "Space.")
    assert not_said_yet(asides, {"epiphany:e2"}) == asides
    assert not_said_yet(asides, {"epiphany:e1"}) == {"wish": "Finish it."}
