"""The whole process on Discord, as people there meet it. One process and one Discord for all stories of this file."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.home import Home, llm_variables
from tests.integration.discord_house import House
from tests.support.discord import BotAccount, GuildHandle, LocalDiscord, Message, Person
from tests.support.discord.state import Channel
from tests.support.llm import LocalLLM, ReceivedRequest, Script
from tests.support.process import Process

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

WRONG_TOKEN = "bm9ib2R5IGtub3dzIG1lIGhlcmU.notrue.this_is_not_the_token_of_any_bot_there_is"
PARAGRAPH = "The tide came in over the rocks and the crabs went home, one after the other, until none was left. " * 6


@dataclass
class Harbour:
    """A Discord with a guild, elena, and the process behind her."""

    discord: LocalDiscord
    llm: LocalLLM
    process: Process
    elena: BotAccount
    guild: GuildHandle

    def person(self, name: str) -> Person:
        """Let somebody new join."""
        return self.discord.add_person(name)

    def by_elena(self, channel: Channel) -> list[Message]:
        """Return what elena says in a channel."""
        return [message for message in channel.messages.values() if message.author is self.elena]

    def press(self, person: Person, message: Message) -> None:
        """Press the first button below a message."""
        House(self.discord, self.elena, self.guild, person, Path()).press(person, message)

    async def until_says(self, message: Message, text: str) -> None:
        """Wait until a message shows `text`."""
        await self.discord.wait_until(lambda: message.content == text, what=f"the message to say {text[:40]!r}")

    async def until_asked(self, text: str) -> ReceivedRequest:
        """Wait until the model is asked something that ends with a message holding `text`."""
        seen = 0
        async with asyncio.timeout(10):
            while True:
                for request in self.llm.requests[seen:]:
                    if text in request.last_text:
                        return request
                seen = len(self.llm.requests)
                await self.llm.wait_for_requests(seen + 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def harbour(tmp_path_factory: pytest.TempPathFactory, models: Path) -> AsyncIterator[Harbour]:
    home = Home(tmp_path_factory.mktemp("harbour") / "home", models)
    async with LocalDiscord() as discord, LocalLLM() as llm:
        elena = discord.add_bot("elena")
        guild = discord.add_guild("Harbour", bots=[elena])
        variables = llm_variables(llm) | {
            "DISCORD_TOKEN": elena.token, "DISCORD_TOKENS": f"marcus={WRONG_TOKEN}", "LOG_LEVEL": "DEBUG",
        }  # fmt: skip
        async with home.starts(discord=discord, **variables) as process:
            await discord.until_online(elena)
            yield Harbour(discord, llm, process, elena, guild)
        assert discord.too_many_requests == 0


class TestTalking:
    async def test_a_direct_message_is_answered(self, harbour: Harbour) -> None:
        alice = harbour.person("Alice")
        await alice.dm(harbour.elena, "hello there")
        reply = await alice.sees(harbour.elena, from_=harbour.elena)
        await harbour.until_says(reply, "You said: hello there")

    async def test_in_a_guild_only_a_mention_is_answered(self, harbour: Harbour) -> None:
        bob, channel = harbour.person("Bob"), harbour.guild.channel("general")
        await bob.says(channel, "nice weather, everybody")
        await bob.says(channel, f"{harbour.elena.mention} what do crabs eat?")
        reply = await bob.sees(channel, from_=harbour.elena)
        await harbour.discord.wait_until(lambda: "what do crabs eat?" in reply.content)
        assert len(harbour.by_elena(channel)) == 1

    async def test_a_long_reply_comes_in_several_messages_of_at_most_2000_characters(self, harbour: Harbour) -> None:
        carol = harbour.person("Carol")
        text = "\n\n".join([PARAGRAPH.strip()] * 8)
        harbour.llm.enqueue(Script(text))
        asked = await carol.dm(harbour.elena, "tell me everything")
        messages = harbour.by_elena(asked.channel)

        def whole() -> bool:
            messages[:] = harbour.by_elena(asked.channel)
            return "\n\n".join(message.content for message in messages) == text

        await harbour.discord.wait_until(whole, 15, "the whole text")
        assert len(messages) > 2
        assert max(len(message.content) for message in messages) <= 2000

    async def test_a_burst_gets_one_answer(self, harbour: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
        dave, echo = harbour.person("Dave"), harbour.llm.reply
        said = ("I have two questions.", "How deep is the bay?", "And how cold?")

        def once_all_is_said(request: ReceivedRequest) -> Script:
            # However slow the machine is, no answer is complete before the burst is.
            is_all = all(text in request.last_text for text in said)
            return echo(request) if is_all else Script("Too early", hold=asyncio.Event())

        monkeypatch.setattr(harbour.llm, "reply", once_all_is_said)
        asked, *_ = await asyncio.gather(*(dave.dm(harbour.elena, text) for text in said))
        reply = await dave.sees(harbour.elena, from_=harbour.elena)

        def heard() -> list[str]:
            return sorted(reply.content.removeprefix("You said: ").split("\n"))

        await harbour.discord.wait_until(lambda: heard() == sorted(said), what="one answer to all three")
        assert len(harbour.by_elena(asked.channel)) == 1

    async def test_emoji_and_right_to_left_text_come_back_whole(self, harbour: Harbour) -> None:
        erin = harbour.person("Erin")
        text = "מה שלומך? 👩‍👩‍👧‍👦 مرحبا 🏳️‍🌈 e\u0301"
        await erin.dm(harbour.elena, text)
        reply = await erin.sees(harbour.elena, from_=harbour.elena)
        await harbour.until_says(reply, f"You said: {text}")


class TestSecondThoughts:
    async def test_an_edit_while_it_is_answered_is_honoured(self, harbour: Harbour) -> None:
        fay, hold = harbour.person("Fay"), asyncio.Event()
        harbour.llm.enqueue(Script("About cats: they purr", hold=hold, hold_before=2))
        asked = await fay.dm(harbour.elena, "tell me about cats")
        reply = await fay.sees(harbour.elena, from_=harbour.elena)
        first = await harbour.until_asked("tell me about cats")
        await fay.edits(asked, "tell me about dogs")
        await harbour.until_says(reply, "You said: tell me about dogs")
        await asyncio.wait_for(first.disconnected.wait(), 5)
        assert len(harbour.by_elena(asked.channel)) == 1

    async def test_a_deletion_while_it_is_answered_takes_the_answer_back(self, harbour: Harbour) -> None:
        gil, hold = harbour.person("Gil"), asyncio.Event()
        harbour.llm.enqueue(Script("Your secret is safe", hold=hold, hold_before=2))
        asked = await gil.dm(harbour.elena, "my locker code is 4711")
        reply = await gil.sees(harbour.elena, from_=harbour.elena)
        request = await harbour.until_asked("4711")
        await gil.deletes(asked)
        await harbour.discord.wait_until(lambda: reply.deleted, what="the reply to go")
        await asyncio.wait_for(request.disconnected.wait(), 5)
        await gil.dm(harbour.elena, "what did I say?")
        await gil.sees(harbour.elena, from_=harbour.elena)
        later = await harbour.until_asked("what did I say?")
        assert "4711" not in str(later.body)


class TestOwnData:
    async def test_somebody_sees_what_is_kept_erases_it_and_is_a_stranger_again(self, harbour: Harbour) -> None:
        jo = harbour.person("Jo")
        asked = await jo.dm(harbour.elena, "my boat is called Albatross")
        await jo.sees(harbour.elena, from_=harbour.elena)
        kept = await jo.runs(harbour.elena, "/memory list")
        await harbour.discord.wait_until(lambda: "Albatross" in kept.text, what="the memory to be listed")
        question = await jo.runs(harbour.elena, "/forget-me")
        message = next(message for message in asked.channel.messages.values() if message.content == question.text)
        await jo.presses(message, "Erase everything")
        await harbour.discord.wait_until(lambda: "nothing left" in message.content, 15, "the erasure to be done")
        kept = await jo.runs(harbour.elena, "/memory list")
        assert "Albatross" not in kept.text
        await jo.dm(harbour.elena, "do you know my boat?")
        later = await harbour.until_asked("do you know my boat?")
        assert "Albatross" not in str(later.body)


class TestTrouble:
    async def test_a_gateway_that_drops_in_mid_reply_costs_nothing_and_doubles_nothing(self, harbour: Harbour) -> None:
        hana, hold = harbour.person("Hana"), asyncio.Event()
        harbour.llm.enqueue(Script("First half, second half.", hold=hold, hold_before=2))
        asked = await hana.dm(harbour.elena, "tell me both halves")
        reply = await hana.sees(harbour.elena, from_=harbour.elena)
        async with harbour.discord.away(harbour.elena, abort=True):
            hold.set()
            await harbour.until_says(reply, "First half, second half.")
            await hana.dm(harbour.elena, "said while the line was dead")
        later = await hana.sees(harbour.elena, from_=harbour.elena, timeout=15)
        await harbour.until_says(later, "You said: said while the line was dead")
        assert len(harbour.by_elena(asked.channel)) == 2
        assert sum("both halves" in request.last_text for request in harbour.llm.requests) == 1

    async def test_without_a_model_she_says_so_in_her_own_words_and_the_button_asks_again(
        self, harbour: Harbour
    ) -> None:
        ian = harbour.person("Ian")
        await harbour.llm.stop()
        asked = await ian.dm(harbour.elena, "are you there?")
        reply = await ian.sees(harbour.elena, from_=harbour.elena, timeout=10)
        await harbour.discord.wait_until(lambda: bool(reply.components), what="the button")
        assert "ECONNREFUSED" not in reply.content
        assert any(word in reply.content for word in ("Ay, perdón", "radio", "No manches"))
        await harbour.llm.start()
        harbour.press(ian, reply)
        await harbour.until_says(reply, "You said: are you there?")
        assert len(harbour.by_elena(asked.channel)) == 1

    async def test_a_wrong_token_is_named_and_the_rest_lives_on(self, harbour: Harbour) -> None:
        await harbour.process.until_healthy("discord:marcus", ok=False, detail="refuses the token")
        found = (await harbour.process.health())["discord:marcus"]
        assert "DISCORD_TOKEN" in found["remedy"]
        answer = await harbour.process.ask("still there?", character="marcus")
        assert answer.text == "You said: still there?"
        assert (await harbour.process.health())["discord:elena"]["ok"]


async def test_logs_hold_neither_what_was_said_nor_who_nor_a_secret(harbour: Harbour) -> None:
    zed = harbour.person("Zebulon Quartermaine")
    channel = harbour.guild.channel("general")
    sentence = "my grandmother hid eleven opals under the piano"
    await zed.dm(harbour.elena, sentence)
    await zed.sees(harbour.elena, from_=harbour.elena)
    asked = await zed.says(channel, f"{harbour.elena.mention} {sentence}")
    await zed.edits(asked, f"{harbour.elena.mention} {sentence}!")
    await zed.sees(channel, from_=harbour.elena)
    await zed.deletes(asked)
    await harbour.process.ask(sentence, user={"id": "quartermaine", "name": zed.name})
    await harbour.process.until_logged("discord_ready")
    out = harbour.process.everything
    assert "model_call" in out, "nothing at level DEBUG: the test would prove nothing"
    for private in ("opals", "Zebulon", "uartermaine", zed.id, harbour.elena.token, WRONG_TOKEN):
        assert private not in out, f"{private} was logged"
