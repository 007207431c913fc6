"""Removes what has been kept as long as the character, the settings and the server say; the strictest of them holds.

Once a day. Words go from SQL and the vectors; where only summaries are to be kept, a message stays as an empty row,
because facts and summaries say which message they are from. How it was answered goes with its words.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, or_, select, update

from src_v2.core.clock import Clock
from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue, Schedule
from src_v2.core.retention import Retention
from src_v2.core.scope import Scope
from src_v2.memory.traces.store import remove_traces
from src_v2.privacy.erasing import Eraser
from src_v2.storage.database import Database
from src_v2.storage.filters_sql import to_sql
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import messages, retention

log = structlog.get_logger(__name__)

RETAIN = "privacy.retain"
EVERY_NIGHT = "30 4 * * *"
WORDS_AT_ONCE = 500
RETAIN_TIMEOUT_S = 3_600.0
DAY = timedelta(days=1)

FollowUps = Callable[[Sequence[str]], Sequence[JobRequest]]
"""Returns what removes the vectors of messages whose words went."""


class Retaining:
    """Applies the policies. `of_characters` returns the policy of every character that is loaded."""

    def __init__(
        self,
        database: Database,
        eraser: Eraser,
        clock: Clock,
        *,
        of_characters: Callable[[], Mapping[str, Retention]],
        forget_vectors: FollowUps,
    ) -> None:
        self._db = database
        self._rows = RowWriter(database)
        self._eraser = eraser
        self._clock = clock
        self._of_characters = of_characters
        self._forget_vectors = forget_vectors

    async def sweep(self) -> None:
        """Remove what is due; raises StoreUnavailable while a store is away, and goes on the next time."""
        for character, policy in self._of_characters().items():
            await self._apply(policy, character=character)
        for guild_id, policy in (await self.of_guilds()).items():
            await self._apply(policy, guild_id=guild_id)

    async def of_guilds(self) -> dict[str, Retention]:
        """Return the policy of each server that has one."""
        async with self._db.read() as connection:
            rows = await connection.execute(select(retention.c.guild_id, retention.c.policy))
            return {row[0]: Retention.parse(row[1]) for row in rows}

    async def decide(self, guild_id: str, policy: Retention) -> None:
        """Note how long a server wants what is said in it to be kept."""
        if policy == Retention():
            async with self._db.write() as connection:
                await connection.execute(delete(retention).where(retention.c.guild_id == guild_id))
            return
        values = dict(guild_id=guild_id, policy=str(policy), changed_at=self._clock.now())
        await self._rows.apply([RowWrite("v2_retention", values, update=("policy", "changed_at"))])

    async def _apply(self, policy: Retention, *, character: str | None = None, guild_id: str | None = None) -> None:
        now = self._clock.now()
        if policy.days is not None:
            scope = Scope(character=character, guild_id=guild_id, before_ms=_ms(now - policy.days * DAY))
            if await self._eraser.left(scope):
                await self._eraser.erase(scope)
        if not policy.words:
            scope = Scope(character=character, guild_id=guild_id, before_ms=_ms(now - DAY))
            while await self._remove_words(scope):
                continue

    async def _remove_words(self, scope: Scope) -> int:
        """Empty up to WORDS_AT_ONCE messages that were read back, or that nobody will read back; return how many."""
        over = or_(messages.c.learned_in.is_not(None), messages.c.turn_id.is_(None))
        due = select(messages.c.id, messages.c.turn_id).where(
            to_sql(scope.filter(), messages), messages.c.text != "", over
        )
        due = due.order_by(messages.c.id).limit(WORDS_AT_ONCE)
        async with self._db.write() as connection:
            found = (await connection.execute(due)).all()
            ids = [row[0] for row in found]
            if ids:
                emptied = update(messages).where(messages.c.id.in_(ids)).values(text="", indexed_in=None)
                await connection.execute(emptied)
                gone = ids + await remove_traces(connection, ids, [row[1] for row in found])
                requests = [outbox_row(request, self._clock.now()) for request in self._forget_vectors(gone)]
                await self._rows.within(connection, requests)
        if ids:
            log.info("words_removed", messages=len(ids))
        return len(ids)


def kinds(retaining: Retaining) -> list[JobKind]:
    """Return the job that applies the policies."""

    async def retain(_payload: Payload) -> None:
        await retaining.sweep()

    return [JobKind(RETAIN, Queue.REFLECTION, retain, coalesces=True, timeout_s=RETAIN_TIMEOUT_S)]


def schedules() -> list[Schedule]:
    """Return when it is applied."""
    return [Schedule(RETAIN, EVERY_NIGHT)]


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
