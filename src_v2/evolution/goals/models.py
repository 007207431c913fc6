"""Goals and what happens to them. What happened is kept and never changed; how a goal stands follows from it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from src_v2.core.audience import Audience

OWN = "own:"
"""What the goal of an entry begins with when it is one of goals.yaml; its slug follows."""
PRIORITY, HIGH_PRIORITY = 5, 8
"""Of what somebody states, and of what they call their biggest or most important goal; 1 to 10."""
GUESSED_PRIORITY = 4
LEAST_PRIORITY, MOST_PRIORITY = 1, 10
LONGEST_DESCRIPTION_CHARS = 160
LONGEST_CRITERIA_CHARS = 160
LONGEST_CATEGORY_CHARS = 30


class What(StrEnum):
    """What an entry says about its goal."""

    STATED = "stated"
    """The person said that they want it."""
    INFERRED = "inferred"
    """It follows from what they said, as a language model understood it."""
    MOVED = "moved"
    """They told how far it is."""
    REACHED = "reached"
    DROPPED = "dropped"


class Status(StrEnum):
    """How a goal stands."""

    OPEN = "open"
    REACHED = "reached"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody said or did about a goal.

    `goal` is the same for all that is about one goal. `audience` is that of the message. `message_id` is empty for what
    was said through a command, `learned_in` (the stretch that it was found in) for what was understood at once.
    `progress` is 0..1 and counts when it moved. `words` are those of the message, on the way out only.
    """

    id: str
    goal: str
    audience: Audience
    what: What
    at: datetime
    description: str = ""
    criteria: str = ""
    category: str = ""
    priority: int = PRIORITY
    progress: float = 0.0
    message_id: str = ""
    learned_in: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What moved a goal: how far it was then (0..1), and the person's words, empty when they did it by a command."""

    message_id: str
    what: What
    progress: float
    at: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class PersonsGoal:
    """A goal of one person, as it stands. `guessed` means that nobody stated it. The newest evidence comes last.

    `moved_at` is when anything was last said or done about it, also that it was stated again.
    """

    id: str
    description: str
    status: Status
    stated_at: datetime
    moved_at: datetime
    progress: float = 0.0
    criteria: str = ""
    category: str = ""
    priority: int = PRIORITY
    guessed: bool = False
    evidence: tuple[Evidence, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Course:
    """How far one of the character's own goals is with one person."""

    progress: float = 0.0
    reached: bool = False
    evidence: tuple[Evidence, ...] = field(default=())
