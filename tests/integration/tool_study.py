"""Every store that the tools look into, and people who say things in front of characters."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from src_v2.core.audience import Audience, Visibility
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage
from src_v2.knowledge.graph import KnowledgeGraph
from src_v2.knowledge.keys import KnowledgeKeys
from src_v2.knowledge.models import Claim
from src_v2.knowledge.projection import Projection
from src_v2.knowledge.service import Knowledge
from src_v2.knowledge.store import KnowledgeStore
from src_v2.memory.embeddings.hashing import HashingEmbedder
from src_v2.memory.indexer import Indexer
from src_v2.memory.profile_store import ProfileStore
from src_v2.memory.profiles import Profiles
from src_v2.memory.recall import Recall
from src_v2.memory.rows import message_rows
from src_v2.memory.service import MemoryService
from src_v2.memory.spool import Spool
from src_v2.memory.store import MemoryStore
from src_v2.memory.writer import Writer
from src_v2.observability.outages import Outages
from src_v2.storage.cache import Cache
from src_v2.storage.database import Database
from src_v2.storage.graph.ladybug import LadybugGraph
from src_v2.storage.tables import facts, messages, preferences
from src_v2.storage.vectors.edge import EdgeVectorStore
from src_v2.tools.base import ToolContext
from src_v2.tools.catalogue import composite_tools, memory_tools, plain_tools
from src_v2.tools.toolbox import ToolBox
from tests.support.clock import VirtualClock

UTC = ZoneInfo("UTC")
SAM = Audience("elena", "discord:sam", "discord:dm-sam", Visibility.PRIVATE)


class Study:
    """Every store that the tools look into, and people who say things."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.clock = VirtualClock()
        self._messages = MemoryStore(database, self.clock)
        self._vectors = EdgeVectorStore(folder / "vectors")
        self._graph = LadybugGraph(folder / "graph")
        embedder = HashingEmbedder()
        embedder.start()
        self._indexer = Indexer(
            self._messages, self._vectors, embedder, Outages(), self.clock, keys=[KnowledgeKeys(database)]
        )
        self.store = KnowledgeStore(database)
        graph = KnowledgeGraph(self._graph)
        self._projection = Projection(self.store, graph)
        self.knowledge = Knowledge(self.store, graph, self.clock)
        recall = Recall(self._messages, self._vectors, embedder, self._indexer)
        people = ProfileStore(database)
        self.profiles = Profiles(people, Cache(clock=self.clock), self.clock)
        writer = Writer(self._messages, Spool(folder / "spool.jsonl"), self.clock, decisions=people.decisions)
        idle = timedelta(minutes=30)
        self.memory = MemoryService(self._messages, writer, self.profiles, self.clock, session_idle=idle)
        composites = composite_tools(recall, self.knowledge, self.memory)
        tools = [*memory_tools(recall, self.knowledge), *composites, *plain_tools(self.memory)]
        self.box = ToolBox(tools, Outages())

    async def open(self) -> None:
        await self._graph.ensure_schema()

    async def close(self) -> None:
        await self._graph.close()
        await self._vectors.close()

    async def says(self, text: str, audience: Audience = SAM) -> IncomingMessage:
        self.clock.advance(60)
        author = Author(audience.user_id, audience.user_id.rpartition(":")[2].title())
        message = IncomingMessage(new_id(), author, audience, text, self.clock.now(), "discord")
        await self._messages.apply(message_rows([message], f"session-{audience.channel_id}", new_id()))
        return message

    async def tells(self, source: IncomingMessage, subject: str, predicate: str, value: str, **more: Any) -> None:
        """Have a claim come of a message."""
        claim = Claim(
            new_id(),
            source.audience,
            source.author.user_id,
            subject,
            predicate,
            value,
            source.id,
            source.sent_at,
            **more,
        )
        await self.store.add([claim])

    async def caught_up(self) -> None:
        await self._indexer.sweep()
        await self._projection.sweep()

    async def asks(self, text: str = "And now?", audience: Audience = SAM) -> ToolContext:
        return ToolContext(await self.says(text, audience), self.clock.now(), "Elena", UTC)

    async def count(self) -> list[int]:
        async with self.database.read() as connection:
            tables = (messages, facts, preferences)
            return [int((await connection.execute(select(func.count()).select_from(t))).scalar_one()) for t in tables]
