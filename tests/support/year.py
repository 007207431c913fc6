"""A year in minutes: lets everything happen that people planned, steps the clock from moment to moment, notes it all.

The whole process is real; jobs run inline, and what its schedules ask for every minute is asked for when something can
be due. `Log` is what happened: rules are asserted over all of it.
"""

import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from itertools import count
from pathlib import Path
from unittest.mock import patch
from uuid import UUID
from zipfile import ZipFile

import orjson
from sqlalchemy import func, select

from src_v2.core.audience import Audience, Visibility
from src_v2.core.outgoing import Outgoing
from src_v2.evolution.diary import requests as diary
from src_v2.evolution.epiphanies import requests as epiphanies
from src_v2.evolution.outreach import requests as outreach
from src_v2.evolution.outreach.models import PURPOSE
from src_v2.evolution.reflecting import requests as reflecting
from src_v2.evolution.relationship import jobs as relationship
from src_v2.evolution.reminders import jobs as reminding
from src_v2.evolution.reminders.models import Status
from src_v2.interfaces.base import Shown
from src_v2.knowledge import learning
from src_v2.memory.jobs import INDEX
from src_v2.privacy.retaining import RETAIN
from src_v2.storage.tables import reminders
from tests.support.house import Place
from tests.support.inline_jobs import InlineJobs
from tests.support.llm import LocalLLM
from tests.support.traces import traces
from tests.support.year_doings import Doings, YearHouse
from tests.support.year_events import END, START, Event, Order, Talk, local
from tests.support.year_log import Log, LookedBack, Sent
from tests.support.year_mind import Mind
from tests.support.year_people import DOWN, RESIDENTS, SEED, plan
from tests.support.year_words import ANSWER

HARBOUR = Place("discord:harbour-open", Visibility.GUILD, "discord:harbour")
OVER = timedelta(minutes=31)
"""After the last word of a conversation it is read back."""
READ_EVERY = timedelta(hours=12)
"""A process that has much to do reads back late; what follows from it comes late, and counts all the same."""
PAUSE_S = 59
LEARN, OUTREACH, NIGHT, EVENING = learning.SWEEP, outreach.SWEEP, "night", "evening"
EVENINGS = (2, 3, 4, 5, 6, 10, 11, 12, 13, 14)
"""Hours (UTC) in which it is evening where Elena lives, or just before, and early in the morning."""
EVERY_WEEK = (epiphanies.RECOUNT, diary.FORGET, reminding.TIDY, relationship.SWEEP, RETAIN)
"""Besides, in the night: they look for what was missed, and nothing is."""


class Postman:
    """Brings messages to Discord's people, and tells the year of each."""

    platform = "discord"

    def __init__(self, year: "Year") -> None:
        self._year = year

    async def reach(self, audience: Audience) -> Audience:
        return audience

    async def deliver(self, outgoing: Outgoing, since: datetime | None) -> Shown:
        self._year.hear(outgoing)
        return Shown([f"shown-{outgoing.id}"])


