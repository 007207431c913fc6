"""What a server's own emojis become, and how long a short answer seems to be typed."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from src_v2.interfaces.discord.touch import _usable
from src_v2.interfaces.discord.typing_indicator import LONGEST_HOLD_S, LONGEST_TYPING_S, SHORT_CHARS, TypingPace


def guild(**emojis: bool) -> discord.Guild:
    known: list[Any] = [SimpleNamespace(name=name, available=there) for name, there in emojis.items()]
    return cast(discord.Guild, SimpleNamespace(emojis=tuple(known)))


def test_a_servers_own_emoji_is_used_where_it_is_there() -> None:
    harbour = guild(sad_cat=True, old_cat=False)
    found = _usable(":sad_cat:", harbour)
    assert found is harbour.emojis[0]
    assert _usable(":old_cat:", harbour) is None
    assert _usable(":other:", harbour) is None
    assert _usable(":sad_cat:", None) is None
    assert _usable("💛", None) == _usable("💛", harbour) == "💛"


def test_no_pace_waits_for_nothing() -> None:
    assert TypingPace().wait_s(20, 0) == TypingPace().hold_s(20, 0) == 0


@pytest.mark.parametrize(
    ("chars", "elapsed_s", "wait_s"),
    [
        (20, 0.0, 2.0),
        (20, 0.5, 1.5),
        (20, 5.0, 0.0),
        (100, 0.0, LONGEST_TYPING_S),
        (SHORT_CHARS + 1, 0.0, 0.0),
        (0, 0.0, 0.0),
    ],
)
def test_a_short_answer_takes_as_long_as_typing_it_up_to_a_limit(chars: int, elapsed_s: float, wait_s: float) -> None:
    assert TypingPace(10).wait_s(chars, elapsed_s) == pytest.approx(wait_s)


def test_the_first_words_wait_a_moment_to_see_whether_it_is_short() -> None:
    pace = TypingPace(10)
    assert pace.hold_s(5, 0) == LONGEST_HOLD_S
    assert pace.hold_s(5, LONGEST_TYPING_S - 0.25) == pytest.approx(0.25)
    assert pace.hold_s(5, LONGEST_TYPING_S + 1) == 0
    assert pace.hold_s(SHORT_CHARS + 1, 0) == 0
