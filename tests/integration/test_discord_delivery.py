"""What a character says by itself on Discord: the whole process against a local Discord."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from src_v2.app import App
from src_v2.core.audience import Audience, Visibility
from src_v2.core.errors import CannotReach, DoorClosed
from src_v2.core.ids import new_id
from src_v2.core.outgoing import Button, Outgoing
from src_v2.interfaces.discord.tree import FALLBACK
from src_v2.memory.embeddings.hashing import HashingEmbedder
from tests.support.discord import BotAccount, GuildHandle, LocalDiscord, Person
from tests.support.discord.faults import CREATE_MESSAGE
from tests.support.discord.parts import labels, parts_of, used
from tests.support.discord.state import Message
from tests.support.house import make_settings

BUTTONS = (Button("reminder.done", "Done"), Button("reminder.snooze", "Later"))
LONG = "\n\n".join(f"Paragraph {number}." + " The tide leaves shells behind." * 14 for number in range(12))


@dataclass
class Harbour:
    """A Discord, and a process whose characters are on it."""

    discord: LocalDiscord
    elena: BotAccount
    guild: GuildHandle
    alice: Person
    folder: Path

    @asynccontextmanager
    async def app(self) -> AsyncIterator[App]:
        settings = make_settings(self.folder, discord_token=self.elena.token)
        app = App(settings, discord_connector_factory=self.discord.connector_factory(), embedder=HashingEmbedder())
        await app.start()
        try:
            await self.discord.until_online(self.elena)
            async with asyncio.timeout(5):
                while not all(check.ok for check in await app.health.run() if check.name == "discord:elena"):  # noqa: ASYNC110 - a check tells nobody
                    await asyncio.sleep(0.01)
            yield app
        finally:
            await app.stop()

    def by_elena(self) -> list[Message]:
        channel = self.alice.place(self.elena)
        return [message for message in channel.messages.values() if message.author is self.elena]

    def to_alice(self, text: str = "Did you sleep well?", **more: Any) -> Outgoing:
        audience = Audience("elena", f"discord:{self.alice.id}", "discord:0", Visibility.PRIVATE)
        return Outgoing(new_id(), audience, "discord", text, "reminder", **more)

    def press(self, who: Person, message: Message, label: str) -> None:
        part = next(part for part in parts_of(message) if part["label"] == label)
        world = self.discord.world
        world.run(used(who.user, self.elena, message, part, [], world.now(), world.file_limit))


@pytest.fixture
async def harbour(tmp_path: Path) -> AsyncIterator[Harbour]:
    async with LocalDiscord() as local:
        elena = local.add_bot("elena")
        guild = local.add_guild("Harbour", bots=[elena])
        yield Harbour(local, elena, guild, local.add_person("Alice"), tmp_path)
        assert local.too_many_requests == 0
        assert local.violations == [], local.violations


async def greeted(harbour: Harbour) -> None:
    await harbour.alice.dm(harbour.elena, "hello")
    await harbour.alice.sees(harbour.elena, from_=harbour.elena)


async def test_it_comes_as_a_direct_message_once_and_is_remembered(harbour: Harbour) -> None:
    async with harbour.app() as app:
        await greeted(harbour)
        message = harbour.to_alice()
        await app.delivery(message)
        seen = await harbour.alice.sees(harbour.elena, from_=harbour.elena, where=lambda one: "sleep" in one.content)
        await app.delivery(message)
        channel = f"discord:{seen.channel.id}"
        real = Audience("elena", f"discord:{harbour.alice.id}", channel, Visibility.PRIVATE)
        assert [one.text for one in await app.memory.conversation(real, 9)][-1] == "Did you sleep well?"
        quoted = await app.memory.quoted(real, seen.id)
        assert quoted is not None
        assert quoted.id == message.id
        await harbour.alice.reacts(seen, "❤️")
        async with asyncio.timeout(5):
            while not await app.feedback.marks(real, [message.id]):  # noqa: ASYNC110 - nobody announces it
                await asyncio.sleep(0.02)
    assert len([one for one in harbour.by_elena() if "sleep" in one.content]) == 1


async def test_it_reaches_somebody_whose_channel_is_not_known_and_never_a_server(harbour: Harbour) -> None:
    general = harbour.guild.channel("general")
    async with harbour.app() as app:
        private = Audience("elena", f"discord:{harbour.alice.id}", f"discord:{general.id}", Visibility.PRIVATE)
        await app.delivery(Outgoing(new_id(), private, "discord", "Only for you.", "reminder"))
        seen = await harbour.alice.sees(harbour.elena, from_=harbour.elena)
    assert seen.content == "Only for you."
    assert all(message.author is not harbour.elena for message in general.messages.values())


async def test_in_a_server_it_pings_nobody_but_the_person(harbour: Harbour) -> None:
    general, bob = harbour.guild.channel("general"), harbour.discord.add_person("Bob")
    person, channel, guild = (f"discord:{one}" for one in (harbour.alice.id, general.id, harbour.guild.state.id))
    text = f"{harbour.alice.mention} and {bob.mention} @everyone, the tide is out."
    async with harbour.app() as app:
        here = Audience("elena", person, channel, Visibility.GUILD, guild)
        await app.delivery(Outgoing(new_id(), here, "discord", text, "reminder"))
        seen = await harbour.alice.sees(general, from_=harbour.elena)
        elsewhere = Audience("elena", person, channel, Visibility.GUILD, "discord:1")
        with pytest.raises(CannotReach):
            await app.delivery(Outgoing(new_id(), elsewhere, "discord", text, "reminder"))
    assert seen.pings == {harbour.alice.id}


async def test_a_long_text_comes_in_several_messages_with_the_buttons_below_the_last(harbour: Harbour) -> None:
    async with harbour.app() as app:
        await app.delivery(harbour.to_alice(LONG, buttons=BUTTONS))
    messages = harbour.by_elena()
    assert len(messages) > 1
    assert max(len(one.content) for one in messages) <= 2000
    assert "\n\n".join(one.content for one in messages) == LONG
    assert [labels(one) for one in messages] == [*[[]] * (len(messages) - 1), ["Done", "Later"]]


async def test_who_blocked_the_bot_cannot_be_reached(harbour: Harbour) -> None:
    harbour.alice.blocks(harbour.elena)
    async with harbour.app() as app:
        with pytest.raises(CannotReach):
            await app.delivery(harbour.to_alice())
        stranger = Audience("elena", "discord:nobody", "discord:1", Visibility.PRIVATE)
        with pytest.raises(CannotReach):
            await app.delivery(Outgoing(new_id(), stranger, "discord", "Hello?", "reminder"))
        marcus = Audience("marcus", f"discord:{harbour.alice.id}", "discord:1", Visibility.PRIVATE)
        with pytest.raises(CannotReach):
            await app.delivery(Outgoing(new_id(), marcus, "discord", "Hello?", "reminder"))


async def test_while_discord_is_in_trouble_it_waits(harbour: Harbour) -> None:
    async with harbour.app() as app:
        message = harbour.to_alice()
        fault = harbour.discord.fail(CREATE_MESSAGE, 503)
        with pytest.raises(DoorClosed):
            await app.delivery(message)
        assert fault.served == 1
        await app.delivery(message)
    assert len(harbour.by_elena()) == 1


async def test_what_was_sent_before_a_crash_is_found_when_its_name_is_forgotten(harbour: Harbour) -> None:
    async with harbour.app() as app:
        message = harbour.to_alice(LONG)
        postman, at = app.delivery.postmen["discord"], app.clock.now()
        first = (await postman.deliver(message, None)).ids
        harbour.discord.world.nonces.clear()
        harbour.discord.world.delete(harbour.by_elena()[-1], harbour.elena)
        shown = await postman.deliver(message, at)
    again = shown.ids
    assert shown.before
    assert list(again)[:-1] == list(first)[:-1], "what is there is not sent again"
    assert [one.id for one in harbour.by_elena()] == list(again)


async def test_a_button_works_after_a_restart_for_whom_it_is_for(harbour: Harbour) -> None:
    heard: list[tuple[str, str]] = []

    async def pressed(action: str, about: str, user_id: str) -> str:
        heard.append((action, about))
        return "Well done."

    async with harbour.app() as app:
        await greeted(harbour)
        await app.delivery(harbour.to_alice(buttons=BUTTONS, about="r1"))
        seen = await harbour.alice.sees(harbour.elena, from_=harbour.elena, where=lambda one: "sleep" in one.content)
        assert labels(seen) == ["Done", "Later"]
    async with harbour.app() as app:
        app.delivery.pressed["reminder"] = pressed
        harbour.press(harbour.alice, seen, "Later")
        told = await harbour.alice.sees(harbour.elena, from_=harbour.elena, where=lambda one: "Well" in one.content)
        assert told.content == "Well done."
        await harbour.discord.wait_until(lambda: labels(seen) == [], what="the buttons to go")
    assert heard == [("reminder.snooze", "r1")]


async def test_a_button_behind_which_something_breaks_is_answered_kindly_and_stays(harbour: Harbour) -> None:
    async def pressed(action: str, about: str, user_id: str) -> str:
        raise RuntimeError("broken")

    async with harbour.app() as app:
        await greeted(harbour)
        await app.delivery(harbour.to_alice(buttons=BUTTONS, about="r1"))
        seen = await harbour.alice.sees(harbour.elena, from_=harbour.elena, where=lambda one: "sleep" in one.content)
        app.delivery.pressed["reminder"] = pressed
        harbour.press(harbour.alice, seen, "Later")
        told = await harbour.alice.sees(harbour.elena, from_=harbour.elena, where=lambda one: "wrong" in one.content)
        assert told.content == FALLBACK
        assert labels(seen) == ["Done", "Later"]