class Year(Doings):
    """Lives through a year in a house. Everybody talks to Elena."""

    def __init__(self, house: YearHouse, mind: Mind) -> None:
        super().__init__(house, mind)
        self._dice = random.Random(SEED)
        self._ticks: list[tuple[datetime, str]] = []
        self._events: list[tuple[datetime, int, Event]] = []
        self._numbers = count()
        self._reminder_due: datetime | None = None
        self._postman = Postman(self)
        self._settle_in()

    def _settle_in(self) -> None:
        self.jobs = InlineJobs(self.house.app)
        self.house.app.delivery.postmen["discord"] = self._postman

    async def live(self) -> Log:
        """Let the year pass; return what happened."""
        for event in plan():
            self._expect(event)
        for at, name in (
            (START + timedelta(hours=3, minutes=23), NIGHT),
            (START, OUTREACH),
            (START + timedelta(minutes=40), LEARN),
            (START + timedelta(hours=2, minutes=7), EVENING),
        ):
            heapq.heappush(self._ticks, (at, name))
        while self._events and (at := self._events[0][0]) < END:
            if at >= DOWN[0] > self.now:
                await self._go_down()
            event = heapq.heappop(self._events)[2]
            await self._until(event.at)
            await self.happen(event)
            if isinstance(event, Order):
                await self._work()
        await self._until(END)
        await self._look_around()
        return self.log

    def hear(self, outgoing: Outgoing) -> None:
        """Note a message of the character's own accord; who answers such messages does it the next day."""
        who = _name(outgoing.audience.user_id)
        self.log.sent.append(Sent(self.now, who, outgoing))
        if outgoing.purpose == PURPOSE and RESIDENTS[who].answers:
            there = RESIDENTS[who].clock
            tomorrow = self.now.astimezone(there).date() + timedelta(days=1)
            at = local(tomorrow, self.now.astimezone(there).time().replace(second=0), there.key)
            self._expect(Talk(at, who, (ANSWER,)))

    def _expect(self, event: Event) -> None:
        heapq.heappush(self._events, (event.at, next(self._numbers), event))

    # Time

    async def _until(self, moment: datetime) -> None:
        """Let time go by, and happen what is due on the way."""
        while True:
            soonest = min(filter(None, (self._ticks[0][0], self.jobs.next_due, self._reminder_due)))
            if soonest > moment:
                break
            self._move(soonest)
            while self._ticks[0][0] <= soonest:
                await self._tick(heapq.heappop(self._ticks)[1])
            if soonest == self._reminder_due:
                await self.jobs.tick(reminding.DELIVER)
            if soonest in {self._reminder_due, self.jobs.next_due}:
                await self._work()
        self._move(moment)

    def _move(self, moment: datetime) -> None:
        """Let the clock show a moment, exactly; it never goes back."""
        clock = self.house.clock
        clock.advance(max(0.0, (moment - START).total_seconds() - clock.monotonic()))

    async def _work(self) -> None:
        """Do what is due, and find out when the next reminder is to be looked at. The search index may wait."""
        await self.jobs.run_due(but=[INDEX])
        query = select(func.min(reminders.c.due_at)).where(reminders.c.status == Status.PLANNED.value)
        async with self.house.app.stores.database.read() as connection:
            due: datetime | None = (await connection.execute(query)).scalar_one()
        before = due - timedelta(minutes=1) if due else None
        self._reminder_due = before if before is not None and before > self.now else None

    async def _tick(self, name: str) -> None:
        match name:
            case "night":
                heapq.heappush(self._ticks, (self.now + timedelta(days=1), NIGHT))
                for kind in (epiphanies.SWEEP, *(EVERY_WEEK if self.now.weekday() == 0 else ())):
                    await self.jobs.tick(kind)
            case outreach.SWEEP:
                await self._outreach()
                return
            case learning.SWEEP:
                heapq.heappush(self._ticks, (self.now + READ_EVERY, LEARN))
                if not self.over or self.now < self.is_over_at:
                    return
                await self._read_back()
            case "evening":
                await self._evening()
        await self._work()

    async def _evening(self) -> None:
        """Look whose diary is to be written, in the hours in which that may be; again when somebody talked since."""
        later = [hour for hour in EVENINGS if hour > self.now.hour]
        ahead = timedelta(hours=later[0] if later else 24 + EVENINGS[0]) - timedelta(hours=self.now.hour)
        heapq.heappush(self._ticks, (self.now + ahead, EVENING))
        if self.has_talked or self.now.hour == EVENINGS[0]:
            self.has_talked = False
            await self.jobs.tick(diary.SWEEP)

    async def _outreach(self) -> None:
        """Look whom to write to, at any quarter of an hour of the next eight hours: not always at the same ones."""
        quarter = timedelta(minutes=15)
        last = self.now - (self.now - START) % timedelta(hours=8)
        at = last + timedelta(hours=8) + self._dice.randrange(32) * quarter
        heapq.heappush(self._ticks, (at, OUTREACH))
        self.jobs.runs[OUTREACH] += 1
        if await self.house.app.inner_life.outreach.sweep():
            await self._work()

    async def _read_back(self) -> None:
        """Have the conversations that are over read back and reflected on."""
        await self.jobs.tick(LEARN)
        await self.jobs.run_due()
        await self.jobs.tick(reflecting.SWEEP)
        await self.jobs.run_due()
        self.log.deeds += [LookedBack(self.now, who, texts) for who, texts in self.over]
        self.over.clear()

    async def _go_down(self) -> None:
        """Let two days pass in which the process does not run, and have a new one find what was left behind."""
        await self._until(DOWN[0])
        await self.house.app.stop()
        self._move(DOWN[1])
        gone = DOWN[1] - DOWN[0]
        self._ticks = [(at + gone if at < DOWN[1] else at, name) for at, name in self._ticks]
        heapq.heapify(self._ticks)
        self.log.failures += self.jobs.failures
        self.house.app = self.house._new_app()
        await self.house.app.start()
        self._settle_in()
        await self.jobs.tick(reminding.DELIVER)
        await self.jobs.tick(diary.SWEEP)
        await self._work()

    # What is there in the end

    async def _look_around(self) -> None:
        app = self.house.app
        self.log.tables = await self.tables()
        erased = RESIDENTS["Erik"].user_id
        self.log.left_of_erased = await traces(self.house, [erased, "discord:dm-erik"], [])
        export = await app.own_data.export(RESIDENTS["Nora"].user_id)
        with ZipFile(BytesIO(export.content)) as archive:
            self.log.export = {
                name: orjson.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")
            }
        for one in RESIDENTS:
            await self.glance(one)
        self.log.failures += self.jobs.failures
        self.log.runs, self.log.asked = dict(self.jobs.runs), dict(self.mind.asked)


async def live_a_year(folder: Path) -> Log:
    """Let the year happen in a folder; return what happened."""
    async with LocalLLM() as llm:
        mind = Mind(llm)
        llm.reply = mind
        house = YearHouse(
            folder,
            llm,
            epiphanies_enabled=True,
            diary_enabled=True,
            reflecting_enabled=True,
            outreach_enabled=True,
            agent_reflection="off",
        )
        with patch("src_v2.core.ids.uuid_utils.uuid7", partial(next, _ids(house))):
            async with house:
                return await Year(house, mind).live()


def _ids(house: YearHouse) -> Iterator[UUID]:
    """Yield ids as the process makes them, but by the virtual clock and a count: every year has the same."""
    for number in count(1):
        moment = int(house.clock.now().timestamp() * 1000)
        yield UUID(int=moment << 80 | 7 << 76 | 2 << 62 | number)


def _name(user_id: str) -> str:
    return next(name for name, one in RESIDENTS.items() if one.user_id == user_id)
