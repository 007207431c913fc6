"""Caps on what may be spent in a day: asked before every model call, and they stop it.

Without a cap nothing is read. With one, what SQL holds is read at most every half minute for an account, and what this
process spent since is added; calls on their way to SQL from another process are seen with the next reading.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from src_v2.agents.costs.models import Cap, Caps, Spent
from src_v2.agents.costs.service import day_of
from src_v2.agents.costs.store import CostStore
from src_v2.agents.models.records import CallRecord, Payer
from src_v2.core.clock import Clock
from src_v2.core.errors import CapReached, StoreError

log = structlog.get_logger(__name__)

REREAD_S = 30.0
USER, SERVER, DAY = "user", "server", "day"
WORDS = {
    USER: "We have talked as much as I am allowed to in one day, and I would love to go on. I can again {when}.",
    SERVER: "I have talked as much as I am allowed to in this server today. I can again {when}.",
    DAY: "I have talked as much as I am allowed to today. I can again {when}.",
}
HOUR = timedelta(hours=1)
NOTHING = Spent()

Key = tuple[str, str]


@dataclass(slots=True)
class _Account:
    """What was spent today: as SQL said, what this process spent since, and all that this process spent."""

    read: Spent = NOTHING
    since: Spent = NOTHING
    own: Spent = NOTHING
    read_at_s: float | None = None
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def spent(self) -> Spent:
        # SQL does not name people who asked not to be remembered, and gets a turn's calls when it ends.
        known = self.read + self.since
        return Spent(max(known.usd, self.own.usd), max(known.tokens, self.own.tokens))

    def add(self, spent: Spent) -> None:
        self.since += spent
        self.own += spent


class Allowance:
    """Says whether a model may be asked; satisfies `records.Meter`."""

    def __init__(self, caps: Caps, store: CostStore, clock: Clock) -> None:
        self._caps = caps
        self._store = store
        self._clock = clock
        self._day = day_of(clock.now())
        self._accounts: dict[Key, _Account] = {}

    async def require(self, payer: Payer) -> None:
        """Raise CapReached, whose `user_message` says kindly until when, if no more may be spent on this account.

        While the database is away, only what this process knows counts: nobody is silenced for that.
        """
        for key, cap in self._capped(payer):
            if cap.reached(await self._spent(key)):
                raise self._reached(key[0])

    def note(self, payer: Payer, record: CallRecord) -> None:
        """Take note of what a call took; a call of unknown price counts by its tokens only."""
        for key, _ in self._capped(payer):
            self._account(key).add(Spent(record.cost_usd or 0.0, record.tokens))

    def _capped(self, payer: Payer) -> list[tuple[Key, Cap]]:
        """Return the accounts that have a cap."""
        accounts = [
            ((DAY, ""), self._caps.day),
            ((SERVER, payer.guild_id or ""), self._caps.server if payer.guild_id else Cap()),
            ((USER, payer.user_id or ""), self._caps.user if payer.user_id else Cap()),
        ]
        return [(key, cap) for key, cap in accounts if cap]

    def _account(self, key: Key) -> _Account:
        """Return an account of today; with a new day all begin anew."""
        today = day_of(self._clock.now())
        if today != self._day:
            self._day = today
            self._accounts.clear()
        return self._accounts.setdefault(key, _Account())

    async def _spent(self, key: Key) -> Spent:
        account = self._account(key)
        if self._is_old(account):
            async with account.reading:
                if self._is_old(account):  # somebody else may have read meanwhile
                    await self._read(key, account)
        return account.spent

    def _is_old(self, account: _Account) -> bool:
        return account.read_at_s is None or self._clock.monotonic() - account.read_at_s >= REREAD_S

    async def _read(self, key: Key, account: _Account) -> None:
        before = account.since
        kind, whose = key
        user_id, guild_id = (whose if kind == wanted else None for wanted in (USER, SERVER))
        try:
            account.read = await self._store.spent(self._day, user_id=user_id, guild_id=guild_id)
            account.since -= before
        except StoreError as error:
            log.info("spending_not_read", error=type(error).__name__)
        account.read_at_s = self._clock.monotonic()

    def _reached(self, kind: str) -> CapReached:
        again_at = day_of(self._clock.now()) + timedelta(days=1)
        words = WORDS[kind].format(when=_until(again_at - self._clock.now()))
        return CapReached(f"the cap of the {kind} is reached", user_message=words, again_at=again_at)


def _until(wait: timedelta) -> str:
    """Say how long something takes, as people do."""
    if wait < HOUR:
        minutes = max(1, round(wait.total_seconds() / 60))
        return f"in about {minutes} minutes" if minutes > 1 else "in a minute"
    hours = round(wait / HOUR)
    return f"in about {hours} hours" if hours > 1 else "in about an hour"
