"""The nouns of the diary. A page is about one person: what belongs to two can be neither shown nor erased."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class Kind(StrEnum):
    """What is written: about the day in the evening, about a dream in the early morning after it."""

    PAGE = "page"
    DREAM = "dream"


class Status(StrEnum):
    """What became of a day. Only a written one holds text."""

    WRITTEN = "written"
    NOTHING = "nothing"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose diary, about whom."""

    character: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """One page that may be written: about a day of the character's own calendar."""

    whose: Whose
    kind: Kind
    day: date


@dataclass(frozen=True, slots=True)
class Window:
    """What a page is about, in UTC: after `start`, until `due`, which is when it is written."""

    start: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said; `own` when the person said it. `at` is the character's local time."""

    number: int
    message_id: str
    own: bool
    text: str
    at: datetime
    guild_id: str | None
    channel_id: str


@dataclass(frozen=True, slots=True)
class Day:
    """What was said on a day, and how much it mattered, 1 (small talk) to 5, 0 when nobody knows."""

    lines: tuple[Line, ...]
    importance: int = 0


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the character's own text without anybody's name in it, what it dreams of, and where it lives."""

    display_name: str
    text: str
    symbols: tuple[str, ...]
    zone: ZoneInfo


WriterOf = Callable[[str], Writer]
"""Returns the character of that name as a writer; raises CharacterNotFound."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written. `gist` is one line of it."""

    id: str
    kind: Kind
    day: date
    text: str
    gist: str
    created_at: datetime
