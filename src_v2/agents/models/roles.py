"""Which models answer what: talk, small decisions, long thoughts, pictures. Each role is a chain of its own."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from src_v2.agents.models.pool import ModelPool
from src_v2.agents.models.role import ModelRole
from src_v2.agents.models.service import LanguageModels
from src_v2.agents.models.spec import Chain, ModelSpec
from src_v2.core.errors import SettingsError

__all__ = ["ModelRole", "ModelRoles"]

STRONGER: Mapping[ModelRole, tuple[ModelRole, ...]] = MappingProxyType(
    {
        ModelRole.SMALL: (ModelRole.MAIN, ModelRole.REFLECTIVE),
        ModelRole.MAIN: (ModelRole.REFLECTIVE,),
        ModelRole.REFLECTIVE: (),
        ModelRole.VISION: (),  # whoever is stronger may be blind
    }
)
"""Who is asked when an answer of a role is of no use: the first of these that is another chain."""

Chosen = Callable[[ModelRole, str], ModelSpec | None]
"""Returns the model that somebody chose for a role of a character, while that holds."""
MakeModels = Callable[[Chain, LanguageModels | None], LanguageModels]
"""Returns what asks a chain, and a stronger one when its answer is of no use."""


def nobody_chose(_role: ModelRole, _character: str) -> ModelSpec | None:
    """Return None: the models are those of the settings."""
    return None


class ModelRoles:
    """The models by role; a role that nobody named models for is played by the main ones.

    `chains` are those of the settings, the main one among them. The chains that `make` returns share the `pool`.
    """

    def __init__(
        self, chains: Mapping[ModelRole, Chain], make: MakeModels, pool: ModelPool, *, chosen: Chosen = nobody_chose
    ) -> None:
        if not chains.get(ModelRole.MAIN):
            raise SettingsError("No language model is named: set LLM_MODEL")
        self._chains = dict(chains)
        self._make = make
        self._pool = pool
        self._chosen = chosen
        self._made: dict[tuple[Chain, Chain | None], LanguageModels] = {}

    def chain(self, role: ModelRole, character: str = "") -> Chain:
        """Return the models of a role in the order in which they are asked.

        What somebody chose for the character comes first; the models of the settings stay behind it as fallbacks.
        """
        configured = self._chains.get(role) or self.chain(ModelRole.MAIN, character)
        chosen = self._chosen(role, character)
        return configured if chosen is None else (chosen, *(spec for spec in configured if spec != chosen))

    def of(self, role: ModelRole, character: str = "") -> LanguageModels:
        """Return the models of a role as they stand now for a character; costs no round trip to a store."""
        chain = self.chain(role, character)
        above = (self.chain(other, character) for other in STRONGER[role])
        stronger = next((other for other in above if other != chain), None)
        key = (chain, stronger)
        if key not in self._made:
            self._made[key] = self._make(chain, self._made_of(stronger) if stronger else None)
        return self._made[key]

    def _made_of(self, chain: Chain) -> LanguageModels:
        if (chain, None) not in self._made:
            self._made[chain, None] = self._make(chain, None)
        return self._made[chain, None]

    async def prepare(self) -> None:
        """Load libraries and build every model, so that the first turn need not wait for it; raises SettingsError."""
        for chain in self._chains.values():
            for spec in chain:
                await self._pool.get(spec)

    async def close(self) -> None:
        """Close every connection to the models."""
        await self._pool.close()
