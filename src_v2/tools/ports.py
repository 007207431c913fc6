"""What the tools need from memory and knowledge: the parts of `Recall`, `MemoryService` and `Knowledge` they call.

Every method takes the audience and gives nothing that may not surface in front of it. Any may raise StoreUnavailable.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from src_v2.core.audience import Audience
from src_v2.core.messages import IncomingMessage, StoredMessage
from src_v2.knowledge.models import Fact, Preference, PreferenceName, Summary
from src_v2.memory.models import Memory


class MessageSearch(Protocol):
    """Finds what was said."""

    async def search(
        self,
        audience: Audience,
        query: str,
        limit: int,
        *,
        names: Sequence[str],
        zone: ZoneInfo,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[Memory]:
        """Return up to `limit` memories that fit, best first, said at `since` or later and before `until`.

        `names` are those of the people who speak there; times in the query are those of `zone`. Raises EmbeddingError
        when the embedding model is away.
        """
        ...

    async def search_summaries(
        self, audience: Audience, query: str, limit: int, *, names: Sequence[str], zone: ZoneInfo
    ) -> Sequence[str]:
        """Return the ids of up to `limit` summaries that fit, best first; raises as `search` does."""
        ...


class Heard(Protocol):
    """Knows what was said, in order: the part of `MemoryService` that tools call."""

    async def said(
        self,
        audience: Audience,
        limit: int,
        *,
        here: bool,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[StoredMessage]:
        """Return the newest `limit` messages of a time, oldest first; with `here` of this channel only."""
        ...


class FactBook(Protocol):
    """Knows what is true, how people want to be spoken with, and what earlier conversations were about."""

    async def lookup(
        self, audience: Audience, about: str | None = None, predicate: str | None = None, limit: int = 20
    ) -> Sequence[Fact]:
        """Return facts about a name, of a predicate, or all: current ones first."""
        ...

    async def walk(self, audience: Audience, about: str, depth: int = 2) -> Sequence[tuple[Fact, ...]]:
        """Return paths of up to `depth` facts that lead away from a name, shortest first."""
        ...

    async def correct(self, audience: Audience, fact_id: str, new_object: str, source: IncomingMessage) -> Fact:
        """Put a fact's object right; KnowledgeError when there is no such fact here."""
        ...

    async def retract(self, audience: Audience, fact_id: str, source: IncomingMessage) -> Fact:
        """Take a fact back; KnowledgeError when there is no such fact here."""
        ...

    async def preferences(self, audience: Audience) -> Sequence[Preference]:
        """Return how the person wants to be spoken with."""
        ...

    async def set_preference(
        self, audience: Audience, name: PreferenceName, value: str, source: IncomingMessage
    ) -> Preference:
        """Note a wish."""
        ...

    async def clear_preference(
        self, audience: Audience, name: PreferenceName, source: IncomingMessage, value: str = ""
    ) -> None:
        """Take a wish back: of `avoid` the topic `value`, or every wish of that name."""
        ...

    async def summaries(self, audience: Audience, limit: int) -> Sequence[Summary]:
        """Return the newest summaries, newest first."""
        ...

    async def summaries_by_id(self, audience: Audience, ids: Sequence[str]) -> dict[str, Summary]:
        """Return those of `ids` that exist and may surface here."""
        ...
