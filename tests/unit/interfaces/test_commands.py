"""What every door does with a command before a slice sees it."""

from datetime import UTC, datetime

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.core.commands import Asked, Item
from src_v2.core.errors import NotThere, NotUnderstood
from src_v2.interfaces.commands import LONGEST_TEXT, chosen, run
from tests.support.commands import Wishes

ALONE = Audience("elena", "local:me", "local:elena", Visibility.PRIVATE)


def asked(action: str, text: str = "") -> Asked:
    return Asked(ALONE, "friend", "web", action, text, datetime(2026, 5, 1, tzinfo=UTC))


async def test_words_without_an_action_go_to_the_one_that_takes_words() -> None:
    wishes = Wishes()
    await run(wishes.command, asked("", "  a boat "))
    assert (wishes.asked[-1].action, wishes.asked[-1].text) == ("add", "a boat")
    await run(wishes.command, asked("", "  "))
    assert wishes.asked[-1].action == ""
    await run(wishes.mood, asked("", "whatever"))
    assert wishes.asked[-1].action == ""


@pytest.mark.parametrize(
    ("action", "text", "why"),
    [
        ("sing", "", "add, done, rename, clear"),
        ("add", " ", "your wish"),
        ("done", "", "which one"),
        ("add", "x" * (LONGEST_TEXT + 1), "too long"),
    ],
)
async def test_what_cannot_be_done_never_reaches_the_slice(action: str, text: str, why: str) -> None:
    wishes = Wishes()
    with pytest.raises(NotUnderstood) as caught:
        await run(wishes.command, asked(action, text))
    assert why in caught.value.user_message
    assert wishes.asked == []


def test_numbers_mean_what_was_shown() -> None:
    shown = [Item("a", "first"), Item("b", "second")]
    assert chosen(shown, "2") == "b"
    for wrong in ("0", "3", "-1", "two", "²", ""):
        with pytest.raises(NotThere):
            chosen(shown, wrong)
