"""The commands that slices bring, as lines typed in the terminal: `/goals`, `/goals add a dive`, `/goals done 2`.

A number means the item that was shown under it last.
"""

from collections.abc import Callable, Sequence

from src_v2.core.clock import Clock
from src_v2.core.commands import SHOW, Answer, Asked, Command, Item
from src_v2.core.errors import StoreUnavailable, WhisperEngineError
from src_v2.interfaces.commands import by_name, chosen, meant, run
from src_v2.interfaces.terminal_view import plain
from src_v2.interfaces.web.people import LOCAL_PERSON

STORE_AWAY = "The memory cannot be reached right now. Please try again in a moment."
COLUMN = 14


class TypedCommands:
    """What a person types to a character's commands. `say` shows a text without formatting."""

    def __init__(self, commands: Sequence[Command], character: str, clock: Clock, say: Callable[[str], None]) -> None:
        self._commands = by_name(commands)
        self._character = character
        self._clock = clock
        self._say = say
        self._shown: dict[str, Sequence[Item]] = {}

    @property
    def help(self) -> str:
        """A line per command, and one per action."""
        return "\n".join(line for command in self._commands.values() for line in _help(command))

    def knows(self, line: str) -> bool:
        """Whether a line is one of these commands."""
        return line.startswith("/") and line[1:].partition(" ")[0] in self._commands

    async def obey(self, line: str) -> None:
        """Do what a line says and show what came of it; trouble is told, not raised."""
        name, _, rest = line[1:].partition(" ")
        command = self._commands[name]
        try:
            answer = await run(command, self._asked(command, rest.strip()))
        except StoreUnavailable:
            self._say(STORE_AWAY)
        except WhisperEngineError as error:
            self._say(plain(error.user_message))
        else:
            if answer.items or not rest.strip():  # a remark on one item leaves the list as it was shown
                self._shown[name] = answer.items
            self._say(plain(_in_lines(answer)))

    def _asked(self, command: Command, rest: str) -> Asked:
        """Return what is asked; the number of an item becomes its id."""
        word, _, text = rest.partition(" ")
        number, _, more = text.strip().partition(" ")
        action = next((action for action in command.actions if action.name == word), None)
        is_words = number and not number.isdecimal() and meant(command, SHOW, rest)  # "drop off the kids at 8"
        if action is None or (action.of_item and is_words):
            action, text = None, rest
        elif action.of_item and number:
            text = f"{chosen(self._shown.get(command.name, ()), number)} {more}"
        return Asked(
            LOCAL_PERSON.audience(self._character), LOCAL_PERSON.author.name, "terminal",
            action.name if action else SHOW, text.strip(), self._clock.now(),
        )  # fmt: skip


def _in_lines(answer: Answer) -> str:
    numbered = [f"{number:>2}  {item.text}" for number, item in enumerate(answer.items, 1)]
    return "\n".join([*([answer.text] if answer.text else []), *numbered])


def _help(command: Command) -> list[str]:
    lines = [f"{'/' + command.name:<{COLUMN}}{command.description}"]
    for action in command.actions:
        given = " ".join(part for part in ("N" if action.of_item else "", action.text and action.text.upper()) if part)
        lines.append(f"  /{command.name} {action.name} {given}".rstrip() + f": {action.description}")
    return lines
