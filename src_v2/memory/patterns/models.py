"""The nouns of feedback: what a person says about a reply, exchanges that were reacted to, patterns made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]


class Mark(StrEnum):
    """What somebody says about a reply where there are no emojis to choose from: on the page and in the terminal."""

    UP = "up"
    DOWN = "down"
    NONE = ""

    @classmethod
    def of(cls, value: float) -> "Mark":
        """Return the mark that a value of -1..1 stands for."""
        return cls.UP if value > 0 else cls.DOWN if value < 0 else cls.NONE


@dataclass(frozen=True, slots=True)
class Exchange:
    """What somebody asked, the reply, and what they think of it. `value` is -1..1, `place` what visibility needs.

    `alive_at` is when the reply was liked or disliked last, or last served as an example, whichever is later.
    """

    reply_id: str
    question: str
    reply: str
    replied_at: datetime
    value: float
    alive_at: datetime
    place: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Other:
    """A reply that the person said nothing about. `place` is what visibility needs."""

    reply: str
    replied_at: datetime
    place: Mapping[str, str | None]


@dataclass(slots=True)
class Candidate:
    """An exchange that may serve as an example: without its words, which may be gone when they are wanted.

    `score` is 0..1: how much this person likes to be answered so.
    """

    reply_id: str
    score: float
    alive_at: datetime
    place: Mapping[str, str | None]
    vector: Vector


@dataclass(frozen=True, slots=True)
class Pattern:
    """A reply that a person liked, to a question like the one that is asked now. `score` ranks within one search."""

    reply_id: str
    question: str
    reply: str
    replied_at: datetime
    score: float
