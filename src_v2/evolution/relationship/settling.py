"""Settles what changed trust, one occasion at a time. Two processes may do it at once, and any may die in between."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from src_v2.characters.models import Character
from src_v2.core.clock import Clock
from src_v2.evolution.relationship.models import Whose
from src_v2.evolution.relationship.mood import FADES_IN
from src_v2.evolution.relationship.service import Standings
from src_v2.evolution.relationship.speaking import FileLines
from src_v2.evolution.relationship.store import RelationshipStore

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
        while waiting := await self._store.waiting():
            touched: dict[Whose, None] = {}
            for change_id in waiting:
                done = await self._store.settle(change_id, self._lines, self._clock.now())
                if done is not None:
                    touched[done.whose] = None
                    await self._standings.outdate(*done.whose)
            for whose in touched:
                await self._standings.renew(whose)

    async def sweep(self) -> None:
        """Find reactions of which nobody was told, and let go of what does nothing any more."""
        now = self._clock.now()
        await self._store.tidy(now - FADES_IN - LATE_READERS, now - LATE_REPLAYS)
        for whose in await self._store.unreconciled():
            await self._store.reconcile(whose, now)
        await self.settle()

    async def forget(self, changed: Sequence[str], gone: Sequence[str]) -> None:
        """Let go of what rests on messages that changed."""
        for whose in await self._store.forget(changed, gone):
            await self._standings.unfeel(whose, changed)
