"""Goals in tests: what happens to them, a relationship that takes notes, labelled sentences, answers of a model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel

from src_v2.core.audience import Audience
from src_v2.core.ids import new_id
from src_v2.evolution.goals.models import Entry, What
from src_v2.evolution.goals.wording import goal_key
from src_v2.evolution.models import Speaker, Standing, TrustChange
from tests.support.knowledge import private

M = TypeVar("M", bound=BaseModel)

DATA = Path(__file__).parents[1] / "data" / "goals"
START = datetime(2026, 3, 2, 18, tzinfo=UTC)
SAM = private("sam")


@dataclass(frozen=True)
class Sentence:
    """A sentence and the goal that it states, "" when it states none."""

    text: str
    goal: str


def sentences(name: str) -> list[Sentence]:
    """Return one of the labelled sets: seen, held_back or later."""
    return [Sentence(**one) for one in yaml.safe_load((DATA / f"{name}.yaml").read_text())]


class RecordingRelations:
    """A relationship that notes what it is told; the same occasion counts once, as in the real one."""

    def __init__(self) -> None:
        self.told: list[TrustChange] = []
        self.outdated: list[tuple[str, str]] = []
        self.fails: Exception | None = None

    @property
    def changes(self) -> dict[str, TrustChange]:
        """What counts: the first change of every id."""
        return {change.id: change for change in reversed(self.told)}

    async def standing(self, character: str, user_id: str) -> Standing:
        return Standing(trust=sum(one.amount for one in self.changes.values() if one.user_id == user_id))

    async def change(self, changes: Sequence[TrustChange]) -> None:
        if self.fails is not None:
            raise self.fails
        self.told += changes

    async def outdate(self, character: str, user_id: str) -> None:
        self.outdated.append((character, user_id))


@dataclass
class ScriptedModel:
    """Answers with what it is told to, and does something meanwhile, as others would while a model thinks."""

    answer: dict[str, Any] = field(default_factory=dict)
    asked: list[Sequence[tuple[Speaker, str]]] = field(default_factory=list)
    meanwhile: Callable[[], Any] | None = None
    fails: Exception | None = None

    async def __call__(self, messages: Sequence[tuple[Speaker, str]], schema: type[M], audience: Audience) -> M:
        self.asked.append(messages)
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            await happens()
        if self.fails is not None:
            raise self.fails
        return schema.model_validate(self.answer)


def entry(description: str, what: What = What.STATED, day: float = 0, audience: Audience = SAM, **more: Any) -> Entry:
    """Return an entry about the goal of that description; only those that name it carry the words."""
    goal = more.pop("goal", None) or goal_key(audience.character, audience.user_id, description)
    named = description if what in (What.STATED, What.INFERRED) else ""
    return Entry(new_id(), goal, audience, what, START + timedelta(days=day), named, **more)
