"""From messages and keys to points with vectors. One text that the model refuses must not hold up all the others."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

import structlog

from src_v2.core.errors import EmbeddingError
from src_v2.core.keys import KeyItem
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.models import IndexItem
from src_v2.memory.points import Draft, key_draft, message_drafts, points, texts
from src_v2.storage.vectors.base import Point

log = structlog.get_logger(__name__)

PLAIN_TEXT = "hello"
"""A text that every model takes: tells a model that fails from a text that it refuses."""


class _Text(Protocol):
    """A message or a key."""

    @property
    def id(self) -> str: ...

    @property
    def text(self) -> str: ...


T = TypeVar("T", bound=_Text)
Drafts = Callable[[T], Sequence[Draft]]


class Encoding:
    """Encodes with one model, and remembers what it refuses. Raises EmbeddingError when the model itself fails."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._refused: set[tuple[str, str]] = set()

    async def messages(self, items: Sequence[IndexItem]) -> tuple[Sequence[IndexItem], list[Point]]:
        """Return the messages that the model takes, and their points."""
        # What came before a message may be what is refused: then it is indexed alone.
        return await self._encoded(items, message_drafts, lambda item: message_drafts(replace(item, before=())))

    async def keys(self, items: Sequence[KeyItem]) -> tuple[Sequence[KeyItem], list[Point]]:
        """Return the keys that the model takes, and their points."""
        return await self._encoded(items, lambda item: [key_draft(item)])

    async def _encoded(self, items: Sequence[T], *ways: Drafts[T]) -> tuple[Sequence[T], list[Point]]:
        """Encode all items the first way; those that are refused so, one by one and in every way."""
        wanted = [item for item in items if (item.id, item.text) not in self._refused]
        if not wanted:
            return [], []
        try:
            return wanted, await self._points(wanted, ways[0])
        except EmbeddingError as error:
            if error.retryable:
                raise
        await self._embedder.encode([PLAIN_TEXT], kind="document")  # raises when it is not for one of the texts
        taken: list[T] = []
        made: list[Point] = []
        for item in wanted:
            own = await self._unless_refused(item, ways)
            if own:
                made += own
                taken.append(item)
            else:
                self._refused.add((item.id, item.text))
                log.warning("text_not_indexed", text_id=item.id)
        return taken, made

    async def _unless_refused(self, item: T, ways: Sequence[Drafts[T]]) -> list[Point]:
        for way in ways:
            try:
                return await self._points([item], way)
            except EmbeddingError as error:
                if error.retryable:
                    raise
        return []

    async def _points(self, items: Sequence[T], way: Drafts[T]) -> list[Point]:
        drafts = await asyncio.to_thread(lambda: [draft for item in items for draft in way(item)])
        return points(drafts, await self._embedder.encode(texts(drafts), kind="document"))
