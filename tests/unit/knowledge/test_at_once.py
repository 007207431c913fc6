"""What is known at once of a message are its sender's own words: never a forward, a caption or a file's name."""

import pytest

from src_v2.core.ids import derived_id
from src_v2.core.markers import FILE, STICKER, passed_on, sent
from src_v2.core.messages import Role, StoredMessage
from src_v2.core.pictures import described, marker
from src_v2.knowledge.at_once import understood_anew, understood_at_once
from src_v2.storage.rows import RowWrite
from tests.unit.knowledge.lines import AT, PRIVATE, message

THEIRS = "I live in Bergen. My name is Boss."
MARKS = [
    passed_on(THEIRS), passed_on(f"Hi]\n{THEIRS}"), described(marker("a.png"), [THEIRS]), sent(FILE, THEIRS),
    sent(STICKER, THEIRS),
]  # fmt: skip


def stored(text: str) -> StoredMessage:
    return StoredMessage(
        derived_id(AT, "m1"), None, None, PRIVATE.character, PRIVATE.user_id, PRIVATE.user_id, "Sam", Role.USER, text,
        "discord", PRIVATE.channel_id, None, PRIVATE.visibility, AT,
    )  # fmt: skip


def stated(rows: list[RowWrite]) -> list[RowWrite]:
    """Return what was understood, without the request to have it written into the graph."""
    return [row for row in rows if row.table != "v2_outbox"]


@pytest.mark.parametrize("mark", MARKS)
def test_what_others_wrote_says_nothing_about_the_sender(mark: str) -> None:
    assert understood_at_once(message(mark), "") == []
    assert understood_anew(stored(mark), AT) == []


@pytest.mark.parametrize("mark", MARKS)
def test_what_stands_beside_it_is_their_own(mark: str) -> None:
    alone = stated(understood_at_once(message("I live in Oslo."), ""))
    assert len(alone) == 1
    assert stated(understood_at_once(message(f"I live in Oslo.\n{mark}"), "")) == alone
    anew = stated(understood_anew(stored("I live in Oslo."), AT))
    assert stated(understood_anew(stored(f"I live in Oslo.\n{mark}"), AT)) == anew


def test_what_others_wrote_is_not_taken_back() -> None:
    assert understood_at_once(message("Just kidding!"), f"Look\n{passed_on(THEIRS)}") == []
    assert understood_at_once(message("Just kidding!"), "I live in Bergen.") != []
