"""Commands that work the same in every door: somebody asks for something of theirs, and is shown an answer alone.

A slice brings its commands; a door makes them a slash command, a typed line or a panel of a page.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from src_v2.core.audience import Audience

SHOW = ""
"""The action of a command that is given none."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a command can do besides showing: `add`, `done`. `text` says what to give it, if anything.

    With `of_item` what is given begins with the id of an item that was shown; what `text` asks for follows it. Words
    without an action go to the first one that takes words and no item.
    """

    name: str
    description: str
    text: str = ""
    of_item: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what. `audience` is private between the person and the character, wherever they asked.

    `action` is `SHOW` or the name of one; `text` is what came with it. `timezone` is an IANA name, when the platform
    tells it. `at` is UTC.
    """

    audience: Audience
    name: str
    platform: str
    action: str
    text: str
    at: datetime
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an answer that something can be done with; `actions` are names of the command's actions."""

    id: str
    text: str
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person is shown: a few words, then items. Plain text; names and words of people in it are theirs."""

    text: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `name` is lower case, with dashes. `run` raises NotThere, NotUnderstood or StoreUnavailable."""

    name: str
    description: str
    run: Callable[[Asked], Awaitable[Answer]]
    actions: tuple[Action, ...] = ()
