"""What is known: claims as they were said, the facts that follow from them, preferences and summaries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from src_v2.core.audience import Audience

USER = "user"
"""The subject or object that stands for the person the exchange is with."""
CHARACTER = "character"
"""The subject or object that stands for the character."""


class Stance(StrEnum):
    """What a speaker did with a claim."""

    STATED = "stated"
    RETRACTED = "retracted"


class EntityKind(StrEnum):
    """What kind of thing a name stands for."""

    PERSON = "person"
    ANIMAL = "animal"
    PLACE = "place"
    ORGANISATION = "organisation"
    THING = "thing"
    EVENT = "event"
    VALUE = "value"
    """A number, a date, a quality: nothing to walk on from."""


class PreferenceName(StrEnum):
    """What a person can ask of the way they are spoken with."""

    LENGTH = "length"
    TONE = "tone"
    NICKNAME = "nickname"
    AVOID = "avoid"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that somebody said to be true, or took back. Stored once, never changed.

    `audience` is that of the message it was said in. `confidence` is 0..1. `valid_from` and `valid_until` are ISO dates
    as exact as they were said (2026, 2026-05 or 2026-05-17), None when nothing was said about it. `learned_in` names
    the summary it came with, None for what was understood at once.
    """

    id: str
    audience: Audience
    speaker_id: str
    subject: str
    predicate: str
    object: str
    source_message_id: str
    said_at: datetime
    subject_kind: EntityKind = EntityKind.PERSON
    object_kind: EntityKind = EntityKind.THING
    stance: Stance = Stance.STATED
    confidence: float = 1.0
    learned_in: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    speaker_name: str = ""
    """Read from the source message; empty on the way in."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What follows from the claims that one audience may know of. `id` is that of the claim it rests on.

    `subject` and `object` are the best names known for them; `also` are the subject's other names. A fact is current
    unless `valid_until` says since when it no longer holds ("" when nobody said when).
    """

    id: str
    subject: str
    predicate: str
    object: str
    speaker_id: str
    speaker_name: str
    source_message_id: str
    said_at: datetime
    confidence: float = 1.0
    also: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_until: str | None = None

    @property
    def is_current(self) -> bool:
        """Whether it still holds, as far as anybody said."""
        return self.valid_until is None


@dataclass(frozen=True, slots=True)
class Preference:
    """How a person wants to be spoken with; for `avoid` there may be several, for the rest one."""

    id: str
    name: PreferenceName
    value: str
    said_at: datetime
    source_message_id: str


@dataclass(frozen=True, slots=True)
class Wish:
    """One time that a person said how they want to be spoken with, or took it back. Stored once, never changed.

    `audience` is that of the message it was said in; preferences follow from wishes as facts follow from claims. One
    that is retracted takes back all of its name when its value is empty. `learned_in` is that of a claim.
    """

    id: str
    audience: Audience
    speaker_id: str
    name: PreferenceName
    value: str
    source_message_id: str
    said_at: datetime
    stance: Stance = Stance.STATED
    learned_in: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a stretch of conversation was about. `importance` is 1 (small talk) to 5 (changes a life)."""

    id: str
    session_id: str
    text: str
    topics: tuple[str, ...]
    emotions: tuple[str, ...]
    importance: int
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What is known in front of one audience: facts (current and past), preferences, latest summaries, best first."""

    facts: Sequence[Fact] = ()
    preferences: Sequence[Preference] = ()
    summaries: Sequence[Summary] = ()


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One message of a stretch that is read back. `speaker` is USER or CHARACTER."""

    number: int
    message_id: str
    speaker: str
    speaker_id: str
    name: str
    text: str
    said_at: datetime
    audience: Audience


@dataclass(frozen=True, slots=True)
class Transcript:
    """A stretch of one session, in order, and what is known already. `id` becomes that of its summary."""

    id: str
    session_id: str
    lines: tuple[TranscriptLine, ...]
    known: tuple[Fact, ...] = field(default=())
