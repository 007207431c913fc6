"""What comes by itself, in the terminal: the message, and its buttons as `/press <label>`."""

from collections.abc import Callable
from typing import Protocol

from src_v2.core.errors import WhisperEngineError
from src_v2.interfaces.terminal_view import plain
from src_v2.interfaces.web.replies import ConversationView, Line

SAID_HELP = "/press ...    press a button below a message that came by itself"
COMMAND = "/press"
LOOKED_AT = 50


class Pressable(Protocol):
    """A conversation with buttons below messages."""

    async def conversation(self, limit: int) -> ConversationView:
        """Return the newest messages."""
        ...

    async def press(self, message_id: str, action: str) -> str:
        """Press a button below a message; raises NotThere or another WhisperEngineError."""
        ...


def hint(line: Line) -> str:
    """Return the remark below a message with buttons; empty when it has none."""
    wanted = " or ".join(f"{COMMAND} {plain(button['label']).lower()}" for button in line.buttons)
    return f"({wanted})" if wanted else ""


class TypedPresses:
    """What a person types to press a button. `say` shows a remark."""

    def __init__(self, chat: Pressable, say: Callable[[str], None]) -> None:
        self._chat = chat
        self._say = say

    def knows(self, line: str) -> bool:
        """Whether a line is this command."""
        return line.split(" ", 1)[0] == COMMAND

    async def obey(self, line: str) -> None:
        """Press the button of that label below the newest message that has one; trouble is told, not raised."""
        label = line.removeprefix(COMMAND).strip().casefold()
        try:
            self._say(plain(await self._pressed(label)))
        except WhisperEngineError as error:
            self._say(error.user_message)

    async def _pressed(self, label: str) -> str:
        view = await self._chat.conversation(LOOKED_AT)
        for line in reversed(view.messages):
            for button in line.buttons:
                if label in {button["label"].casefold(), button["action"].rpartition(".")[2]}:
                    return await self._chat.press(line.id, button["action"])
        return "There is no such button."
