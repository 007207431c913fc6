"""Which models answer what: talk, small decisions, long thoughts, pictures. Each role is a chain of its own."""

from collections.abc import Mapping
from enum import StrEnum

from src_v2.agents.models.service import LanguageModels


class ModelRole(StrEnum):
    """What a model is wanted for."""

    MAIN = "main"
    SMALL = "small"
    REFLECTIVE = "reflective"
    VISION = "vision"


class ModelRoles:
    """The models by role; a role that nobody named models for is played by the main ones."""

    def __init__(self, main: LanguageModels, others: Mapping[ModelRole, LanguageModels] | None = None) -> None:
        self._main = main
        self._others = dict(others or {})

    def of(self, role: ModelRole) -> LanguageModels:
        """Return the models of a role."""
        return self._others.get(role, self._main)

    async def prepare(self) -> None:
        """Load libraries and build every model, so that the first turn need not wait for it; raises SettingsError."""
        for models in (self._main, *self._others.values()):
            await models.prepare()

    async def close(self) -> None:
        """Close every connection to the models."""
        for models in (self._main, *self._others.values()):
            await models.close()
