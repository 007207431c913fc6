"""Asks a person to allow one call that has effects outside, and knows their yes when it comes.

The rule: what is asked is put together here and shown by the engine, never told by the model. The number in it says
which call is meant and is no secret: the question stands in the conversation, where the model may see it in later
turns. What counts is who says it: only a message of the same person, in the same place, that is nothing but a yes with
that number allows the call, once, with exactly the arguments that were shown. So neither a page, a memory, a caption
nor the model's own word can bring it about. A turn may be run again; then the same message gives what came of the call
before. All of it is kept in this process only, and for ten minutes.
"""

import asyncio
import random
import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from src_v2.core.fence import one_line
from src_v2.core.messages import IncomingMessage
from src_v2.tools.base import Tool, ToolContext, ToolResult

VALID_FOR = timedelta(minutes=10)
LONGEST_SHOWN_CHARS = 600
"""Of the arguments: nobody can allow what they do not see, so a call with more is refused."""
MOST_WAITING = 200
"""Questions that are open in this process; the oldest go first."""
MOST_PER_TURN = 3

_YES = re.compile(
    r"\W*(?:yes|yeah|yep|ok|okay|confirm|allow|s[ií]|ja|oui|sim|da|да|tak|evet|hai|はい|好|是)\W+(\d{3})\W*",
    re.IGNORECASE,
)
_Place = tuple[str, str, str]


class TooLong(Exception):
    """The arguments are more than a person could look through."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that waits for its yes. `arguments` are those that were shown."""

    tool: Tool[Any]
    arguments: Any
    code: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Allowed:
    """A call that got its yes, at `at`: it is being carried out, or was."""

    waiting: Waiting
    at: datetime
    call: "asyncio.Task[ToolResult]"


class Confirmations:
    """The calls that wait for a yes, and those that got one. `choices` picks the numbers."""

    def __init__(self, choices: random.Random | None = None) -> None:
        self._choices = choices or random.SystemRandom()
        self._waiting: OrderedDict[tuple[_Place, str], Waiting] = OrderedDict()
        self._allowed: OrderedDict[tuple[_Place, str], Allowed] = OrderedDict()

    def ask(self, tool: Tool[Any], arguments: Any, context: ToolContext) -> bool:
        """Let a call wait, and note in `context` what the person is to be shown; False when they are asked enough.

        Raises TooLong.
        """
        given = _shown(arguments)
        if len(given) > LONGEST_SHOWN_CHARS:
            raise TooLong
        if len(context.notes.questions) >= MOST_PER_TURN:
            return False
        place = _place(context.message)
        code = self._new_code(place)
        self._waiting[place, code] = Waiting(tool, arguments, code, context.now)
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        minutes = int(VALID_FOR.total_seconds() // 60)
        context.notes.questions.append(
            f"{context.character_name} asks to use {tool.name} with `{given}`. "
            f"To allow it once, answer: yes {code} (within {minutes} minutes)."
        )
        return True

    def said_yes(self, message: IncomingMessage) -> bool:
        """Whether a message is, or was, a yes to something that waited; looks at nothing but this process."""
        return self._find(message) is not None or (_place(message), message.id) in self._allowed

    def take(self, message: IncomingMessage, now: datetime) -> Waiting | None:
        """Return the call that a message allows, and let it wait no more; None when there is none, or too late."""
        key = self._find(message)
        waiting = self._waiting.pop(key) if key else None
        return waiting if waiting and now - waiting.asked_at <= VALID_FOR else None

    def keep(self, message: IncomingMessage, allowed: Allowed) -> None:
        """Keep what a message allowed, for when its turn is run again."""
        for key in [key for key, one in self._allowed.items() if allowed.at - one.at > VALID_FOR]:
            del self._allowed[key]
        self._allowed[_place(message), message.id] = allowed
        while len(self._allowed) > MOST_WAITING:
            self._allowed.popitem(last=False)

    def allowed_by(self, message: IncomingMessage, now: datetime) -> Allowed | None:
        """Return the call that a message allowed when its turn was run before; None when there is none, or too late."""
        allowed = self._allowed.get((_place(message), message.id))
        return allowed if allowed and now - allowed.at <= VALID_FOR else None

    def forget(self, user_id: str) -> None:
        """Drop what waits for a person, and what they allowed."""
        for kept in (self._waiting, self._allowed):
            for key in [key for key in kept if key[0][2] == user_id]:
                del kept[key]

    def _find(self, message: IncomingMessage) -> tuple[_Place, str] | None:
        said = _YES.fullmatch(message.text)
        key = (_place(message), said[1]) if said else None
        return key if key in self._waiting else None

    def _new_code(self, place: _Place) -> str:
        while True:
            code = f"{self._choices.randrange(100, 1000)}"
            if (place, code) not in self._waiting:
                return code


def _place(message: IncomingMessage) -> _Place:
    audience = message.audience
    return audience.character, audience.channel_id, message.author.user_id


def _shown(arguments: Any) -> str:
    """Return arguments on one line that cannot break out of its marks."""
    return one_line(orjson.dumps(arguments.model_dump()).decode()).replace("`", "'")
