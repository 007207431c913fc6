"""Wires how characters stand to people and what they do by themselves: the parts of `evolution`, jobs and commands."""

from collections.abc import Callable

from src_v2.agents.models.structured import StructuredModels
from src_v2.agents.reading import ModelReader
from src_v2.characters.service import Characters
from src_v2.config.settings import Settings
from src_v2.core.clock import Clock
from src_v2.core.commands import Command
from src_v2.core.jobs import JobKind, Schedule
from src_v2.evolution.models import Aside
from src_v2.memory.profiles import Profiles
from src_v2.observability.outages import Outages
from src_v2.storage.stores import Stores


class InnerLife:
    """Everything that grows between a character and a person.

    `kinds` and `schedules` are the jobs of every process, `kinds_here` those of the one that people talk to. `commands`
    are what doors offer. `asides` are read with the standing.
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
    ) -> None:
        self.kinds: list[JobKind] = []
        self.kinds_here: list[JobKind] = []
        self.schedules: list[Schedule] = []
        self.schedules_here: list[Schedule] = []
        self.commands: list[Command] = []
        self.asides: dict[str, Aside] = {}
        self._ask = ModelReader(models, stores.database, clock, purpose="reflect") if models.chain else None
