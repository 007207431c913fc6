"""The terminal: the same conversation as on the page, in this process and against one that is running."""

import asyncio
import io
import os
import pty
import select
import signal
import subprocess
import sys
import termios
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from src_v2.agents.models.role import ModelRole
from src_v2.core.clock import SystemClock
from src_v2.core.events import Failed, Notice, Status
from src_v2.interfaces.terminal import RemoteChat, TerminalDoor
from src_v2.interfaces.terminal_input import StdinLines
from src_v2.interfaces.web.client import Refused, Unreachable, is_running
from tests.support.own_data import OwnDataInMemory
from tests.support.relay import Relay
from tests.support.scripted_chat import TOKEN, Chat


class Typed:
    """Lines that a test types; `prompted` is set whenever the person may type."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self.prompted = asyncio.Event()
        self.closed = False

    def type(self, *lines: str | None) -> None:
        for line in lines:
            self._lines.put_nowait(line)

    async def next(self, prompt: str) -> str | None:
        self.prompted.set()
        return await self._lines.get()

    def close(self) -> None:
        self.closed = True


class Screen(Console):
    """A console whose text can be waited for."""

    def __init__(self) -> None:
        self._sheet = io.StringIO()
        self._written = asyncio.Event()
        super().__init__(file=self._sheet, width=200, force_terminal=False)

    @property
    def text(self) -> str:
        return self._sheet.getvalue()

    async def shows(self, text: str) -> None:
        async with asyncio.timeout(5):
            while text not in self.text:
                self._written.clear()
                await self._written.wait()

    def print(self, *objects: Any, **style: Any) -> None:
        super().print(*objects, **style)
        self._written.set()


class Sitting:
    """A person in front of a terminal, whatever is behind it."""

    def __init__(self, run: Callable[["Sitting"], Awaitable[None]]) -> None:
        self.lines = Typed()
        self.screen = Screen()
        self._run = run

    async def __aenter__(self) -> "Sitting":
        self.task = asyncio.ensure_future(self._run(self))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.lines.type("/quit")
        async with asyncio.timeout(5):
            await asyncio.wait([self.task])


async def _here(chat: Chat, sitting: Sitting) -> None:
    clock, console, lines = SystemClock(), sitting.screen, sitting.lines
    door = TerminalDoor(
        chat.lanes, chat.memory, OwnDataInMemory(), chat.feedback, chat.characters, "elena", clock,
        steering=chat.steering.doors, commands=(chat.wishes.command, chat.wishes.mood), console=console, lines=lines,
    )  # fmt: skip
    await door.start()
    await door.left()
    await door.stop()


async def _remote(chat: Chat, sitting: Sitting) -> None:
    await RemoteChat(chat.door.url, "elena", SystemClock(), console=sitting.screen, lines=sitting.lines).run()


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


@pytest.fixture(params=[_here, _remote], ids=["in_process", "remote"])
def sitting(request: pytest.FixtureRequest, chat: Chat) -> Sitting:
    return Sitting(lambda sitting: request.param(chat, sitting))


class TestConversing:
    async def test_what_is_typed_is_answered(self, sitting: Sitting, chat: Chat) -> None:
        async with sitting:
            sitting.lines.type("hello")
            await sitting.screen.shows("Elena > You said: hello\n")
        assert chat.engine.turns[0].audience.channel_id == "local:elena"
        assert sitting.lines.closed

    async def test_the_reply_appears_as_it_comes(self, sitting: Sitting, chat: Chat) -> None:
        gate = asyncio.Event()
        chat.engine.will(Status("thinking"), "first", gate, " second")
        async with sitting:
            sitting.lines.type("hi")
            await sitting.screen.shows("Elena > first")
            assert "second" not in sitting.screen.text
            gate.set()
            await sitting.screen.shows("Elena > first second\n")

    async def test_what_is_kept_is_told_on_a_line_before_the_reply(self, sitting: Sitting, chat: Chat) -> None:
        chat.engine.will(Notice("This is an AI.\x1b[2J /privacy decides."), "hello")
        async with sitting:
            sitting.lines.type("hi")
            await sitting.screen.shows("This is an AI.[2J /privacy decides.\nElena > hello\n")

    async def test_earlier_messages_are_shown_at_the_start(self, sitting: Sitting, chat: Chat) -> None:
        async with Sitting(lambda other: _here(chat, other)) as earlier:
            earlier.lines.type("my dog is called Biscuit")
            await earlier.screen.shows("You said: my dog")
        async with sitting:
            await sitting.screen.shows("you > my dog is called Biscuit")
            await sitting.screen.shows("Elena > You said: my dog is called Biscuit")

    async def test_control_characters_do_not_reach_the_terminal(self, sitting: Sitting, chat: Chat) -> None:
        chat.engine.will("\x1b[2J\x07safe\x9b1m [bold]as it is[/bold]")
        async with sitting:
            sitting.lines.type("hi\x1b[A")
            await sitting.screen.shows("Elena > [2Jsafe1m [bold]as it is[/bold]")
        assert chat.engine.turns[0].text == "hi[A"

    async def test_what_cannot_be_taken_is_explained(self, sitting: Sitting, chat: Chat) -> None:
        async with sitting:
            sitting.lines.type("", "   ", "x" * 4001, "/nonsense", "/help")
            await sitting.screen.shows("4,001 characters; a message has at most 4,000")
            await sitting.screen.shows("no command /nonsense")
            await sitting.screen.shows("/forget-last")
        assert chat.engine.turns == []

    async def test_the_end_of_input_leaves(self, sitting: Sitting) -> None:
        async with sitting:
            sitting.lines.type(None)
            async with asyncio.timeout(5):
                await asyncio.wait([sitting.task])


class TestStoppingAndTryingAgain:
    async def test_ctrl_c_stops_the_reply_and_the_conversation_goes_on(self, sitting: Sitting, chat: Chat) -> None:
        chat.engine.will("so far", asyncio.Event())
        async with sitting:
            sitting.lines.type("hi")
            await sitting.screen.shows("so far")
            os.kill(os.getpid(), signal.SIGINT)
            await sitting.screen.shows("Stopped.")
            sitting.lines.type("go on")
            await sitting.screen.shows("You said: go on")
        assert chat.memory.texts()[:2] == ["hi", "so far"]

    async def test_ctrl_c_twice_at_the_prompt_leaves(self, sitting: Sitting) -> None:
        async with sitting:
            await sitting.lines.prompted.wait()
            os.kill(os.getpid(), signal.SIGINT)
            await sitting.screen.shows("Ctrl+C again leaves")
            os.kill(os.getpid(), signal.SIGINT)
            async with asyncio.timeout(5):
                await asyncio.wait([sitting.task])

    async def test_a_failed_reply_can_be_asked_for_again(self, sitting: Sitting, chat: Chat) -> None:
        chat.engine.will("half of", Failed("t", "My words are gone.", retryable=True))
        async with sitting:
            sitting.lines.type("are you there?")
            await sitting.screen.shows("Elena > My words are gone.")
            sitting.lines.type("/retry")
            await sitting.screen.shows("You said: are you there?")
            sitting.lines.type("/retry")
            await sitting.screen.shows("Everything you said has been answered.")

    async def test_the_last_exchange_can_be_forgotten(self, sitting: Sitting, chat: Chat) -> None:
        async with sitting:
            sitting.lines.type("hi")
            await sitting.screen.shows("You said: hi")
            sitting.lines.type("/forget-last", "/forget-last")
            await sitting.screen.shows("Forgotten.")
            await sitting.screen.shows("nothing to forget")
        assert chat.memory.texts() == []


class TestRemote:
    async def test_a_running_process_is_recognised(self, chat: Chat) -> None:
        assert await is_running(chat.door.url)
        chat.healthy = False
        assert await is_running(chat.door.url)
        assert not await is_running("http://127.0.0.1:9")

    async def test_a_reply_that_runs_already_is_followed(self, chat: Chat) -> None:
        gate = asyncio.Event()
        chat.engine.will("begun ", gate, "and ended")
        first = Sitting(lambda sitting: _remote(chat, sitting))
        async with first:
            first.lines.type("hi")
            await first.screen.shows("begun")
            async with Sitting(lambda sitting: _remote(chat, sitting)) as second:
                await second.screen.shows("Elena > begun")
                gate.set()
                await second.screen.shows("begun and ended")

    async def test_the_token_is_shown(self) -> None:
        async with Chat(token=TOKEN) as chat:
            lines = Typed()
            lines.type("hi", "/quit")
            screen = Screen()
            await RemoteChat(chat.door.url, "elena", SystemClock(), token=TOKEN, console=screen, lines=lines).run()
            assert "You said: hi" in screen.text
            with pytest.raises(Refused) as refused:
                await RemoteChat(chat.door.url, "elena", SystemClock(), console=screen, lines=lines).run()
            assert refused.value.code == "sign_in_required"

    async def test_a_wrong_name_or_address_is_said_at_the_start(self, chat: Chat) -> None:
        with pytest.raises(Refused, match="no character of that name"):
            await RemoteChat(chat.door.url, "nobody", SystemClock(), console=Screen(), lines=Typed()).run()
        with pytest.raises(Unreachable):
            await RemoteChat("http://127.0.0.1:9", "elena", SystemClock(), console=Screen(), lines=Typed()).run()

    async def test_a_broken_connection_is_taken_up_where_it_broke(self, chat: Chat) -> None:
        gate = asyncio.Event()
        chat.engine.will("one ", gate, "two")
        async with Relay(chat.door.url) as proxy:
            sitting = Sitting(
                lambda s: RemoteChat(proxy.url, "elena", SystemClock(), console=s.screen, lines=s.lines).run()
            )
            async with sitting:
                sitting.lines.type("hi")
                await sitting.screen.shows("Elena > one")
                proxy.cut()
                gate.set()
                await sitting.screen.shows("Elena > one two\n")
        assert len(chat.engine.turns) == 1


class TestInput:
    async def test_lines_from_a_pipe_survive_bad_bytes_and_a_missing_end(self) -> None:
        out, into = os.pipe()
        os.write(into, b"one\r\n\xff\xfetwo\nlast")
        os.close(into)
        with os.fdopen(out) as stream:
            lines = StdinLines(stream)
            found = [await lines.next("") for _ in range(4)]
        assert found == ["one", "\ufffd\ufffdtwo", "last", None]

    async def test_waiting_for_a_line_does_not_hold_up_the_loop(self) -> None:
        out, into = os.pipe()
        with os.fdopen(out) as stream:
            waiting = asyncio.create_task(StdinLines(stream).next(""))
            for _ in range(10):
                await asyncio.sleep(0)
            assert not waiting.done()
            os.write(into, b"there\n")
            assert await waiting == "there"
        os.close(into)

    def test_a_real_keyboard_edits_stops_and_leaves(self) -> None:
        with Keyboard() as keyboard:
            keyboard.see(b"you > ")
            keyboard.press(b"helXo\x1b[D\x1b[D\x7fl\x1b[F\r")  # arrows and backspace mend the word
            keyboard.see(b"You said: helXo".replace(b"X", b"l")[:13])
            keyboard.see(b"you > ")
            keyboard.press(b"\x03")
            keyboard.see(b"Ctrl+C again leaves")
            keyboard.press(b"\x03")
            assert keyboard.ends() == 0
            assert keyboard.is_as_before


class Keyboard:
    """A process with a terminal of its own."""

    PROGRAM = """
