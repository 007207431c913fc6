"""Scripted dialogues: plain YAML in `tests/data/dialogues`, read into a strict schema.

The format is told in `tests/data/dialogues/README.md`. Nothing here talks to the product: `dialogue_stage.py` plays a
dialogue, `dialogue_patterns.py` says what a pattern means.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, model_validator

from tests.support.dialogue_patterns import compiled, found, is_over

FOLDER = Path(__file__).parents[1] / "data" / "dialogues"
KEBAB = r"^[a-z0-9]+(-[a-z0-9]+)*$"
AUTOMATIC_REPLY = "I see."
"""What the character says when a dialogue gives it no line: it answers every message."""


class Strict(BaseModel):
    """A mapping of the format: what it does not know is a typing mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Server(Strict):
    """A channel of a server; `open` when every member may read it."""

    guild: str
    channel: str
    open: bool


Where = Literal["private"] | Server


class Line(Strict):
    """One message: the user's or the character's."""

    user: str | None = None
    character: str | None = None

    @model_validator(mode="after")
    def _one_speaker(self) -> Self:
        if (self.user is None) == (self.character is None):
            raise ValueError("a line is either the user's or the character's")
        return self


class LearnedFact(Strict):
    """A fact as a model claims it. Nothing is checked: models say anything."""

    subject: str
    predicate: str
    object: str
    source: int
    subject_kind: str = "person"
    object_kind: str = "thing"
    stance: str = "stated"
    confidence: float = 0.9
    valid_from: str | None = None
    valid_until: str | None = None


class LearnedName(Strict):
    """Two names of one person, as a model claims."""

    name: str
    other: str
    source: int


class LearnedPreference(Strict):
    """A wish, as a model claims."""

    name: str
    value: str
    source: int
    stance: str = "stated"


class LearnedSummary(Strict):
    """What a session was about, as a model claims."""

    text: str = "They talked about this and that."
    topics: list[str] = Field(default_factory=list)
    emotions: list[str] = Field(default_factory=list)
    importance: int = 1


class Learned(Strict):
    """A model's answer when it reads a session back."""

    facts: list[LearnedFact] = Field(default_factory=list)
    also_called: list[LearnedName] = Field(default_factory=list)
    preferences: list[LearnedPreference] = Field(default_factory=list)
    summary: LearnedSummary = Field(default_factory=LearnedSummary)


Answer = Learned | str
"""An answer in shape, or the very words of a model that keeps to no shape (`{line 2}` stands for a line's number)."""


class Session(Strict):
    """What was said in one go. `learned` is None while it was not read back."""

    at: AwareDatetime
    said: list[Line] = Field(min_length=1)
    who: str = "Sam"
    place: Where = "private"
    character: str = "elena"
    learned: Answer | None = None

    @model_validator(mode="after")
    def _character_answers(self) -> Self:
        speakers = ["character" if line.user is None else "user" for line in self.said]
        if speakers[0] == "character" or ("character", "character") in pairwise(speakers):
            raise ValueError("every line of the character answers one of the user")
        return self

    @property
    def exchanges(self) -> list[tuple[int, str, str]]:
        """Every message of the user: its place in `said` from 1, its text, and the character's answer."""
        said: list[tuple[int, str, str]] = []
        for index, line in enumerate(self.said, start=1):
            if line.user is not None:
                said.append((index, line.user, AUTOMATIC_REPLY))
            else:
                said[-1] = (*said[-1][:2], line.character or "")
        return said


class Spot(Strict):
    """A line of an earlier session, both counted from 1; an edit gives its new `text`."""

    session: int = Field(ge=1)
    line: int = Field(ge=1)
    text: str | None = None


class Change(Strict):
    """A message of the user is edited or deleted. `learned` answers when its session is read back once more."""

    edit: Spot | None = None
    delete: Spot | None = None
    learned: Answer | None = None

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        if (self.edit is None) == (self.delete is None):
            raise ValueError("a change is either an edit or a deletion")
        if self.spot.text is None and self.edit is not None:
            raise ValueError("an edit needs a text")
        return self

    @property
    def spot(self) -> Spot:
        """What is changed."""
        found = self.edit or self.delete
        assert found is not None
        return found


class LastTurn(Strict):
    """The turn whose prompt is looked at; without `at` a day after everything else."""

    says: str
    at: AwareDatetime | None = None
    who: str = "Sam"
    place: Where = "private"
    character: str = "elena"


def _alternatives(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Pattern = Annotated[list[str], BeforeValidator(_alternatives), Field(min_length=1)]
"""Ways to say the same: one is enough."""


class Case(Strict):
    """One dialogue and what its last prompt must hold and must not hold."""

    id: str = Field(pattern=KEBAB)
    sessions: list[Session | Change] = Field(min_length=1)
    then: LastTurn
    holds: list[Pattern] = Field(default_factory=list)
    past: list[Pattern] = Field(default_factory=list)
    once: list[Pattern] = Field(default_factory=list)
    not_now: list[Pattern] = Field(default_factory=list)
    lacks: list[Pattern] = Field(default_factory=list)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not (self.holds or self.past or self.once or self.not_now or self.lacks):
            raise ValueError("a dialogue must demand something")
        for pattern in (*self.holds, *self.past, *self.once, *self.not_now, *self.lacks):
            compiled(pattern)
        self._check_order()
        self._check_changes()
        return self

    @property
    def talks(self) -> list[Session]:
        """The sessions without the changes."""
        return [session for session in self.sessions if isinstance(session, Session)]

    @property
    def last_at(self) -> datetime:
        """When the last turn is."""
        return self.then.at or max(session.at for session in self.talks) + timedelta(days=1)

    def _check_order(self) -> None:
        times = [session.at for session in self.talks]
        if times != sorted(times) or self.last_at <= times[-1]:
            raise ValueError("sessions come in the order of their times, and the last turn after them")

    def _check_changes(self) -> None:
        talks: list[Session] = []
        for step in self.sessions:
            if isinstance(step, Session):
                talks.append(step)
                continue
            if step.spot.session > len(talks) or step.spot.line > len(talks[step.spot.session - 1].said):
                raise ValueError("a change names a line that was not said before it")
            changed = talks[step.spot.session - 1]
            if changed.said[step.spot.line - 1].user is None:
                raise ValueError("only what the user said is edited or deleted")
            if (changed.learned is None) != (step.learned is None):
                raise ValueError("a changed session is read back again exactly when it was read back before")


def load(folder: Path = FOLDER) -> list[Case]:
    """Return every case of every file; raises ValueError for a file that is not in the format."""
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            cases += TypeAdapter(list[Case]).validate_python(yaml.safe_load(path.read_text("utf-8")))
        except ValueError as problem:
            raise ValueError(f"{path.name}: {problem}") from problem
    names = [case.id for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"cases of one name: {', '.join(twice)}")
    return cases


def complaints(case: Case, knowledge: str) -> Iterator[str]:
    """Yield what is wrong with `knowledge`, the part of the last prompt that holds what is known."""
    lines = knowledge.splitlines()
    current = [line for line in lines if not is_over(line)]
    over = [line for line in lines if is_over(line)]
    yield from (f"does not hold {pattern}" for pattern in case.holds if not found(pattern, current))
    yield from (f"does not hold as past {pattern}" for pattern in case.past if not found(pattern, over))
    yield from (f"holds {pattern}" for pattern in case.lacks if found(pattern, lines))
    yield from (f"holds as true {pattern}" for pattern in case.not_now if found(pattern, current))
    for pattern in case.once:
        if (times := len(found(pattern, current))) != 1:
            yield f"holds {times} times {pattern}"
