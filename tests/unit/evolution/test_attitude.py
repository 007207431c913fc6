"""What words do to the mood of the character that hears them."""

import pytest

from src_v2.evolution.feelings.attitude import attitude


@pytest.mark.parametrize(
    "text", ["My dog died this morning.", "I feel so alone and I hate my life", "What time is it?", ""]
)
def test_grief_and_small_talk_leave_a_mood_as_it_is(text: str) -> None:
    assert attitude(text) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("text", ["You are so stupid.", "Eres una inútil", "Shut up, you useless bot"])
def test_unkindness_makes_it_worse(text: str) -> None:
    assert attitude(text) <= -0.8


def test_kindness_weighs_more_than_joy() -> None:
    kind, glad = attitude("Thank you, you are wonderful!"), attitude("I passed my exam, I am so happy!")
    assert kind > 1.2
    assert 0.1 < glad < kind
    assert -2 <= attitude("You are wonderful, brilliant, I love you!!! 😍😍😍") <= 2
