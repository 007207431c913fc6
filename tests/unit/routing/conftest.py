"""Routers that have learned, and an embedder that notes what it is asked."""

from collections.abc import AsyncIterator, Sequence

import pytest

from src_v2.agents.routing.router import Router
from src_v2.memory.embeddings.base import TextKind, Vectors
from src_v2.memory.embeddings.hashing import HashingEmbedder
from tests.support.clock import VirtualClock


class Noting(HashingEmbedder):
    """Notes every request; `broken` is raised for each."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[list[str], TextKind]] = []
        self.broken: Exception | None = None

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        self.asked.append((list(texts), kind))
        if self.broken is not None:
            raise self.broken
        return await super().encode(texts, kind=kind)


@pytest.fixture
def embedder() -> Noting:
    return Noting()


@pytest.fixture
async def router(embedder: Noting) -> AsyncIterator[Router]:
    """Give a router that has learned the examples with their meanings; what it asked for that is forgotten."""
    router = Router(embedder, clock=VirtualClock(auto_advance=True))
    router.start()
    await router.learned()
    embedder.asked.clear()
    yield router
    await router.close()


@pytest.fixture
async def wordy() -> AsyncIterator[Router]:
    """Give a router that knows no meanings."""
    router = Router(None, clock=VirtualClock(auto_advance=True))
    router.start()
    await router.learned()
    yield router
    await router.close()
