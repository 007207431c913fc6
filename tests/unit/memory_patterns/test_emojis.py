"""What emojis say about a reply."""

import pytest

from src_v2 import wiring
from src_v2.characters.service import Characters
from src_v2.core.emojis import normalised
from src_v2.memory.patterns.emojis import OwnEmojis, value_of
from tests.support.house import CHARACTERS

NOBODY = OwnEmojis()


@pytest.mark.parametrize(
    ("emoji", "value"), [("👍", 1.0), ("❤️", 1.0), ("🙂", 0.5), ("🙄", -0.5), ("👎", -1.0), ("🦔", 0.0), ("", 0.0)]
)
def test_the_table_knows_liking_and_disliking(emoji: str, value: float) -> None:
    assert value_of(emoji, NOBODY) == value


@pytest.mark.parametrize("emoji", ["👍🏻", "👍🏽", "👍🏿", "👍\ufe0f"])
def test_skin_tones_make_no_difference(emoji: str) -> None:
    assert normalised(emoji) == "👍"
    assert value_of(emoji, NOBODY) == 1.0


def test_the_gender_of_a_gesture_makes_no_difference() -> None:
    assert normalised("🙆🏽\u200d♀️") == normalised("🙆\u200d♂️") == "🙆"


def test_a_characters_own_emojis_mean_what_they_mean_to_it() -> None:
    own = OwnEmojis(glad=["🦀", ":wave:", "🙄", "👌🏾"], neutral=["🤩"])
    assert value_of("🦀", own) == 0.5
    assert value_of(":wave:", own) == 0.5
    assert value_of("🙄", own) == 0.5
    assert value_of("👌🏻", own) == 0.5
    assert value_of("👍", own) == 1.0
    assert value_of("🤩", own) == 0.0


def test_they_come_from_the_characters_folder() -> None:
    characters = Characters(CHARACTERS)
    characters.load_all()
    own = wiring.own_emojis(characters, "elena")
    assert value_of("🐚", own) > 0
    assert value_of("🔬", own) == 0
    assert value_of("🐚", wiring.own_emojis(characters, "nobody")) == 0
