"""Reports of what model calls took. Who may see which is the door's to know."""

from datetime import datetime, time, timedelta

from src_v2.agents.costs.models import MOST_DAYS, USUAL_DAYS, CostReport
from src_v2.agents.costs.store import CostStore
from src_v2.core.clock import Clock


class Costs:
    """Reports over the last days, today included; raises StoreUnavailable."""

    def __init__(self, store: CostStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def of_person(self, user_id: str, days: int = USUAL_DAYS) -> CostReport:
        """Return what one person's conversations took, in all places."""
        return await self._report(days, user_id=user_id)

    async def of_server(self, guild_id: str, days: int = USUAL_DAYS) -> CostReport:
        """Return what was spent in one server, with the server's id as audiences have it."""
        return await self._report(days, guild_id=guild_id)

    async def of_all(self, days: int = USUAL_DAYS) -> CostReport:
        """Return what everybody's conversations took."""
        return await self._report(days)

    async def _report(self, days: int, *, user_id: str | None = None, guild_id: str | None = None) -> CostReport:
        wanted = max(1, min(days, MOST_DAYS))
        since = day_of(self._clock.now()) - timedelta(days=wanted - 1)
        entries, priced_on = await self._store.entries(since, user_id=user_id, guild_id=guild_id)
        return CostReport(wanted, entries, priced_on)


def day_of(at: datetime) -> datetime:
    """Return the beginning of a moment's day; `at` is in UTC."""
    return datetime.combine(at.date(), time(), at.tzinfo)
