"""Reminders in tests: a door that keeps what it is given, and everything that sets and says reminders around it.

stage = Stage(database)
await stage.says("remind me in 20 minutes to check the oven")
await stage.pass_time(minutes=20)
assert stage.door.texts == [...]
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from src_v2.characters.service import Characters
from src_v2.core.audience import Audience, Visibility
from src_v2.core.commands import Answer, Asked
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage
from src_v2.core.outgoing import Outgoing, Still
from src_v2.evolution.models import AskModel, Speaker
from src_v2.evolution.reminders.commands import remind
from src_v2.evolution.reminders.delivery import Delivery
from src_v2.evolution.reminders.models import Reminder
from src_v2.evolution.reminders.service import Reminders
from src_v2.evolution.reminders.store import ReminderStore
from src_v2.evolution.reminders.voice import Voice
from src_v2.interfaces.base import Shown
from src_v2.memory.profile_store import ProfileStore
from src_v2.memory.profiles import Profiles
from src_v2.memory.rows import message_rows
from src_v2.storage.cache import Cache
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWriter
from tests.support.clock import VirtualClock
from tests.support.house import CHARACTERS

DM = Audience("elena", "discord:sam", "discord:dm-sam", Visibility.PRIVATE)
OPEN = Audience("elena", "discord:sam", "discord:open", Visibility.GUILD, "discord:harbour")
START = datetime.fromisoformat("2026-03-11T13:00:00+00:00")
"""A Wednesday, at two in the afternoon in Berlin."""


class RecordingDoor:
    """Implements `Send`: keeps each message once. `fails` are raised first, one per call; `sent` counts the calls.

    With `loses` it delivers and raises all the same, as when the process dies before anybody hears of it.
    """

    def __init__(self) -> None:
        self.messages: dict[str, Outgoing] = {}
        self.fails: list[Exception] = []
        self.loses: list[BaseException] = []
        self.sent = 0

    async def __call__(self, outgoing: Outgoing, *, still: Still | None = None) -> None:
        if still is not None and not await still():
            return
        self.sent += 1
        if self.fails:
            raise self.fails.pop(0)
        self.messages.setdefault(outgoing.id, outgoing)
        if self.loses:
            raise self.loses.pop(0)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages.values()]


class RecordingPostman:
    """Brings what the whole process delivers to Discord's people to a `RecordingDoor`."""

    platform = "discord"

    def __init__(self, door: RecordingDoor) -> None:
        self._door = door

    async def reach(self, audience: Audience) -> Audience:
        return audience

    async def deliver(self, outgoing: Outgoing, since: datetime | None) -> Shown:
        before = outgoing.id in self._door.messages
        await self._door(outgoing)
        return Shown([f"shown-{outgoing.id}"], before=before)


class Stage:
    """What sets and says reminders, on a database of the test. People's zone is Berlin unless the test says so."""

    def __init__(
        self, database: Database, *, ask: AskModel | None = None, zone: str = "Europe/Berlin", start: datetime = START
    ) -> None:
        self.database = database
        self.clock = VirtualClock(start)
        self.zone = zone
        self.door = RecordingDoor()
        self.outdated: list[tuple[str, str]] = []
        self.store = ReminderStore(database)
        characters = Characters(CHARACTERS)
        characters.load_all()
        self.profiles = Profiles(ProfileStore(database), Cache(clock=self.clock), self.clock)
        self.reminders = Reminders(self.store, characters, self.profiles, self.clock, outdate=self._outdate)
        self.voice = Voice(ask, characters, self.clock)
        self.command = remind(self.reminders, self.profiles)
        self.delivery = self.new_process()

    def new_process(self) -> Delivery:
        """Return a delivery that knows nothing but what is stored."""
        self.delivery = Delivery(
            self.store, self.voice, self.profiles, self.door, self.clock, outdate=self._outdate
        )  # fmt: skip
        return self.delivery

    async def _outdate(self, character: str, user_id: str) -> None:
        self.outdated.append((character, user_id))

    @property
    def sam(self) -> Author:
        return Author("discord:sam", "Sam", self.zone)

    def message(self, text: str, audience: Audience = DM) -> IncomingMessage:
        return IncomingMessage(new_id(), self.sam, audience, text, self.clock.now(), "discord")

    async def says(self, text: str, audience: Audience = DM, previous: str = "") -> IncomingMessage:
        """Store a message with what it asks to be reminded of, in one transaction."""
        message = self.message(text, audience)
        rows = [*message_rows([message], "session", "turn"), *self.reminders.noted(message, previous)]
        await RowWriter(self.database).apply([*self.profiles.introduction(self.sam, self.clock.now()), *rows])
        return message

    async def orders(self, text: str = "", action: str = "", audience: Audience = DM) -> Answer:
        """Give the command."""
        asked = Asked(audience, "Sam", "discord", action, text, self.clock.now(), self.zone)
        return await self.command.run(asked)

    async def pass_time(self, **how_long: float) -> None:
        """Let time go by, and look what is due then."""
        self.clock.advance(timedelta(**how_long).total_seconds())
        await self.delivery.sweep()

    async def at(self, moment: datetime) -> None:
        """Let time go by until then, and look what is due."""
        await self.pass_time(seconds=(moment - self.clock.now()).total_seconds())

    async def kept(self) -> list[Reminder]:
        return await self.reminders.of("elena", "discord:sam")


class Wording:
    """Implements `AskModel` with a script: texts, errors to raise, events to wait for."""

    def __init__(self, *script: str | Exception | asyncio.Event) -> None:
        self.script = list(script)
        self.asked: list[Sequence[tuple[Speaker, str]]] = []

    async def __call__(self, messages: Sequence[tuple[Speaker, str]], schema: Any, audience: Audience) -> Any:
        self.asked.append(messages)
        given = self.script.pop(0)
        if isinstance(given, Exception):
            raise given
        if isinstance(given, asyncio.Event):
            await given.wait()
        return schema(text=given)
