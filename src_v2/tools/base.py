"""What a tool is, what it is given besides its arguments, and what it gives back.

A tool's text is written for a language model. Whatever the model itself can put right (arguments that do not fit, an id
that is not there, nothing found) is a result; only what a developer must see is an exception.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from src_v2.core.audience import Audience
from src_v2.core.fence import person_name
from src_v2.core.messages import Author, IncomingMessage
from src_v2.tools.lines import Viewpoint
from src_v2.tools.shown import Shown


class Permission(StrEnum):
    """What somebody must be allowed for a tool to be offered and to run."""

    READ = "read"
    """Look at what may surface in front of this audience anyway: everyone."""
    WRITE_OWN = "write_own"
    """Change what the person who asks has said about themselves and theirs, or how they want to be spoken with."""


EVERYONE = frozenset(Permission)
"""What a person who speaks to a character is allowed."""


class Cost(StrEnum):
    """What one call takes."""

    CHEAP = "cheap"
    """One statement of one store, or two."""
    SEARCH = "search"
    """An embedding and a search."""


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
    """What the model is told. What people said stands in `text` fenced as data."""

    kind: ResultKind
    text: str

    @property
    def failed(self) -> bool:
        """Whether to mark it as an error to the model's provider: nothing was looked up or changed."""
        return self.kind in {ResultKind.UNUSABLE, ResultKind.REFUSED, ResultKind.AWAY}


@dataclass(frozen=True, slots=True)
class ToolContext:
    """On whose behalf a tool is called. One per turn, for all of its calls: `shown` holds the turn's short ids.

    `message` is the one that asked, and the source of every correction. `now` is aware; `timezone` is the character's,
    in which days are counted and shown.
    """

    message: IncomingMessage
    now: datetime
    character_name: str
    timezone: ZoneInfo
    permissions: frozenset[Permission] = EVERYONE
    shown: Shown = field(default_factory=Shown)

    @property
    def audience(self) -> Audience:
        """Who hears the answer."""
        return self.message.audience

    @property
    def author(self) -> Author:
        """Who asks."""
        return self.message.author

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
    """One thing an agent can do. `description` and those of the arguments' fields are read by the model."""

    name: str
    description: str
    arguments: type[A]
    run: Callable[[A, ToolContext], Awaitable[ToolResult]]
    permission: Permission
    cost: Cost
