"""What an operator makes anew from SQL: the vectors of what was said, and the graph of what is known."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from src_v2 import wiring
from src_v2.agents.models.guard import forbid_tracing
from src_v2.config.settings import Settings
from src_v2.core.clock import Clock, SystemClock
from src_v2.core.errors import StoreError
from src_v2.knowledge.graph import KnowledgeGraph
from src_v2.knowledge.learning import learn_request
from src_v2.knowledge.projection import Projection
from src_v2.knowledge.rebuild import Progress, Rebuilt, rebuild, relearn
from src_v2.knowledge.store import KnowledgeStore
from src_v2.knowledge.unlearning import Unlearning
from src_v2.memory.embeddings.base import ProgressCallback
from src_v2.memory.embeddings.choosing import StartableEmbedder, choose_embedder
from src_v2.memory.indexer import Indexer
from src_v2.memory.reindex import Reindexed, reindex
from src_v2.memory.store import MemoryStore
from src_v2.noting import noted_anew
from src_v2.observability.outages import Outages
from src_v2.process import find_running
from src_v2.storage.stores import Stores


@dataclass(frozen=True, slots=True)
class Workshop:
    """The stores, with nobody else at work on them."""

    stores: Stores
    embedder: StartableEmbedder
    messages: MemoryStore
    indexer: Indexer
    clock: Clock


async def reindex_memory(settings: Settings, *, on_model: ProgressCallback, on_messages: Progress) -> Reindexed:
    """Rebuild the vectors from SQL with the model that the settings name."""
    async with _workshop(settings, on_model, reindexing=True) as shop:
        return await reindex(shop.messages, shop.stores.vectors, shop.embedder, shop.indexer, on_messages)


async def rebuild_knowledge(settings: Settings, on_facts: Progress) -> Rebuilt:
    """Rebuild the graph from SQL."""
    async with _workshop(settings) as shop:
        store = KnowledgeStore(shop.stores.database)
        return await rebuild(store, Projection(store, KnowledgeGraph(shop.stores.graph)), on_facts)


async def read_everything_again(settings: Settings, *, on_model: ProgressCallback, on_stretches: Progress) -> int:
    """Forget what was learned by reading conversations back; jobs read them anew. Return how many stretches."""
    async with _workshop(settings, on_model) as shop:
        store = KnowledgeStore(shop.stores.database)
        unlearning = Unlearning(
            store, KnowledgeGraph(shop.stores.graph), shop.clock,
            remove_keys=shop.indexer.remove, learn_again=learn_request, understand=noted_anew,
        )  # fmt: skip
        return await relearn(store, unlearning, on_stretches)


@asynccontextmanager
async def _workshop(
    settings: Settings, on_model: ProgressCallback | None = None, *, reindexing: bool = False
) -> AsyncIterator[Workshop]:
    """Open the stores; raises StoreError while a WhisperEngine is at work on them."""
    running = await find_running(settings)
    if running:
        raise StoreError(f"WhisperEngine runs at {running}: stop it first, it would go on with the old ones")
    forbid_tracing()
    clock = SystemClock()
    stores = Stores(wiring.store_config(settings), clock)
    config = wiring.embedding_config(settings)
    embedder = choose_embedder(config, clock, on_progress=on_model, reindexing=reindexing)
    messages = MemoryStore(stores.database, clock)
    keys = wiring.search_keys(stores.database)
    try:
        await stores.start()
        if on_model is not None:
            embedder.start()
        indexer = Indexer(messages, stores.vectors, embedder, Outages(), clock, keys=keys)
        yield Workshop(stores, embedder, messages, indexer, clock)
    finally:
        await embedder.close()
        await stores.close()
