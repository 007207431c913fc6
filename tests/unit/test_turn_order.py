"""A conversation reads in the order in which it was held."""

from datetime import UTC, datetime, timedelta

from src_v2.core.audience import Visibility
from src_v2.core.messages import Role, StoredMessage
from src_v2.memory.turn_order import in_turn_order


def held(*spoken: str) -> list[str]:
    """Return the order of messages such as "q1" and "a1" (question and reply of turn 1) or "-" (of no turn)."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    messages = [
        StoredMessage(
            f"{position}", said[1:] or None, "s", "elena", "web:sam", "web:sam", "Sam",
            Role.CHARACTER if said.startswith("a") else Role.USER, said, "web", "web:sam:elena", None,
            Visibility.PRIVATE, at + timedelta(seconds=position),
        )
        for position, said in enumerate(spoken)
    ]  # fmt: skip
    return [message.text for message in in_turn_order(messages)]


def test_turns_one_after_the_other_stay_as_they_are() -> None:
    assert held("q1", "q1", "a1", "-", "q2", "a2", "q3") == ["q1", "q1", "a1", "-", "q2", "a2", "q3"]


def test_what_is_asked_during_a_reply_comes_after_it() -> None:
    assert held("q1", "q2", "a1", "a2") == ["q1", "a1", "q2", "a2"]
    assert held("q1", "q2", "q3", "a1", "a2", "a3", "q4") == ["q1", "a1", "q2", "a2", "q3", "a3", "q4"]


def test_what_nobody_answered_keeps_its_place() -> None:
    assert held("q1", "q2", "a1", "q3") == ["q1", "a1", "q2", "q3"]
    assert held("q1", "q2", "a2") == ["q1", "q2", "a2"]


def test_what_others_say_meanwhile_is_not_moved() -> None:
    assert held("q1", "-", "q2", "a1", "a2") == ["q1", "-", "a1", "q2", "a2"]


def test_a_reply_that_a_slow_clock_puts_before_its_question_moves_nothing() -> None:
    assert held("a1", "q1", "q2", "a2") == ["a1", "q1", "q2", "a2"]


def test_a_reply_whose_question_is_further_back_stays() -> None:
    assert held("a0", "q1", "a1") == ["a0", "q1", "a1"]
