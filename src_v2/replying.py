"""Wires what makes replies: routing, tools, reflection with its critic and earlier runs, the guard, the engine."""

import random

from src_v2 import wiring
from src_v2.agents.answering import Answering
from src_v2.agents.context import ContextSources
from src_v2.agents.critic import Critic, ModelJudge
from src_v2.agents.engine import AgentEngine
from src_v2.agents.guard.meaning import Meaning
from src_v2.agents.models.role import ModelRole
from src_v2.agents.models.service import LanguageModels
from src_v2.agents.reflective import Reflection
from src_v2.agents.routing.opinion import small_model_opinion
from src_v2.agents.routing.router import Router
from src_v2.characters.service import Characters
from src_v2.config.settings import Settings
from src_v2.core.clock import Clock
from src_v2.inner_life import InnerLife
from src_v2.knowledge.service import Knowledge
from src_v2.language import Models
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.embeddings.hashing import HashingEmbedder
from src_v2.memory.indexer import Indexer
from src_v2.memory.patterns.service import Patterns
from src_v2.memory.recall import Recall
from src_v2.memory.service import MemoryService
from src_v2.memory.traces.service import Traces
from src_v2.memory.traces.store import TraceStore
from src_v2.observability.outages import Outages
from src_v2.storage.stores import Stores
from src_v2.tools.wiring import tool_box

ROUTING_FOLDER = "models/routing"
GUARD_FOLDER = "models/guard"


class Replying:
    """Everything between a turn and its words. Raises SettingsError for tools that cannot be as the settings say."""

    def __init__(
        self,
        settings: Settings,
        language: Models,
        stores: Stores,
        characters: Characters,
        memory: MemoryService,
        recall: Recall,
        knowledge: Knowledge,
        patterns: Patterns,
        inner_life: InnerLife,
        indexer: Indexer,
        embedder: Embedder,
        outages: Outages,
        clock: Clock,
    ) -> None:
        timeout_s = settings.memory.source_timeout_s
        budgets = wiring.prompt_budgets(settings)
        choices = random.Random()  # noqa: S311 - picks a kind line, guards nothing
        self.router = _router(settings, language, embedder, clock)
        self.tools = tool_box(settings, recall, knowledge, memory, inner_life.reminders, outages, clock)
        self._embedder = embedder
        self.meaning = Meaning(embedder, clock, settings.general.data_dir / GUARD_FOLDER)
        self.guard = wiring.guard(settings, clock, choices, self.meaning)
        sources = ContextSources(
            memory, recall, knowledge, patterns, inner_life.relations, outages, clock,
            budgets=budgets, source_timeout_s=timeout_s,
        )  # fmt: skip
        traces = Traces(
            TraceStore(stores.database), stores.vectors, embedder, indexer, outages, timeout_s=timeout_s
        )  # fmt: skip
        self._answering = Answering(
            language.roles, self.router, Reflection(self.tools, wiring.limits(settings)), traces,
            Critic(ModelJudge(language.reading)), inner_life.reminders, clock,
            when=settings.agent.reflection, budgets=budgets, chance=choices.random,
            reserve=inner_life.relations.reserve,
        )  # fmt: skip
        self.engine = AgentEngine(
            characters, memory, sources, self._answering, inner_life.relations, self.guard, stores.metrics,
            clock=clock, choices=choices, store_timeout_s=timeout_s, privacy_notice=settings.privacy.notice,
        )  # fmt: skip

    async def start(self) -> None:
        """Begin to open what tools need, to learn what the guard sees, and routing where there is something to route.

        Waits for nothing.
        """
        if not isinstance(self._embedder, HashingEmbedder):  # its vectors mean nothing
            self.meaning.start()
        if self._answering.may_reflect:
            self.router.start()
        await self.tools.start()

    async def close(self) -> None:
        """Close what `start` began; replies are to be drained before."""
        await self.tools.close()
        await self.router.close()
        await self.meaning.close()

    def forget(self, user_id: str) -> None:
        """Drop what this process holds of a person between their turns."""
        self.guard.forget(user_id)
        self.tools.forget(user_id)


def _router(settings: Settings, language: Models, embedder: Embedder, clock: Clock) -> Router:
    def small(character: str) -> LanguageModels | None:
        is_named = settings.llm.small_model or language.choices.chosen(ModelRole.SMALL, character)
        return language.roles.of(ModelRole.SMALL, character) if is_named else None

    keep_in = settings.general.data_dir / ROUTING_FOLDER
    return Router(embedder, clock=clock, keep_in=keep_in, opinion=small_model_opinion(small))
