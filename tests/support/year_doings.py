"""What people do in the simulated year, done through the doors of the process, and noted."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from src_v2.app import App
from src_v2.core.audience import Audience, Visibility
from src_v2.core.commands import Asked
from src_v2.core.events import Done
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage
from src_v2.core.scope import Scope
from src_v2.core.switches import SwitchName
from src_v2.evolution.relationship import jobs as relationship
from src_v2.storage.tables import METADATA
from tests.support.house import House, Place
from tests.support.inline_jobs import InlineJobs
from tests.support.traces import rows_with
from tests.support.year_events import START, Erasure, Event, Glance, NoLongerRemembered, Order, React, Resident, Talk
from tests.support.year_log import Log, Looked, Ordered, Reacted, Said
from tests.support.year_mind import Mind
from tests.support.year_people import RESIDENTS
from tests.support.year_prompts import prompted

HARBOUR = Place("discord:harbour-open", Visibility.GUILD, "discord:harbour")
PAUSE_S = 59
OVER = timedelta(minutes=31)
"""After the last word of a conversation it is read back."""


class YearHouse(House):
    """A house whose jobs are done by the test."""

    def _new_app(self) -> App:
        app = super()._new_app()
        app.jobs.start = _nothing  # type: ignore[method-assign]
        # What looks again every few seconds would look at every step of the clock.
        app.language.choices.keep_current = _nothing  # type: ignore[method-assign]
        return app


async def _nothing() -> None:
    """Start nothing."""


class Doings:
    """Does what people do, in a house; `over` are the conversations that were not read back yet."""

    def __init__(self, house: YearHouse, mind: Mind) -> None:
        self.house = house
        self.mind = mind
        self.log = Log()
        self.jobs = InlineJobs(house.app)
        self.over: list[tuple[str, tuple[str, ...]]] = []
        self.is_over_at = START
        self.has_talked = False
        self._replies: dict[str, list[str]] = {}

    @property
    def now(self) -> datetime:
        return self.house.clock.now()

    async def happen(self, event: Event) -> None:
        match event:
            case Talk():
                await self._talk(event)
            case Order():
                await self._order(event)
            case React():
                await self._react(event)
            case Glance():
                await self.glance(event.who)
            case NoLongerRemembered():
                await self.house.app.profiles.decide(RESIDENTS[event.who].user_id, SwitchName.REMEMBER, on=False)
                self.log.kept_at_opting_out = await self.tables(event.who)
            case Erasure():
                await self._erase(RESIDENTS[event.who])
        if isinstance(event, Order):
            await self.jobs.run_due()

    async def _talk(self, talk: Talk) -> None:
        who, place = RESIDENTS[talk.who], self._place(talk.who, in_server=talk.in_server)
        for text in talk.texts:
            said = await self._say(who, text, place)
            await self.jobs.tick(relationship.SETTLE)
            standing = await self.house.app.inner_life.relations.standing("elena", who.user_id)
            self.log.deeds[-1] = replace(said, trust=standing.trust, mood=standing.mood)
            self.house.pass_time(seconds=PAUSE_S)
        self.over.append((talk.who, talk.texts))
        self.is_over_at = self.now + OVER
        self.has_talked = True

    async def _say(self, who: Resident, text: str, place: Place) -> Said:
        audience = Audience("elena", who.user_id, place.channel_id, place.visibility, place.guild_id)
        message = IncomingMessage(
            new_id(), Author(who.user_id, who.name, who.zone), audience, text, self.now, "discord",
            platform_message_id=new_id(), scene=place.scene,
        )  # fmt: skip
        self.house.clock.advance(1)
        reply = await self.house.hears(message)
        outcome = reply.outcome
        assert isinstance(outcome, Done), outcome
        await self.house.app.memory.link("elena", outcome.message_id, [f"ref-{outcome.message_id}"])
        self._replies.setdefault(who.name, []).append(outcome.message_id)
        prompt = prompted(self.mind.system)
        said = Said(
            message.sent_at, who.name, text, reply.text, prompt, 0, "", outcome.message_id, place.guild_id is not None
        )
        self.log.deeds.append(said)
        return said

    def _place(self, who: str, *, in_server: bool) -> Place:
        return HARBOUR if in_server else Place(f"discord:dm-{who.casefold()}")

    async def _order(self, order: Order) -> None:
        who = RESIDENTS[order.who]
        audience = Audience("elena", who.user_id, f"discord:dm-{who.name.casefold()}", Visibility.PRIVATE)
        (command,) = [one for one in self.house.app.inner_life.commands if one.name == order.command]
        if order.first_item:
            shown = await command.run(Asked(audience, who.name, "discord", "", "", self.now, who.zone))
            self.log.orders.append(Ordered(self.now, order.who, order, shown))
            if not shown.items:
                return
            text = shown.items[0].id
        else:
            text = order.text
        answer = await command.run(Asked(audience, who.name, "discord", order.action, text, self.now, who.zone))
        if not order.first_item:
            self.log.orders.append(Ordered(self.now, order.who, order, answer))

    async def _react(self, react: React) -> None:
        key = self._replies[react.who][react.which]
        feedback = self.house.app.feedback
        do = feedback.unreacted if react.back else feedback.reacted
        assert await do("elena", f"ref-{key}", RESIDENTS[react.who].user_id, react.emoji)
        await self.jobs.tick(relationship.SETTLE)
        self.log.deeds.append(Reacted(self.now, react.who, react.emoji, key, react.back))

    async def glance(self, who: str) -> None:
        standing = await self.house.app.inner_life.relations.standing("elena", RESIDENTS[who].user_id)
        self.log.deeds.append(Looked(self.now, who, standing.trust, standing.mood))

    async def _erase(self, who: Resident) -> None:
        app = self.house.app
        assert await rows_with(app.stores.database, who.user_id)
        await app.own_data.erase(who.user_id)
        await self.jobs.run_due()
        self.log.counted_of_erased = await app.eraser.left(Scope(user_id=who.user_id))
        self.log.rows_of_erased_then = await rows_with(app.stores.database, who.user_id)

    async def tables(self, who: str = "") -> dict[str, list[dict[str, Any]]]:
        """Return what every table holds, of one person if one is given."""
        found: dict[str, list[dict[str, Any]]] = {}
        async with self.house.app.stores.database.read() as connection:
            for name, table in METADATA.tables.items():
                rows = [dict(row) for row in (await connection.execute(select(table))).mappings()]
                found[name] = [row for row in rows if not who or RESIDENTS[who].user_id in map(str, row.values())]
        return found
