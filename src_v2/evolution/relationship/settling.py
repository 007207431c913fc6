"""Settles what changed trust, one occasion at a time. Two processes may do it at once, and any may die in between."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from src_v2.characters.models import Character
from src_v2.core.clock import Clock
from src_v2.core.errors import StoreUnavailable
from src_v2.evolution.relationship.models import Applied, Whose
from src_v2.evolution.relationship.mood import FADES_IN
from src_v2.evolution.relationship.service import Standings
from src_v2.evolution.relationship.speaking import FileLines
from src_v2.evolution.relationship.store import AT_ONCE, RelationshipStore

log = structlog.get_logger(__name__)

LATE_READERS = timedelta(minutes=10)
"""Longer than what was read may lie in the cache."""
LATE_REPLAYS = timedelta(days=7)
"""Longer than SQL is away: until then the same turn may be written once more."""


class Settling:
    """What the relationship's jobs do. All raise StoreUnavailable while SQL is away, and can be run again."""

    def __init__(
        self, store: RelationshipStore, standings: Standings, clock: Clock, *, characters: Callable[[str], Character]
    ) -> None:
        self._store = store
        self._standings = standings
        self._clock = clock
        self._lines = FileLines(characters)

    async def settle(self) -> None:
        """Let every occasion that waits change trust, in the order in which they came."""
        failed: set[str] = set()
        while waiting := [one for one in await self._store.waiting(AT_ONCE + len(failed)) if one not in failed]:
            touched: dict[Whose, None] = {}
            for change_id in waiting:
                done = await self._settle(change_id, failed)
                if done is not None:
                    touched[done.whose] = None
                    await self._standings.outdate(*done.whose)
            for whose in touched:
                await self._standings.renew(whose)

    async def _settle(self, change_id: str, failed: set[str]) -> Applied | None:
        """Settle one occasion; one that cannot be holds nobody else up."""
        try:
            return await self._store.settle(change_id, self._lines, self._clock.now())
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the edge of one occasion among everybody's; the sweep tries it again
            log.error("occasion_not_settled", error=type(error).__name__)
            failed.add(change_id)
            return None

    async def sweep(self) -> None:
        """Find reactions of which nobody was told, and let go of what does nothing any more."""
        now = self._clock.now()
        await self._store.tidy(now - FADES_IN - LATE_READERS, now - LATE_REPLAYS)
        for whose in await self._store.unreconciled():
            await self._store.reconcile(whose, now)
        await self.settle()

    async def forget(self, whose: Whose, changed: Sequence[str], gone: Sequence[str]) -> None:
        """Let go of what rests on messages that changed; other parts' words of them are read anew as well."""
        await self._store.forget(changed, gone)
        await self._standings.unfeel(whose, changed)
