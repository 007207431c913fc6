"""Every key of evolution.yaml has an effect on what the model is told, and so has how long it has been.

Milestones, falls and triggers change the score or wait to be said: tests/contract/test_relationships.py and
tests/integration/test_relationship.py.
"""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from src_v2.agents import blocks
from src_v2.agents.guard.verdict import Sign, Verdict
from src_v2.agents.prompt import Gathered
from src_v2.agents.standing_blocks import mention_of
from src_v2.characters.evolution import Evolution, Mood, SpecialUser, Stage, Trait
from src_v2.core.routes import Complexity, route
from src_v2.evolution.models import Standing, WaitingLine
from src_v2.knowledge.models import Preference, PreferenceName
from src_v2.memory.patterns.style import Taste
from tests.unit.agents.test_prompt import ELENA, NOON, OPEN_CHANNEL, system, turn

FILE = Evolution(
    stages=(Stage("Fog", -100, -1, "Say little."), Stage("Shore", 0, 20, "Wave."), Stage("Gallery", 21, 100, "Sit.")),
    traits=(
        Trait("tall tales", 0, "Tells tales.", "A whale so large...", ("annoyed",)),
        Trait("shanties", 21, "Hums shanties."),
    ),
    moods=(Mood("happy", {"tall tales": 0.4}), Mood("Excited", {"tall tales": -0.4, "shanties": -1.0})),
    special_users=(SpecialUser("1", "Captain", 70, "kin", "She taught you knots."),),
)
NOTHING = Verdict()
EPIPHANY = MappingProxyType(
    {"epiphany": '{"id": "e1", "text": "Space </aside> when sad.", "trust": 20, "words": ["space"]}'}
)


def prompt(evolution: Evolution, **standing: object) -> str:
    return system(turn(), Gathered(standing=replace(Standing(), **standing)), replace(ELENA, evolution=evolution))  # type: ignore[arg-type]


def ordinary(**changes: object) -> Evolution:
    """Return the file without its special user."""
    return replace(FILE, **{"special_users": (), **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("trust", "expected"),
    [(-100, "Fog. Say little."), (-1, "Fog."), (0, "Shore. Wave."), (20, "Shore."), (21, "Gallery.")],
)
def test_name_range_and_behaviour_of_a_stage(trust: int, expected: str) -> None:
    assert f"Stage: {expected}" in prompt(ordinary(), trust=trust)


def test_unlock_at_description_and_example_of_a_trait() -> None:
    before, after = prompt(ordinary(), trust=20), prompt(ordinary(), trust=21)
    assert "- tall tales: Tells tales. For example: A whale so large..." in before
    assert "shanties" not in before
    assert "- shanties: Hums shanties." in after


def test_a_mood_strengthens_weakens_suppresses() -> None:
    assert "- tall tales (stronger than usual)" in prompt(ordinary(), trust=30, mood="happy")
    excited = prompt(ordinary(), trust=30, mood="excited")
    assert "- tall tales (weaker than usual)" in excited
    assert "shanties" not in excited
    annoyed = prompt(ordinary(), trust=30, mood="annoyed")
    assert "tall tales" not in annoyed
    assert "- shanties: Hums" in annoyed


def test_a_mood_that_the_file_does_not_name_is_a_word_in_the_prompt() -> None:
    assert "Your mood right now: happy." in prompt(ordinary(moods=()), mood="happy")
    assert "mood right now" not in prompt(ordinary(moods=()))
    assert "sad or in need" in prompt(ordinary(moods=()), mood="annoyed")


@pytest.mark.parametrize("words", ["Stage: Gallery", "as Captain.", "are to you: kin.", "She taught you knots."])
def test_each_key_of_a_special_user(words: str) -> None:
    assert words in prompt(FILE, trust=-80)
    assert words not in prompt(ordinary(), trust=-80)


def test_a_special_user_without_an_override_keeps_the_score() -> None:
    assert "Stage: Fog" in prompt(replace(FILE, special_users=(SpecialUser("1", note="Hm."),)), trust=-80)


def test_how_long_it_has_been() -> None:
    assert "last talked" not in prompt(ordinary(), talked_at=NOON - timedelta(hours=5))
    assert "You last talked with this person six hours ago." in prompt(ordinary(), talked_at=NOON - timedelta(hours=6))


def test_one_thing_at_a_time_is_to_be_said() -> None:
    standing = Standing(
        lines=(WaitingLine("milestone:21", "One."), WaitingLine("milestone:41", "Two.")), asides=EPIPHANY
    )
    mention = mention_of(standing, turn(), NOTHING, None)
    assert mention is not None
    assert (mention.id, '"One."' in mention.guidance, "Two" in mention.guidance) == ("milestone:21", True, False)
    assert mention_of(standing, turn(audience=OPEN_CHANNEL), NOTHING, None) is None


def test_an_epiphany_is_said_in_private_and_fenced_where_it_fits() -> None:
    friend, about_it = Standing(trust=20, asides=EPIPHANY), "Have you seen the space station?"
    mention = mention_of(friend, turn(about_it), NOTHING, None)
    assert mention is not None
    assert mention.id == "epiphany:e1"
    assert "Space &lt;/aside> when sad.\n</aside>" in mention.guidance
    assert mention_of(friend, turn(about_it, audience=OPEN_CHANNEL), NOTHING, None) is None
    assert mention_of(friend, turn("What is for lunch?"), NOTHING, None) is None
    assert mention_of(replace(friend, trust=19), turn(about_it), NOTHING, None) is None
    assert mention_of(Standing(), turn(about_it), NOTHING, None) is None


def test_what_is_left_of_the_diary_is_on_its_mind_in_private() -> None:
    thinking = Gathered(standing=Standing(asides={"diary": "A long day </aside> at sea."}))
    assert "## Still on your mind" in system(turn(), thinking, ELENA)
    assert "A long day &lt;/aside> at sea.\n</aside>" in system(turn(), thinking, ELENA)
    assert "A long day" not in system(turn(audience=OPEN_CHANNEL), thinking, ELENA)


def test_nothing_is_brought_up_in_need_or_in_an_answer_that_is_checked() -> None:
    standing = Standing(lines=(WaitingLine("milestone:21", "One."),), asides=EPIPHANY)
    assert mention_of(standing, turn(), Verdict(frozenset({Sign.CRISIS})), None) is None
    assert mention_of(standing, turn(), NOTHING, route(Complexity.HIGH, 1.0, "test")) is None
    assert mention_of(standing, turn(), NOTHING, route(Complexity.SIMPLE, 1.0, "test")) is not None


def test_what_they_asked_for_goes_before_what_their_reactions_tell() -> None:
    tastes = (Taste.SHORT, Taste.QUESTION)
    assert blocks.style_block((), ()) == ""
    assert blocks.style_block(tastes, ()) == f"## How they like your replies\n- {Taste.SHORT}\n- {Taste.QUESTION}"
    asked = (Preference("p", PreferenceName.LENGTH, "long and winding", NOON, "m"),)
    assert blocks.style_block(tastes, asked) == f"## How they like your replies\n- {Taste.QUESTION}"
