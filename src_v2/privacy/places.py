"""What becomes of what was said in a place: a server that was left, a channel that is gone, a server with a policy."""

from src_v2.core.retention import Retention
from src_v2.core.scope import Scope
from src_v2.privacy.erasing import erase_request
from src_v2.privacy.erasures import Erasures
from src_v2.privacy.retaining import Retaining


class Places:
    """For doors that know places. Raises StoreUnavailable."""

    def __init__(self, erasures: Erasures, retaining: Retaining) -> None:
        self._erasures = erasures
        self._retaining = retaining

    async def forget(self, scope: Scope) -> None:
        """Have a place erased, or what one person said in it, durably."""
        await self._erasures.request(erase_request(scope))

    async def retention(self, guild_id: str) -> Retention:
        """Return what a server decided; everything is kept when it decided nothing."""
        return (await self._retaining.of_guilds()).get(guild_id, Retention())

    async def decide(self, guild_id: str, policy: Retention) -> None:
        """Note what a server decided."""
        await self._retaining.decide(guild_id, policy)
