"""Where the API of the commands is, and how what it says looks: for both sides of it."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from src_v2.core.commands import Action, Answer

COMMANDS_PATH = "/api/commands"


@dataclass(frozen=True, slots=True)
class Offered:
    """A command as a client sees it."""

    name: str
    description: str
    actions: tuple[Action, ...]


OFFERED = TypeAdapter(list[Offered])
ANSWER = TypeAdapter(Answer)
