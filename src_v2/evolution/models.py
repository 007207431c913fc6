"""What the parts of a relationship tell each other: changes of trust, and how a character stands to a person."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel
from sqlalchemy import ScalarSelect

from src_v2.core.audience import Audience

NEUTRAL_MOOD = "neutral"

M = TypeVar("M", bound=BaseModel)


class ChangeKind(StrEnum):
    """Why trust changes."""

    TURN = "turn"
    """They talked."""
    REACTION = "reaction"
    """The person said what they think of a reply."""
    TRIGGER = "trigger"
    """They did something that evolution.yaml names."""


@dataclass(frozen=True, slots=True)
class TrustChange:
    """One occasion on which trust changes by `amount` points.

    `id` names the occasion: the same one counts once. `note` says what it was, in the words of the character's file;
    `message_id` is the message that it follows from.
    """

    id: str
    character: str
    user_id: str
    kind: ChangeKind
    amount: int
    at: datetime
    note: str = ""
    message_id: str = ""
    guild_id: str | None = None
    """The server in which it happened."""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line of evolution.yaml that the character says at the next opportunity, once. `id` is that of its mention."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a character stands to a person now. `trust` is -100..100; `talked_at` is when they last talked.

    `asides` are what other parts have to say to the prompt, by name.
    """

    trust: int = 0
    mood: str = NEUTRAL_MOOD
    lines: tuple[WaitingLine, ...] = ()
    talked_at: datetime | None = None
    turns: int = 0
    asides: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


Aside = Callable[[str, str], ScalarSelect[Any]]
"""Of a character and a person: a scalar subquery that is read together with the standing, so that it costs nothing."""


class Relations(Protocol):
    """What the other parts may ask of the relationship. Raises StoreUnavailable while SQL is away."""

    async def standing(self, character: str, user_id: str) -> Standing:
        """Return how a character stands to a person; warm it costs no statement."""
        ...

    async def change(self, changes: Sequence[TrustChange]) -> None:
        """Let trust change, each occasion once."""
        ...

    async def outdate(self, character: str, user_id: str) -> None:
        """Have the standing read anew: an aside changed."""
        ...


Speaker = Literal["system", "user", "assistant"]


class AskModel(Protocol):
    """Asks a language model one question off the reply path, on the person's account."""

    async def __call__(self, messages: Sequence[tuple[Speaker, str]], schema: type[M], audience: Audience) -> M:
        """Return the answer in the shape of `schema`; raises ModelError, CapReached when no more may be spent."""
        ...


Sentiment = Callable[[str], float]
"""What a text says about how its author feels, -2 (very bad) to 2 (very good), 0 for nothing."""
Outdate = Callable[[str, str], Awaitable[None]]