import asyncio, fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from src_v2.agents.models.role import ModelRole
from src_v2.core.clock import SystemClock
from src_v2.interfaces.terminal import TerminalDoor
from tests.support.own_data import OwnDataInMemory
from tests.support.scripted_chat import Chat

async def main():
    async with Chat() as chat:
        door = TerminalDoor(
            chat.lanes, chat.memory, OwnDataInMemory(), chat.feedback, chat.characters, "elena", SystemClock(),
            steering=chat.steering.doors,
        )  # fmt: skip
        await door.start()
        await door.left()
        await door.stop()

asyncio.run(main())
"""

    def __enter__(self) -> "Keyboard":
        self._terminal, theirs = pty.openpty()
        self._before = termios.tcgetattr(theirs)
        self._process = subprocess.Popen(
            [sys.executable, "-c", self.PROGRAM],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, cwd=Path(__file__).parents[2],
            env={**os.environ, "TERM": "xterm"},
        )  # fmt: skip
        self._theirs = theirs
        self._seen = b""
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)
        os.close(self._theirs)

    @property
    def is_as_before(self) -> bool:
        return termios.tcgetattr(self._theirs) == self._before

    def see(self, text: bytes) -> None:
        while text not in self._seen:
            readable, _, _ = select.select([self._terminal], [], [], 30)
            assert readable, f"only saw {self._seen!r}"
            self._seen += os.read(self._terminal, 4096)
        self._seen = self._seen.partition(text)[2]

    def press(self, keys: bytes) -> None:
        os.write(self._terminal, keys)

    def ends(self) -> int:
        return self._process.wait(timeout=10)


class TestCommandsOfSlices:
    async def test_they_are_typed_and_a_number_means_what_was_shown(self, sitting: Sitting, chat: Chat) -> None:
        async with sitting:
            sitting.lines.type("/wishes")
            await sitting.screen.shows("Your wishes: 0\n")
            sitting.lines.type("/wishes a boat")
            await sitting.screen.shows(" 1  a boat\n")
            sitting.lines.type("/wishes add [b]a harp[/b]")
            await sitting.screen.shows(" 2  [b]a harp[/b]\n")
            sitting.lines.type("/wishes rename 1 two boats")
            await sitting.screen.shows(" 1  two boats\n")
            sitting.lines.type("/wishes done 2")
            await sitting.screen.shows("How lovely.\n")
            sitting.lines.type("/wishes done 7")
            await sitting.screen.shows("There is no number 7 in the list.\n")
            sitting.lines.type("/mood")
            await sitting.screen.shows("Fine, friend.\n")
        assert list(chat.wishes.held.values()) == ["two boats"]
        assert chat.engine.turns == []

    async def test_numbers_hold_until_another_list_is_shown(self, sitting: Sitting, chat: Chat) -> None:
        chat.wishes.held |= {"one": "a boat", "two": "a harp", "three": "a hat"}
        async with sitting:
            sitting.lines.type("/wishes")
            await sitting.screen.shows(" 3  a hat\n")
            sitting.lines.type("/wishes done 1", "/wishes done 3", "/mood")
            await sitting.screen.shows("Fine, friend.\n")
        assert chat.wishes.held == {"two": "a harp"}

    async def test_words_that_begin_like_an_action_are_words(self, sitting: Sitting, chat: Chat) -> None:
        async with sitting:
            sitting.lines.type("/wishes done with exams at last")
            await sitting.screen.shows(" 1  done with exams at last\n")
        assert list(chat.wishes.held.values()) == ["done with exams at last"]

    async def test_trouble_is_told(self, sitting: Sitting, chat: Chat) -> None:
        chat.wishes.away = True
        async with sitting:
            sitting.lines.type("/wishes")
            await sitting.screen.shows("The memory cannot be reached right now.")
            sitting.lines.type("/wishes done")
            await sitting.screen.shows("Say which one as well, please.")

    async def test_help_names_them(self, sitting: Sitting) -> None:
        async with sitting:
            sitting.lines.type("/help")
            await sitting.screen.shows("/wishes       What you wish for\n")
            await sitting.screen.shows("  /wishes rename N OTHER WORDS: Say it differently\n")
            await sitting.screen.shows("/quit ")


class TestSteering:
    async def test_costs_are_told(self, sitting: Sitting, chat: Chat) -> None:
        async with sitting:
            sitting.lines.type("/costs")
            await sitting.screen.shows("The last 7 days (UTC): $0.0125 plus 2 calls of unknown price")
            sitting.lines.type("/costs 30", "/costs all 1")
            await sitting.screen.shows("Today (UTC)")
        assert chat.steering.asked == [("person local:me", 7), ("person local:me", 30), ("all", 1)]

    async def test_another_model_is_chosen_and_given_up(self, sitting: Sitting, chat: Chat) -> None:
        async with sitting:
            sitting.lines.type("/model small ollama:good 3")
            await sitting.screen.shows("small: ollama:good (chosen, for 3 more hours), then offline:demo")
            sitting.lines.type("/model small opnai:x")
            await sitting.screen.shows("unknown provider")
            assert chat.steering.chosen == {("elena", ModelRole.SMALL): ("ollama:good", 3)}
            sitting.lines.type("/model small default")
            await sitting.screen.shows("small: offline:demo")
        assert chat.steering.chosen == {}

    @pytest.mark.parametrize("typed", ["/costs often", "/costs 0", "/model big ollama:good", "/model small a b c"])
    async def test_what_is_not_understood_is_explained(self, sitting: Sitting, chat: Chat, typed: str) -> None:
        async with sitting:
            sitting.lines.type(typed)
            await sitting.screen.shows("/model [ROLE PROVIDER:MODEL [HOURS] | ROLE default]")
        assert (chat.steering.asked, chat.steering.chosen) == ([], {})
