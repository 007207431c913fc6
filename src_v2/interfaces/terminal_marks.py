"""Saying in the terminal what one thinks of the last reply: `/good` and `/bad`, and the same again to take it back."""

from collections.abc import Callable
from typing import Protocol

from src_v2.core.errors import WhisperEngineError
from src_v2.core.messages import Role
from src_v2.interfaces.web.replies import ConversationView
from src_v2.memory.patterns.models import Mark

MARKS_HELP = "/good, /bad   say what you think of the last reply; the same again takes it back"
LOOKED_AT = 10
_COMMANDS = {"/good": Mark.UP, "/bad": Mark.DOWN}
_ANSWERS = {
    Mark.UP: "Noted: you liked that. /good again takes it back.",
    Mark.DOWN: "Noted: you did not like that. /bad again takes it back.",
    Mark.NONE: "Taken back.",
}


class Markable(Protocol):
    """A conversation whose replies can be marked."""

    async def conversation(self, limit: int) -> ConversationView:
        """Return the newest messages."""
        ...

    async def mark(self, message_id: str, mark: Mark) -> None:
        """Say what one thinks of a reply; raises a WhisperEngineError when it cannot be kept."""
        ...


class TypedMarks:
    """What a person types about replies. `say` shows a remark."""

    def __init__(self, chat: Markable, say: Callable[[str], None]) -> None:
        self._chat = chat
        self._say = say

    def knows(self, line: str) -> bool:
        """Whether a line is one of these commands."""
        return line in _COMMANDS

    async def obey(self, line: str) -> None:
        """Do what a line says and show what came of it; trouble is told, not raised."""
        try:
            self._say(await self._marked(_COMMANDS[line]))
        except WhisperEngineError as error:
            self._say(error.user_message)

    async def _marked(self, wanted: Mark) -> str:
        view = await self._chat.conversation(LOOKED_AT)
        last = next((line for line in reversed(view.messages) if line.role == Role.CHARACTER), None)
        if last is None:
            return "There is no reply yet."
        mark = Mark.NONE if last.mark == wanted else wanted
        await self._chat.mark(last.id, mark)
        return _ANSWERS[mark]
