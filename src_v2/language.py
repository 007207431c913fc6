"""Wires the language models of a process: by role, with their prices, caps and the choices of owners."""

from src_v2 import wiring
from src_v2.agents.costs.allowance import Allowance
from src_v2.agents.costs.service import Costs
from src_v2.agents.costs.store import CostStore
from src_v2.agents.models.choices import ModelChoices
from src_v2.agents.models.desk import ModelDesk
from src_v2.agents.models.role import ModelRole
from src_v2.agents.models.structured import StructuredChains
from src_v2.config.settings import Settings
from src_v2.core.clock import Clock
from src_v2.interfaces.steering import Steering
from src_v2.storage.database import Database


class Models:
    """Everything that asks language models, and what doors show and change of it. Raises SettingsError.

    `roles` answer, `reading` reads conversations back, `describing` says what pictures show; all are metered by
    `allowance`. `steering` is for the doors.
    """

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        store = CostStore(database)
        prices = wiring.prices(settings)
        self.allowance = Allowance(wiring.caps(settings), store, clock)
        self.choices = ModelChoices(database, clock, lambda text: wiring.one_model(settings, text))
        self.roles = wiring.model_roles(
            settings, clock, pricing=prices, meter=self.allowance, chosen=self.choices.chosen
        )
        main = wiring.model_chain(settings)
        self.reading = wiring.reading_models(settings, main, clock, pricing=prices, meter=self.allowance)
        self.describing = StructuredChains(
            lambda character: self.roles.chain(ModelRole.VISION, character),
            lambda chain: wiring.describing_models(settings, chain, clock, pricing=prices, meter=self.allowance),
        )
        self.steering = Steering(Costs(store, clock), ModelDesk(self.roles, self.choices))

    async def start(self) -> None:
        """Read what owners chose; while the database is away, that is done later."""
        await self.choices.read()

    async def close(self) -> None:
        """Close every connection to the models."""
        await self.roles.close()
        await self.reading.close()
        await self.describing.close()
