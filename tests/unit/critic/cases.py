"""Drafts with and without planted false claims, as data: worlds of sources, and what must be found where."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from src_v2.agents.critic import Kind, Material, Said
from src_v2.core.messages import Role
from src_v2.knowledge.models import Fact, Summary
from src_v2.memory.models import Memory

FOLDER = Path(__file__).parent.parent.parent / "data" / "critic"
HELD_BACK = "held_back.yaml"
LATER = ("later.yaml", "fresh.yaml")
"""Written when the rules were done, in two goes."""
SEEN = ("planted.yaml", "sound.yaml", "more.yaml", "talk.yaml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class World(_Strict):
    """What is known of one person."""

    user: str
    character: str
    now: datetime
    facts: tuple[str, ...] = ()
    memories: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()


class Case(_Strict):
    """One draft. `lie` is a part of the sentence that must be found, "" when the draft is sound."""

    id: str
    world: str
    question: str
    draft: str
    said: tuple[str, ...] = ()
    observations: tuple[str, ...] = ()
    lie: str = ""
    kind: Literal[""] | Kind = ""


class _File(_Strict):
    planted: tuple[Case, ...] = Field(default=())
    sound: tuple[Case, ...] = Field(default=())


def planted(*names: str) -> list[Case]:
    """Return the drafts with a false claim, of these files."""
    return [case for name in names for case in _file(name).planted]


def sound(*names: str) -> list[Case]:
    """Return the drafts without one, of these files."""
    return [case for name in names for case in _file(name).sound]


def material(case: Case) -> Material:
    """Return the sources that a draft is held against."""
    world = worlds()[case.world]
    return Material(
        question=case.question,
        user_name=world.user,
        character_name=world.character,
        now=world.now,
        said=[_said(line, world) for line in case.said],
        memories=[_memory(line, world) for line in world.memories],
        facts=[_fact(line, world) for line in world.facts],
        summaries=[_summary(line) for line in world.summaries],
        observations=case.observations,
    )


@lru_cache(maxsize=1)
def worlds() -> dict[str, World]:
    """Return the worlds by name."""
    data = yaml.safe_load((FOLDER / "worlds.yaml").read_text("utf-8"))
    return {name: World.model_validate(world) for name, world in data.items()}


@lru_cache
def _file(name: str) -> _File:
    return _File.model_validate(yaml.safe_load((FOLDER / name).read_text("utf-8")))


def _said(line: str, world: World) -> Said:
    who, _, text = line.partition(": ")
    return Said(who, Role.CHARACTER if who == world.character else Role.USER, text, world.now)


def _memory(line: str, world: World) -> Memory:
    day, who, text = line.split(" | ", 2)
    role = Role.CHARACTER if who == world.character else Role.USER
    return Memory(text[:20], who, role, text, datetime.fromisoformat(f"{day}T18:00:00+00:00"), 1.0)


def _fact(line: str, world: World) -> Fact:
    subject, predicate, value, *dates = line.split(" | ")
    since = next((part.removeprefix("since ") for part in dates if part.startswith("since ")), None)
    until = next((part.removeprefix("until ") for part in dates if part.startswith("until ")), None)
    return Fact(
        line, subject, predicate, value, "test:user", world.user, "message", world.now, valid_from=since,
        valid_until=until,
    )  # fmt: skip


def _summary(line: str) -> Summary:
    day, text = line.split(" | ", 1)
    at = datetime.fromisoformat(f"{day}T18:00:00+00:00")
    return Summary(line[:20], "session", text, (), (), 3, at, at)
