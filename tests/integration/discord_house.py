"""A Discord door in a small house: the real door, lanes and discord.py; a scripted engine and a memory in lists."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from src_v2.characters.models import Character
from src_v2.characters.problems import Problem
from src_v2.core.audience import Audience
from src_v2.core.clock import Clock, SystemClock
from src_v2.core.errors import CharacterNotFound
from src_v2.core.events import Done, Failed, ReplyEvent, TextDelta, TurnStarted
from src_v2.core.ids import new_id
from src_v2.core.messages import IncomingMessage, Turn
from src_v2.interfaces.discord.door import DiscordDoor
from src_v2.interfaces.discord.ports import DiscordOptions
from src_v2.interfaces.lanes import Lanes
from src_v2.memory.models import ForgottenExchange, InterruptedTurn
from src_v2.observability.health import Check, Health
from tests.support.commands import Wishes
from tests.support.discord import BotAccount, GuildHandle, LocalDiscord, Person
from tests.support.discord.parts import parts_of, used
from tests.support.discord.state import Channel, Interaction, Message
from tests.support.feedback import FeedbackInMemory
from tests.support.own_data import OwnDataInMemory
from tests.support.places import PlacesInMemory
from tests.support.steering import SteeringInMemory


@asynccontextmanager
async def at_the_harbour(data_dir: Path) -> "AsyncIterator[House]":
    """Have a Discord with a guild, elena and Alice; nothing on it may ever be limited or malformed."""
    async with LocalDiscord() as local:
        elena = local.add_bot("elena")
        guild = local.add_guild("Harbour", bots=[elena])
        yield House(local, elena, guild, local.add_person("Alice"), data_dir)
        assert local.too_many_requests == 0
        assert local.violations == [], local.violations


Script = Callable[[Turn], AsyncGenerator[ReplyEvent, None]]


async def says(turn: Turn, *pieces: str, every_s: float = 0.0) -> AsyncGenerator[ReplyEvent, None]:
    """Answer in these pieces, one every so many seconds."""
    yield TurnStarted(turn.id)
    for piece in pieces:
        await asyncio.sleep(every_s)
        yield TextDelta(piece)
    yield Done(turn.id, new_id(), "".join(pieces))


def telling(*pieces: str, every_s: float = 0.0) -> Script:
    """Return a script that answers every turn in these pieces."""

    def script(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        return says(turn, *pieces, every_s=every_s)

    return script


async def echo(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
    """Answer with what was asked."""
    async for event in says(turn, f"You said: {turn.text}"):
        yield event


async def fails(turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
    """Find no words."""
    yield TurnStarted(turn.id)
    yield Failed(turn.id, "I can't find my words.", retryable=True)


@dataclass
class ScriptedEngine:
    """Answers each turn with `script`; `turns` are the turns that began. While `gate` is closed nobody gets on."""

    script: Script = echo
    turns: list[Turn] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    began: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.gate.set()

    async def respond(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        self.turns.append(turn)
        async with self.began:
            self.began.notify_all()
        async for event in self.script(turn):
            yield event
            await self.gate.wait()

    async def until_turns(self, count: int) -> None:
        """Wait until that many turns have begun."""
        async with self.began:
            await asyncio.wait_for(self.began.wait_for(lambda: len(self.turns) >= count), 5)

    @property
    def asked(self) -> list[str]:
        """What was asked, turn by turn."""
        return [turn.text for turn in self.turns]


@dataclass
class ListMemory:
    """Remembers what the door told it."""

    kept: list[IncomingMessage] = field(default_factory=list)
    edited: list[tuple[str, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    links: dict[str, list[str]] = field(default_factory=dict)
    open_turns: list[InterruptedTurn] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    last: ForgottenExchange | None = None
    forgot: list[Audience] = field(default_factory=list)

    async def keep(self, message: IncomingMessage, *, turn_id: str | None = None) -> None:
        self.kept.append(message)

    async def edit(self, character: str, platform_message_id: str, text: str) -> bool:
        self.edited.append((platform_message_id, text))
        return True

    async def delete(self, character: str, platform_message_id: str) -> bool:
        self.deleted.append(platform_message_id)
        return True

    async def link(self, character: str, message_id: str, platform_message_ids: Sequence[str]) -> None:
        self.links[message_id] = list(platform_message_ids)

    async def forget_last(self, audience: Audience) -> ForgottenExchange | None:
        self.forgot.append(audience)
        return self.last

    async def interrupted(self, platform: str) -> list[InterruptedTurn]:
        return self.open_turns

    async def session_active(self, character: str, channel_id: str) -> bool:
        return channel_id in self.live


class Shelf:
    """Characters by name."""

    def __init__(self, *names: str) -> None:
        self.found = {name: Character(name, name.title(), "Be kind.") for name in names}
        self.reloaded: list[str] = []

    def get(self, name: str) -> Character:
        if name not in self.found:
            raise CharacterNotFound(name)
        return self.found[name]

    async def reload(self, name: str) -> Character:
        self.reloaded.append(name)
        return self.get(name)

    def problems(self) -> list[Problem]:
        return [Problem("elena", "ux.yaml", 3, "voice", "nobody reads this key")]


@dataclass
class House:
    """Everything that a story needs; `lanes` are those of the door that was opened last."""

    discord: LocalDiscord
    elena: BotAccount
    guild: GuildHandle
    alice: Person
    data_dir: Path
    engine: ScriptedEngine = field(default_factory=ScriptedEngine)
    memory: ListMemory = field(default_factory=ListMemory)
    health: Health = field(default_factory=Health)
    own_data: OwnDataInMemory = field(default_factory=OwnDataInMemory)
    feedback: FeedbackInMemory = field(default_factory=FeedbackInMemory)
    places: PlacesInMemory = field(default_factory=PlacesInMemory)
    clock: Clock = field(default_factory=SystemClock)
    wishes: Wishes = field(default_factory=Wishes)
    steering: SteeringInMemory = field(default_factory=SteeringInMemory)
    shelf: Shelf = field(default_factory=lambda: Shelf("elena", "marcus"))
    lanes: Lanes = field(init=False)

    @asynccontextmanager
    async def door(self, *more: BotAccount, online: bool = True, **options: Any) -> AsyncIterator[DiscordDoor]:
        """Open the door for elena and `more` characters."""
        bots = (self.elena, *more)
        self.lanes = lanes = Lanes(self.engine, self.memory, burst_window_s=1.0)
        chosen = DiscordOptions(self.data_dir, guild_ready_timeout_s=0.05, **options)
        tokens = {bot.name: bot.token for bot in bots}
        connector = self.discord.connector_factory()
        door = DiscordDoor(
            tokens,
            lanes,
            self.memory,
            self.own_data,
            self.feedback,
            self.places,
            self.shelf,
            self.health,
            chosen,
            connector,
            self.clock,
            steering=self.steering.doors,
            commands=(self.wishes.command, self.wishes.mood),
        )
        await door.start()
        try:
            if online:
                await self.discord.until_online(*bots)
            yield door
        finally:
            await lanes.drain(0.2)
            await door.stop()

    async def check(self, name: str = "elena") -> Check:
        """Return what the health says about a character's connection."""
        return next(check for check in await self.health.run() if check.name == f"discord:{name}")

    async def until_check(self, ok: bool) -> Check:
        """Wait until the connection is healthy, or is not."""
        async with asyncio.timeout(5):
            while (check := await self.check()).ok is not ok:  # noqa: ASYNC110 - a health check tells nobody by itself
                await asyncio.sleep(0.01)
        return check

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that no event on Discord announces."""
        async with asyncio.timeout(5):
            while not holds():  # noqa: ASYNC110 - lanes and memory tell nobody by themselves
                await asyncio.sleep(0.01)

    async def until_final(self, message: Message, text: str) -> None:
        """Wait until a message shows `text`."""
        await self.discord.wait_until(lambda: message.content == text, what=f"the message to say {text[:40]!r}")

    def by_elena(self, channel: Channel) -> list[Message]:
        """Return what elena says in a channel."""
        return [message for message in channel.messages.values() if message.author is self.elena]

    def press(self, person: Person, message: Message) -> Interaction:
        """Press the first button below a message, as a person's client does."""
        part, world = next(parts_of(message)), self.discord.world
        interaction = used(person.user, self.elena, message, part, [], world.now(), world.file_limit)
        self.discord.world.run(interaction)
        return interaction
