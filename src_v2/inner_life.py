"""Wires how characters stand to people and what they do by themselves: the parts of `evolution`, jobs and commands."""

from collections.abc import Callable

from src_v2.agents.models.structured import StructuredModels
from src_v2.agents.reading import ModelReader
from src_v2.characters.service import Characters
from src_v2.config.settings import Settings
from src_v2.core.clock import Clock
from src_v2.core.commands import Command
from src_v2.core.jobs import JobKind, Schedule
from src_v2.evolution.goals import jobs as goals_jobs
from src_v2.evolution.goals.asides import ASIDES as GOALS_ASIDES
from src_v2.evolution.goals.commands import GoalsCommand
from src_v2.evolution.goals.service import Goals
from src_v2.evolution.goals.store import GoalStore
from src_v2.evolution.models import Aside, Sentiment
from src_v2.evolution.reflecting import jobs as reflecting_jobs
from src_v2.evolution.reflecting.service import Reflecting
from src_v2.evolution.reflecting.store import ReflectionStore
from src_v2.evolution.relationship import jobs as relationship_jobs
from src_v2.evolution.relationship.commands import RelationshipCommand
from src_v2.evolution.relationship.service import Standings
from src_v2.evolution.relationship.settling import Settling
from src_v2.evolution.relationship.store import RelationshipStore
from src_v2.memory.profiles import Profiles
from src_v2.observability.outages import Outages
from src_v2.storage.stores import Stores


class InnerLife:
    """Everything that grows between a character and a person.

    `kinds` and `schedules` are the jobs of every process, `kinds_here` those of the one that people talk to. `commands`
    are what doors offer. `asides` are read with the standing. `relations` tells and changes how they stand; `sentiment`
    is what it reads feelings with.
    """

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        characters: Characters,
        profiles: Profiles,
        models: StructuredModels,
        outages: Outages,
        clock: Clock,
        *,
        wake_jobs: Callable[[], None],
        sentiment: Sentiment,
    ) -> None:
        self.kinds: list[JobKind] = []
        self.kinds_here: list[JobKind] = []
        self.schedules: list[Schedule] = []
        self.schedules_here: list[Schedule] = []
        self.commands: list[Command] = []
        self.asides: dict[str, Aside] = {**GOALS_ASIDES}
        self._ask = ModelReader(models, stores.database, clock, purpose="reflect") if models.chain else None
        self.relations = self._relationship(stores, characters, profiles, clock, wake_jobs, sentiment)
        self.goals = self._goals(stores, characters, profiles, clock)

    def _relationship(
        self, stores: Stores, characters: Characters, profiles: Profiles, clock: Clock, wake_jobs: Callable[[], None],
        sentiment: Sentiment,
    ) -> Standings:  # fmt: skip
        """Return how they stand; its jobs are of the process that people talk to, which holds what happened lately."""
        store = RelationshipStore(stores.database)
        relations = Standings(
            store, stores.cache, profiles, clock,
            characters=characters.get, names=characters.names, sentiment=sentiment, asides=self.asides,
            wake_jobs=wake_jobs,
        )  # fmt: skip
        settling = Settling(store, relations, clock, characters=characters.get)
        self.kinds_here += relationship_jobs.kinds(settling.settle, settling.sweep, settling.forget)
        self.schedules_here += relationship_jobs.schedules()
        self.commands.append(RelationshipCommand(relations, profiles, characters=characters.get).command)
        return relations

    def _goals(self, stores: Stores, characters: Characters, profiles: Profiles, clock: Clock) -> Goals:
        """Return the goals, and have conversations reflected on; without a model they are not."""
        goals = Goals(GoalStore(stores.database), clock, outdate=self.relations.outdate)
        self.kinds += goals_jobs.kinds(goals)
        reads_back = self._ask is not None
        self.commands.append(GoalsCommand(goals, characters, profiles.switches, reads_back=reads_back).command())
        if self._ask is not None:
            store = ReflectionStore(stores.database)
            reflecting = Reflecting(store, goals, characters, self.relations, self._ask, clock)
            self.kinds += reflecting_jobs.kinds(reflecting)
            self.schedules += reflecting_jobs.schedules()
        return goals
