"""Goals as the rest of the code sees them: how they stand, and what a person does about them by a command."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.errors import NotThere, NotUnderstood
from src_v2.core.fence import one_line
from src_v2.core.ids import new_id
from src_v2.evolution.goals.folding import courses_of, goals_of
from src_v2.evolution.goals.models import LONGEST_DESCRIPTION_CHARS, Course, Entry, PersonsGoal, Status, What
from src_v2.evolution.goals.store import GoalStore
from src_v2.evolution.goals.wording import doubles, goal_key, known_as
from src_v2.evolution.models import Outdate

MOST_OPEN = 50
"""Goals that somebody states and neither reaches nor drops; no more can be added by a command."""


@dataclass(frozen=True, slots=True)
class Held:
    """A person's goals, the best first, and how far the character's own are with them, by slug."""

    goals: Sequence[PersonsGoal] = ()
    courses: Mapping[str, Course] = field(default_factory=dict)


class Goals:
    """Everybody's goals. `outdate` has the prompt's copy read anew. Raises StoreUnavailable while SQL is away."""

    def __init__(self, store: GoalStore, clock: Clock, *, outdate: Outdate) -> None:
        self._store = store
        self._clock = clock
        self._outdate = outdate

    async def of(self, character: str, user_id: str) -> Held:
        """Return how all goals of a person with a character stand."""
        entries = await self._store.of(character, user_id)
        return Held(goals_of(entries), courses_of(entries))

    async def resting(
        self, people: Mapping[tuple[str, str], bool], since: datetime, until: datetime
    ) -> Mapping[tuple[str, str], Sequence[PersonsGoal]]:
        """Return the open goals of people that last moved in that time, the best first; one statement for all.

        `people` says by (character, user id) whether what they said in servers may be used.
        """
        entries = await self._store.resting(people, since, until) if people else {}
        return await asyncio.to_thread(
            lambda: {key: _open(_heard(found, servers=people[key])) for key, found in entries.items()}
        )

    async def add(self, audience: Audience, description: str) -> PersonsGoal:
        """Note a goal that a person states by a command; one that they have already is meant again.

        Raises NotUnderstood when they have as many as there may be.
        """
        wording = one_line(description)[:LONGEST_DESCRIPTION_CHARS]
        held = await self.of(audience.character, audience.user_id)
        number = await asyncio.to_thread(known_as, wording, [goal.description for goal in held.goals])
        known = None if number is None else held.goals[number]
        if (known is None or known.status is not Status.OPEN) and _is_full(held):
            raise NotUnderstood(f"You have {MOST_OPEN} goals already. Reach one or let one go, then I note this one.")
        key = known.id if known else goal_key(audience.character, audience.user_id, wording)
        await self._note(audience, key, What.STATED, wording)
        return await self._one(audience, key)

    async def done(self, audience: Audience, goal_id: str) -> PersonsGoal:
        """Note that a goal is reached; raises NotThere when the person has none of that id."""
        await self._one(audience, goal_id)
        await self._note(audience, goal_id, What.REACHED)
        return await self._one(audience, goal_id)

    async def drop(self, audience: Audience, goal_id: str) -> PersonsGoal:
        """Note that a person gives a goal up, or that a guess was wrong: it is not guessed again. Raises as `done`."""
        goal = await self._one(audience, goal_id)
        await self._note(audience, goal_id, What.DROPPED)
        return goal

    async def edit(self, audience: Audience, goal_id: str, description: str) -> PersonsGoal:
        """Give a goal other words, from now on the person's own; raises as `done`."""
        await self._one(audience, goal_id)
        await self._note(audience, goal_id, What.STATED, one_line(description)[:LONGEST_DESCRIPTION_CHARS])
        return await self._one(audience, goal_id)

    async def join(self, character: str, user_id: str) -> None:
        """Make one goal of two that mean the same, under the id of the older one, and let the prompt know."""
        held = await self.of(character, user_id)
        goals = sorted(held.goals, key=lambda goal: (goal.stated_at, goal.id))
        same = await asyncio.to_thread(doubles, [goal.description for goal in goals])
        names = {goals[later].id: goals[first].id for later, first in same.items()}
        if names:
            await self._store.rename(character, user_id, names)
        await self._outdate(character, user_id)

    async def _one(self, audience: Audience, goal_id: str) -> PersonsGoal:
        held = await self.of(audience.character, audience.user_id)
        found = next((goal for goal in held.goals if goal.id == goal_id), None)
        if found is None:
            raise NotThere("no such goal")
        return found

    async def _note(self, audience: Audience, key: str, what: What, description: str = "") -> None:
        """Write what somebody did by a command: it rests on no message."""
        entry = Entry(new_id(), key, audience.as_stored, what, self._clock.now(), description)
        await self._store.add([entry])
        await self._outdate(audience.character, audience.user_id)


def _is_full(held: Held) -> bool:
    return sum(not goal.guessed for goal in open_goals(held)) >= MOST_OPEN


def open_goals(held: Held) -> list[PersonsGoal]:
    """Return those that are neither reached nor dropped, the best first."""
    return [goal for goal in held.goals if goal.status is Status.OPEN]


def _open(entries: Iterable[Entry]) -> list[PersonsGoal]:
    return open_goals(Held(goals_of(entries)))


def _heard(entries: Iterable[Entry], *, servers: bool) -> list[Entry]:
    """Return the entries without what names a goal in words that may not be used. That it was reached counts."""
    return [one for one in entries if servers or not one.description or one.audience.guild_id is None]
