"""All stores of one process: which engine serves each concern, how they come up and how they are closed.

Empty addresses mean the embedded engine. Adapters, and with them their drivers, are imported only when chosen.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from src_v2.core.clock import Clock
from src_v2.core.errors import StoreUnavailable
from src_v2.storage import migrate
from src_v2.storage.cache import Cache
from src_v2.storage.database import Database
from src_v2.storage.graph.base import GraphStore
from src_v2.storage.metrics import FileMetrics, InfluxMetrics, MetricsSink, NoMetrics
from src_v2.storage.vectors.base import VectorStore

log = structlog.get_logger(__name__)

RETRY_EVERY_S = 2.0
EMBEDDED_CACHE = "mem://"


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """Addresses and secrets of the servers; empty means embedded in `data_dir`."""

    data_dir: Path
    database_url: str = field(default="", repr=False)
    qdrant_url: str = ""
    qdrant_api_key: str = field(default="", repr=False)
    neo4j_uri: str = ""
    neo4j_user: str = ""
    neo4j_password: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    influx_url: str = ""
    influx_token: str = field(default="", repr=False)
    influx_org: str = ""
    influx_bucket: str = ""
    metrics_file: Path | None = None


class Stores:
    """Rows, vectors, graph, cache and metrics, opened lazily and closed together."""

    def __init__(self, config: StoreConfig, clock: Clock) -> None:
        self.config = config
        self.database = Database(database_url(config))
        self.vectors = _vectors(config)
        self.graph = _graph(config)
        self.cache = Cache(config.redis_url or EMBEDDED_CACHE, clock=clock)
        self.metrics = _metrics(config, clock)
        self._clock = clock
        self._coming_up: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Bring every store up. An embedded one must; a server that is away is tried again until it is there."""
        await self._bring_up("database", self._migrate, embedded=not self.config.database_url)
        await self._bring_up("vectors", self.vectors.check, embedded=not self.config.qdrant_url)
        await self._bring_up("graph", self.graph.ensure_schema, embedded=not self.config.neo4j_uri)
        await self.metrics.start()

    async def up(self) -> None:
        """Return when every store that was away at the start has come."""
        await asyncio.gather(*self._coming_up)

    async def settle(self) -> None:
        """Have what was deleted overwritten where that is ours to do."""
        await self.database.settle()
        await self.vectors.settle()
        await self.graph.settle()

    async def close(self) -> None:
        """Close everything; what metrics still hold is sent first."""
        for task in self._coming_up:
            task.cancel()
        await asyncio.gather(*self._coming_up, return_exceptions=True)
        await self.metrics.stop()
        await self.cache.close()
        await self.graph.close()
        await self.vectors.close()
        await self.database.close()

    async def _migrate(self) -> None:
        await migrate.upgrade(self.database)

    async def _bring_up(self, name: str, step: Callable[[], Awaitable[None]], *, embedded: bool) -> None:
        try:
            await step()
        except StoreUnavailable as error:
            if embedded:
                raise
            log.warning("store_away", store=name, error=str(error))
            task = asyncio.create_task(self._keep_trying(name, step), name=f"bring-up:{name}")
            self._coming_up.add(task)
            task.add_done_callback(self._coming_up.discard)

    async def _keep_trying(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        told = ""
        while True:
            await self._clock.sleep(RETRY_EVERY_S)
            try:
                await step()
            except StoreUnavailable:
                continue
            except Exception as error:  # noqa: BLE001 - a task's edge: a store that refuses today may be mended
                if told != str(error):
                    told = str(error)
                    log.error("store_not_usable", store=name, error=told)
                continue
            log.info("store_back", store=name)
            return


def database_url(config: StoreConfig) -> str:
    """Return the address of the SQL database, the embedded one when no server is named."""
    return config.database_url or f"sqlite:///{config.data_dir / 'whisperengine.db'}"


def _vectors(config: StoreConfig) -> VectorStore:
    if config.qdrant_url:
        from src_v2.storage.vectors.server import ServerVectorStore

        return ServerVectorStore(config.qdrant_url, config.qdrant_api_key or None)
    from src_v2.storage.vectors.edge import EdgeVectorStore

    return EdgeVectorStore(config.data_dir / "vectors")


def _graph(config: StoreConfig) -> GraphStore:
    if config.neo4j_uri:
        from src_v2.storage.graph.neo4j import Neo4jGraph

        return Neo4jGraph(config.neo4j_uri, config.neo4j_user, config.neo4j_password)
    from src_v2.storage.graph.ladybug import LadybugGraph

    return LadybugGraph(config.data_dir / "graph")


def _metrics(config: StoreConfig, clock: Clock) -> MetricsSink:
    if config.influx_url:
        return InfluxMetrics(config.influx_url, config.influx_token, config.influx_org, config.influx_bucket, clock)
    if config.metrics_file:
        return FileMetrics(config.metrics_file, clock)
    return NoMetrics()
