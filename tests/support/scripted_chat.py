"""A chat without a model and without stores, for the doors' tests: a scripted engine, a memory in a list."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from src_v2.core.audience import Audience
from src_v2.core.clock import SystemClock
from src_v2.core.errors import CharacterError, CharacterNotFound
from src_v2.core.events import Done, Failed, ReplyEvent, TextDelta, TurnStarted
from src_v2.core.messages import Author, IncomingMessage, Role, StopReason, StoredMessage, Turn
from src_v2.interfaces.lanes import Lanes
from src_v2.interfaces.web.door import WebDoor
from src_v2.interfaces.web.ports import WebOptions
from src_v2.observability.health import Check, Health
from tests.support.commands import Wishes
from tests.support.feedback import FeedbackInMemory
from tests.support.own_data import OwnDataInMemory
from tests.support.steering import SteeringInMemory

TOKEN = "correct-horse-battery"


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Finding:
    character: str
    text: str

    def __str__(self) -> str:
        return self.text


class FakeCharacters:
    """Elena and Marcus, unless told otherwise; `breaks` makes reloads fail."""

    def __init__(self, *names: str) -> None:
        self._problems: list[Finding] = []
        self._cards = {name: Card(name, name.capitalize()) for name in names or ("elena", "marcus")}

    def names(self) -> list[str]:
        return list(self._cards)

    def get(self, name: str) -> Card:
        if name not in self._cards:
            raise CharacterNotFound("no such character")
        return self._cards[name]

    def breaks(self, name: str, why: str) -> None:
        self._problems.append(Finding(name, why))

    async def reload(self, name: str) -> Card:
        card = self.get(name)
        if self._problems:
            raise CharacterError("broken")
        return card

    def problems(self) -> list[object]:
        return list(self._problems)


class ListMemory:
    """What was said, in a list; the answered turns are those with a reply."""

    def __init__(self) -> None:
        self.messages: list[StoredMessage] = []
        self.asked: dict[str, IncomingMessage] = {}

    async def keep(self, message: IncomingMessage, *, turn_id: str | None = None) -> None:
        if message.id not in self.asked:
            self.asked[message.id] = message
            self._add(message.id, turn_id, message.author, Role.USER, message.text, message.audience, message.sent_at)

    async def reply(self, turn: Turn, text: str) -> str:
        message_id = turn.reply_id
        speaker = Author(f"character:{turn.audience.character}", turn.audience.character.capitalize())
        self._add(message_id, turn.id, speaker, Role.CHARACTER, text, turn.audience, SystemClock().now())
        return message_id

    async def edit(self, character: str, platform_message_id: str, text: str) -> bool:
        return False

    async def delete(self, character: str, platform_message_id: str) -> bool:
        return False

    async def conversation(self, audience: Audience, limit: int) -> list[StoredMessage]:
        return self._of(audience)[-limit:]

    async def unanswered(self, audience: Audience) -> list[IncomingMessage]:
        waiting: list[IncomingMessage] = []
        for message in reversed(self._of(audience)):
            if message.role is Role.CHARACTER:
                break
            waiting.insert(0, self.asked[message.id])
        return waiting

    async def forget_last(self, audience: Audience) -> object | None:
        last = self._of(audience)[-2:]
        self.messages = [message for message in self.messages if message not in last]
        return last or None

    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    def _of(self, audience: Audience) -> list[StoredMessage]:
        return [m for m in self.messages if (m.character, m.channel_id) == (audience.character, audience.channel_id)]

    def _add(
        self, id_: str, turn_id: str | None, by: Author, role: Role, text: str, audience: Audience, at: datetime
    ) -> None:
        self.messages.append(
            StoredMessage(
                id=id_, turn_id=turn_id, session_id=None, character=audience.character, user_id=audience.user_id,
                speaker_id=by.user_id, speaker_name=by.name, role=role, text=text, platform="web",
                channel_id=audience.channel_id, guild_id=None, visibility=audience.visibility, created_at=at,
            )
        )  # fmt: skip


Step = str | ReplyEvent | asyncio.Event | Exception


class ScriptedEngine:
    """Answers each turn with the next script of `will`, or by saying back what was said.

    In a script a text is a delta, an Event is waited for, a Failed ends the turn, an exception is raised.
    """

    def __init__(self, memory: ListMemory) -> None:
        self.memory = memory
        self.turns: list[Turn] = []
        self.started = asyncio.Event()
        self._scripts: deque[tuple[Step, ...]] = deque()

    def will(self, *steps: Step) -> None:
        self._scripts.append(steps)

    async def respond(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        self.turns.append(turn)
        for message in turn.messages:
            await self.memory.keep(message, turn_id=turn.id)
        yield TurnStarted(turn.id)
        self.started.set()
        steps = self._scripts.popleft() if self._scripts else ("You said: ", turn.text)
        text = ""
        try:
            for step in steps:
                match step:
                    case str():
                        text += step
                        yield TextDelta(step)
                    case asyncio.Event():
                        await step.wait()
                    case Exception():
                        raise step
                    case Failed(_, apology, retryable):
                        yield Failed(turn.id, apology, retryable)
                        return
                    case _:
                        yield step
        except asyncio.CancelledError:
            if turn.stop_reason is StopReason.USER and text:
                await self.memory.reply(turn, text)
            raise
        yield Done(turn.id, await self.memory.reply(turn, text), text)


class Chat:
    """A web door on a free port of loopback, with everything behind it."""

    def __init__(
        self, *, token: str = "", demo: bool = False, names: tuple[str, ...] = (), allowed: tuple[str, ...] = (),
        burst_window_s: float = 0.0, host: str = "127.0.0.1", port: int = 0,
    ) -> None:  # fmt: skip
        self.memory = ListMemory()
        self.engine = ScriptedEngine(self.memory)
        self.lanes = Lanes(self.engine, self.memory, burst_window_s=burst_window_s)
        self.characters = FakeCharacters(*names)
        self.own_data = OwnDataInMemory()
        self.steering = SteeringInMemory()
        self.feedback = FeedbackInMemory()
        self.wishes = Wishes()
        self.health = Health()
        self.healthy = True
        self.health.register("sql", self._probe)
        self.options = WebOptions(host, port, token, allowed, "elena", demo, "openai:gpt-5-mini")
        self.door = self.new_door()

    def new_door(self) -> WebDoor:
        return WebDoor(
            self.lanes, self.memory, self.characters, self.own_data, self.feedback, self.health, self.options,
            SystemClock(), steering=self.steering.doors, commands=(self.wishes.command, self.wishes.mood),
        )  # fmt: skip

    async def restart(self) -> None:
        """Stop everything but the memory and start it again, on another port."""
        await self.lanes.drain(0)
        await self.door.stop()
        self.lanes = Lanes(self.engine, self.memory, burst_window_s=0.0)
        self.door = self.new_door()
        await self.door.start()

    async def _probe(self) -> Check:
        return Check("sql", self.healthy, "SQLite in data/", "start it", required=True)

    async def __aenter__(self) -> "Chat":
        await self.door.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.lanes.drain(0)
        await self.door.stop()
