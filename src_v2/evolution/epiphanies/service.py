"""Looks over weeks of one person's conversations with one character, and keeps the patterns that hold up.

Off the reply path, at most once a week for each person, and only when they talked enough since. What is kept is
mentioned once, in private; the person sees all of it and can delete it, and what they deleted does not come back.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

import structlog
from sqlalchemy import ScalarSelect

from src_v2.core.clock import Clock
from src_v2.core.errors import CapReached
from src_v2.evolution.epiphanies.finding import Finder
from src_v2.evolution.epiphanies.judging import SURE, counted, holds_up
from src_v2.evolution.epiphanies.material import in_utc, sample, sessions_of, zone_named
from src_v2.evolution.epiphanies.models import Epiphany, Material, Whose
from src_v2.evolution.epiphanies.requests import look_request
from src_v2.evolution.epiphanies.rows import finding_rows, look_row, marks_from
from src_v2.evolution.epiphanies.store import LOOK_BACK, EpiphanyStore, ripe
from src_v2.evolution.models import AskModel, Outdate, Sentiment
from src_v2.storage.outbox import outbox_row

log = structlog.get_logger(__name__)

EVERY = timedelta(days=7)
NEW_SESSIONS = 15
"""Conversations since the last look: with fewer nothing could have changed."""
QUIET = timedelta(days=3)
"""After one was mentioned: whoever is told what they are like all the time feels watched."""
MOST_AT_ONCE = 200

ZoneOf = Callable[[str], tzinfo]
"""The time zone of a character: that of people who have not told theirs."""


class Epiphanies:
    """Patterns in what people say. Without `ask` only those that summaries and the clock show.

    `outdate` is told whenever what may be mentioned changed; `sentiment` says how a text feels, -2..2.
    """

    def __init__(
        self,
        store: EpiphanyStore,
        clock: Clock,
        ask: AskModel | None,
        *,
        zone_of: ZoneOf,
        sentiment: Sentiment | None = None,
        outdate: Outdate | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._finder = Finder(ask, sentiment)
        self._zone_of = zone_of
        self._outdate = outdate

    def ripe(self, character: str, user_id: str) -> ScalarSelect[str]:
        """Return the subquery for what may be mentioned next: JSON text with id, text, trust and words, or NULL.

        For private prompts only. Mentioning it is noted in v2_mentions as `epiphany:<id>`.
        """
        return ripe(character, user_id, sure=SURE, quiet_since=self._clock.now() - QUIET)

    async def ripe_for(self, people: Collection[Whose]) -> list[Epiphany]:
        """Return everything that may be mentioned to these people at enough trust, the surest first; one statement."""
        quiet_since = self._clock.now() - QUIET
        return await self._store.ripe(people, sure=SURE, quiet_since=quiet_since) if people else []

    async def sweep(self) -> int:
        """Request a look at everybody who is due; return how many."""
        now = self._clock.now()
        due = await self._store.due(
            since=now - LOOK_BACK, looked_before=now - EVERY, new_sessions=NEW_SESSIONS, limit=MOST_AT_ONCE
        )
        requests = [look_request(one.whose, now.date().isoformat()) for one in due]
        if requests:
            await self._store.write([outbox_row(request, now) for request in requests])
        return len(requests)

    async def look(self, whose: Whose) -> int:
        """Look over somebody's conversations; return how many patterns were found. Done before: finds nothing to do.

        When nothing more may be spent today it is asked for again then. Raises ModelError, StoreUnavailable.
        """
        now = self._clock.now()
        if not await self._store.is_due(whose, looked_before=now - EVERY):
            return 0
        material = await self._material(whose, now)
        if len(material.sessions) < NEW_SESSIONS:
            return 0
        try:
            findings = await self._finder.find(material)
        except CapReached as cap:
            later = look_request(whose, f"after:{cap.again_at.date().isoformat()}", due_at=cap.again_at)
            await self._store.write([outbox_row(later, now)])
            return 0
        last = material.sessions[-1].lines[-1].message_id
        rows = [finding_rows(whose, finding, now) for finding in findings]
        look = look_row(whose, now, material.until, last)
        if not await self._store.finish(look, rows, looked_before=now - EVERY):
            return 0
        log.info("looked_over", sessions=len(material.sessions), found=len(findings))
        if findings:
            await self._changed(whose)
        return len(findings)

    async def shown(self, whose: Whose) -> list[Epiphany]:
        """Return the patterns that hold, the surest first; raises StoreUnavailable."""
        return await self._store.shown(whose)

    async def delete(self, whose: Whose, epiphany_id: str) -> None:
        """Remove a pattern for good; raises NotThere, StoreUnavailable."""
        await self._store.refuse(whose, epiphany_id, self._clock.now())
        await self._changed(whose)

    async def recount(self, message_ids: Sequence[str] | None = None) -> int:
        """Count anew what rests on messages that are gone or were edited, on any or on these; return how many went."""
        gone = 0
        for epiphany_id, whose in await self._store.shaken(message_ids, MOST_AT_ONCE):
            marks = marks_from(await self._store.evidence(epiphany_id))
            if holds_up(marks):
                kept = sorted({line.message_id for mark in marks for line in mark.session.lines})
                await self._store.recounted(epiphany_id, kept, counted(marks), self._clock.now())
            else:
                await self._store.drop(whose, epiphany_id, self._clock.now())
                gone += 1
            await self._changed(whose)
        return gone

    async def _material(self, whose: Whose, now: datetime) -> Material:
        since = now - LOOK_BACK
        said, told = await self._store.said(whose, since), await self._store.told(whose, since)
        zone = zone_named(await self._store.zone_of(whose.user_id), self._zone_of(whose.character))
        sessions = await asyncio.to_thread(sessions_of, said, told, zone)
        until = max((in_utc(session.lines[-1].at) for session in sessions), default=datetime.min.replace(tzinfo=UTC))
        known = await self._store.known(whose)
        return Material(whose, tuple(sample(sessions, whose, until)), until, tuple(known))

    async def _changed(self, whose: Whose) -> None:
        if self._outdate is not None:
            await self._outdate(whose.character, whose.user_id)
