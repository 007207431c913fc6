"""Reasons to write that follow from what somebody wants to reach: a goal of which nothing was heard for a while."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from src_v2.core.fence import one_line
from src_v2.evolution.goals.models import PersonsGoal
from src_v2.evolution.goals.service import Goals
from src_v2.evolution.outreach.models import Person, PersonKey, Reason

SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(days=7), timedelta(weeks=10)
"""Before that nobody would ask; after that they may have forgotten it themselves."""
STATED_WEIGHT, STATED_WEIGHT_PER_POINT = 0.35, 0.04
GUESSED_WEIGHT, GUESSED_WEIGHT_PER_POINT = 0.1, 0.02
"""The best guess weighs less than the least of what somebody stated."""


class RestingGoals:
    """Open goals that have not moved for a week or more."""

    def __init__(self, goals: Goals) -> None:
        self._goals = goals

    async def __call__(self, people: Sequence[Person], now: datetime) -> Mapping[PersonKey, Sequence[Reason]]:
        """Return a reason for each pause of a goal; one statement for all."""
        heard = {one.candidate.key: one.candidate.servers for one in people}
        found = await self._goals.resting(heard, now - LONGEST_PAUSE, now - SHORTEST_PAUSE)
        return {key: [paused(goal, now) for goal in goals] for key, goals in found.items()}


def paused(goal: PersonsGoal, now: datetime) -> Reason:
    """Return that nothing was heard of a goal since it last moved; once it moves, the next pause is another reason."""
    days = (now - goal.moved_at).days
    if goal.guessed:
        said, weight = "they seem to want, without saying so", GUESSED_WEIGHT + GUESSED_WEIGHT_PER_POINT * goal.priority
    else:
        said, weight = "they want to reach", STATED_WEIGHT + STATED_WEIGHT_PER_POINT * goal.priority
    text = f"{said} | {goal.description} | nothing was heard of it for {days} days"
    return Reason(f"goal:{goal.id}:{goal.moved_at:%Y%m%dT%H%M%S}", one_line(text), weight)
