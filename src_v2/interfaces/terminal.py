"""The terminal door: the same conversation as on the page, as lines of text.

One session reads lines and shows replies, whatever is behind it: the engine in this process (`TerminalDoor`) or a
WhisperEngine that is running already (`RemoteChat`).
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator, Sequence

from rich.console import Console

from src_v2.core.clock import Clock
from src_v2.core.commands import Command
from src_v2.core.errors import WhisperEngineError
from src_v2.interfaces.base import Presses
from src_v2.interfaces.feedback import Feedback
from src_v2.interfaces.lanes import Lanes
from src_v2.interfaces.own_data import OwnData
from src_v2.interfaces.steering import Steering
from src_v2.interfaces.terminal_chat import Chat, LocalChat
from src_v2.interfaces.terminal_commands import TypedCommands
from src_v2.interfaces.terminal_input import Lines, StdinLines
from src_v2.interfaces.terminal_marks import MARKS_HELP, TypedMarks
from src_v2.interfaces.terminal_own_data import OWN_DATA_HELP, TypedOwnData
from src_v2.interfaces.terminal_pictures import COMMAND, PICTURE_HELP, read_command
from src_v2.interfaces.terminal_said import SAID_HELP, TypedPresses, hint
from src_v2.interfaces.terminal_steering import STEERING_HELP, TypedSteering
from src_v2.interfaces.terminal_view import PROMPT, View, plain
from src_v2.interfaces.web.client import WebClient
from src_v2.interfaces.web.command_client import RemoteCommands
from src_v2.interfaces.web.own_data_client import RemoteOwnData
from src_v2.interfaces.web.people import LOCAL_PERSON
from src_v2.interfaces.web.ports import Characters, WebMemory
from src_v2.interfaces.web.replies import Replies
from src_v2.interfaces.web.steering_client import RemoteSteering
from src_v2.interfaces.web.surface import StreamEvent
from src_v2.privacy.models import Whose

SHOWN_MESSAGES = 10
HELP = f"""/retry        ask again for an answer to what has got none
!reflect ...  have a question thought over step by step
/forget-last  forget your last message and the reply to it, everywhere
{MARKS_HELP}
{PICTURE_HELP}
{OWN_DATA_HELP}
{STEERING_HELP}
{SAID_HELP}"""
HELP_END = """/help         this list
/quit         leave; so does Ctrl+C at the prompt, pressed twice, and Ctrl+D"""


class Session:
    """Reads a line, shows the reply, and so on until the person leaves."""

    def __init__(
        self,
        chat: Chat,
        name: str,
        console: Console,
        lines: Lines,
        own_data: OwnData,
        steering: Steering,
        whose: Whose,
        clock: Clock,
        commands: Sequence[Command] = (),
    ) -> None:
        self._chat = chat
        self._lines = lines
        self._view = View(console, name)
        self._own_data = TypedOwnData(own_data, whose, clock, lines, self._view.remark)
        self._steering = TypedSteering(steering, whose, clock, self._view.remark)
        self._marks = TypedMarks(chat, self._view.remark)
        self._commands = TypedCommands(commands, whose.character, clock, self._view.remark)
        self._presses = TypedPresses(chat, self._view.remark)
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._shown: set[str] = set()
        self._greeted = asyncio.Event()
        self._turn_id = ""
        self._interrupted = False
        self._work: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Converse until the person leaves."""
        self._work = asyncio.create_task(self._converse())
        listening = asyncio.create_task(self._listen())
        try:
            with _on_interrupt(self):
                await asyncio.wait([self._work])
        finally:
            self._work.cancel()
            listening.cancel()
            await asyncio.wait([listening])
            self._view.close()
            self._lines.close()
        if not self._work.cancelled():
            self._work.result()

    def interrupt(self) -> None:
        """Ctrl+C: stop the reply that is running; a second one in a row leaves."""
        if self._interrupted:
            if self._work is not None:
                self._work.cancel()
            return
        self._interrupted = True
        if self._turn_id:
            self._stopping = asyncio.create_task(self._stop(self._turn_id))
        else:
            self._view.remark("\nCtrl+C again leaves; Enter goes on.")

    async def _converse(self) -> None:
        view = await self._chat.conversation(SHOWN_MESSAGES)
        self._view.greet(view)
        self._shown = {line.id for line in view.messages}
        for message in view.messages:
            if message.buttons:
                self._view.remark(hint(message))
        self._greeted.set()
        if view.running:
            await self._show(self._chat.follow(view.running))
        while (line := await self._lines.next(PROMPT)) is not None:
            self._interrupted = False
            if line.strip() == "/quit":
                break
            await self._obey(plain(line).strip())

    async def _listen(self) -> None:
        """Show what the character says by itself: not in the middle of a reply, and nothing twice."""
        try:
            async for line in self._chat.arrivals():
                await self._greeted.wait()
                await self._quiet.wait()
                if line.id not in self._shown:
                    self._shown.add(line.id)
                    self._view.said(line.speaker, line.text, hint(line))
        except WhisperEngineError:
            pass  # the next thing said will tell that nobody answers

    async def _obey(self, line: str) -> None:
        match line:
            case "":
                pass
            case "/help":
                self._view.remark(f"{HELP}\n{self._commands.help}\n{HELP_END}".replace("\n\n", "\n"))
            case "/retry":
                await self._show(self._chat.retry())
            case "/forget-last":
                await self._forget_last()
            case _ if self._presses.knows(line):
                await self._presses.obey(line)
            case _ if self._marks.knows(line):
                await self._marks.obey(line)
            case _ if line.split(" ", 1)[0] == COMMAND:
                await self._show(self._with_picture(line))
            case _ if self._own_data.knows(line):
                await self._own_data.obey(line)
            case _ if self._steering.knows(line):
                await self._steering.obey(line)
            case _ if self._commands.knows(line):
                await self._commands.obey(line)
            case _ if line.startswith("/") and " " not in line:
                self._view.remark(f"There is no command {line}. /help lists those that there are.")
            case _:
                await self._show(self._chat.say(line))

    async def _with_picture(self, line: str) -> AsyncIterator[StreamEvent]:
        words, picture = await read_command(line)
        async for event in self._chat.say(words, picture):
            yield event

    async def _forget_last(self) -> None:
        try:
            forgotten = await self._chat.forget_last()
        except WhisperEngineError as error:
            self._view.remark(error.user_message)
            return
        self._view.remark("Forgotten." if forgotten else "There is nothing to forget.")

    async def _show(self, events: AsyncIterator[StreamEvent]) -> None:
        self._quiet.clear()
        try:
            async for event in events:
                if event.name == "started":
                    self._turn_id = event.data["turn_id"]
                self._view.show(event)
        except WhisperEngineError as error:
            self._view.close()
            self._view.remark(error.user_message)
        finally:
            self._turn_id = ""
            self._view.close()
            self._quiet.set()

    async def _stop(self, turn_id: str) -> None:
        with contextlib.suppress(WhisperEngineError):  # the stream itself shows that nobody answers
            await self._chat.stop(turn_id)


