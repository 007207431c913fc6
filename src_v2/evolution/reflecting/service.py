"""Reflects on conversations when they are over, off the reply path: every stretch once, whatever dies in between.

What a person did counts into the trust after it was written down, from there and under ids of its own: who dies on the
way asks no model again, and nothing counts twice.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import structlog

from src_v2.characters.models import Character
from src_v2.characters.service import Characters
from src_v2.core.clock import Clock
from src_v2.core.errors import CharacterNotFound
from src_v2.evolution.goals.asides import comes_from_elsewhere
from src_v2.evolution.goals.models import OWN, Course, PersonsGoal
from src_v2.evolution.goals.service import Goals, Held, open_goals
from src_v2.evolution.models import AskModel, ChangeKind, Relations, TrustChange
from src_v2.evolution.reflecting.asking import MOST_LISTED, LookingBack, question
from src_v2.evolution.reflecting.gate import Shown, Target, admit
from src_v2.evolution.reflecting.models import TRIGGER, Occasion, Outcome, Reflection, Stretch, triggers_of
from src_v2.evolution.reflecting.requests import reflect_request
from src_v2.evolution.reflecting.store import ReflectionStore
from src_v2.knowledge.models import TranscriptLine
from src_v2.knowledge.transcript import transcript_of
from src_v2.storage.outbox import outbox_row

log = structlog.get_logger(__name__)

LEAST_CHARS = 40
"""Of the person's words in a stretch: a greeting is nothing to look back at."""
LOOK_BACK = timedelta(days=2)
"""Older stretches are let be: so long after, a job that failed has failed for good."""
MOST_STRETCHES = 500
"""Of one sweep; the next one finds the rest."""


class Reflecting:
    """Finds stretches that were read back, asks about each once, and tells the relationship and the goals."""

    def __init__(
        self,
        store: ReflectionStore,
        goals: Goals,
        characters: Characters,
        relations: Relations,
        ask: AskModel,
        clock: Clock,
    ) -> None:
        self._store = store
        self._goals = goals
        self._characters = characters
        self._relations = relations
        self._ask = ask
        self._clock = clock

    async def sweep(self) -> int:
        """Request what waits; return how many stretches that were. One that failed is asked for again the next day."""
        now = self._clock.now()
        waiting = await self._store.waiting(since=now - LOOK_BACK, least_chars=LEAST_CHARS, limit=MOST_STRETCHES)
        if waiting:
            await self._store.request([outbox_row(reflect_request(one, now.date()), now) for one in waiting])
        return len(waiting)

    async def reflect(self, stretch_id: str) -> bool:
        """Reflect on a stretch, unless somebody did; say whether there was one.

        Raises ModelError when no model answers, StoreError when a store does not or the stretch changed meanwhile: in
        either case it can be tried again.
        """
        reflection = await self._store.reflection(stretch_id) or await self._reflected(stretch_id)
        if reflection is None:
            return False
        if not reflection.counted:
            await self._relations.change([_change(reflection, one) for one in reflection.occasions])
            await self._store.count(stretch_id, self._clock.now())
        await self._relations.outdate(reflection.audience.character, reflection.audience.user_id)
        return True

    async def _reflected(self, stretch_id: str) -> Reflection | None:
        stretch = await self._store.stretch(stretch_id)
        if stretch is None:
            return None
        try:
            character = self._characters.get(stretch.audience.character)
        except CharacterNotFound:
            return None
        outcome = await self._outcome(stretch, character)
        await self._store.finish(stretch, outcome, self._clock.now())
        log.info("stretch_reflected", occasions=len(outcome.occasions), goals=len(outcome.entries))
        return await self._store.reflection(stretch_id)

    async def _outcome(self, stretch: Stretch, character: Character) -> Outcome:
        audience = stretch.audience
        lines = transcript_of(stretch.messages, (), _zone(stretch.timezone)).lines
        held = await self._goals.of(audience.character, audience.user_id)
        triggers = triggers_of(character.evolution)
        targets = _targets(held, character)
        asked = question(lines, triggers, [_described(target, character) for target in targets])
        answer = await self._ask(asked, LookingBack, audience)
        earlier = await self._store.latest(audience.character, audience.user_id, _first_day(stretch))
        shown = Shown(
            stretch.id, _in_utc(lines), triggers, targets, held.goals,
            frozenset(one.slug for one in earlier if one.session == stretch.session_id), earlier,
        )  # fmt: skip
        # Sixty long messages take a moment to be looked through.
        return await asyncio.to_thread(admit, answer, shown)


def _targets(held: Held, character: Character) -> Sequence[Target]:
    """Return the goals that a model is asked about: the person's, then those of the character that are not reached."""
    theirs = [_target(goal) for goal in open_goals(held)[:MOST_LISTED]]
    own = sorted(character.goals, key=lambda goal: -goal.priority)
    courses = {goal.slug: held.courses.get(goal.slug, Course()) for goal in own}
    return theirs + [
        Target(f"{OWN}{goal.slug}", goal.description, courses[goal.slug].progress, goal.success_criteria, is_own=True)
        for goal in own[:MOST_LISTED]
        if not courses[goal.slug].reached
    ]


def _target(goal: PersonsGoal) -> Target:
    return Target(goal.id, goal.description, goal.progress, goal.criteria)


def _described(target: Target, character: Character) -> str:
    """Return a goal in words for the question: whose it is, how far, and what it takes."""
    whose = "wish of the character for the user" if target.is_own else "goal of the user"
    goal = next((one for one in character.goals if f"{OWN}{one.slug}" == target.key), None)
    if goal is not None and comes_from_elsewhere(goal):
        whose += f", from {goal.source}"
    if goal is not None and goal.category:
        whose += f", {goal.category}"
    takes = f" Reached when: {target.criteria}" if target.criteria else ""
    return f"{target.description} ({whose}; {target.progress:.0%} so far).{takes}"


def _change(reflection: Reflection, occasion: Occasion) -> TrustChange:
    """Return the change; its id is that of the session, so that the same thing counts once in it."""
    session = reflection.session_id or reflection.stretch
    return TrustChange(
        f"{TRIGGER}:{session}:{occasion.slug}", reflection.audience.character, reflection.audience.user_id,
        ChangeKind.TRIGGER, occasion.change, occasion.at, occasion.note, occasion.message_id,
        reflection.audience.guild_id,
    )  # fmt: skip


def _first_day(stretch: Stretch) -> datetime:
    """Return the beginning of the day (UTC) on which a stretch began; its session may have begun the day before."""
    first = min(message.created_at for message in stretch.messages).astimezone(UTC)
    return datetime.combine(first.date() - timedelta(days=1), time.min, UTC)


def _in_utc(lines: Sequence[TranscriptLine]) -> Sequence[TranscriptLine]:
    return [replace(line, said_at=line.said_at.astimezone(UTC)) for line in lines]


def _zone(name: str) -> tzinfo:
    """Return the time zone of that name, UTC when there is none."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return UTC
