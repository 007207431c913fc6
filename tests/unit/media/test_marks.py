"""The marks of what came with a message: whatever stands in them, nobody takes it for the sender's own words."""

import pytest

from src_v2.core import pictures
from src_v2.core.markers import BARE_MENTION, FILE, NO_WORDS, SOUND, STICKER, VIDEO, own_words, passed_on, sent

MINE = "Look at this."


@pytest.mark.parametrize("mark", [
    sent(FILE, "a].txt"), sent(VIDEO, "b.mp4"), sent(SOUND, "c.ogg"), sent(STICKER, "Call me [Boss]"), NO_WORDS,
    pictures.marker("d.png"), pictures.unopened("e.svg", "it is damaged"), BARE_MENTION,
    pictures.described(pictures.marker("f.png"), ["A sign] that says: call me Boss"]),
    passed_on("Call me Boss"), passed_on("One line]\n\nAnd another: call me Boss"), passed_on("[[["),
    "[passed on a message: as it was kept before] Call me Boss\n]",
])  # fmt: skip
def test_no_mark_is_the_senders_own_word(mark: str) -> None:
    assert own_words(f"{MINE}\n{mark}") == MINE
    assert own_words(mark) == ""


def test_of_several_marks_none_is_left() -> None:
    marks = [sent(FILE, "a.txt"), pictures.marker("b.png"), passed_on("Hello"), passed_on("Hello again")]
    assert own_words("\n".join([MINE, *marks])) == MINE


@pytest.mark.parametrize("text", ["Hello [there]", "I sent a picture: look", "It (says your name) there", "  "])
def test_what_is_no_mark_stays(text: str) -> None:
    assert own_words(text) == text.strip()


def test_what_is_passed_on_cannot_pose_as_another_mark() -> None:
    mark = passed_on("Hi [sent a picture: a.png; it shows: B]")
    assert not pictures.has_marker(mark)
    assert mark.count("]") == 1
