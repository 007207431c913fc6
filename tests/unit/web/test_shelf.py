"""Replies are kept while they run, and for a few minutes after."""

from src_v2.core.clock import SystemClock
from src_v2.core.messages import StopReason
from src_v2.interfaces.web.people import LOCAL_PERSON
from src_v2.interfaces.web.shelf import KEEP_ENDED_S, MAX_ENDED, Shelf
from src_v2.interfaces.web.surface import ReplySurface

AUDIENCE = LOCAL_PERSON.audience("elena")


class Watch(SystemClock):
    """A clock that moves when told."""

    seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


def kept(shelf: Shelf, name: str) -> ReplySurface:
    reply = ReplySurface(name, AUDIENCE)
    shelf.put(reply)
    return reply


async def test_an_ended_reply_is_found_for_a_while() -> None:
    watch = Watch()
    shelf = Shelf(watch)
    reply = kept(shelf, "r1")
    assert shelf.live(AUDIENCE) == [reply]
    reply.close(StopReason.USER)
    assert shelf.find("r1") is reply
    assert shelf.live(AUDIENCE) == []
    watch.seconds += KEEP_ENDED_S + 1
    assert shelf.find("r1") is None


async def test_a_running_reply_is_kept_however_long_it_takes() -> None:
    watch = Watch()
    shelf = Shelf(watch)
    reply = kept(shelf, "r1")
    watch.seconds += 10 * KEEP_ENDED_S
    assert shelf.find("r1") is reply


async def test_many_ended_replies_push_out_the_oldest() -> None:
    shelf = Shelf(Watch())
    for number in range(MAX_ENDED + 1):
        kept(shelf, f"r{number}").close(StopReason.USER)
    assert shelf.find("r0") is None
    assert shelf.find(f"r{MAX_ENDED}") is not None


async def test_other_conversations_are_not_mixed_in() -> None:
    shelf = Shelf(Watch())
    kept(shelf, "r1").message_ids.add("abc")
    other = LOCAL_PERSON.audience("marcus")
    assert shelf.live(other) == []
    assert shelf.asked_as(other, "abc") is None
    assert shelf.asked_as(AUDIENCE, "abc") is not None
