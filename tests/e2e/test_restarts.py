"""A process that ends in mid-reply: asked to, or killed. Nothing that was said is lost, nothing is said twice."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.e2e.home import Home, llm_variables
from tests.support.discord import BotAccount, LocalDiscord, Message
from tests.support.discord.state import Channel
from tests.support.llm import LocalLLM, Script
from tests.support.process import Process

pytestmark = pytest.mark.slow


@dataclass
class Harbour:
    """A Discord, a model, and a home for elena, who may come and go."""

    discord: LocalDiscord
    llm: LocalLLM
    home: Home
    elena: BotAccount

    def starts(self, **variables: str) -> Process:
        """Return elena's process."""
        own = {"DISCORD_TOKEN": self.elena.token, "BURST_WINDOW_S": "0"}
        return self.home.starts(discord=self.discord, **llm_variables(self.llm), **own, **variables)

    def by_elena(self, channel: Channel) -> list[Message]:
        """Return what elena says in a channel."""
        return [message for message in channel.messages.values() if message.author is self.elena]

    async def until_says(self, message: Message, text: str) -> None:
        """Wait until a message shows `text`."""
        await self.discord.wait_until(lambda: message.content == text, 15, f"the message to say {text[:40]!r}")


@pytest.fixture
async def harbour(home: Home) -> AsyncIterator[Harbour]:
    async with LocalDiscord() as discord, LocalLLM() as llm:
        yield Harbour(discord, llm, home, discord.add_bot("elena"))


async def test_after_kill9_the_question_is_answered_once_in_the_same_message_and_all_is_remembered(
    harbour: Harbour,
) -> None:
    alice, never = harbour.discord.add_person("Alice"), asyncio.Event()
    async with harbour.starts() as process:
        await harbour.discord.until_online(harbour.elena)
        asked = await alice.dm(harbour.elena, "I sail on Fridays.")
        first = await alice.sees(harbour.elena, from_=harbour.elena)
        await harbour.until_says(first, "You said: I sail on Fridays.")
        harbour.llm.enqueue(Script("On Fridays you sail away", hold=never, hold_before=2))
        await alice.dm(harbour.elena, "So when do I sail?")
        cut_off = await alice.sees(harbour.elena, from_=harbour.elena)
        await harbour.until_says(cut_off, "On Fridays")
        await process.kill9()
    harbour.llm.enqueue(Script("On Fridays, and not alone."))
    async with harbour.starts() as process:
        await harbour.until_says(cut_off, "On Fridays, and not alone.")
        await alice.dm(harbour.elena, "Thank you")
        last = await alice.sees(harbour.elena, from_=harbour.elena)
        await harbour.until_says(last, "You said: Thank you")
    assert [message.content for message in harbour.by_elena(asked.channel)] == [
        "You said: I sail on Fridays.", "On Fridays, and not alone.", "You said: Thank you",
    ]  # fmt: skip
    assert [request.last_text for request in harbour.llm.requests] == [
        "I sail on Fridays.", "So when do I sail?", "So when do I sail?", "Thank you",
    ]  # fmt: skip
    spoken = [(line["role"], line["content"]) for line in harbour.llm.requests[-1].messages[1:]]
    assert spoken == [
        ("user", "I sail on Fridays."), ("assistant", "You said: I sail on Fridays."),
        ("user", "So when do I sail?"), ("assistant", "On Fridays, and not alone."), ("user", "Thank you"),
    ]  # fmt: skip


async def test_sigterm_lets_a_reply_and_what_waits_behind_it_be_finished(harbour: Harbour) -> None:
    alice, hold = harbour.discord.add_person("Alice"), asyncio.Event()
    harbour.llm.enqueue(Script("Once there was a crab.", hold=hold, hold_before=2))
    async with harbour.starts() as process:
        await harbour.discord.until_online(harbour.elena)
        asked = await alice.dm(harbour.elena, "a story, please")
        reply = await alice.sees(harbour.elena, from_=harbour.elena)
        await alice.dm(harbour.elena, "and another")
        await harbour.discord.wait_until(lambda: reply.content == "Once there" and bool(harbour.elena.commands))
        await alice.runs(harbour.elena, "/ping")  # answered once what came before it has been heard
        process.signal(signal.SIGTERM)
        await process.until(lambda: any("Stopping" in line for line in process.printed), "the stop to begin")
        hold.set()
        assert await process.exit_code() == 0
    said = [message.content for message in harbour.by_elena(asked.channel)]
    assert [text for text in said if not text.startswith("Pong")] == [
        "Once there was a crab.", "You said: and another",
    ]  # fmt: skip


async def test_a_reply_that_outlasts_the_grace_is_answered_after_the_restart(harbour: Harbour) -> None:
    alice, never = harbour.discord.add_person("Alice"), asyncio.Event()
    harbour.llm.enqueue(Script("It is a long story", hold=never, hold_before=3))
    async with harbour.starts(SHUTDOWN_GRACE_S="0.2") as process:
        await harbour.discord.until_online(harbour.elena)
        asked = await alice.dm(harbour.elena, "how long?")
        reply = await alice.sees(harbour.elena, from_=harbour.elena)
        assert await process.terminate() == 0
    harbour.llm.enqueue(Script("Not so long after all."))
    async with harbour.starts():
        await harbour.until_says(reply, "Not so long after all.")
    assert len(harbour.by_elena(asked.channel)) == 1
    assert [request.last_text for request in harbour.llm.requests] == ["how long?"] * 2
