"""The composition root: turns settings into the running process. The only place that wires objects together.

Start order: stores, characters, memory, jobs, doors. Stop order is the reverse, so that no turn is cut off.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

import aiohttp
import structlog

from src_v2 import checks, own_data, wiring
from src_v2.agents.describing import PictureDescriber
from src_v2.agents.models.guard import forbid_tracing
from src_v2.background import Background, follow_ups
from src_v2.characters.service import Characters
from src_v2.characters.watcher import CharacterWatcher
from src_v2.config.settings import Settings
from src_v2.core.clock import Clock, SystemClock
from src_v2.core.errors import CharacterNotFound, SettingsError
from src_v2.core.ids import new_id
from src_v2.core.jobs import JobKind, JobRequest, Queue, Schedule
from src_v2.core.messages import IncomingMessage
from src_v2.core.scope import Scope
from src_v2.evolution.feelings.attitude import attitude
from src_v2.evolution.feelings.lexicon import lexicons
from src_v2.evolution.models import Sentiment
from src_v2.evolution.relationship.jobs import forget_requests
from src_v2.inner_life import InnerLife
from src_v2.interfaces.base import Door
from src_v2.interfaces.delivery import Delivery
from src_v2.interfaces.lanes import Lanes
from src_v2.interfaces.web.door import WebDoor
from src_v2.knowledge.extraction import Extraction
from src_v2.language import Models
from src_v2.media.describing import Describing
from src_v2.media.waiting import PictureFiles
from src_v2.memory.embeddings.base import ProgressCallback
from src_v2.memory.embeddings.choosing import StartableEmbedder, choose_embedder
from src_v2.memory.indexer import Indexer
from src_v2.memory.models import ChangedMessage
from src_v2.memory.outgoing import OutgoingStore
from src_v2.memory.patterns.feedback import Feedback
from src_v2.memory.patterns.service import Patterns
from src_v2.memory.patterns.store import ReactionStore
from src_v2.memory.picture_notes import PictureNotes
from src_v2.memory.profile_store import ProfileStore
from src_v2.memory.profiles import Profiles
from src_v2.memory.recall import Recall
from src_v2.memory.service import MemoryService
from src_v2.memory.spool import Spool
from src_v2.memory.store import MemoryStore
from src_v2.memory.writer import Writer
from src_v2.noting import noted_at_once
from src_v2.observability.health import Health
from src_v2.observability.outages import Outages
from src_v2.privacy import erasing, retaining
from src_v2.privacy.erasures import Erasures
from src_v2.privacy.places import Places
from src_v2.replying import Replying
from src_v2.storage.rows import RowWrite
from src_v2.storage.stores import Stores

log = structlog.get_logger(__name__)

SPOOL_FILE = "spool.jsonl"
LEAST_JOB_GRACE_S = 2.0
ConnectorFactory = Callable[[], aiohttp.BaseConnector]


class App:
    """One WhisperEngine process, made from settings. Nothing is opened before `start`.

    `embedder` and `clock` take the place of those that the settings would give. `queues` are those whose jobs it does;
    `worker` is the name under which a process without doors does them. `attitude` says what words do to a mood.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        doors: bool = True,
        discord_connector_factory: ConnectorFactory | None = None,
        on_embedding_progress: ProgressCallback | None = None,
        embedder: StartableEmbedder | None = None,
        clock: Clock | None = None,
        queues: Iterable[Queue] | None = None,
        worker: str = "",
        attitude: Sentiment = attitude,
    ) -> None:
        forbid_tracing()
        self.settings = settings
        self._is_worker = bool(worker)
        self.clock = clock or SystemClock()
        self.model_chain = wiring.model_chain(settings)
        self.health = Health()
        self.stores = Stores(wiring.store_config(settings), self.clock)
        self.characters = Characters(settings.general.characters_dir)
        self.embedder = embedder or choose_embedder(
            wiring.embedding_config(settings), self.clock, on_progress=on_embedding_progress
        )
        self.language = Models(settings, self.stores.database, self.clock)
        self.models = self.language.roles
        self._outages = Outages()
        self.store = MemoryStore(self.stores.database, self.clock, follow_ups=_follow_ups)
        self.indexer = Indexer(
            self.store, self.stores.vectors, self.embedder, self._outages, self.clock,
            keys=wiring.search_keys(self.stores.database),
        )  # fmt: skip
        people = ProfileStore(self.stores.database)
        self.profiles = Profiles(people, self.stores.cache, self.clock, on_decided=self._decided)
        spool = Spool(settings.general.data_dir / SPOOL_FILE)
        self.writer = Writer(self.store, spool, self.clock, decisions=people.decisions, on_requested=self._wake_jobs)
        self.pictures = PictureFiles(settings.general.data_dir)
        self.describing = self._describing()
        self.memory = self._memory()
        reactions = ReactionStore(self.stores.database)
        self.patterns = Patterns(reactions, self.embedder, self.clock)
        self.feedback = Feedback(
            reactions, self.patterns, self.profiles, self.clock,
            emojis=partial(wiring.own_emojis, self.characters), on_change=self._reacted,
        )  # fmt: skip
        self.recall = Recall(self.store, self.stores.vectors, self.embedder, self.indexer)
        self.holdings = own_data.holdings(
            self.stores, self.indexer, spool, self.pictures, self._forget, self._outdate_part
        )  # fmt: skip
        self.eraser = own_data.eraser(self.holdings, self.stores, self.writer, self._halt)
        self.retaining = own_data.retaining(
            self.stores, self.eraser, self.characters, settings.memory.retention, self.clock
        )
        self.delivery = Delivery(
            OutgoingStore(self.stores.database), self.profiles, self.characters, self.clock,
            session_at=self.memory.session_at, on_requested=self._wake_jobs,
        )  # fmt: skip
        self.inner_life = InnerLife(
            settings, self.stores, self.characters, self.profiles, self.language.reading, self.clock,
            wake_jobs=self._wake_jobs, attitude=attitude, send=self.delivery,
        )  # fmt: skip
        self.delivery.pressed |= self.inner_life.pressed
        self.delivery.written_with.append(self.inner_life.said)
        self.background = Background(
            settings, self.stores, self.indexer, self.language.reading, self._outages, self.clock, queues=queues,
            worker=worker, also=self._other_jobs(), also_at=self._other_schedules(),
        )  # fmt: skip
        self.knowledge = self.background.knowledge
        self.jobs = self.background.jobs
        erasures = Erasures(self.stores.database, self.clock, wake=self._wake_jobs)
        self.own_data = own_data.desk(
            self.holdings, self.stores, self.store, self.recall, self.knowledge, self.profiles, self.writer, self.clock,
            erasures,
        )  # fmt: skip
        self.places = Places(erasures, self.retaining)
        self.replying = Replying(
            settings, self.language, self.stores, self.characters, self.memory, self.recall, self.knowledge,
            self.patterns, self.inner_life, self.indexer, self.embedder, self._outages, self.clock,
        )  # fmt: skip
        self.engine = self.replying.engine
        self.lanes = Lanes(self.engine, self.memory, burst_window_s=settings.general.burst_window_s)
        self.web = self._web_door() if doors else None
        self.doors: list[Door] = [self.web] if self.web else []
        self.delivery.open(self.lanes, listeners=[self.web.announce] if self.web else ())
        if doors and settings.discord_tokens():
            self.doors.append(self._discord_door(discord_connector_factory))
        self._watcher = CharacterWatcher(self.characters)
        self._tasks: set[asyncio.Task[None]] = set()
        checks.register(self.health, settings, self.stores, self.characters, self.embedder, self.jobs)

    @property
    def url(self) -> str:
        """Where the web page is; known once started."""
        return self.web.url if self.web else ""

    async def start(self) -> None:
        """Open stores, load characters, open the doors; the models load in the background.

        Raises SettingsError, StoreError or CharacterNotFound when the process would be of no use.
        """
        await self.stores.start()
        await asyncio.to_thread(self.characters.load_all)
        await asyncio.to_thread(lexicons)  # read here, because the first message would have to wait for it
        self._require_characters()
        await self._watcher.start()
        self.embedder.start()
        await self.jobs.start()
        self._in_background(self.indexer.open())
        if not self._is_worker:  # the spool belongs to the process that people talk to
            self._in_background(self.writer.keep_catching_up())
            self._in_background(self.memory.running.keep_dropping())
            self._in_background(self.describing.keep_describing())
            await self.replying.start()
        await self.language.start()
        self._in_background(self.language.choices.keep_current())
        self._in_background(self._prepare_models())
        for door in self.doors:
            await door.start()

    async def stop(self) -> None:
        """Let running replies end, then close everything; a part that fails does not keep the rest from closing."""
        grace_s = self.settings.general.shutdown_grace_s
        deadline_s = self.clock.monotonic() + grace_s
        closing = [
            self.lanes.drain(grace_s),
            *(door.stop() for door in reversed(self.doors)),
            self.engine.drain(),
            self.patterns.drain(),
            self._watcher.stop(),
            self._stop_jobs(deadline_s),
            self._stop_background(),
            self.replying.close(),
            self.language.close(),
            self.embedder.close(),
            self.stores.close(),
        ]
        for step in closing:
            try:
                await step
            except Exception as error:  # an edge: the process ends, and what can still be closed must be
                log.exception("stop_failed", error=type(error).__name__)

    async def _stop_jobs(self, deadline_s: float) -> None:
        """Give running jobs what the replies left of the time to stop; what is cut off is run again after the start."""
        await self.jobs.stop(max(LEAST_JOB_GRACE_S, deadline_s - self.clock.monotonic()))

    async def _stop_background(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _require_characters(self) -> None:
        wanted = {self.settings.general.character, *self.settings.discord_tokens()}
        missing = sorted(wanted.difference(self.characters.names()))
        if missing:
            known = ", ".join(self.characters.names()) or "none"
            broken = "".join(f"\n  {problem}" for problem in self.characters.problems())
            raise CharacterNotFound(
                f"CHARACTER: no character {', '.join(missing)} in {self.settings.general.characters_dir} "
                f"(there: {known}).{broken}"
            )

    def _other_jobs(self) -> list[JobKind]:
        """Return the jobs of the inner life, and those of the process that people talk to.

        It erases, because it holds files and turns of theirs, and it says what characters say on their own.
        """
        if self._is_worker:
            return self.inner_life.kinds
        erase = [*erasing.kinds(self.eraser), *retaining.kinds(self.retaining)]
        return [*self.inner_life.kinds, *self.inner_life.kinds_here, *erase]

    def _other_schedules(self) -> list[Schedule]:
        life = self.inner_life
        return life.schedules if self._is_worker else [*life.schedules, *life.schedules_here, *retaining.schedules()]

    def _memory(self) -> MemoryService:
        idle = timedelta(minutes=self.settings.memory.session_idle_minutes)
        return MemoryService(
            self.store, self.writer, self.profiles, self.clock,
            session_idle=idle, notes=self._noted, pictures=self.describing,
            wake_jobs=self._wake_jobs,
        )  # fmt: skip

    def _describing(self) -> Describing:
        models = self.language.describing
        return Describing(
            self.pictures, PictureNotes(self.stores.database, self.clock), self._outages, self.clock,
            describe=PictureDescriber(models, self.stores.database, self.clock) if models.chain else None,
            on_described=self._wake_jobs,
        )  # fmt: skip

    @asynccontextmanager
    async def _halt(self, scope: Scope) -> AsyncIterator[None]:
        """End what is being said to a person who is erased, and let nothing be on its way to the other stores."""
        async with AsyncExitStack() as held:
            if scope.is_whole_person and scope.user_id:
                await held.enter_async_context(self.lanes.withdrawn(scope.user_id))
            await held.enter_async_context(self.indexer.between_batches)
            await held.enter_async_context(self.background.projection.between_batches)
            yield

    def _noted(self, message: IncomingMessage, previous: str) -> list[RowWrite]:
        """Return what is written with a message: what it says, and what it is to the inner life."""
        return [*noted_at_once(message, previous), *self.inner_life.noted(message, previous)]

    async def _decided(self, user_id: str) -> None:
        await self.inner_life.forget(user_id)

    async def _reacted(self, character: str, user_id: str) -> None:
        await self.inner_life.relations.reacted(character, user_id)

    async def _forget(self, user_id: str) -> None:
        self.replying.forget(user_id)
        await self.inner_life.forget(user_id)
        await self.memory.let_go(user_id)
        self.patterns.forget(user_id)
        if self.web is not None:
            self.web.forget(user_id)

    async def _outdate_part(self, scope: Scope) -> None:
        await self.inner_life.relations.outdate_in(scope.character, scope.user_id)

    def _wake_jobs(self) -> None:
        self.jobs.wake()

    def _web_door(self) -> WebDoor:
        options = wiring.web_options(self.settings, self.model_chain[0])
        return WebDoor(
            self.lanes, self.memory, self.characters, self.own_data, self.feedback, self.health, options, self.clock,
            steering=self.language.steering, commands=self.inner_life.commands, presses=self.delivery,
        )  # fmt: skip

    def _discord_door(self, connector_factory: ConnectorFactory | None) -> Door:
        from src_v2.interfaces.discord.door import DiscordDoor
        from src_v2.interfaces.discord.ports import DiscordOptions

        discord = self.settings.discord
        options = DiscordOptions(
            message_content=discord.message_content, edit_interval_s=discord.edit_interval_s,
            owner_ids=discord.owner_ids, members=discord.members, data_dir=self.settings.general.data_dir,
            human_touch=discord.human_touch, typing_chars_per_s=discord.typing_chars_per_s,
        )  # fmt: skip
        door = DiscordDoor(
            self.settings.discord_tokens(), self.lanes, self.memory, self.own_data, self.feedback, self.places,
            self.characters, self.health, options, connector_factory=connector_factory, clock=self.clock,
            steering=self.language.steering, commands=self.inner_life.commands, presses=self.delivery,
        )  # fmt: skip
        self.delivery.postmen[door.postman.platform] = door.postman
        return door

    async def _prepare_models(self) -> None:
        """Import the provider's library before the first turn needs it; a wrong setting was reported before."""
        try:
            await self.models.prepare()
            await self.language.reading.prepare(Extraction)
        except SettingsError as error:
            log.error("model_not_ready", reason=str(error))
        # The imported libraries are some 300,000 objects that never go: looking at them again and again in search of
        # garbage held up the event loop by 150 ms.
        gc.collect()
        gc.freeze()

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background_task_ended", task=task.get_name(), error=type(error).__name__, exc_info=error)


def _follow_ups(changed: Sequence[ChangedMessage]) -> list[JobRequest]:
    """Return what is to be done after messages changed: for what was understood of them, and for what was felt."""
    if not changed:
        return []
    return [*follow_ups(changed), *forget_requests(new_id(), changed)]
