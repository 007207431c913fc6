"""Turns come in order, bursts become one turn, edits and deletions are honoured: `src_v2.interfaces.lanes`."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.core.errors import DoorClosed
from src_v2.core.events import Done, Failed, ReplyEvent, Stopped, TextDelta, TurnStarted
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage, StopReason, Turn
from src_v2.interfaces.lanes import Lanes

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def said(
    text: str, *, after_s: float = 0, by: str = "alice", channel: str = "dm", ref: str | None = None
) -> IncomingMessage:
    audience = Audience("elena", f"discord:{by}", f"discord:{channel}", Visibility.PRIVATE)
    author = Author(f"discord:{by}", by.title())
    moment = NOON + timedelta(seconds=after_s)
    return IncomingMessage(new_id(), author, audience, text, moment, "discord", platform_message_id=ref or new_id())


@dataclass
class GatedEngine:
    """Says the question back in two pieces; waits for `go` before each of them."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)
    stopped: list[StopReason] = field(default_factory=list)
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def respond(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        self.asked.append(turn.text)
        yield TurnStarted(turn.id)
        yield TextDelta("You said ")
        self.began.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.stopped.append(turn.stop_reason)
            raise
        if turn.text == "crash":
            raise RuntimeError("boom")
        yield TextDelta(turn.text)
        yield Done(turn.id, new_id(), f"You said {turn.text}")


@dataclass
class RecordingSurface:
    events: list[ReplyEvent] = field(default_factory=list)
    restarts: int = 0
    retracted: bool = False
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    async def show(self, event: ReplyEvent) -> None:
        self.events.append(event)

    async def finish(self) -> None:
        self.finished.set()

    async def restart(self) -> None:
        self.restarts += 1

    async def retract(self) -> None:
        self.retracted = True


@dataclass
class RecordingHistory:
    kept: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    async def keep(self, message: IncomingMessage, *, turn_id: str | None = None) -> None:
        self.kept.append(message.text)

    async def edit(self, character: str, platform_message_id: str, text: str) -> bool:
        self.edited.append(text)
        return True

    async def delete(self, character: str, platform_message_id: str) -> bool:
        self.deleted.append(platform_message_id)
        return True


@pytest.fixture
def engine() -> GatedEngine:
    return GatedEngine()


@pytest.fixture
def history() -> RecordingHistory:
    return RecordingHistory()


@pytest.fixture
def lanes(engine: GatedEngine, history: RecordingHistory) -> Lanes:
    return Lanes(engine, history, burst_window_s=1.0)


async def test_questions_of_one_channel_are_answered_in_the_order_asked(lanes: Lanes, engine: GatedEngine) -> None:
    first, second = RecordingSurface(), RecordingSurface()
    await lanes.submit(said("one"), first)
    await lanes.submit(said("two", by="bob", after_s=0.1), second)
    await engine.began.wait()
    assert engine.asked == ["one"]
    engine.go.set()
    await second.finished.wait()
    assert engine.asked == ["one", "two"]
    assert isinstance(first.events[-1], Done)


async def test_channels_do_not_wait_for_each_other(lanes: Lanes, engine: GatedEngine) -> None:
    surfaces = [RecordingSurface(), RecordingSurface()]
    await lanes.submit(said("here", channel="a"), surfaces[0])
    await lanes.submit(said("there", channel="b"), surfaces[1])
    await engine.began.wait()
    await asyncio.sleep(0)
    assert sorted(engine.asked) == ["here", "there"]
    engine.go.set()
    await asyncio.gather(*(surface.finished.wait() for surface in surfaces))
    assert lanes.busy == 0


async def test_a_burst_becomes_one_turn_on_the_first_surface(lanes: Lanes, engine: GatedEngine) -> None:
    first, second = RecordingSurface(), RecordingSurface()
    await lanes.submit(said("I have news."), first)
    await engine.began.wait()
    await lanes.submit(said("Big news!", after_s=0.8), second)
    engine.go.set()
    await first.finished.wait()
    assert engine.asked[-1] == "I have news.\nBig news!"
    assert engine.stopped == [StopReason.SUPERSEDED]
    assert first.restarts == 1
    assert second.events == []
    assert len([event for event in first.events if isinstance(event, Done)]) == 1


async def test_a_later_message_is_a_turn_of_its_own_and_kept_while_it_waits(
    lanes: Lanes, engine: GatedEngine, history: RecordingHistory
) -> None:
    first, second = RecordingSurface(), RecordingSurface()
    await lanes.submit(said("one"), first)
    await engine.began.wait()
    await lanes.submit(said("two", after_s=5), second)
    assert history.kept == ["two"]
    engine.go.set()
    await second.finished.wait()
    assert engine.asked == ["one", "two"]


async def test_an_edit_while_answering_answers_the_new_text(
    lanes: Lanes, engine: GatedEngine, history: RecordingHistory
) -> None:
    surface = RecordingSurface()
    await lanes.submit(said("What is 2+2?", ref="m1"), surface)
    await engine.began.wait()
    await lanes.edit("elena", "discord:dm", "m1", "What is 3+3?")
    engine.go.set()
    await surface.finished.wait()
    assert engine.asked == ["What is 2+2?", "What is 3+3?"]
    assert history.edited == ["What is 3+3?"]
    last = surface.events[-1]
    assert isinstance(last, Done)
    assert last.text == "You said What is 3+3?"


async def test_an_edit_that_changes_nothing_does_not_restart_the_answer(lanes: Lanes, engine: GatedEngine) -> None:
    surface = RecordingSurface()
    await lanes.submit(said("same", ref="m1"), surface)
    await engine.began.wait()
    await lanes.edit("elena", "discord:dm", "m1", "same")
    engine.go.set()
    await surface.finished.wait()
    assert engine.asked == ["same"]


async def test_a_deletion_while_answering_takes_the_reply_back(
    lanes: Lanes, engine: GatedEngine, history: RecordingHistory
) -> None:
    surface = RecordingSurface()
    await lanes.submit(said("never mind", ref="m1"), surface)
    await engine.began.wait()
    await lanes.delete("elena", "discord:dm", "m1")
    await surface.finished.wait()
    assert surface.retracted
    assert engine.stopped == [StopReason.WITHDRAWN]
    assert history.deleted == ["m1"]


async def test_a_deleted_part_of_a_burst_leaves_the_rest_to_be_answered(lanes: Lanes, engine: GatedEngine) -> None:
    surface = RecordingSurface()
    await lanes.submit(said("keep", ref="m1"), surface)
    await lanes.submit(said("drop", ref="m2", after_s=0.2), RecordingSurface())
    await engine.began.wait()
    await lanes.delete("elena", "discord:dm", "m2")
    engine.go.set()
    await surface.finished.wait()
    assert engine.asked[-1] == "keep"


async def test_a_deleted_message_that_waits_is_never_answered(lanes: Lanes, engine: GatedEngine) -> None:
    first = RecordingSurface()
    await lanes.submit(said("one"), first)
    await engine.began.wait()
    await lanes.submit(said("two", after_s=9, ref="m2"), RecordingSurface())
    await lanes.delete("elena", "discord:dm", "m2")
    engine.go.set()
    await first.finished.wait()
    assert engine.asked == ["one"]


async def test_stop_ends_the_reply_and_says_how_far_it_came(lanes: Lanes, engine: GatedEngine) -> None:
    surface = RecordingSurface()
    await lanes.submit(said("tell me everything"), surface)
    await engine.began.wait()
    assert await lanes.stop("elena", "discord:dm")
    await surface.finished.wait()
    last = surface.events[-1]
    assert isinstance(last, Stopped)
    assert (last.text, last.reason) == ("You said ", StopReason.USER)
    assert not await lanes.stop("elena", "discord:dm")


async def test_a_redelivered_message_is_answered_once(lanes: Lanes, engine: GatedEngine) -> None:
    engine.go.set()
    surface = RecordingSurface()
    message = said("hello", ref="m1")
    assert await lanes.submit(message, surface)
    assert not await lanes.submit(message, RecordingSurface())
    await surface.finished.wait()
    assert engine.asked == ["hello"]


async def test_a_crash_is_answered_kindly_and_the_lane_goes_on(lanes: Lanes, engine: GatedEngine) -> None:
    engine.go.set()
    first, second = RecordingSurface(), RecordingSurface()
    await lanes.submit(said("crash"), first)
    await first.finished.wait()
    await lanes.submit(said("still there?", after_s=9), second)
    await second.finished.wait()
    assert isinstance(first.events[-1], Failed)
    assert "boom" not in first.events[-1].text
    assert isinstance(second.events[-1], Done)


async def test_draining_lets_running_replies_end_and_accepts_nothing_new(lanes: Lanes, engine: GatedEngine) -> None:
    surface = RecordingSurface()
    await lanes.submit(said("last words"), surface)
    await engine.began.wait()
    draining = asyncio.create_task(lanes.drain(grace_s=30))
    await asyncio.sleep(0)
    assert not await lanes.submit(said("too late", channel="b"), RecordingSurface())
    engine.go.set()
    await draining
    assert isinstance(surface.events[-1], Done)


async def test_draining_out_of_patience_leaves_the_turn_for_the_next_start(lanes: Lanes, engine: GatedEngine) -> None:
    await lanes.submit(said("endless"), RecordingSurface())
    await engine.began.wait()
    await lanes.drain(grace_s=0)
    assert engine.stopped == [StopReason.SHUTDOWN]


async def test_a_surface_that_fails_does_not_take_the_next_turn_with_it(lanes: Lanes, engine: GatedEngine) -> None:
    class BrokenSurface(RecordingSurface):
        async def finish(self) -> None:
            raise RuntimeError("gone")

    engine.go.set()
    second = RecordingSurface()
    await lanes.submit(said("one"), BrokenSurface())
    await lanes.submit(said("two", after_s=9), second)
    await second.finished.wait()
    assert isinstance(second.events[-1], Done)


async def test_a_turn_stopped_in_its_very_first_moment_is_still_told(lanes: Lanes, engine: GatedEngine) -> None:
    surface = RecordingSurface()
    await lanes.submit(said("hello"), surface)
    await asyncio.sleep(0)  # the worker has made the task, the task has not run yet
    await lanes.stop("elena", "discord:dm")
    await surface.finished.wait()
    assert isinstance(surface.events[-1], Stopped)


async def test_a_reply_that_is_being_stored_is_not_superseded_any_more(lanes: Lanes, engine: GatedEngine) -> None:
    surface = RecordingSurface()
    await lanes.submit(said("What is 2+2?", ref="m1"), surface)
    await engine.began.wait()
    running = lanes._lanes["elena", "discord:dm"].running
    assert running is not None
    running.turn.settled = True
    await lanes.edit("elena", "discord:dm", "m1", "What is 3+3?")
    engine.go.set()
    await surface.finished.wait()
    assert engine.asked == ["What is 2+2?"]
    assert surface.restarts == 0


async def test_what_comes_while_the_process_stops_is_kept_for_the_next_start(
    lanes: Lanes, history: RecordingHistory
) -> None:
    await lanes.drain(grace_s=0)
    assert not await lanes.submit(said("too late"), RecordingSurface(), later=True)
    assert not await lanes.submit(said("a page says so itself"), RecordingSurface())
    assert history.kept == ["too late"]


async def test_a_message_that_cannot_be_kept_is_answered_all_the_same(
    engine: GatedEngine, history: RecordingHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(message: IncomingMessage, *, turn_id: str | None = None) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(history, "keep", refuse)
    lanes = Lanes(engine, history, burst_window_s=1.0)
    second = RecordingSurface()
    await lanes.submit(said("one"), RecordingSurface())
    await engine.began.wait()
    assert await lanes.submit(said("two", after_s=9), second)
    engine.go.set()
    await second.finished.wait()
    assert engine.asked == ["one", "two"]


async def test_while_somebody_is_withdrawn_what_they_say_waits_and_others_go_on(
    lanes: Lanes, engine: GatedEngine
) -> None:
    running, waiting, meanwhile, other = (RecordingSurface() for _ in range(4))
    await lanes.submit(said("one", channel="a"), running)
    await lanes.submit(said("two", channel="a", after_s=9), waiting)
    await engine.began.wait()
    async with lanes.withdrawn("discord:alice"):
        await asyncio.gather(running.finished.wait(), waiting.finished.wait())
        assert running.retracted
        assert engine.stopped == [StopReason.WITHDRAWN]
        engine.go.set()
        await lanes.submit(said("three", channel="a", after_s=20), meanwhile)
        await lanes.submit(said("hello", by="bob", channel="b"), other)
        await other.finished.wait()
        assert engine.asked == ["one", "hello"]
    await meanwhile.finished.wait()
    assert engine.asked == ["one", "hello", "three"]


class TestWhatIsSaidUnasked:
    async def test_it_waits_for_the_running_turn_and_goes_before_the_one_that_waits(self) -> None:
        engine = GatedEngine()
        said_by_itself: list[list[str]] = []
        lanes = Lanes(engine, RecordingHistory(), burst_window_s=0)
        first, second = said("one"), said("two", after_s=5)
        surfaces = [RecordingSurface(), RecordingSurface()]
        await lanes.submit(first, surfaces[0])
        await engine.began.wait()
        await lanes.submit(second, surfaces[1])

        async def speak() -> None:
            async with lanes.between_turns(first.audience):
                said_by_itself.append(list(engine.asked))

        speaking = asyncio.create_task(speak())
        await asyncio.sleep(0)
        assert said_by_itself == []
        engine.go.set()
        await asyncio.gather(speaking, *(surface.finished.wait() for surface in surfaces))
        assert said_by_itself == [["one"]]
        assert engine.asked == ["one", "two"]

    async def test_a_turn_waits_for_it_and_its_message_can_still_be_taken_back(self) -> None:
        engine = GatedEngine()
        engine.go.set()
        lanes = Lanes(engine, RecordingHistory(), burst_window_s=0)
        taken_back, kept = said("no, wait", ref="m1"), said("this one", after_s=5, ref="m2")
        surfaces = [RecordingSurface(), RecordingSurface()]
        async with lanes.between_turns(kept.audience):
            await lanes.submit(taken_back, surfaces[0])
            await lanes.submit(kept, surfaces[1])
            await lanes.delete("elena", "discord:dm", "m1")
            await asyncio.sleep(0)
            assert engine.asked == []
        await surfaces[1].finished.wait()
        assert engine.asked == ["this one"]

    async def test_other_conversations_go_on_meanwhile(self) -> None:
        engine = GatedEngine()
        engine.go.set()
        lanes = Lanes(engine, RecordingHistory(), burst_window_s=0)
        surface = RecordingSurface()
        async with lanes.between_turns(said("x", channel="elsewhere").audience):
            await lanes.submit(said("hello"), surface)
            await surface.finished.wait()
        assert engine.asked == ["hello"]

    async def test_nothing_is_said_to_who_is_being_erased_or_while_the_process_stops(self) -> None:
        lanes = Lanes(GatedEngine(), RecordingHistory())
        audience = said("x").audience
        async with lanes.withdrawn(audience.user_id):
            with pytest.raises(DoorClosed):
                async with lanes.between_turns(audience):
                    raise AssertionError("it was said")
        async with lanes.between_turns(audience):
            pass
        await lanes.drain(0)
        with pytest.raises(DoorClosed):
            async with lanes.between_turns(audience):
                raise AssertionError("it was said")
