"""Trust finds a stage, and traits come and go with trust and mood."""

import pytest

from src_v2.characters.evolution import Evolution, Mood, SpecialUser, Stage, Trait


@pytest.mark.parametrize(
    ("trust", "stage"),
    [
        (-100, "Hostile"), (-51, "Hostile"), (-50, "Cold"), (-21, "Cold"), (-20, "Wary"), (-1, "Wary"),
        (0, "Stranger"), (20, "Stranger"), (21, "Acquaintance"), (40, "Acquaintance"), (41, "Friend"), (60, "Friend"),
        (61, "Close Friend"), (80, "Close Friend"), (81, "Intimate"), (100, "Intimate"),
        (1000, "Intimate"), (-999, "Hostile"),
    ],
)  # fmt: skip
def test_the_eight_default_stages(trust: int, stage: str) -> None:
    assert Evolution().stage_for(trust).name == stage


def test_in_a_gap_the_stage_below_holds_on_and_below_all_the_lowest() -> None:
    evolution = Evolution(stages=(Stage("far", 50, 60), Stage("near", 0, 10)))
    assert evolution.stage_for(30).name == "near"
    assert evolution.stage_for(99).name == "far"
    assert evolution.stage_for(-40).name == "near"


def test_the_first_stage_in_the_file_wins_an_overlap() -> None:
    evolution = Evolution(stages=(Stage("mine", 0, 50), Stage("other", 40, 100)))
    assert evolution.stage_for(45).name == "mine"


def test_traits_unlock_with_trust() -> None:
    evolution = Evolution(traits=(Trait("wit", unlock_at=10), Trait("songs", unlock_at=50)))
    assert evolution.active_traits(9) == ()
    assert [active.trait.name for active in evolution.active_traits(10)] == ["wit"]
    assert [active.trait.name for active in evolution.active_traits(50)] == ["wit", "songs"]


def test_moods_suppress_weaken_and_strengthen_traits() -> None:
    evolution = Evolution(
        traits=(Trait("wit", suppress_on_mood=("Annoyed",)), Trait("songs"), Trait("sighs")),
        moods=(Mood("happy", {"songs": 0.3, "sighs": -1.0}), Mood("annoyed", {"songs": -0.5})),
    )
    assert {a.trait.name: a.strength for a in evolution.active_traits(0)} == {"wit": 1.0, "songs": 1.0, "sighs": 1.0}
    assert {a.trait.name: a.strength for a in evolution.active_traits(0, "happy")} == {"wit": 1.0, "songs": 1.3}
    assert {a.trait.name: a.strength for a in evolution.active_traits(0, "annoyed")} == {"songs": 0.5, "sighs": 1.0}


def test_a_special_user_is_known_by_discord_id_only() -> None:
    evolution = Evolution(special_users=(SpecialUser("42", "The Builder"),))
    known = evolution.special_user("discord:42")
    assert known is not None
    assert known.display_name == "The Builder"
    assert evolution.special_user("web:42") is None
    assert evolution.special_user("discord:4") is None
