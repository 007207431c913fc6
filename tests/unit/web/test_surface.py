"""A reply's log: what readers see, whenever they come."""

import asyncio

from src_v2.core.events import Done, Notice, Stopped, TextDelta, TurnStarted
from src_v2.core.messages import StopReason
from src_v2.interfaces.web.people import LOCAL_PERSON
from src_v2.interfaces.web.surface import ReplySurface, StreamEvent


def surface() -> ReplySurface:
    return ReplySurface("r1", LOCAL_PERSON.audience("elena"))


async def names(reply: ReplySurface, after: int = -1) -> list[str]:
    return [event.name async for event in reply.events(after) if event]


async def test_deltas_that_wait_together_are_sent_together() -> None:
    reply = surface()
    for word in ("a", "b", "c"):
        await reply.show(TextDelta(word))
    assert reply.read()[-1] == StreamEvent(3, "delta", {"text": "abc"})


async def test_a_reader_that_comes_back_gets_exactly_what_it_missed() -> None:
    reply = surface()
    for word in ("a", "b", "c"):
        await reply.show(TextDelta(word))
    assert [event.data for event in reply.read(after=2)] == [{"text": "c"}]
    assert reply.read(after=99) == []


async def test_two_readers_see_the_same_end() -> None:
    reply = surface()
    readers = [asyncio.create_task(names(reply)) for _ in range(2)]
    await reply.show(Done("t", "m", "hi"))
    await reply.finish()
    assert await asyncio.gather(*readers) == [["started", "done"]] * 2


async def test_a_turn_that_starts_over_is_not_over() -> None:
    reply = surface()
    await reply.show(TurnStarted("t"))
    await reply.show(TextDelta("old"))
    await reply.show(Stopped("t", "old", StopReason.SUPERSEDED))
    await reply.restart()
    assert reply.final is None
    await reply.show(TextDelta("new"))
    await reply.show(Done("t2", "m", "new"))
    await reply.finish()
    assert await names(reply) == ["started", "delta", "restart", "delta", "done"]
    assert (await reply.ended()).data["text"] == "new"


async def test_what_is_told_at_first_contact_stands_apart_from_the_text() -> None:
    reply = surface()
    await reply.show(Notice("This is an AI."))
    await reply.show(TextDelta("Hello"))
    await reply.show(Done("t", "m", "Hello"))
    await reply.finish()
    assert [(event.name, event.data["text"]) for event in reply.read(after=0)] == [
        ("notice", "This is an AI."), ("delta", "Hello"), ("done", "Hello"),
    ]  # fmt: skip


async def test_a_reply_that_nobody_ended_has_an_end_all_the_same() -> None:
    reply = surface()
    reply.close(StopReason.SHUTDOWN)
    assert (await reply.ended()).data["reason"] == "shutdown"


async def test_silence_is_noticed() -> None:
    reply = surface()
    stream = reply.events(after=0, idle_s=0.001)
    assert await anext(stream) is None
