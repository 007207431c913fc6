"""Two wordings of one goal are one goal; two goals with a word in common are two."""

import pytest

from src_v2.evolution.goals.wording import goal_key, same_goal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("finish my thesis", "finish my master's thesis"),
        ("finish my thesis", "complete my thesis by May"),
        ("finish my thesis", "get my thesis done"),
        ("run a marathon", "run the Berlin marathon in May"),
        ("write a book about bees", "write a book"),
        ("quit smoking", "stop smoking"),
        ("lose 10 kilos", "lose 10 kilos by summer"),
        ("terminar mi tesis", "acabar mi tesis este año"),
        ("dejar de fumar", "dejar de fumar"),
    ],
)
def test_one_goal_in_two_wordings(one: str, other: str) -> None:
    assert same_goal(one, other)
    assert same_goal(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("learn Spanish", "learn Spanish guitar"),
        ("write a book about bees", "write a book about my father"),
        ("quit smoking", "quit drinking"),
        ("learn", "learn Japanese"),
        ("run a marathon", "run a business"),
        ("finish my thesis", "finish my novel"),
        ("dejar de fumar", "dejar de beber"),
        ("to be", "not to be"),
    ],
)
def test_two_goals(one: str, other: str) -> None:
    assert not same_goal(one, other)


def test_the_key_is_that_of_the_words_and_of_the_person() -> None:
    key = goal_key("elena", "discord:sam", "Finish my thesis")
    assert key == goal_key("elena", "discord:sam", "finish my thesis this year")
    assert key != goal_key("elena", "discord:kim", "finish my thesis")
    assert key != goal_key("marcus", "discord:sam", "finish my thesis")
    assert "sam" not in key
