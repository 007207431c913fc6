"""What happened in a simulated year: every deed, message and order, and what the tables held in the end."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from src_v2.core.commands import Answer
from src_v2.core.outgoing import Outgoing
from tests.support.year_events import Order
from tests.support.year_prompts import Prompted


@dataclass(frozen=True)
class Said:
    """A turn: what a person said at a moment, what they were answered, and what the prompt of that said of the two.

    `trust` and `mood` are what holds after it. `key` names the reply.
    """

    at: datetime
    who: str
    text: str
    reply: str
    prompt: Prompted
    trust: int
    mood: str
    key: str
    in_server: bool


@dataclass(frozen=True)
class Reacted:
    at: datetime
    who: str
    emoji: str
    key: str
    back: bool


@dataclass(frozen=True)
class LookedBack:
    """A conversation was over and reflected on: what was said in it."""

    at: datetime
    who: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Looked:
    """How the character stands to somebody at a moment."""

    at: datetime
    who: str
    trust: int
    mood: str


@dataclass(frozen=True)
class Sent:
    """What the character said unasked."""

    at: datetime
    who: str
    message: Outgoing


@dataclass(frozen=True)
class Ordered:
    at: datetime
    who: str
    order: Order
    answer: Answer


@dataclass
class Log:
    """All that happened. `deeds` are in the order in which the process learned of them."""

    deeds: list[Said | Reacted | LookedBack | Looked] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    orders: list[Ordered] = field(default_factory=list)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    export: dict[str, Any] = field(default_factory=dict)
    kept_at_opting_out: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    left_of_erased: list[str] = field(default_factory=list)
    rows_of_erased_then: list[str] = field(default_factory=list)
    counted_of_erased: int = -1
    failures: list[str] = field(default_factory=list)
    runs: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)

    @property
    def said(self) -> list[Said]:
        return [one for one in self.deeds if isinstance(one, Said)]

    def of(self, who: str) -> list[Said]:
        return [one for one in self.said if one.who == who]
