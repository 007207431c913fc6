"""Wires how characters stand to people and what they do by themselves: the parts of `evolution`, jobs and commands."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from src_v2 import wiring
from src_v2.agents.models.structured import StructuredModels
from src_v2.agents.reading import REFLECT, ModelReader
from src_v2.characters.service import Characters
from src_v2.config.settings import Settings
from src_v2.core.clock import Clock
from src_v2.core.commands import Command
from src_v2.core.jobs import JobKind, Schedule
from src_v2.core.messages import IncomingMessage
from src_v2.core.outgoing import Outgoing, Pressed, Send
from src_v2.evolution.diary import jobs as diary_jobs
from src_v2.evolution.diary.commands import command as diary_command
from src_v2.evolution.diary.service import Diary
from src_v2.evolution.diary.store import DiaryStore
from src_v2.evolution.epiphanies import jobs as epiphany_jobs
from src_v2.evolution.epiphanies.commands import command as epiphany_command
from src_v2.evolution.epiphanies.service import Epiphanies
from src_v2.evolution.epiphanies.store import EpiphanyStore
from src_v2.evolution.feelings.sentiment import sentiment
from src_v2.evolution.goals import jobs as goals_jobs
from src_v2.evolution.goals.asides import ASIDES as GOALS_ASIDES
from src_v2.evolution.goals.commands import GoalsCommand
from src_v2.evolution.goals.service import Goals
from src_v2.evolution.goals.store import GoalStore
from src_v2.evolution.models import Aside, Sentiment
from src_v2.evolution.outreach import jobs as outreach_jobs
from src_v2.evolution.outreach.commands import SWITCHED_OFF, WITHOUT_MODEL, ReachOut
from src_v2.evolution.outreach.epiphany_reasons import Noticed, mention_rows
from src_v2.evolution.outreach.goal_reasons import RestingGoals
from src_v2.evolution.outreach.models import PURPOSE, Reasons
from src_v2.evolution.outreach.reasons import Absence, KnownDates
from src_v2.evolution.outreach.service import Outreach
from src_v2.evolution.outreach.store import OutreachStore
from src_v2.evolution.reflecting import jobs as reflecting_jobs
from src_v2.evolution.reflecting.service import Reflecting
from src_v2.evolution.reflecting.store import ReflectionStore
from src_v2.evolution.relationship import jobs as relationship_jobs
from src_v2.evolution.relationship.commands import RelationshipCommand
from src_v2.evolution.relationship.service import Standings
from src_v2.evolution.relationship.settling import Settling
from src_v2.evolution.relationship.store import RelationshipStore
from src_v2.evolution.reminders import jobs as reminder_jobs
from src_v2.evolution.reminders.commands import remind
from src_v2.evolution.reminders.delivery import Delivery
from src_v2.evolution.reminders.service import MISSED, Reminders
from src_v2.evolution.reminders.store import ReminderStore, missed_of
from src_v2.evolution.reminders.voice import Voice
from src_v2.memory.outgoing import OutgoingStore
from src_v2.memory.profiles import Profiles
from src_v2.memory.store import MemoryStore
from src_v2.storage.rows import RowWrite
from src_v2.storage.stores import Stores

REMINDER = "reminder"


class InnerLife:
    """Everything that grows between a character and a person.

    `kinds` and `schedules` are the jobs of every process, `kinds_here` those of the one that people talk to. `commands`
    are what doors offer. `asides` are read with the standing. `attitude` says what words do to a mood. `send` says
    something unasked; `pressed` are told of the buttons below that, each of those whose action begins with its word.
    """

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        characters: Characters,
        profiles: Profiles,
        models: StructuredModels,
        clock: Clock,
        *,
        wake_jobs: Callable[[], None],
        attitude: Sentiment,
        send: Send,
    ) -> None:
        self.kinds: list[JobKind] = []
        self.kinds_here: list[JobKind] = []
        self.schedules: list[Schedule] = []
        self.schedules_here: list[Schedule] = []
        self.commands: list[Command] = []
        self.asides: dict[str, Aside] = {}
        self.pressed: dict[str, Pressed] = {}
        self._settings = settings
        self._stores = stores
        self._characters = characters
        self._profiles = profiles
        self._models = models
        self._clock = clock
        self._send = send
        self.relations = self._relationship(wake_jobs, attitude)
        self.goals = self._goals()
        self.reminders = self._reminders()
        self.epiphanies = self._epiphanies()
        self.diary = self._diary()
        self.reasons: list[Reasons] = [KnownDates(stores.database), RestingGoals(self.goals), Absence()]
        self.reasons += [Noticed(self.epiphanies)] if settings.epiphanies.enabled else []
        self.outreach = self._outreach()

    def noted(self, message: IncomingMessage, previous: str) -> list[RowWrite]:
        """Return what is written with a message: how it is meant, and what its author asks to be reminded of."""
        return [*self.relations.notes(message, previous), *self.reminders.noted(message, previous)]

    def said(self, outgoing: Outgoing, at: datetime) -> list[RowWrite]:
        """Return what is written with a message that was said without being asked for."""
        return mention_rows(outgoing, at)

    async def forget(self, user_id: str) -> None:
        """Drop what this process holds of a person between their turns."""
        await self.relations.forget(user_id)
        self.reminders.forget(user_id)

    def _asking(self, purpose: str) -> ModelReader | None:
        """Return what asks a model off the reply path; None while only the demonstration is there."""
        if not self._models.chain:
            return None
        return ModelReader(self._models, self._stores.database, self._clock, purpose)

    def _relationship(self, wake_jobs: Callable[[], None], attitude: Sentiment) -> Standings:
        """Return how they stand; its jobs are of the process that people talk to, which holds what happened lately."""
        store = RelationshipStore(self._stores.database)
        characters = self._characters
        relations = Standings(
            store, self._stores.cache, self._profiles, self._clock,
            characters=characters.get, names=characters.names, sentiment=attitude, asides=self.asides,
            wake_jobs=wake_jobs,
        )  # fmt: skip
        settling = Settling(store, relations, self._clock, characters=characters.get)
        self.kinds_here += relationship_jobs.kinds(settling.settle, settling.sweep, settling.forget)
        self.schedules_here += relationship_jobs.schedules()
        self.commands.append(RelationshipCommand(relations, self._profiles, characters=characters.get).command)
        return relations

    def _goals(self) -> Goals:
        """Return the goals, and have conversations looked over; without a model, or switched off, they are not."""
        ask = self._asking(REFLECT) if self._settings.reflecting.enabled else None
        goals = Goals(GoalStore(self._stores.database), self._clock, outdate=self.relations.outdate)
        self.kinds += goals_jobs.kinds(goals)
        self.asides |= GOALS_ASIDES
        switches = self._profiles.switches
        self.commands.append(GoalsCommand(goals, self._characters, switches, reads_back=ask is not None).command())
        if ask is not None:
            store = ReflectionStore(self._stores.database)
            reflecting = Reflecting(store, goals, self._characters, self.relations, ask, self._clock)
            self.kinds += reflecting_jobs.kinds(reflecting)
            self.schedules += reflecting_jobs.schedules()
        return goals

    def _reminders(self) -> Reminders:
        store, outdate = ReminderStore(self._stores.database), self.relations.outdate
        reminders = Reminders(store, self._characters, self._profiles, self._clock, outdate=outdate)
        voice = Voice(self._asking(REMINDER), self._characters, self._clock)
        delivery = Delivery(store, voice, self._profiles, self._send, self._clock, outdate=outdate)
        self.kinds += reminder_jobs.kinds(delivery.tidy, reminders.reread)
        self.kinds_here += reminder_jobs.kinds_here(delivery.sweep)
        self.schedules += reminder_jobs.schedules()
        self.schedules_here += reminder_jobs.schedules_here()
        self.commands.append(remind(reminders, self._profiles))
        self.asides[MISSED] = missed_of
        self.pressed[REMINDER] = reminders.pressed
        return reminders

    def _epiphanies(self) -> Epiphanies:
        """Return what is noticed; what was noted before it was switched off can still be seen and deleted."""
        is_on = self._settings.epiphanies.enabled
        epiphanies = Epiphanies(
            EpiphanyStore(self._stores.database), self._clock, self._asking(REFLECT),
            zone_of=partial(wiring.zone_of, self._characters), sentiment=sentiment, outdate=self.relations.outdate,
        )  # fmt: skip
        self.kinds += epiphany_jobs.kinds(epiphanies)
        self.schedules += epiphany_jobs.schedules(looks=is_on)
        self.commands.append(epiphany_command(epiphanies))
        if is_on:
            self.asides["epiphany"] = epiphanies.ripe
        return epiphanies

    def _diary(self) -> Diary:
        """Return the diary; pages that were written before it was switched off can still be seen and deleted."""
        is_on = self._settings.diary.enabled
        diary = Diary(
            DiaryStore(self._stores.database), self._clock, self._asking(REFLECT),
            writer_of=partial(wiring.diary_writer, self._characters), outdate=self.relations.outdate,
        )  # fmt: skip
        self.kinds += diary_jobs.kinds(diary)
        self.schedules += diary_jobs.schedules(writes=is_on and not diary.rests)
        self.commands.append(diary_command(diary))
        if is_on:
            self.asides["diary"] = diary.thought
        return diary

    def _outreach(self) -> Outreach:
        """Return what writes to people by itself."""
        database, is_on = self._stores.database, self._settings.outreach.enabled
        store, ask = OutreachStore(database), self._asking(PURPOSE)
        outreach = Outreach(
            store, OutgoingStore(database), self.relations, self._characters, self._clock, sources=self.reasons,
            ask=ask, send=self._send, recent=MemoryStore(database, self._clock).recent, is_on=is_on,
        )  # fmt: skip
        self.kinds_here += outreach_jobs.kinds(outreach)
        self.schedules_here += outreach_jobs.schedules(outreach)
        obstacle = SWITCHED_OFF if not is_on else "" if ask else WITHOUT_MODEL
        self.commands.append(ReachOut(store, self._profiles, self.relations, obstacle=obstacle).command)
        return outreach
