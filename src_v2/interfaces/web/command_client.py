"""The commands of a WhisperEngine that runs already, over its HTTP API: for the terminal."""

from functools import partial
from urllib.parse import quote

from src_v2.core.commands import Answer, Asked, Command
from src_v2.interfaces.web.command_shapes import ANSWER, COMMANDS_PATH, OFFERED
from src_v2.interfaces.web.remote import RemoteApi


class RemoteCommands(RemoteApi):
    """The commands at `url`, asked by the person of this machine. Use it as an async context manager."""

    async def all(self) -> list[Command]:
        """Return what there is; raises Unreachable or Refused."""
        found = await self._json("GET", COMMANDS_PATH)
        offered = OFFERED.validate_python(found["commands"])
        return [Command(one.name, one.description, partial(self._run, one.name), one.actions) for one in offered]

    async def _run(self, name: str, asked: Asked) -> Answer:
        wish = {
            "character": asked.audience.character, "action": asked.action, "text": asked.text,
            "timezone": asked.timezone,
        }  # fmt: skip
        found = await self._json("POST", f"{COMMANDS_PATH}/{quote(name, safe='')}", body=wish)
        return ANSWER.validate_python(found)
