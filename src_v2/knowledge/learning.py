"""Reads conversations back, off the reply path: every message once, whatever dies in between.

A stretch that is over, or has grown long, is handed to an extractor; what the gate admits is written in the transaction
that marks the messages as read back. Nothing is marked before, so whoever dies on the way only has to do it again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import structlog

from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.jobs import JobKind, JobRequest, Payload, Queue, Schedule
from src_v2.core.messages import Role, StoredMessage
from src_v2.knowledge.extraction import Extractor
from src_v2.knowledge.gate import Learned, admit
from src_v2.knowledge.learning_store import LearningStore, WaitingSession
from src_v2.knowledge.models import Fact, Transcript
from src_v2.knowledge.rows import claim_row, preference_row, summary_row
from src_v2.knowledge.transcript import audience_of, batch_id, has_words_of_the_user, stretch_of, transcript_of
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite

log = structlog.get_logger(__name__)

SWEEP, LEARN = "knowledge.sweep", "knowledge.learn"
GRAPH, INDEX = "knowledge.graph", "memory.index"
"""What is requested when something was learned: facts go to the graph, facts and summaries to the search index."""
EVERY_MINUTE = "* * * * *"
LONG_MESSAGES = 40
LONG_CHARS = 16_000
"""About 4,000 tokens: a conversation that goes on is read back in pieces, before it fills a prompt of its own."""
MOST_SESSIONS = 500
"""Of one sweep; the next one finds the rest."""
MOST_UNREAD = 100
LEARN_TIMEOUT_S = 600.0
"""A chain of models, each asked repeatedly, and an answer that is put right once."""
LOW_PRIORITY = 200

KnownFacts = Callable[[Audience, str], Awaitable[Sequence[Fact]]]
"""What is known in front of an audience that may matter to a text."""


def learn_request(session_id: str, character: str, user_id: str, mark: str) -> JobRequest:
    """Return the request to read a session back. The same `mark` asks once; a person's sessions follow each other."""
    return JobRequest(
        LEARN, f"learn:{session_id}:{mark}", {"session": session_id},
        order_key=f"learn:{character}:{user_id}", priority=LOW_PRIORITY, user_id=user_id,
    )  # fmt: skip


class Learning:
    """Finds what waits to be read back, and reads it. A conversation is over when it is silent for `idle`.

    `known` tells what is known already, so that the extractor calls people by the same names; without it nothing is.
    """

    def __init__(
        self,
        store: LearningStore,
        extractor: Extractor,
        clock: Clock,
        *,
        idle: timedelta,
        known: KnownFacts | None = None,
    ) -> None:
        self._store = store
        self._extractor = extractor
        self._clock = clock
        self._idle = idle
        self._known = known

    async def due(self) -> list[JobRequest]:
        """Return requests for the sessions that are to be read back now, those that began first in front.

        A session that could not be read back is asked for again the next day, or when something is said in it.
        """
        now = self._clock.now()
        waiting = await self._store.waiting(
            silent_since=now - self._idle, most_messages=LONG_MESSAGES, most_chars=LONG_CHARS, limit=MOST_SESSIONS
        )
        return [self._request(session, self._mark(session, now)) for session in waiting]

    async def sweep(self) -> int:
        """Request what is due; return how many sessions that were."""
        requests = await self.due()
        now = self._clock.now()
        if requests:
            await self._store.request([outbox_row(request, now) for request in requests])
        return len(requests)

    async def learn(self, session_id: str) -> bool:
        """Read the oldest stretch of a session back that nobody has; say whether there was one.

        Raises ModelError when no model answers, StoreError when a store does not or the stretch changed meanwhile: in
        either case nothing is written, and it can be tried again.
        """
        unread = await self._store.unread(session_id, MOST_UNREAD)
        is_over = bool(unread) and unread[-1].created_at <= self._clock.now() - self._idle
        stretch = stretch_of(unread, is_over=is_over and len(unread) < MOST_UNREAD)
        if not stretch:
            return False
        rows = await self._read_back(stretch) if has_words_of_the_user(stretch) else []
        follow_up = await self._follow_up(session_id, stretch)
        await self._store.finish(stretch, batch_id(stretch), [*rows, *follow_up])
        log.info("stretch_learned", messages=len(stretch), rows=len(rows))
        return True

    async def _read_back(self, stretch: Sequence[StoredMessage]) -> list[RowWrite]:
        """Return the rows that a stretch leaves behind."""
        transcript = await self._transcript(stretch)
        extraction = await self._extractor.extract(transcript)
        # Sixty long messages take a moment to be looked through.
        return self._rows(await asyncio.to_thread(admit, extraction, transcript))

    async def _transcript(self, stretch: Sequence[StoredMessage]) -> Transcript:
        said = "\n".join(message.text for message in stretch if message.role is Role.USER)
        known = await self._known(audience_of(stretch[0]), said) if self._known else ()
        zone = _zone(await self._store.timezone_of(stretch[0].user_id))
        return transcript_of(stretch, known, zone)

    def _rows(self, learned: Learned) -> list[RowWrite]:
        """Return what was learned as rows, and the requests for what follows from it."""
        now = self._clock.now()
        key = learned.summary.id
        rows = [summary_row(learned.summary, learned.audience, now)]
        rows += [claim_row(claim) for claim in learned.claims]
        rows += [preference_row(wish) for wish in learned.preferences]
        rows.append(outbox_row(JobRequest(INDEX, f"index:{_moment(key, now)}"), now))
        if learned.claims:
            rows.append(outbox_row(JobRequest(GRAPH, f"graph:{_moment(key, now)}"), now))
        return rows

    async def _follow_up(self, session_id: str, stretch: Sequence[StoredMessage]) -> list[RowWrite]:
        """Return the request for what is left of the session behind a stretch, when that is due as well."""
        session = await self._store.waiting_in(session_id)
        now = self._clock.now()
        if session is None or session.waiting <= len(stretch):
            return []
        chars = session.chars - sum(len(message.text) for message in stretch)
        is_long = session.waiting - len(stretch) >= LONG_MESSAGES or chars >= LONG_CHARS
        if not is_long and session.last_at > now - self._idle:
            return []
        return [outbox_row(self._request(session, f"after:{_moment(batch_id(stretch), now)}"), now)]

    def _mark(self, session: WaitingSession, now: datetime) -> str:
        """Return what makes a request for a session another one: what waits in it, why it is due, and the day."""
        why = "over" if session.last_at <= now - self._idle else "long"
        return f"{session.last_id}:{session.waiting}:{why}:{now.date().isoformat()}"

    def _request(self, session: WaitingSession, mark: str) -> JobRequest:
        return learn_request(session.id, session.character, session.user_id, mark)


def kinds(learning: Learning) -> list[JobKind]:
    """Return the jobs of learning."""

    async def sweep(_: Payload) -> None:
        await learning.sweep()

    async def learn(payload: Payload) -> None:
        await learning.learn(str(payload["session"]))

    return [
        JobKind(SWEEP, Queue.REFLECTION, sweep, coalesces=True),
        JobKind(LEARN, Queue.REFLECTION, learn, timeout_s=LEARN_TIMEOUT_S),
    ]


def schedules() -> list[Schedule]:
    """Return when the jobs of learning come by themselves."""
    return [Schedule(SWEEP, EVERY_MINUTE)]


def _moment(key: str, at: datetime) -> str:
    """Return a key that is new when the same stretch is read back once more, after something in it was changed."""
    return f"{key}:{int(at.timestamp() * 1000)}"


def _zone(name: str) -> tzinfo:
    """Return the time zone of that name, UTC when there is none."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return UTC
