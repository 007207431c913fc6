"""The nouns of epiphanies: conversations as they are looked over, what might be a pattern, and what is one.

Everything is about one person and one character. Moments are local: where the person lives.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from src_v2.evolution.epiphanies.statistics import Counts

MENTION = "epiphany:"
"""What the id of a mention of one begins with; the epiphany's own follows."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose conversations with whom."""

    character: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Line:
    """Something the person said; `number` counts over all that is looked at, from 1."""

    number: int
    message_id: str
    text: str
    at: datetime
    guild_id: str | None = None
    channel_id: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation with words of the person; `topics` and `emotions` are those of its summaries, lower case."""

    number: int
    id: str
    at: datetime
    lines: tuple[Line, ...]
    topics: frozenset[str] = frozenset()
    emotions: frozenset[str] = frozenset()
    summary: str = ""


class Kind(StrEnum):
    """How it is known whether a statement holds in a conversation."""

    SAID = "said"
    """Somebody has to read it."""
    TIME = "time"
    """The clock says so."""
    TOPIC = "topic"
    EMOTION = "emotion"
    """A summary says so."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that holds in a conversation or not: `text` in words, or a word of summaries.

    Of a time: `weekdays` (0 is Monday; none: any day) and `hours` from..to (to is not included; it may lie past
    midnight).
    """

    text: str
    kind: Kind = Kind.SAID
    weekdays: frozenset[int] = frozenset()
    hours: tuple[int, int] | None = None

    def holds_at(self, at: datetime) -> bool:
        """Whether a local moment is within the statement's times."""
        on_day = not self.weekdays or at.weekday() in self.weekdays
        if self.hours is None:
            return on_day
        start, end = self.hours
        within = start <= at.hour < end if start < end else at.hour >= start or at.hour < end
        return on_day and within


class About(StrEnum):
    """What a pattern touches, and with it how much trust it takes to speak of it."""

    HABIT = "habit"
    FEELINGS = "feelings"
    DELICATE = "delicate"


TRUST: Mapping[About, int] = {About.HABIT: 20, About.FEELINGS: 45, About.DELICATE: 65}
"""From which trust on a pattern may be mentioned: none by a stranger, feelings by a friend, the rest by a close one."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A pattern that somebody thinks is there. `words` are stems: what it is about.

    `seen` are the numbers of the conversations that suggested it: whether it holds has to show in others as well.
    `tested` is among how many it was chosen, when that is known.
    """

    condition: Statement
    behaviour: Statement
    text: str
    words: frozenset[str]
    seen: frozenset[int]
    about: About = About.HABIT
    tested: int = 1


Labels = Mapping[int, Mapping[int, int | None]]
"""Session number -> number of a statement that holds -> the line that shows it, None when none is named."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What was seen in one conversation: whether condition and behaviour hold, and in which lines."""

    session: Session
    condition: bool
    behaviour: bool
    condition_line: Line
    behaviour_line: Line


@dataclass(frozen=True, slots=True)
class Finding:
    """A pattern that holds up, with everything it was counted from."""

    hypothesis: Hypothesis
    counts: Counts
    marks: tuple[Mark, ...]
    about: About

    @property
    def shows_in(self) -> frozenset[str]:
        """The ids of the sessions in which it shows."""
        return frozenset(mark.session.id for mark in self.marks if mark.condition and mark.behaviour)


@dataclass(frozen=True, slots=True)
class Epiphany:
    """A pattern that is stored. `holds` and `fails` count conversations in which the condition held."""

    id: str
    whose: Whose
    text: str
    condition: str
    behaviour: str
    words: frozenset[str]
    trust: int
    confidence: float
    holds: int
    fails: int
    first_at: datetime
    last_at: datetime
    mentioned: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """By what a pattern is known again, in other words too; nothing in it can be read."""

    words: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Material:
    """What is looked over: conversations in order of time, and the patterns that need not be found again."""

    whose: Whose
    sessions: tuple[Session, ...]
    until: datetime
    """The end of the last conversation, in UTC."""
    known: tuple[Known, ...] = field(default=())


Shuffled = Callable[[list[Statement]], list[Statement]]
"""Mixes statements, the same way each time for the same person and time."""
