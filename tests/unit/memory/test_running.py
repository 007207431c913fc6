"""Conversations that are only held: bounded, gone after a while, and heard by those who may hear them."""

import asyncio
from datetime import timedelta

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage, Turn
from src_v2.memory import running
from src_v2.memory.running import RunningConversations
from tests.support.clock import VirtualClock

IDLE = timedelta(minutes=30)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def held(clock: VirtualClock) -> RunningConversations:
    return RunningConversations(clock, idle=IDLE)


def dm(name: str) -> Audience:
    return Audience("elena", f"u:{name}", f"c:dm-{name}", Visibility.PRIVATE)


def channel(name: str, where: str = "c:open") -> Audience:
    return Audience("elena", f"u:{name}", where, Visibility.GUILD, "g:1")


def said(clock: VirtualClock, audience: Audience, text: str, ref: str | None = None) -> IncomingMessage:
    clock.advance(1)
    author = Author(audience.user_id, audience.user_id)
    return IncomingMessage(new_id(), author, audience, text, clock.now(), "test", platform_message_id=ref)


def texts(held: RunningConversations, audience: Audience) -> list[str]:
    return [message.text for message in held.conversation(audience)]


def test_only_the_last_messages_of_a_conversation_are_held(held: RunningConversations, clock: VirtualClock) -> None:
    for number in range(running.MOST_MESSAGES + 5):
        held.hear(said(clock, dm("mia"), f"line {number}"), None)
    assert len(texts(held, dm("mia"))) == running.MOST_MESSAGES
    assert texts(held, dm("mia"))[0] == "line 5"


def test_the_longest_silent_conversation_makes_room(
    held: RunningConversations, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MOST_CONVERSATIONS", 2)
    for name in ("ann", "ben", "ann", "cat"):
        held.hear(said(clock, dm(name), f"I am {name}"), None)
    assert [bool(texts(held, dm(name))) for name in ("ann", "ben", "cat")] == [True, False, True]


def test_silence_ends_a_conversation(held: RunningConversations, clock: VirtualClock) -> None:
    held.hear(said(clock, dm("ann"), "one"), None)
    clock.advance(20 * 60)
    held.hear(said(clock, dm("ben"), "two"), None)
    held.hear(said(clock, dm("ann"), "three"), None)
    clock.advance(29 * 60)
    assert texts(held, dm("ann")) == ["one", "three"]
    clock.advance(2 * 60)
    assert not texts(held, dm("ann"))
    assert not texts(held, dm("ben"))


async def test_words_leave_the_process_also_while_nobody_speaks(
    held: RunningConversations, clock: VirtualClock
) -> None:
    held.hear(said(clock, dm("ann"), "one"), None)
    dropping = asyncio.create_task(held.keep_dropping())
    async with asyncio.timeout(5):
        while held._places:  # what is still in memory is the point
            clock.advance(running.DROP_EVERY_S)
            await asyncio.sleep(0)
    dropping.cancel()


def test_a_channel_is_heard_by_all_of_it_and_a_direct_message_by_nobody_else(
    held: RunningConversations, clock: VirtualClock
) -> None:
    held.hear(said(clock, channel("ann"), "hello all"), None)
    held.hear(said(clock, channel("ann", "c:other"), "elsewhere"), None)
    held.hear(said(clock, dm("ann"), "in private"), None)
    assert texts(held, channel("ben")) == ["hello all"]
    nosy = Audience("elena", "u:ben", dm("ann").channel_id, Visibility.PRIVATE)
    assert texts(held, nosy) == []
    assert held.exchange(channel("ben")) == []


def test_an_exchange_is_edited_linked_quoted_and_forgotten(held: RunningConversations, clock: VirtualClock) -> None:
    asked = said(clock, dm("ann"), "Where?", "m1")
    turn = Turn("t1", (asked,))
    held.hear(asked, turn.id)
    held.reply(turn, "Elena", "There.", clock.now())
    held.link("elena", turn.reply_id, ["r1", "r2"])
    assert held.edit("elena", "m1", "Where to?")
    assert not held.edit("marcus", "m1", "Where to?")
    assert texts(held, dm("ann")) == ["Where to?", "There."]
    quoted = held.by_ref(dm("ann"), "r2")
    assert quoted is not None
    assert quoted.text == "There."
    assert held.by_ref(Audience("elena", "u:ben", "c:dm-ann", Visibility.PRIVATE), "r2") is None
    forgotten = held.forget_last(dm("ann"))
    assert forgotten is not None
    assert forgotten.platform_message_ids == ("m1", "r1", "r2")
    assert held.forget_last(dm("ann")) is None
    assert not held.delete("elena", "m1")


def test_a_person_can_be_dropped(held: RunningConversations, clock: VirtualClock) -> None:
    for name in ("ann", "ben"):
        held.hear(said(clock, channel(name), f"I am {name}"), None)
    held.drop("u:ann")
    assert texts(held, channel("ben")) == ["I am ben"]
