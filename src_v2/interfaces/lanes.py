"""Turns in order: one lane per character and channel.

Messages of a lane are answered in the order in which they were asked. A burst of one person becomes one turn. A message
that is edited or deleted while it waits or is being answered changes its turn. Not for deciding whether to answer (each
door's gate does) and not for rendering (each door's surface does).
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from weakref import WeakValueDictionary

import structlog

from src_v2.agents.routing.router import forced_text
from src_v2.core.audience import Audience
from src_v2.core.errors import DoorClosed
from src_v2.core.events import Done, Failed, ReplyEvent, Stopped, TextDelta, TextReplaced
from src_v2.core.ids import new_id
from src_v2.core.messages import IncomingMessage, StopReason, Turn
from src_v2.interfaces.base import Engine, History, Surface

log = structlog.get_logger(__name__)

LaneKey = tuple[str, str]
SEEN_MESSAGES = 4096
"""How many platform ids are remembered to recognise a redelivered event."""
EDGE_FAILURE = "Something went wrong on my side. What you said is kept; please try again."


@dataclass(slots=True)
class Waiting:
    """Messages of one person that will be answered together as one turn, and where."""

    messages: list[IncomingMessage]
    surface: Surface
    turn_id: str = field(default_factory=new_id)


@dataclass(slots=True)
class Running:
    """The turn being answered; `revised` holds the messages of the version that takes its place, if any."""

    turn: Turn
    waiting: Waiting
    task: "asyncio.Task[None] | None" = None
    text: str = ""
    revised: bool = False
    replied: bool = False
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_over(self) -> bool:
        """Whether the reply is complete: nothing can change it any more."""
        return self.replied or self.turn.settled


@dataclass(slots=True)
class Lane:
    """What waits and what runs in one channel."""

    waiting: deque[Waiting] = field(default_factory=deque)
    running: Running | None = None
    worker: "asyncio.Task[None] | None" = None


class Lanes:
    """All lanes of the process."""

    def __init__(self, engine: Engine, history: History, *, burst_window_s: float = 1.0) -> None:
        self._engine = engine
        self._history = history
        self._burst_window_s = burst_window_s
        self._lanes: dict[LaneKey, Lane] = {}
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._gates: dict[str, asyncio.Event] = {}
        self._speaking: WeakValueDictionary[LaneKey, asyncio.Lock] = WeakValueDictionary()
        self._closed = False

    @property
    def busy(self) -> int:
        """How many channels have a turn running or waiting."""
        return len(self._lanes)

    async def submit(
        self, message: IncomingMessage, surface: Surface, *, again: bool = False, later: bool = False
    ) -> bool:
        """Queue `message`, to be shown on `surface`; False when it is a redelivery or the process is stopping.

        A burst joins the turn before it and is then shown on that turn's surface (see `shown_on`). With `again` the
        user asks for another try: then only a message that waits or is being answered right now is refused. With
        `later` a message that comes while the process stops is kept, for the door to take up after the next start.
        """
        message = _thorough(message)
        if self._is_redelivery(message) and not (again and self._is_settled(message)):
            return False
        if self._closed:
            if later:
                await self._keep(message, new_id())
            return False
        key = _key(message)
        lane = self._lanes.setdefault(key, Lane())
        if self._joins_running(lane, message):
            self._revise(lane, [*_messages(lane), message])
        elif lane.waiting and self._is_burst(lane.waiting[-1].messages[-1], message):
            lane.waiting[-1].messages.append(message)
            await self._keep(message, lane.waiting[-1].turn_id)
        else:
            waiting = Waiting([message], surface)
            lane.waiting.append(waiting)
            if lane.worker is None:
                lane.worker = asyncio.create_task(self._work(key, lane), name=f"lane:{key[0]}")
            else:
                await self._keep(message, waiting.turn_id)
        return True

    def shown_on(self, character: str, channel_id: str, platform_message_id: str) -> Surface | None:
        """Return where the answer to a message will be visible; None when it neither waits nor is being answered."""
        lane = self._lanes.get((character, channel_id))
        if lane is None:
            return None
        open_turns = [*([lane.running.waiting] if lane.running else []), *lane.waiting]
        for waiting in open_turns:
            if any(message.platform_message_id == platform_message_id for message in waiting.messages):
                return waiting.surface
        return None

    async def edit(self, character: str, channel_id: str, platform_message_id: str, text: str) -> None:
        """Honour the edit of a message: in the history, while it waits, and while it is being answered."""
        await self._history.edit(character, platform_message_id, forced_text(text) or text)
        lane = self._lanes.get((character, channel_id))
        if lane is None:
            return
        for waiting in lane.waiting:
            waiting.messages = _with_text(waiting.messages, platform_message_id, text)
        messages = _messages(lane)
        changed = _with_text(messages, platform_message_id, text)
        if changed != messages:
            self._revise(lane, changed)

    async def delete(self, character: str, channel_id: str, platform_message_id: str) -> None:
        """Honour the deletion of a message: the turn goes on without it, or ends when nothing is left."""
        lane = self._lanes.get((character, channel_id))
        if lane is not None:
            await self._drop(lane, platform_message_id)
        await self._history.delete(character, platform_message_id)

    async def stop(self, character: str, channel_id: str) -> bool:
        """Stop the running turn of a channel, as its user wishes; False when none runs."""
        lane = self._lanes.get((character, channel_id))
        if lane is None or lane.running is None:
            return False
        await self._cancel(lane.running, StopReason.USER)
        return True

    @asynccontextmanager
    async def withdrawn(self, user_id: str) -> AsyncIterator[None]:
        """End every turn of a person, as if they had taken back what they said; what they say meanwhile waits."""
        gate = self._gates.setdefault(user_id, asyncio.Event())
        try:
            for lane in list(self._lanes.values()):
                await self._withdraw(lane, user_id)
            yield
        finally:
            self._gates.pop(user_id, None)
            gate.set()

    def is_withdrawn(self, user_id: str) -> bool:
        """Whether a person is being erased right now."""
        return user_id in self._gates

    @asynccontextmanager
    async def between_turns(self, audience: Audience) -> AsyncIterator[None]:
        """Let something be said without being asked: after the turn that runs there, before those that wait.

        Raises DoorClosed when the process is stopping, or the person is being erased.
        """
        async with self._speaker((audience.character, audience.channel_id)):
            if self._closed or self.is_withdrawn(audience.user_id):
                raise DoorClosed("nothing new may be said now")
            yield

    async def drain(self, grace_s: float) -> None:
        """Accept nothing new, let everything queued be answered within `grace_s` seconds, then stop the rest."""
        self._closed = True
        workers = [lane.worker for lane in self._lanes.values() if lane.worker]
        if workers:
            _, late = await asyncio.wait(workers, timeout=grace_s)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _keep(self, message: IncomingMessage, turn_id: str) -> None:
        """Store a message that waits. It is in its lane already, so a failure only costs its safety from a crash."""
        if message.author.user_id in self._gates:
            return  # nothing new of somebody who is being withdrawn; it is stored when it is answered
        try:
            await self._history.keep(message, turn_id=turn_id)
        except Exception as error:  # an edge: the message is queued, whatever the store says
            log.exception("waiting_message_not_kept", error=type(error).__name__)

    def _is_redelivery(self, message: IncomingMessage) -> bool:
        if message.platform_message_id is None:
            return False
        seen = (message.audience.character, message.platform_message_id)
        if seen in self._seen:
            return True
        self._seen[seen] = None
        if len(self._seen) > SEEN_MESSAGES:
            self._seen.popitem(last=False)
        return False

    def _is_settled(self, message: IncomingMessage) -> bool:
        key, platform_id = _key(message), message.platform_message_id
        return platform_id is None or self.shown_on(*key, platform_id) is None

    def _is_burst(self, earlier: IncomingMessage, later: IncomingMessage) -> bool:
        gap_s = (later.sent_at - earlier.sent_at).total_seconds()
        return (
            earlier.author.user_id == later.author.user_id
            and earlier.audience == later.audience
            and gap_s <= self._burst_window_s
        )

    def _joins_running(self, lane: Lane, message: IncomingMessage) -> bool:
        """Whether `message` continues the burst that is being answered (nothing else waits in between)."""
        running = lane.running
        if running is None or running.is_over or lane.waiting:
            return False
        return self._is_burst(running.waiting.messages[-1], message)

    def _revise(self, lane: Lane, messages: list[IncomingMessage]) -> None:
        """Answer `messages` instead of what the running turn answers, on the same surface."""
        running = lane.running
        if running is None or running.is_over:
            return
        running.waiting.messages = messages
        if not running.begun.is_set():
            running.turn.messages = tuple(messages)
            return
        running.revised = True
        running.turn.stop_reason = StopReason.SUPERSEDED
        if running.task:
            running.task.cancel()

    async def _drop(self, lane: Lane, platform_message_id: str) -> None:
        for waiting in list(lane.waiting):
            waiting.messages = _without(waiting.messages, platform_message_id)
            if not waiting.messages:
                lane.waiting.remove(waiting)
                await waiting.surface.finish()
        running, messages = lane.running, _messages(lane)
        rest = _without(messages, platform_message_id)
        if rest == messages or running is None:
            return
        if rest:
            self._revise(lane, rest)
            if running.revised and running.task:
                await asyncio.wait([running.task])  # it may still be writing what is to be deleted next
        else:
            await self._cancel(running, StopReason.WITHDRAWN)

    async def _withdraw(self, lane: Lane, user_id: str) -> None:
        for waiting in [one for one in lane.waiting if one.messages[-1].author.user_id == user_id]:
            lane.waiting.remove(waiting)
            await waiting.surface.finish()
        if lane.running is not None and lane.running.turn.author.user_id == user_id:
            await self._cancel(lane.running, StopReason.WITHDRAWN)

    async def _cancel(self, running: Running, reason: StopReason) -> None:
        running.turn.stop_reason = reason
        running.revised = False
        await running.begun.wait()  # a task cancelled before its first step would store and show nothing
        if running.task:
            if not running.is_over:
                running.task.cancel()
            await asyncio.wait([running.task])

    async def _work(self, key: LaneKey, lane: Lane) -> None:
        """Answer what waits, one after the other, until nothing waits."""
        try:
            while lane.waiting:
                async with self._speaker(key):
                    if lane.waiting:  # what waited may have been taken back meanwhile
                        await self._answer(lane, lane.waiting.popleft())
        finally:
            self._lanes.pop(key, None)

    def _speaker(self, key: LaneKey) -> asyncio.Lock:
        """Return the lock of whoever speaks in a channel as the character; whoever waits longest is next."""
        return self._speaking.setdefault(key, asyncio.Lock())

    async def _answer(self, lane: Lane, waiting: Waiting) -> None:
        try:
            await self._answer_until_final(lane, waiting)
        except Exception as error:  # an edge: a surface that fails must not take the waiting turns with it
            log.exception("surface_failed", turn_id=waiting.turn_id, error=type(error).__name__)

    async def _answer_until_final(self, lane: Lane, waiting: Waiting) -> None:
        while True:
            if gate := self._gates.get(waiting.messages[-1].author.user_id):
                await gate.wait()
            running = Running(Turn(waiting.turn_id, tuple(waiting.messages)), waiting)
            lane.running = running
            running.task = asyncio.create_task(self._run(running))
            try:
                await asyncio.wait([running.task])
            except asyncio.CancelledError:
                await self._cancel(running, StopReason.SHUTDOWN)
                raise
            finally:
                lane.running = None
            if not running.revised:
                break
            await waiting.surface.restart()
        await waiting.surface.finish()

    async def _run(self, running: Running) -> None:
        """Run one version of a turn; never raises, so that the lane goes on."""
        surface = running.waiting.surface
        running.begun.set()
        try:
            async with aclosing(self._engine.respond(running.turn)) as events:
                async for event in events:
                    await self._show(running, event)
        except asyncio.CancelledError:
            if running.turn.stop_reason is StopReason.WITHDRAWN:
                await surface.retract()
            await surface.show(_stopped(running))
        except Exception as error:  # an edge: answer kindly, serve the next turn
            log.exception("turn_crashed", turn_id=running.turn.id, error=type(error).__name__)
            await surface.show(Failed(running.turn.id, EDGE_FAILURE, retryable=True))

    async def _show(self, running: Running, event: ReplyEvent) -> None:
        if isinstance(event, TextDelta):
            running.text += event.text
        elif isinstance(event, TextReplaced):
            running.text = event.text
        elif not running.replied:
            running.replied = isinstance(event, Done | Failed)
        await running.waiting.surface.show(event)


def _stopped(running: Running) -> Stopped:
    turn = running.turn
    is_kept = turn.stop_reason is StopReason.USER and running.text
    return Stopped(turn.id, running.text, turn.stop_reason, turn.reply_id if is_kept else "")


def _thorough(message: IncomingMessage) -> IncomingMessage:
    """Return the message as it is meant: `!reflect <question>` asks for a thorough answer to the question."""
    asked = forced_text(message.text)
    return message if asked is None else replace(message, text=asked, reflect=True)


def _key(message: IncomingMessage) -> LaneKey:
    return (message.audience.character, message.audience.channel_id)


def _messages(lane: Lane) -> list[IncomingMessage]:
    return list(lane.running.waiting.messages) if lane.running else []


def _with_text(messages: list[IncomingMessage], platform_id: str, text: str) -> list[IncomingMessage]:
    changed = (replace(message, text=text, reflect=False) for message in messages)
    return [
        _thorough(new) if old.platform_message_id == platform_id else old
        for old, new in zip(messages, changed, strict=True)
    ]


def _without(messages: list[IncomingMessage], platform_id: str) -> list[IncomingMessage]:
    return [m for m in messages if m.platform_message_id != platform_id]
