"""What every door offers about models: what they cost, and who of them answers. The door knows who may ask for what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from src_v2.agents.costs.models import CostReport
from src_v2.agents.models.role import ModelRole, RoleModels


class CostReports(Protocol):
    """What the last `days` days took, today included. Raises StoreUnavailable."""

    async def of_person(self, user_id: str, days: int = 7) -> CostReport:
        """Return what one person's conversations took."""
        ...

    async def of_server(self, guild_id: str, days: int = 7) -> CostReport:
        """Return what was spent in one server."""
        ...

    async def of_all(self, days: int = 7) -> CostReport:
        """Return what everybody's conversations took."""
        ...


class ModelSwitch(Protocol):
    """Which models answer as a character, and what an owner decides about it."""

    async def shown(self, character: str) -> Sequence[RoleModels]:
        """Return the models of each role."""
        ...

    async def choose(self, character: str, role: ModelRole, model: str, hours: int = 24) -> RoleModels:
        """Let a model (`provider:model`) play a role for some hours; raises ModelNotTaken, StoreUnavailable."""
        ...

    async def undo(self, character: str, role: ModelRole) -> RoleModels:
        """Go back to the models of the settings; raises StoreUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Steering:
    """Both together."""

    costs: CostReports
    models: ModelSwitch
