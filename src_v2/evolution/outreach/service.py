"""Outreach: looks who may be written to, and writes. A sweep plans, a job of its own per message writes and sends.

A message is decided on when it is planned, before and after it is put into words, and last right before it is shown:
somebody may have said no, or may have written themselves, in between. Not for delivering (`Send`).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from weakref import WeakValueDictionary

import structlog

from src_v2.characters.models import Character
from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.errors import CannotReach, CharacterNotFound, DoorClosed, ModelError
from src_v2.core.ids import new_id
from src_v2.core.jobs import Payload
from src_v2.core.messages import Role, StoredMessage
from src_v2.core.outgoing import Outgoing, Send
from src_v2.evolution.models import AskModel, Relations, Standing
from src_v2.evolution.outreach.deciding import LEAST_SILENCE, decide, eagerness, fraction, hindrance, is_time
from src_v2.evolution.outreach.hours import ALWAYS, USUAL, is_quiet, next_open, zone_named
from src_v2.evolution.outreach.models import (
    PURPOSE,
    Candidate,
    Person,
    PersonKey,
    Reason,
    Reasons,
    State,
)
from src_v2.evolution.outreach.requests import again, write_request
from src_v2.evolution.outreach.store import OutreachStore, still_wanted
from src_v2.evolution.outreach.wording import SHOWN_MESSAGES, Draft, Occasion, accepted, question
from src_v2.memory.outgoing import OutgoingState, OutgoingStore, Underway

log = structlog.get_logger(__name__)

JITTER = timedelta(minutes=15)
"""The sweep comes every so often: within that, a message goes out at a moment of its own."""
TRIED_AGAIN_AFTER = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(hours=12)
WITHOUT_PAUSE = 200
"""People who are looked at in one go: a few milliseconds."""
AT_ONCE = 1000
"""People of whom one statement asks more: databases take some thousand parameters."""

Recent = Callable[[Audience, int], Awaitable[Sequence[StoredMessage]]]


class Shelf(Protocol):
    """The characters that are loaded."""

    def get(self, name: str) -> Character:
        """Return one; raises CharacterNotFound."""
        ...


class Outreach:
    """Writes to people who asked for it. `sources` give reasons; `ask` is None without a model: then nobody writes."""

    def __init__(
        self,
        store: OutreachStore,
        outgoing: OutgoingStore,
        relations: Relations,
        characters: Shelf,
        clock: Clock,
        *,
        sources: Sequence[Reasons],
        ask: AskModel | None,
        send: Send,
        recent: Recent,
        is_on: bool,
    ) -> None:
        self._store = store
        self._outgoing = outgoing
        self._relations = relations
        self._characters = characters
        self._clock = clock
        self._sources = sources
        self._ask = ask
        self._send = send
        self._recent = recent
        self._planning: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.is_on = is_on and ask is not None

    async def sweep(self) -> int:
        """Plan messages to whom a character wants to write now; return how many. Nobody costs one statement."""
        if not self.is_on:
            return 0
        now = self._clock.now()
        silent = await self._store.silent(now - LEAST_SILENCE)
        near: list[Candidate] = []
        for start in range(0, len(silent), WITHOUT_PAUSE):
            near += [one for one in silent[start : start + WITHOUT_PAUSE] if self._may_be_near(one, now)]
            await asyncio.sleep(0)  # others are talking meanwhile
        planned: Counter[str] = Counter()
        for start in range(0, len(near), AT_ONCE):
            await self._plan_for(near[start : start + AT_ONCE], planned, now)
        return planned.total()

    async def _plan_for(self, near: Sequence[Candidate], planned: Counter[str], now: datetime) -> None:
        """Plan messages to those of some people whom a character wants to write to."""
        people = await self._people(near, now)
        found = await self._reasons([person for person, _ in people], now)
        for person, state in people:
            reasons = tuple(found.get(person.candidate.key, ()))
            character = person.candidate.character
            decision = decide(replace(state, reasons=reasons, spent=state.spent + planned[character]))
            if decision.reason is not None:
                planned[character] += 1
                await self._plan(person.candidate, decision.reason, person, now)

    async def write(self, payload: Payload) -> None:
        """Write one planned message and send it. Idempotent: what was written once is not written anew."""
        underway = await self._outgoing.find(str(payload["message_id"]))
        if underway is not None and underway.state is OutgoingState.STORED:
            audience = underway.outgoing.audience  # whoever stored it may have died before:
            await self._relations.outdate(audience.character, audience.user_id)
        if not self.is_on or (underway and underway.state is not OutgoingState.PLANNED):
            return
        if underway is None:
            underway = await self._put_into_words(payload)
        elif not await self._goes_on(underway, payload):
            return
        if underway is not None and underway.state is OutgoingState.PLANNED:
            await self._deliver(underway, payload)

    async def _put_into_words(self, payload: Payload) -> Underway | None:
        """Have a message put into words and note it; None when there is none to send, or not any more."""
        now = self._clock.now()
        person, state = await self._now(payload, now)
        reason = await self._reason(person, payload, now) if state is not None and hindrance(state) is None else None
        if person is None or state is None or not decide(replace(state, reasons=(reason,) if reason else ())).writes:
            return None
        assert reason is not None  # noqa: S101 - nobody writes without one
        try:
            text = await self._words(person, state, reason, now)
        except ModelError as error:
            log.warning("outreach_without_words", error=type(error).__name__)
            return None  # tomorrow the reason may still hold
        async with self._planning.setdefault(person.candidate.character, asyncio.Lock()):  # each counts for the next
            if not await self._holds(payload):
                return None
            return await self._noted(person.candidate, reason, str(payload["message_id"]), text)

    async def _holds(self, payload: Payload) -> bool:
        """Whether a message that nobody has seen is still to be sent: looked at again whenever time went by.

        Finding words may take minutes. One that is not to be sent any more is forgotten.
        """
        now = self._clock.now()
        person, state = await self._now(payload, now)
        hindered = state is None or hindrance(state) is not None
        if not hindered and await self._reason(person, payload, now) is not None:
            return True
        await self._outgoing.forget(str(payload["message_id"]))
        return False

    async def _goes_on(self, underway: Underway, payload: Payload) -> bool:
        """Whether to try again to send what has words. What may have been seen is to be remembered as said.

        So that is sent (`Send` looks for it first) unless they said no; it waits for the end of their quiet hours.
        """
        if underway.attempted_at is None:
            return await self._holds(payload)
        now = self._clock.now()
        _, state = await self._now(payload, now)
        if state is None:
            await self._outgoing.drop(underway.outgoing.id)
        elif is_quiet(now, state.zone, state.quiet):
            await self._store.request(again(payload, next_open(now, state.zone, state.quiet)), now)
        else:
            return True
        return False

    async def _people(self, near: Sequence[Candidate], now: datetime) -> list[tuple[Person, State]]:
        """Return those whom nothing but a reason is missing."""
        about, spent = await self._store.written([one.key for one in near], now)
        people = []
        for one in near:
            built = self._state(_with_written(one, about[one.key]), spent.get(one.character, 0), now)
            if built is not None and hindrance(built[1]) is None:
                people.append(built)
        return people

    def _may_be_near(self, candidate: Candidate, now: datetime) -> bool:
        """Whether it is worth asking more about somebody: not in quiet hours, nor before the moment of the day."""
        built = self._state(candidate, 0, now)
        return built is not None and hindrance(built[1]) is None and is_time(built[1])

    def _state(self, candidate: Candidate, spent: int, now: datetime) -> tuple[Person, State] | None:
        """Return what is known without asking for reasons; None when the character is not there."""
        try:
            character = self._characters.get(candidate.character)
        except CharacterNotFound:
            return None
        known_zone = zone_named(candidate.timezone)
        zone = known_zone or character.core.timezone
        eager = eagerness(character.core.drives)
        trust = character.evolution.trust_in(candidate.user_id, candidate.trust)
        person = Person(candidate, zone, trust, eager)
        state = State(
            now=now, enabled=candidate.wanted.enabled, has_place=candidate.place is not None, trust=trust,
            talked_at=candidate.talked_at, wrote_at=candidate.wrote_at, per_week=candidate.wanted.per_week, zone=zone,
            quiet=(ALWAYS if known_zone is None else candidate.wanted.quiet or USUAL,), eagerness=eager,
            battery=character.core.social_battery_limit, spent=spent, used=candidate.used,
            seed=f"{candidate.character}\0{candidate.user_id}",
        )  # fmt: skip
        return person, state

    async def _now(self, payload: Payload, now: datetime) -> tuple[Person | None, State | None]:
        """Return how things stand with the person of a message, as if that itself was not there."""
        character, user_id = str(payload["character"]), str(payload["user_id"])
        message_id = str(payload["message_id"])
        candidate = await self._store.one(character, user_id, without=message_id)
        if candidate is None:
            return None, None
        about, spent = await self._store.written([candidate.key], now, without=message_id)
        built = self._state(_with_written(candidate, about[candidate.key]), spent.get(character, 0), now)
        return built or (None, None)

    async def _reason(self, person: Person | None, payload: Payload, now: datetime) -> Reason | None:
        """Return what a message was planned for, while that is there."""
        found = await self._reasons([person], now) if person is not None else {}
        named = (one for reasons in found.values() for one in reasons if one.id == str(payload["reason"]))
        return next(named, None)

    async def _reasons(self, people: Sequence[Person], now: datetime) -> Mapping[PersonKey, Sequence[Reason]]:
        found: dict[PersonKey, list[Reason]] = {}
        for source in self._sources if people else ():
            for key, reasons in (await source(people, now)).items():
                found.setdefault(key, []).extend(reasons)
        return found

    async def _plan(self, candidate: Candidate, reason: Reason, person: Person, now: datetime) -> None:
        """Ask for a message at a moment of its own within the next quarter of an hour: one try per reason and day."""
        day = now.astimezone(person.zone).date().isoformat()
        due_at = now + JITTER * fraction(candidate.character, candidate.user_id, day, "minute")
        request = write_request(candidate, reason.id, day, new_id(), due_at)
        await self._store.request(request, now)

    async def _noted(self, candidate: Candidate, reason: Reason, message_id: str, text: str | None) -> Underway | None:
        """Note a message that is to be sent; one that is not worth saying is noted as dropped."""
        assert candidate.place is not None  # noqa: S101 - the decision asked for one
        outgoing = Outgoing(message_id, candidate.place, candidate.platform, text or "", PURPOSE, about=reason.id)
        if not text:
            log.info("outreach_not_worth_saying", character=candidate.character)
        state = OutgoingState.PLANNED if text else OutgoingState.DROPPED
        there = still_wanted(candidate.character, candidate.user_id)
        return await self._outgoing.plan_while(there, outgoing, self._clock.now(), state)

    async def _words(self, person: Person, state: State, reason: Reason, now: datetime) -> str | None:
        candidate = person.candidate
        assert candidate.place is not None  # noqa: S101 - the decision asked for one
        assert self._ask is not None  # noqa: S101 - else nothing is on
        character = self._characters.get(candidate.character)
        said = await self._recent(candidate.place, SHOWN_MESSAGES)
        standing: Standing = await self._relations.standing(candidate.character, candidate.user_id)
        occasion = Occasion(candidate.name, reason, said, standing, state.zone, now, candidate.user_id)
        draft = await self._ask(question(character, occasion), Draft, candidate.place)
        before = [message.text for message in said if message.role is Role.CHARACTER]
        return await asyncio.to_thread(accepted, draft.text, character, before)

    async def _deliver(self, underway: Underway, payload: Payload) -> None:
        """Send a message; while the door is closed, try again now and then, for half a day."""
        try:
            await self._send(underway.outgoing, still=partial(self._holds, payload))
            audience = underway.outgoing.audience
            await self._relations.outdate(audience.character, audience.user_id)  # what was said once waits no more
        except CannotReach as error:
            log.info("outreach_cannot_reach", reason=str(error))
            await self._outgoing.drop(underway.outgoing.id)
        except DoorClosed:
            now = self._clock.now()
            if now - underway.created_at > GIVEN_UP_AFTER:
                await self._outgoing.drop(underway.outgoing.id)
            else:
                await self._store.request(again(payload, now + TRIED_AGAIN_AFTER), now)


def _with_written(candidate: Candidate, about: Sequence[tuple[str, datetime | None]]) -> Candidate:
    """Return the candidate with what they were written."""
    wrote_at = tuple(at for _, at in about if at is not None)
    return replace(candidate, wrote_at=wrote_at, used=frozenset(reason for reason, _ in about))
