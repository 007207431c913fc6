"""What owners see and decide about models, at every door. Who may ask is the door's to know."""

from collections.abc import Sequence

from src_v2.agents.models.choices import ModelChoices
from src_v2.agents.models.role import USUAL_HOURS, ModelRole, RoleModels
from src_v2.agents.models.roles import ModelRoles


class ModelDesk:
    """Shows and changes which models answer."""

    def __init__(self, roles: ModelRoles, choices: ModelChoices) -> None:
        self._roles = roles
        self._choices = choices

    async def shown(self, character: str) -> Sequence[RoleModels]:
        """Return the models of each role of a character."""
        return [self._role(role, character) for role in ModelRole]

    async def choose(self, character: str, role: ModelRole, model: str, hours: int = USUAL_HOURS) -> RoleModels:
        """Let `model` play a role for some hours; raises ModelNotTaken, StoreUnavailable."""
        await self._choices.choose(character, role, model.strip(), hours)
        return self._role(role, character)

    async def undo(self, character: str, role: ModelRole) -> RoleModels:
        """Go back to the models of the settings; raises StoreUnavailable."""
        await self._choices.undo(character, role)
        return self._role(role, character)

    def _role(self, role: ModelRole, character: str) -> RoleModels:
        choice = self._choices.choice(role, character)
        models = tuple(map(str, self._roles.chain(role, character)))
        return RoleModels(role, models, choice.expires_at if choice else None)
