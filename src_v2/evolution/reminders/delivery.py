"""Says reminders when they are due: each time once, even when the process dies in the middle.

What is said, and under what id, is stored before it is sent, and sent again as it is when nobody knows whether it was.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from src_v2.core.clock import Clock
from src_v2.core.errors import CannotReach, DoorClosed, StoreUnavailable
from src_v2.core.ids import derived_id
from src_v2.core.outgoing import Button, Outgoing, Send
from src_v2.evolution.models import Outdate
from src_v2.evolution.reminders.jobs import LOOK_AHEAD, deliver_request
from src_v2.evolution.reminders.models import DONE, KEPT_AFTER, PURPOSE, PUT_OFF, TOO_LATE, Reminder, Status
from src_v2.evolution.reminders.rules import next_after, until
from src_v2.evolution.reminders.service import nobody_asks
from src_v2.evolution.reminders.store import AT_ONCE, ReminderStore
from src_v2.evolution.reminders.voice import Occasion, Voice
from src_v2.memory.profiles import Profiles
from src_v2.storage.outbox import outbox_row

log = structlog.get_logger(__name__)

BUTTONS = (Button(DONE, "Done"), Button(PUT_OFF, "In 10 minutes"))
SAID_AT_ONCE = 16
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)
"""Between two tries while a door is closed; each is twice as long as the one before."""
A_LITTLE = timedelta(seconds=15)
"""Looks come every minute, and not to the second."""


class Delivery:
    """Says what is due. Several looks may overlap; within a process each reminder is in one hand at a time."""

    def __init__(
        self, store: ReminderStore, voice: Voice, profiles: Profiles, send: Send, clock: Clock,
        *, outdate: Outdate = nobody_asks,
    ) -> None:  # fmt: skip
        self._store = store
        self._voice = voice
        self._profiles = profiles
        self._send = send
        self._clock = clock
        self._outdate = outdate
        self._in_hand: set[str] = set()
        self._tried: dict[str, _Tried] = {}
        self._slots = asyncio.Semaphore(SAID_AT_ONCE)

    async def sweep(self) -> None:
        """Say what is due now, and see to it that what comes next is looked at in time. Raises StoreUnavailable."""
        now = self._clock.now()
        last: Reminder | None = None
        soon: set[datetime] = set()
        there: set[str] = set()
        while True:
            found = await self._store.due(now + LOOK_AHEAD, last)
            soon |= {one.due_at for one in found if one.due_at > now}
            there |= {_outgoing_id(one) for one in found}
            await self._say_all([one for one in found if one.due_at <= now and self._is_free(one, now)])
            if len(found) < AT_ONCE:
                break
            last = found[-1]
        self._tried = {one: tried for one, tried in self._tried.items() if one in there}
        if soon:
            await self._store.write([outbox_row(deliver_request(moment), now) for moment in sorted(soon)])

    async def tidy(self) -> None:
        """Remove what is over for a month."""
        await self._store.remove_over(self._clock.now() - KEPT_AFTER)

    def _is_free(self, reminder: Reminder, now: datetime) -> bool:
        """Whether it is in nobody's hand, and not to be left in peace after a door was closed."""
        tried = self._tried.get(_outgoing_id(reminder))
        return reminder.id not in self._in_hand and (tried is None or tried.again_at <= now)

    async def _say_all(self, due: list[Reminder]) -> None:
        self._in_hand |= {one.id for one in due}
        try:
            async with asyncio.TaskGroup() as group:
                for one in due:
                    group.create_task(self._say(one))
        finally:
            self._in_hand -= {one.id for one in due}

    async def _say(self, reminder: Reminder) -> None:
        """Say one; what goes wrong with it holds up no other."""
        try:
            async with self._slots:
                await self._say_or_miss(reminder)
        except StoreUnavailable:
            log.info("reminder_waits", why="the store is away")
        except Exception as error:  # the edge of one reminder: the next look tries it again
            log.exception("reminder_failed", error=type(error).__name__)

    async def _say_or_miss(self, reminder: Reminder) -> None:
        now = self._clock.now()
        times = until(reminder.rule, reminder.due_at, now) if reminder.rule else [reminder.due_at]
        next_at = next_after(reminder.rule, now) if reminder.rule else None
        late = now - (times[-1] if times else reminder.due_at)
        whose = reminder.audience
        wanted = (await self._profiles.switches(whose.user_id)).keeps(whose.guild_id)
        if late > TOO_LATE or not wanted:
            await self._miss(reminder, len(times), next_at)
            return
        decided = await self._decided(reminder, now, late, len(times))
        if decided is None or not await self._store.plan(reminder, decided, now):
            return
        if not await self._sent(reminder, decided, len(times), next_at):
            await self._store.let_go(reminder)

    async def _sent(self, reminder: Reminder, decided: Outgoing, times: int, next_at: datetime | None) -> bool:
        """Send it and note what became of it; False when it was changed or removed meanwhile."""

        async def still() -> bool:
            return await self._store.is_saying(reminder, decided.id)

        try:
            await self._send(decided, still=still)
        except CannotReach:
            return await self._miss(reminder, times, next_at)
        except DoorClosed:
            self._rest(decided.id)
            return await self._store.put_back(reminder, decided.id)
        is_noted = await self._store.said(reminder, decided.id, self._clock.now(), next_at)
        if reminder.missed:
            await self._outdate(reminder.audience.character, reminder.audience.user_id)
        return is_noted

    def _rest(self, outgoing_id: str) -> None:
        tried = self._tried.get(outgoing_id)
        pause = min(2 * tried.pause, LONGEST_PAUSE) if tried else FIRST_PAUSE
        self._tried[outgoing_id] = _Tried(pause, self._clock.now() + pause - A_LITTLE)

    async def _decided(self, reminder: Reminder, now: datetime, late: timedelta, times: int) -> Outgoing | None:
        """Return what is said, stored before it is sent; None when the reminder was changed meanwhile."""
        if reminder.status is Status.SAYING and reminder.text:
            return _outgoing(reminder, reminder.outgoing_id, reminder.text)
        outgoing_id = _outgoing_id(reminder)
        person = "" if reminder.audience.is_private else await self._store.name_of(reminder.audience.user_id)
        # While a door is closed this is tried again and again: no model is asked twice for the same words.
        first = outgoing_id not in self._tried
        text = await self._voice.words(Occasion(reminder, now, late, times, person), in_character=first)
        is_same = await self._store.decide(reminder, outgoing_id, text)
        return _outgoing(reminder, outgoing_id, text) if is_same else None

    async def _miss(self, reminder: Reminder, times: int, next_at: datetime | None) -> bool:
        is_noted = await self._store.miss(reminder, max(1, times), next_at)
        if is_noted:
            await self._outdate(reminder.audience.character, reminder.audience.user_id)
        return is_noted


@dataclass(frozen=True, slots=True)
class _Tried:
    """A message that met a closed door: how long it rests, and until when."""

    pause: timedelta
    again_at: datetime


def _outgoing_id(reminder: Reminder) -> str:
    """Return the id of the message that says a reminder this time: other words are another message."""
    if reminder.outgoing_id:
        return reminder.outgoing_id
    at = reminder.due_at.astimezone(UTC)
    return derived_id(at, "reminder", reminder.id, at.isoformat(), reminder.what)


def _outgoing(reminder: Reminder, outgoing_id: str, text: str) -> Outgoing:
    return Outgoing(outgoing_id, reminder.audience, reminder.platform, text, PURPOSE, BUTTONS, reminder.id)
