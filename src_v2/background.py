"""Wires what happens off the reply path: the jobs that the slices bring, and what they need of each other."""

import random
from collections.abc import Iterable, Sequence
from datetime import timedelta

from src_v2 import wiring
from src_v2.agents.models.structured import StructuredModels
from src_v2.agents.reading import ModelReader
from src_v2.config.settings import Settings
from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.ids import new_id
from src_v2.core.jobs import JobKind, JobRequest, Queue, Schedule
from src_v2.evolution.diary import jobs as diary_jobs
from src_v2.evolution.epiphanies import jobs as epiphany_jobs
from src_v2.evolution.reminders import jobs as reminder_jobs
from src_v2.jobs.service import Jobs
from src_v2.knowledge import jobs as knowledge_jobs
from src_v2.knowledge import learning as learning_jobs
from src_v2.knowledge.extraction import Extractor, ModelExtractor
from src_v2.knowledge.graph import KnowledgeGraph
from src_v2.knowledge.learning import Learning, learn_request
from src_v2.knowledge.learning_store import LearningStore
from src_v2.knowledge.models import Fact
from src_v2.knowledge.plain import PlainExtractor
from src_v2.knowledge.projection import Projection
from src_v2.knowledge.service import Knowledge
from src_v2.knowledge.store import KnowledgeStore
from src_v2.knowledge.unlearning import Unlearning
from src_v2.memory import jobs as memory_jobs
from src_v2.memory.indexer import Indexer
from src_v2.memory.models import ChangedMessage
from src_v2.noting import noted_anew
from src_v2.observability.outages import Outages
from src_v2.storage.stores import Stores

MOST_KNOWN = 30
"""Facts that a model is told before it reads a stretch back: enough to call people by the same names."""


class Background:
    """The knowledge, what learns it, and the jobs of one process; `also` and `also_at` are what others bring."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        indexer: Indexer,
        reading_models: StructuredModels,
        outages: Outages,
        clock: Clock,
        *,
        queues: Iterable[Queue] | None,
        worker: str,
        also: Iterable[JobKind] = (),
        also_at: Iterable[Schedule] = (),
    ) -> None:
        store = KnowledgeStore(stores.database)
        graph = KnowledgeGraph(stores.graph)
        self.knowledge = Knowledge(store, graph, clock)
        self.projection = Projection(store, graph)
        self.unlearning = Unlearning(
            store, graph, clock,
            remove_keys=indexer.remove, learn_again=learn_request, understand=noted_anew,
        )  # fmt: skip
        self.learning = Learning(
            LearningStore(stores.database), _extractor(reading_models, stores, clock), clock,
            idle=timedelta(minutes=settings.memory.session_idle_minutes), known=self._known,
        )  # fmt: skip
        kinds = [
            *memory_jobs.kinds(indexer),
            *knowledge_jobs.kinds(self.projection, self.unlearning),
            *learning_jobs.kinds(self.learning),
            *also,
        ]
        schedules = [*memory_jobs.schedules(), *knowledge_jobs.schedules(), *learning_jobs.schedules(), *also_at]
        self.jobs = Jobs(
            stores.database, wiring.jobs_config(settings, queues, worker), kinds, schedules,
            clock=clock, metrics=stores.metrics, outages=outages,
            choices=random.Random(),  # noqa: S311 - spreads retries, guards nothing
        )  # fmt: skip
        self._clock = clock

    async def _known(self, audience: Audience, text: str) -> Sequence[Fact]:
        return (await self.knowledge.known(audience, text, self._clock.now())).facts[:MOST_KNOWN]


def follow_ups(changed: Sequence[ChangedMessage]) -> list[JobRequest]:
    """Return what is to be done after messages were edited or removed, for whatever followed from them."""
    if not changed:
        return []
    batches = sorted({message.learned_in for message in changed if message.learned_in})
    relearn = knowledge_jobs.relearn_request(new_id(), [message.id for message in changed], batches)
    ids = [message.id for message in changed]
    resting = [reminder_jobs.reread_request(ids), *epiphany_jobs.follow_ups(changed), *diary_jobs.follow_ups(changed)]
    return [*memory_jobs.follow_ups(changed), relearn, *resting]


def _extractor(models: StructuredModels, stores: Stores, clock: Clock) -> Extractor:
    """Return what reads conversations back: a language model, or plain rules when only the demonstration is there."""
    if not models.chain:
        return PlainExtractor()
    return ModelExtractor(ModelReader(models, stores.database, clock))
