"""Stretches: which messages are read back together, and what is asked for when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from src_v2.core.audience import Visibility
from src_v2.core.messages import Role, StoredMessage
from src_v2.knowledge.learning import learn_request
from src_v2.knowledge.models import CHARACTER, USER
from src_v2.knowledge.transcript import (
    MOST_MESSAGES,
    MOST_TOKENS,
    batch_id,
    has_words_of_the_user,
    stretch_of,
    transcript_of,
)
from tests.unit.knowledge.lines import AT


def stored(number: int, text: str = "Hello", role: Role = Role.USER) -> StoredMessage:
    """Return message `number` of a session in private."""
    speaker, name = ("discord:1", "Sam") if role is Role.USER else ("character:elena", "Elena")
    return StoredMessage(
        id=f"m{number:03}", turn_id="t", session_id="s", character="elena", user_id="discord:1", speaker_id=speaker,
        speaker_name=name, role=role, text=text, platform="discord", channel_id="discord:dm", guild_id=None,
        visibility=Visibility.PRIVATE, created_at=AT + timedelta(minutes=number),
    )  # fmt: skip


def openly(message: StoredMessage, visibility: Visibility = Visibility.GUILD) -> StoredMessage:
    return replace(message, visibility=visibility, guild_id="discord:g", channel_id="discord:k")


def conversation(count: int, text: str = "Hello") -> list[StoredMessage]:
    """Return messages of user and character in turn; the character's are last when `count` is even."""
    return [stored(n, text, Role.CHARACTER if n % 2 else Role.USER) for n in range(count)]


def ids(messages: Sequence[StoredMessage]) -> list[str]:
    return [message.id for message in messages]


def test_a_conversation_that_is_over_is_read_whole() -> None:
    messages = conversation(7)
    assert stretch_of(messages, is_over=True) == messages


def test_one_that_goes_on_is_read_up_to_the_last_answer() -> None:
    assert ids(stretch_of(conversation(7), is_over=False)) == ids(conversation(6))
    assert stretch_of([stored(1), stored(2)], is_over=False) == []


def test_a_stretch_has_a_most_number_of_messages_and_tokens() -> None:
    assert len(stretch_of(conversation(MOST_MESSAGES + 9), is_over=True)) == MOST_MESSAGES
    quarter = "x" * MOST_TOKENS
    assert len(stretch_of(conversation(9, quarter), is_over=True)) == 4


def test_a_message_longer_than_any_stretch_is_read_alone() -> None:
    assert ids(stretch_of(conversation(3, "x" * 9 * MOST_TOKENS), is_over=True)) == ["m000"]


@pytest.mark.parametrize("other", [Visibility.GUILD, Visibility.CHANNEL])
def test_what_was_said_before_other_ears_is_another_stretch(other: Visibility) -> None:
    messages = [stored(1), stored(2), openly(stored(3), other), stored(4)]
    assert ids(stretch_of(messages, is_over=True)) == ["m001", "m002"]
    assert ids(stretch_of(messages[2:], is_over=True)) == ["m003"]


def test_only_words_of_the_user_are_worth_reading() -> None:
    assert has_words_of_the_user(conversation(2))
    assert not has_words_of_the_user([stored(1, "  "), stored(2, "Hello?", Role.CHARACTER)])


def test_a_batch_is_named_by_its_messages() -> None:
    messages = conversation(4)
    assert batch_id(messages) == batch_id(conversation(4))
    assert batch_id(messages) != batch_id(messages[:3])
    assert batch_id(messages) < batch_id(messages[1:])


def test_a_transcript_tells_the_days_that_the_user_lived() -> None:
    late = replace(stored(1), created_at=AT + timedelta(hours=5))
    there = transcript_of([late, stored(2, role=Role.CHARACTER)], (), ZoneInfo("Europe/Oslo"))
    assert there.lines[0].said_at.date().isoformat() == "2026-07-09"
    assert there.lines[0].said_at == late.created_at
    assert [line.speaker for line in there.lines] == [USER, CHARACTER]
    assert [line.number for line in there.lines] == [1, 2]
    assert (there.id, there.session_id) == (batch_id([late, stored(2, role=Role.CHARACTER)]), "s")


def test_requests_of_one_person_follow_each_other() -> None:
    one, two = (learn_request(session, "elena", "discord:1", "m9") for session in ("a", "b"))
    assert one.order_key == two.order_key
    assert one.key != two.key
    assert one.payload == {"session": "a"}
    assert learn_request("a", "elena", "discord:2", "m9").order_key != one.order_key
