"""What becomes of places, noted instead of done: the double of `privacy.places.Places`."""

from dataclasses import dataclass, field

from src_v2.core.retention import Retention
from src_v2.core.scope import Scope


@dataclass
class PlacesInMemory:
    """Policies by server, and what was to be forgotten, in order."""

    forgotten: list[Scope] = field(default_factory=list)
    policies: dict[str, Retention] = field(default_factory=dict)

    async def forget(self, scope: Scope) -> None:
        self.forgotten.append(scope)

    async def retention(self, guild_id: str) -> Retention:
        return self.policies.get(guild_id, Retention())

    async def decide(self, guild_id: str, policy: Retention) -> None:
        self.policies[guild_id] = policy