class TerminalDoor:
    """A terminal on the conversation of this very process."""

    name = "terminal"

    def __init__(
        self,
        lanes: Lanes,
        memory: WebMemory,
        own_data: OwnData,
        feedback: Feedback,
        characters: Characters,
        character: str,
        clock: Clock,
        *,
        steering: Steering,
        commands: Sequence[Command] = (),
        presses: Presses | None = None,
        console: Console | None = None,
        lines: Lines | None = None,
    ) -> None:
        self._steering = steering
        self._commands = commands
        self._replies = Replies(lanes, memory, feedback, clock, self.name, presses)
        self.announce = self._replies.announce
        self._own_data = own_data
        self._clock = clock
        self._characters = characters
        self._character = character
        self._console = console or Console()
        self._lines = lines
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin the conversation; `left` says when it is over. Raises CharacterNotFound."""
        card = self._characters.get(self._character)
        chat = LocalChat(self._replies, card.name)
        session = Session(
            chat, card.display_name, self._console, self._lines or StdinLines(),
            self._own_data, self._steering, _whose(card.name), self._clock, self._commands,
        )  # fmt: skip
        self._running = asyncio.create_task(session.run(), name="terminal")

    async def left(self) -> None:
        """Return when the person has left. Raises what ended the conversation otherwise."""
        if self._running is not None:
            await asyncio.shield(self._running)

    async def stop(self) -> None:
        """End the conversation, if it goes on, and give the terminal back."""
        self._replies.close()
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])


class RemoteChat:
    """A terminal on the conversation of a WhisperEngine that runs at `url`."""

    def __init__(
        self,
        url: str,
        character: str,
        clock: Clock,
        *,
        token: str = "",
        console: Console | None = None,
        lines: Lines | None = None,
    ) -> None:
        self._client = WebClient(url, character, clock, token=token)
        self._own_data = RemoteOwnData(url, token=token)
        self._steering = RemoteSteering(url, token=token)
        self._commands = RemoteCommands(url, token=token)
        self._whose = _whose(character)
        self._clock = clock
        self._console = console or Console()
        self._lines = lines

    async def run(self) -> None:
        """Converse until the person leaves. Raises Refused (token, character) or Unreachable at the start."""
        async with (
            self._client as client, self._own_data as own_data, self._steering as remote, self._commands as commands
        ):  # fmt: skip
            name = await client.display_name()
            session = Session(
                client, name, self._console, self._lines or StdinLines(),
                own_data, remote.steering, self._whose, self._clock, await commands.all(),
            )  # fmt: skip
            await session.run()


def _whose(character: str) -> Whose:
    return Whose(character, LOCAL_PERSON.author.user_id)


@contextlib.contextmanager
def _on_interrupt(session: Session) -> Iterator[None]:
    """Send Ctrl+C to `session`, where the platform lets a loop handle signals."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(signal.SIGINT, session.interrupt)
    except (NotImplementedError, RuntimeError):
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
