"""The one way changes reach SQL: in order, and by way of the spool while SQL is away, so that nothing said is lost."""

import asyncio
from collections.abc import Callable

import structlog

from src_v2.core.clock import Clock
from src_v2.core.errors import StoreUnavailable
from src_v2.memory.rows import RefChange, Transaction
from src_v2.memory.sifting import Decisions, sifted
from src_v2.memory.spool import Spool
from src_v2.memory.store import MemoryStore

log = structlog.get_logger(__name__)

OUTBOX = "v2_outbox"
CATCH_UP_EVERY_S = 5.0
"""How often to look whether SQL is back; until then nothing else waits for it to time out again."""


class Writer:
    """Writes transactions one after the other; `on_requested` hears of those that request background work."""

    def __init__(
        self,
        store: MemoryStore,
        spool: Spool,
        clock: Clock,
        *,
        decisions: Decisions,
        on_requested: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._decisions = decisions
        self._spool = spool
        self._clock = clock
        self._on_requested = on_requested
        self._catching_up = asyncio.Lock()
        self._away_until_s = 0.0

    async def write(self, change: Transaction) -> bool:
        """Apply `change` after everything that waits, or let it wait as well.

        For an edit or deletion, say whether its message was there (or may be: SQL is away). Raises StoreUnavailable
        when neither SQL nor the spool can be written.
        """
        try:
            await self.require_caught_up()
            return await self._apply(change)
        except StoreUnavailable:
            await self.put_off(change)
        return True

    async def put_off(self, change: Transaction) -> None:
        """Let `change` wait until SQL is back, without asking: whether it may be written at all is not known before.

        Raises StoreUnavailable when the spool cannot be written either.
        """
        self._away_until_s = self._clock.monotonic() + CATCH_UP_EVERY_S
        try:
            await self._spool.add(change)
        except OSError as error:
            raise StoreUnavailable(f"neither SQL nor the spool can be written ({type(error).__name__})") from error

    async def require_caught_up(self) -> None:
        """Return when nothing waits any more; raise StoreUnavailable when SQL is still away."""
        if self._spool.empty:
            return
        if self._clock.monotonic() < self._away_until_s or not await self.catch_up():
            raise StoreUnavailable("what came before is not written yet")

    async def catch_up(self) -> bool:
        """Write what waited; False while SQL is still away. Once begun it goes on, whoever asked for it."""
        return await asyncio.shield(self._catch_up())

    async def keep_catching_up(self) -> None:
        """Look every few seconds whether something waits for SQL; runs until cancelled."""
        while True:
            try:
                if not self._spool.empty:
                    await self.catch_up()
            except Exception as error:  # a job's edge: it must still be there when SQL is back
                log.exception("catching_up_failed", error=type(error).__name__)
            await self._clock.sleep(CATCH_UP_EVERY_S)

    async def _catch_up(self) -> bool:
        async with self._catching_up:
            try:
                waiting = await self._sifted()
            except StoreUnavailable:
                self._away_until_s = self._clock.monotonic() + CATCH_UP_EVERY_S
                return False
            for done, change in enumerate(waiting):
                try:
                    await self._apply(change)
                except StoreUnavailable:
                    self._away_until_s = self._clock.monotonic() + CATCH_UP_EVERY_S
                    await self._spool.clear(done)
                    return False
                except Exception as error:  # noqa: BLE001 - one bad line must not hold up everything behind it
                    log.error("spooled_change_refused", error=type(error).__name__)
                    await self._spool.set_aside(change)
            await self._spool.clear(len(waiting))
        if waiting:
            log.info("spool_replayed", transactions=len(waiting))
        return True

    async def _sifted(self) -> list[Transaction]:
        """Return what waits and may be written; what may not is gone from the disk first."""
        found = await self._spool.take()
        waiting = await sifted(found, self._decisions)
        if waiting != found:
            await self._spool.clear(len(found), waiting)
        return waiting

    async def _apply(self, change: Transaction) -> bool:
        done = await self._changed(change)
        if isinstance(change, RefChange) or any(row.table == OUTBOX for row in change):
            self._on_requested()
        return done

    async def _changed(self, change: Transaction) -> bool:
        if not isinstance(change, RefChange):
            await self._store.apply(change)
            return True
        if change.text is not None:
            now = self._clock.now()
            return await self._store.edit(change.character, change.platform_message_id, change.text, now) is not None
        return await self._store.delete_by_ref(change.character, change.platform_message_id) is not None
