"""What every door does with a slice's commands: find the one that is meant, and make sense of what came with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from src_v2.core.commands import SHOW, Action, Answer, Asked, Command, Item
from src_v2.core.errors import NotThere, NotUnderstood

LONGEST_TEXT = 1_000
"""Characters that may come with an action."""


def by_name(commands: Iterable[Command]) -> Mapping[str, Command]:
    """Return commands by their names."""
    return {command.name: command for command in commands}


def meant(command: Command, name: str, text: str) -> Action | None:
    """Return what is to be done; None for showing. Raises NotUnderstood for an action that there is not."""
    if name == SHOW:
        takes_words = (action for action in command.actions if action.text and not action.of_item)
        return next(takes_words, None) if text.strip() else None
    found = next((action for action in command.actions if action.name == name), None)
    if found is None:
        known = ", ".join(action.name for action in command.actions) or "nothing besides showing"
        raise NotUnderstood(f"I can't do that here. What there is: {known}.")
    return found


async def run(command: Command, asked: Asked) -> Answer:
    """Do what is asked, or what its words mean.

    Raises NotUnderstood when an action lacks its words or has too many, and what the command itself raises.
    """
    action = meant(command, asked.action, asked.text)
    if action is not None and (action.text or action.of_item) and not asked.text.strip():
        raise NotUnderstood(f"Say {'which one' if action.of_item else action.text} as well, please.")
    if len(asked.text) > LONGEST_TEXT:
        raise NotUnderstood(f"That is too long: {LONGEST_TEXT:,} characters are the most.")
    return await command.run(replace(asked, action=action.name if action else SHOW, text=asked.text.strip()))


def chosen(shown: Sequence[Item], number: str) -> str:
    """Return the id of the item with that number, which counts from 1 as people were shown it. Raises NotThere."""
    if not number.isdecimal() or not 1 <= int(number) <= len(shown):
        raise NotThere("no item of that number", user_message=f"There is no number {number[:20]} in the list.")
    return shown[int(number) - 1].id
