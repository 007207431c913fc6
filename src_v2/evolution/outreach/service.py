"""Outreach: looks who may be written to, and writes. A sweep plans, a job of its own per message writes and sends.

A message is decided on twice: when it is planned and again when it is sent, because somebody may have said no, or may
have written themselves, in between. Not for delivering (`Send`).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
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
from src_v2.evolution.outreach.deciding import LEAST_SILENCE, decide, eagerness, fraction, hindrance
from src_v2.evolution.outreach.hours import CAREFUL, USUAL, Hours, next_open, zone_named
from src_v2.evolution.outreach.models import (
    PURPOSE,
    Candidate,
    Decision,
    Person,
    PersonKey,
    Reason,
    Reasons,
    State,
    Why,
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
        self._writing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
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
        async with self._writing.setdefault(str(payload["character"]), asyncio.Lock()):
            await self._write(payload)

    async def _write(self, payload: Payload) -> None:
        character, user_id = str(payload["character"]), str(payload["user_id"])
        message_id, reason_id = str(payload["message_id"]), str(payload["reason"])
        underway = await self._outgoing.find(message_id)
        if underway is not None and underway.state is OutgoingState.STORED:
            await self._relations.outdate(character, user_id)  # whoever stored it may have died before
        if not self.is_on or (underway and underway.state is not OutgoingState.PLANNED):
            return
        now = self._clock.now()
        person, state = await self._now(character, user_id, message_id, now)
        decision = await self._decision(person, state, reason_id, underway, now)
        if person is not None and state is not None and decision.writes and underway is None:
            underway = await self._written(person, state, decision, message_id, now)
            if underway is None or underway.state is not OutgoingState.PLANNED:
                return
            now = self._clock.now()  # while words were looked for they may have written, or taken back what was known
            person, state = await self._now(character, user_id, message_id, now)
            decision = await self._decision(person, state, reason_id, underway, now)
        if underway is not None and decision.writes:
            await self._deliver(underway, payload, now)
        else:
            await self._not_now(underway, decision, payload, state, now)

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
        """Whether it is worth asking more about somebody: not during their quiet hours."""
        built = self._state(candidate, 0, now)
        return built is not None and hindrance(built[1]) is None

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
            quiet=quiet_hours(candidate.wanted.quiet, is_zone_known=known_zone is not None), eagerness=eager,
            battery=character.core.social_battery_limit, spent=spent, used=candidate.used,
            seed=f"{candidate.character}\0{candidate.user_id}",
        )  # fmt: skip
        return person, state

    async def _now(
        self, character: str, user_id: str, message_id: str, now: datetime
    ) -> tuple[Person | None, State | None]:
        """Return how things stand with one person, as if the message itself was not there."""
        candidate = await self._store.one(character, user_id, without=message_id)
        if candidate is None:
            return None, None
        about, spent = await self._store.written([candidate.key], now, without=message_id)
        built = self._state(_with_written(candidate, about[candidate.key]), spent.get(character, 0), now)
        return built or (None, None)

    async def _decision(
        self, person: Person | None, state: State | None, reason_id: str, underway: Underway | None, now: datetime
    ) -> Decision:
        """Return whether the message is still to be sent; one that may have been seen needs no reason any more."""
        if person is None or state is None:
            return Decision(Why.OFF)
        hindered = hindrance(state)
        if hindered is not None or (underway is not None and underway.attempted_at is not None):
            return Decision(hindered or Why.WRITES)
        found = await self._reasons([person], now)
        reasons = [reason for reason in found.get(person.candidate.key, ()) if reason.id == reason_id]
        if underway is not None:
            return Decision(Why.WRITES if reasons else Why.NO_REASON)
        return decide(replace(state, reasons=tuple(reasons)))

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

    async def _written(
        self, person: Person, state: State, decision: Decision, message_id: str, now: datetime
    ) -> Underway | None:
        """Have the message put into words and note it; one that is not worth saying is noted as dropped."""
        candidate, reason = person.candidate, decision.reason
        if reason is None or candidate.place is None or self._ask is None:
            return None
        try:
            text = await self._words(person, state, reason, now)
        except ModelError as error:
            log.warning("outreach_without_words", error=type(error).__name__)
            return None  # tomorrow the reason may still hold
        outgoing = Outgoing(message_id, candidate.place, candidate.platform, text or "", PURPOSE, about=reason.id)
        if not text:
            log.info("outreach_not_worth_saying", character=candidate.character)
        state_now = OutgoingState.PLANNED if text else OutgoingState.DROPPED
        there = still_wanted(candidate.character, candidate.user_id)
        return await self._outgoing.plan_while(there, outgoing, now, state_now)

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

    async def _deliver(self, underway: Underway, payload: Payload, now: datetime) -> None:
        """Send a message; while the door is closed, try again now and then, for half a day."""
        try:
            await self._send(underway.outgoing)
            audience = underway.outgoing.audience
            await self._relations.outdate(audience.character, audience.user_id)  # what was said once waits no more
        except CannotReach as error:
            log.info("outreach_cannot_reach", reason=str(error))
            await self._outgoing.drop(underway.outgoing.id)
        except DoorClosed:
            if now - underway.created_at > GIVEN_UP_AFTER:
                await self._outgoing.drop(underway.outgoing.id)
            else:
                await self._store.request(again(payload, now + TRIED_AGAIN_AFTER), now)

    async def _not_now(
        self, underway: Underway | None, decision: Decision, payload: Payload, state: State | None, now: datetime
    ) -> None:
        """Leave it: what nobody can have seen is forgotten, what they may have seen waits for the morning."""
        if underway is None:
            return
        if underway.attempted_at is None:
            await self._outgoing.forget(underway.outgoing.id)
        elif decision.why is Why.QUIET and state is not None:
            await self._store.request(again(payload, next_open(now, state.zone, state.quiet)), now)
        else:
            await self._outgoing.drop(underway.outgoing.id)


def quiet_hours(wanted: Hours | None, *, is_zone_known: bool) -> tuple[Hours, ...]:
    """Return when somebody is not written to; more carefully when nobody knows what time it is where they are."""
    hours = wanted or USUAL
    return (hours,) if is_zone_known else (hours, CAREFUL)


def _with_written(candidate: Candidate, about: Sequence[tuple[str, datetime | None]]) -> Candidate:
    """Return the candidate with what they were written."""
    wrote_at = tuple(at for _, at in about if at is not None)
    return replace(candidate, wrote_at=wrote_at, used=frozenset(reason for reason, _ in about))
