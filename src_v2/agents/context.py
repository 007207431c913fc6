"""Asks every source at once what it knows for one turn. A source that is down or late is left out: the reply comes."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TypeVar

from src_v2.agents.prompt import Budgets, Gathered
from src_v2.core.messages import StoredMessage, Turn
from src_v2.memory.models import Memory
from src_v2.memory.recall import Recall
from src_v2.memory.service import MemoryService
from src_v2.observability.outages import Outages

T = TypeVar("T")

HISTORY_ROWS = 60
"""Most messages of the running conversation that are read; the token budget decides how many are shown."""
SPARE_MEMORIES = 3
"""Memories asked for per memory shown: some stand in the running conversation already."""


class ContextSources:
    """The sources of a turn's context, each with the same small time budget in seconds."""

    def __init__(
        self, memory: MemoryService, recall: Recall, outages: Outages, *, budgets: Budgets, source_timeout_s: float
    ) -> None:
        self._memory = memory
        self._recall = recall
        self._outages = outages
        self._budgets = budgets
        self._timeout_s = source_timeout_s

    async def gather(self, turn: Turn) -> Gathered:
        """Return what the sources say about `turn` within the time budget; never raises for one that is down."""
        async with asyncio.TaskGroup() as group:
            history = group.create_task(self._ask("history", self._history(turn), ()))
            memories = group.create_task(self._ask("recall", self._memories(turn), ()))
            zone = group.create_task(self._ask("profile", self._memory.timezone(turn.author), ""))
            quoted = group.create_task(self._ask("quoted", self._quoted(turn), None))
        return Gathered(history.result(), memories.result(), zone.result(), quoted.result())

    async def _history(self, turn: Turn) -> Sequence[StoredMessage]:
        return await self._memory.conversation(turn.audience, HISTORY_ROWS)

    async def _memories(self, turn: Turn) -> Sequence[Memory]:
        if not self._budgets.recall_tokens:
            return ()
        return await self._recall.search(turn.audience, turn.text, self._budgets.recall_limit * SPARE_MEMORIES)

    async def _quoted(self, turn: Turn) -> StoredMessage | None:
        reply_to = turn.messages[-1].reply_to
        return await self._memory.quoted(turn.audience, reply_to) if reply_to else None

    async def _ask(self, source: str, answer: Coroutine[None, None, T], otherwise: T) -> T:
        try:
            async with asyncio.timeout(self._timeout_s):
                result = await answer
        except Exception as error:  # noqa: BLE001 - whatever happens to a source, the reply comes
            self._outages.failed(source, error)
            return otherwise
        self._outages.worked(source)
        return result
