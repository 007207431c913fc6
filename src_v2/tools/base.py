"""What a tool is, what it is given besides its arguments, and what it gives back.

A tool's text is written for a language model. Whatever the model itself can put right (arguments that do not fit, an id
that is not there, nothing found) is a result; only what a developer must see is an exception.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from src_v2.core.audience import Audience
from src_v2.core.fence import person_name
from src_v2.core.messages import Author, IncomingMessage
from src_v2.tools.lines import Viewpoint
from src_v2.tools.links import Links
from src_v2.tools.shown import Shown


class Permission(StrEnum):
    """What somebody must be allowed for a tool to be offered and to run."""

    COMPUTE = "compute"
    """Reckon and tell the time: touches nobody's data."""
    LISTEN = "listen"
    """Look back in the conversation that goes on here, as far as this person hears it anyway."""
    READ = "read"
    """Look at what is remembered and may surface in front of this audience."""
    WRITE_OWN = "write_own"
    """Change what the person who asks has said about themselves and theirs, or how they want to be spoken with.

    Being allowed to is not enough: the person's own words in this turn must ask for it (`asking`)."""
    WEB = "web"
    """Search the web, and read pages that this person or a search named."""
    OUTSIDE = "outside"
    """Ask a program that the operator connected, and declared to change nothing."""
    ACT = "act"
    """Have such a program do something. Every single call needs the person's yes to it (`confirming`)."""


EVERYONE = frozenset(Permission)
"""What a person who speaks to a character is allowed. What the operator did not switch on is not there to be used."""
UNREMEMBERED = EVERYONE - {Permission.READ, Permission.WRITE_OWN}
"""What is left for somebody who does not want to be remembered, or of whom nobody knows just now whether they do."""
CHANGES = frozenset({Permission.WRITE_OWN, Permission.ACT})
"""What leaves something changed: never tried twice."""


class Cost(StrEnum):
    """What one call takes."""

    CHEAP = "cheap"
    """One statement of one store, or two, or a little arithmetic."""
    SEARCH = "search"
    """An embedding and a search."""
    COMPOSITE = "composite"
    """Several of these side by side."""
    WEB = "web"
    """Another machine, far away."""
    OUTSIDE = "outside"
    """Another program, of which nothing is known."""


class ResultKind(StrEnum):
    """How a call went."""

    OK = "ok"
    NOTHING = "nothing"
    """It worked, and there is nothing."""
    UNUSABLE = "unusable"
    """The arguments do not fit, or name what is not there: the model can call again with others."""
    REFUSED = "refused"
    """Not allowed to this person here: calling again does not help."""
    AWAY = "away"
    """A store cannot be reached, or it took too long: the answer goes on without it."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What the model is told. What people, pages or programs said stands in `text` fenced as data."""

    kind: ResultKind
    text: str

    @property
    def failed(self) -> bool:
        """Whether to mark it as an error to the model's provider: nothing was looked up or changed."""
        return self.kind in {ResultKind.UNUSABLE, ResultKind.REFUSED, ResultKind.AWAY}


RESULT_TOKENS = 1200
"""Most tokens of one result: some of them must fit beside a prompt into a small model's context."""


@dataclass(slots=True)
class TurnNotes:
    """What the calls of one turn share besides `Shown`.

    `answered` are the calls that were made. `questions` are to be shown to the person word for word, by the engine and
    not through the model: what they are asked to allow. `taken_back` are the facts that were taken back without a name.
    """

    answered: "dict[str, asyncio.Future[ToolResult | None]]" = field(default_factory=dict)
    links: Links = field(default_factory=Links)
    questions: list[str] = field(default_factory=list)
    taken_back: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ToolContext:
    """On whose behalf a tool is called. One per turn, for all of its calls: `shown` holds the turn's short ids.

    `message` is the one that asked, and the source of every correction; `turn` are all messages that are answered
    together, when they are several. `now` is aware; `timezone` is the character's, in which days are counted and shown.
    `reads` is the audience as this person wants it to be read. `result_tokens` bounds one result.
    """

    message: IncomingMessage
    now: datetime
    character_name: str
    timezone: ZoneInfo
    permissions: frozenset[Permission] = EVERYONE
    shown: Shown = field(default_factory=Shown)
    turn: tuple[IncomingMessage, ...] = ()
    reads: Audience | None = None
    notes: TurnNotes = field(default_factory=TurnNotes)
    result_tokens: int = RESULT_TOKENS

    @property
    def audience(self) -> Audience:
        """Who hears the answer."""
        return self.reads or self.message.audience

    @property
    def author(self) -> Author:
        """Who asks."""
        return self.message.author

    @property
    def asked(self) -> tuple[IncomingMessage, ...]:
        """Everything that is answered in this turn."""
        return self.turn or (self.message,)

    @property
    def view(self) -> Viewpoint:
        """How results name people and count days."""
        return Viewpoint(self.character_name, person_name(self.author.name, self.character_name), self.timezone)

    @property
    def names(self) -> tuple[str, ...]:
        """Who speaks here: the person who asks, the character, whoever else is present."""
        return (self.author.name, self.character_name, *self.message.scene.present)


A = TypeVar("A", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    """One thing an agent can do. `description` and those of the arguments' fields are read by the model.

    `schema` takes the place of the one that `arguments` would give. `only_for` are the ids of the people that it is
    there for, None for everybody. `timeout_s` takes the place of that of its cost class.
    """

    name: str
    description: str
    arguments: type[A]
    run: Callable[[A, ToolContext], Awaitable[ToolResult]]
    permission: Permission
    cost: Cost
    schema: Mapping[str, Any] | None = None
    only_for: frozenset[str] | None = None
    timeout_s: float | None = None

    def is_for(self, user_id: str) -> bool:
        """Whether it is there for a person at all."""
        return self.only_for is None or user_id in self.only_for


class ToolSource(Protocol):
    """Something that must be opened and closed, and has tools: a connection to the web, programs of the operator."""

    async def start(self) -> None:
        """Begin to open what it needs; does not wait for it."""
        ...

    async def close(self) -> None:
        """Close it."""
        ...

    def tools(self) -> Iterable[Tool[Any]]:
        """Return the tools that are there now."""
        ...
