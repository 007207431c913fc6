"""What models took and who of them answers, held in lists: the double of `src_v2.interfaces.steering.Steering`."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from src_v2.agents.costs.models import CostReport, Entry, Used
from src_v2.agents.models.role import ModelRole, RoleModels
from src_v2.core.errors import ModelNotTaken
from src_v2.interfaces.steering import Steering

REPORT = CostReport(
    7,
    (
        Entry("2026-01-01", "openai:gpt-5-mini", "reply", Used(3, 3000, 1000, 300, 0, 0.0125, 0)),
        Entry("2026-01-02", "vllm:local", "learn", Used(2, 500, 0, 100, 50, 0.0, 2)),
    ),
    "2026-01-01",
)


@dataclass
class SteeringInMemory:
    """Shows the same report to everybody; `asked` notes whose was asked for. Knows one good model, `ollama:good`."""

    report: CostReport = REPORT
    asked: list[tuple[str, int]] = field(default_factory=list)
    chosen: dict[tuple[str, ModelRole], tuple[str, int]] = field(default_factory=dict)

    @property
    def doors(self) -> Steering:
        """As doors want it."""
        return Steering(self, self)

    async def of_person(self, user_id: str, days: int = 7) -> CostReport:
        return self._report(f"person {user_id}", days)

    async def of_server(self, guild_id: str, days: int = 7) -> CostReport:
        return self._report(f"server {guild_id}", days)

    async def of_all(self, days: int = 7) -> CostReport:
        return self._report("all", days)

    async def shown(self, character: str) -> Sequence[RoleModels]:
        return [self._role(character, role) for role in ModelRole]

    async def choose(self, character: str, role: ModelRole, model: str, hours: int = 24) -> RoleModels:
        if model != "ollama:good":
            raise ModelNotTaken(f"The model: unknown provider in {model!r}.")
        self.chosen[character, role] = (model, hours)
        return self._role(character, role)

    async def undo(self, character: str, role: ModelRole) -> RoleModels:
        self.chosen.pop((character, role), None)
        return self._role(character, role)

    def _report(self, whose: str, days: int) -> CostReport:
        self.asked.append((whose, days))
        return replace(self.report, days=days)

    def _role(self, character: str, role: ModelRole) -> RoleModels:
        if (character, role) not in self.chosen:
            return RoleModels(role, ("offline:demo",))
        model, hours = self.chosen[character, role]
        return RoleModels(role, (model, "offline:demo"), datetime.now(UTC) + timedelta(hours=hours))
