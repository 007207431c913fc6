"""Reading a stretch of conversation back: what a language model is asked, and the shape in which it answers.

Nothing of an answer is believed here: `gate` decides what is kept. Lists and texts are cut to their bounds instead of
being refused, because one thing too many does not spoil the rest.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from src_v2.core.audience import Audience
from src_v2.knowledge.extraction_prompt import INSTRUCTIONS, question
from src_v2.knowledge.models import USER, EntityKind, PreferenceName, Transcript

MOST_FACTS = 60
MOST_NAMES = 20
MOST_PREFERENCES = 20
MOST_WORDS = 8
LONGEST_TEXT_CHARS = 200
LONGEST_SUMMARY_CHARS = 1_200
LEAST_IMPORTANCE, MOST_IMPORTANCE = 1, 5

M = TypeVar("M", bound=BaseModel)

Spoken = tuple[Literal["system", "user", "assistant"], str]
"""One message of a prompt: who speaks, and the text."""


class ReadingModel(Protocol):
    """Asks a language model one question about what was said in front of `audience`; raises ModelError."""

    async def __call__(self, messages: Sequence[Spoken], schema: type[M], audience: Audience) -> M:
        """Return the answer as an instance of `schema`."""
        ...


class Said(StrEnum):
    """What the speaker did with what a line says, as the model understood it."""

    STATED = "stated"
    RETRACTED = "retracted"
    JOKE = "joke"
    HYPOTHETICAL = "hypothetical"
    QUOTED = "quoted"
    QUESTION = "question"


def _cut(limit: int) -> BeforeValidator:
    """Return what cuts a list or a text; anything else is left to be refused."""
    return BeforeValidator(lambda value: value[:limit] if isinstance(value, list | str) else value)


def _empty_when_null(value: Any) -> Any:
    """Return "" for None: models leave out a text in either way."""
    return "" if value is None else value


def _or_thing(value: Any) -> Any:
    """Return `value`, or the kind of anything when it is none of the kinds."""
    return value if value in set(EntityKind) else EntityKind.THING.value


def _bounded(value: Any) -> Any:
    """Return an importance within its bounds."""
    return min(MOST_IMPORTANCE, max(LEAST_IMPORTANCE, round(value))) if isinstance(value, int | float) else value


def _certainty(value: Any) -> Any:
    """Return a confidence within 0..1."""
    return min(1.0, max(0.0, value)) if isinstance(value, int | float) else value


Text = Annotated[str, BeforeValidator(_empty_when_null), _cut(LONGEST_TEXT_CHARS)]
Date = Annotated[str | None, _cut(LONGEST_TEXT_CHARS)]
Kind = Annotated[EntityKind, BeforeValidator(_or_thing)]
Words = Annotated[list[Text], _cut(MOST_WORDS)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ExtractedFact(_Shape):
    """One thing that a line says. `source` is the number of that line."""

    subject: Text
    subject_kind: Kind = EntityKind.PERSON
    predicate: Text
    object: Text
    object_kind: Kind = EntityKind.THING
    source: int
    stance: Said = Said.STATED
    confidence: Annotated[float, BeforeValidator(_certainty)] = 0.8
    valid_from: Date = None
    valid_until: Date = None


class ExtractedName(_Shape):
    """Two names for the same person or thing."""

    name: Text
    other: Text
    source: int


class ExtractedPreference(_Shape):
    """How the user asked to be spoken with."""

    name: PreferenceName
    value: Text
    source: int
    stance: Said = Said.STATED


class ExtractedSummary(_Shape):
    """What the stretch was about."""

    text: Annotated[str, _cut(LONGEST_SUMMARY_CHARS), Field(min_length=1)]
    topics: Words = Field(default_factory=list)
    emotions: Words = Field(default_factory=list)
    importance: Annotated[int, BeforeValidator(_bounded)] = 1


class Extraction(_Shape):
    """Everything that a model took from a stretch of conversation."""

    facts: Annotated[list[ExtractedFact], _cut(MOST_FACTS)] = Field(default_factory=list)
    also_called: Annotated[list[ExtractedName], _cut(MOST_NAMES)] = Field(default_factory=list)
    preferences: Annotated[list[ExtractedPreference], _cut(MOST_PREFERENCES)] = Field(default_factory=list)
    summary: ExtractedSummary


class Extractor(Protocol):
    """Whatever reads a stretch of conversation back."""

    async def extract(self, transcript: Transcript) -> Extraction:
        """Return what the stretch says; raises ModelError when there is no answer."""
        ...


class ModelExtractor:
    """Has a language model read the stretch."""

    def __init__(self, ask: ReadingModel) -> None:
        self._ask = ask

    async def extract(self, transcript: Transcript) -> Extraction:
        """Return the model's answer, in shape but not yet believed; raises ModelError."""
        messages: list[Spoken] = [("system", INSTRUCTIONS), ("user", question(transcript))]
        return await self._ask(messages, Extraction, _listener(transcript))


def _listener(transcript: Transcript) -> Audience:
    """Return in front of whom the stretch was said."""
    return next((line.audience for line in transcript.lines if line.speaker == USER), transcript.lines[0].audience)
