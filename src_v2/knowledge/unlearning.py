"""Takes back what was learned from messages that were edited or deleted, so that what is left is read back again."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from src_v2.core.clock import Clock
from src_v2.core.jobs import JobRequest
from src_v2.core.messages import StoredMessage
from src_v2.knowledge.graph import KnowledgeGraph
from src_v2.knowledge.store import KnowledgeStore, UnreadSession
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite

RemoveKeys = Callable[[Sequence[str]], Awaitable[None]]
"""Removes the search keys of claims and summaries, by id, from the vector store."""


class LearnAgain(Protocol):
    """Names the job that reads a session back."""

    def __call__(self, session_id: str, character: str, user_id: str, mark: str) -> JobRequest:
        """Return the request; the same `mark` gives the same key."""
        ...


Understand = Callable[[StoredMessage, datetime], Sequence[RowWrite]]
"""Returns what an edited message states outright, as rows."""


class Unlearning:
    """Removes claims, wishes and summaries everywhere. May die anywhere and be run again.

    The other stores come first: once SQL has forgotten a claim, nobody knows any more that they hold it.
    """

    def __init__(
        self,
        store: KnowledgeStore,
        graph: KnowledgeGraph,
        clock: Clock,
        *,
        remove_keys: RemoveKeys,
        learn_again: LearnAgain,
        understand: Understand,
    ) -> None:
        self._store = store
        self._graph = graph
        self._clock = clock
        self._remove_keys = remove_keys
        self._learn_again = learn_again
        self._understand = understand

    async def unlearn(self, message_ids: Sequence[str], batches: Sequence[str], *, mark: str) -> None:
        """Forget what came of these messages and stretches, and have the stretches' sessions read back again.

        Of messages that were edited, what they state outright now is noted at once.

        `mark` names the occasion. Raises StoreError while a store is away.
        """
        known = await self._store.learned_from(message_ids, batches)
        await self._remove(known.claims, known.summaries)

        def read_again(sessions: Sequence[UnreadSession], edited: Sequence[StoredMessage]) -> list[RowWrite]:
            now = self._clock.now()
            rows = [outbox_row(self._learn_again(*session, mark=mark), now) for session in sessions]
            return rows + [row for message in edited for row in self._understand(message, now)]

        gone = await self._store.unlearn(message_ids, batches, read_again)
        # Until then others could bring it to those stores, from SQL, again.
        await self._remove(gone.claims, gone.summaries)

    async def _remove(self, claims: frozenset[str], summaries: frozenset[str]) -> None:
        if claims or summaries:
            await self._remove_keys(sorted(claims | summaries))
        await self._graph.remove(sorted(claims))
