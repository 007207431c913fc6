"""Says reminders when they are due: each time once, even when the process dies in the middle.

What is said, and under what id, is stored before it is sent, and sent again as it is when nobody knows whether it was.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from src_v2.core.clock import Clock
from src_v2.core.errors import CannotReach, DoorClosed, StoreUnavailable
from src_v2.core.ids import derived_id
from src_v2.core.outgoing import Button, Outgoing, Send
from src_v2.evolution.models import Outdate
from src_v2.evolution.reminders.jobs import LOOK_AHEAD, deliver_request
from src_v2.evolution.reminders.models import DONE, KEPT_AFTER, PUT_OFF, TOO_LATE, Reminder, Status
from src_v2.evolution.reminders.rules import next_after, until
from src_v2.evolution.reminders.service import nobody_asks
from src_v2.evolution.reminders.store import AT_ONCE, ReminderStore
from src_v2.evolution.reminders.voice import Occasion, Voice
from src_v2.memory.profiles import Profiles
from src_v2.storage.outbox import outbox_row

log = structlog.get_logger(__name__)

PURPOSE = "reminder"
BUTTONS = (Button(DONE, "Done"), Button(PUT_OFF, "In 10 minutes"))
SAID_AT_ONCE = 16


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
        self._worded: set[str] = set()
        self._slots = asyncio.Semaphore(SAID_AT_ONCE)

    async def sweep(self) -> None:
        """Say what is due now, and see to it that what comes next is looked at in time. Raises StoreUnavailable."""
        now = self._clock.now()
        last: Reminder | None = None
        soon: set[datetime] = set()
        while True:
            found = await self._store.due(now + LOOK_AHEAD, last)
            soon |= {one.due_at for one in found if one.due_at > now}
            await self._say_all([one for one in found if one.due_at <= now and one.id not in self._in_hand])
            if len(found) < AT_ONCE:
                break
            last = found[-1]
        if soon:
            await self._store.write([outbox_row(deliver_request(moment), now) for moment in sorted(soon)])

    async def tidy(self) -> None:
        """Remove what is over for a month."""
        await self._store.remove_over(self._clock.now() - KEPT_AFTER)

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
        if decided is None:
            return
        try:
            await self._send(decided)
        except CannotReach:
            await self._miss(reminder, len(times), next_at)
        except DoorClosed:
            await self._store.put_back(reminder, decided.id)
        else:
            self._worded.discard(decided.id)
            await self._store.said(reminder, decided.id, self._clock.now(), next_at)
            if reminder.missed:
                await self._outdate(whose.character, whose.user_id)

    async def _decided(self, reminder: Reminder, now: datetime, late: timedelta, times: int) -> Outgoing | None:
        """Return what is said, stored before it is sent; None when the reminder was changed meanwhile."""
        if reminder.status is Status.SAYING and reminder.text:
            return _outgoing(reminder, reminder.outgoing_id, reminder.text)
        at = reminder.due_at.astimezone(UTC)
        outgoing_id = derived_id(at, "reminder", reminder.id, at.isoformat())
        person = "" if reminder.audience.is_private else await self._store.name_of(reminder.audience.user_id)
        # While a door is closed this is tried again and again: no model is asked twice for the same words.
        first = outgoing_id not in self._worded
        self._worded.add(outgoing_id)
        text = await self._voice.words(Occasion(reminder, now, late, times, person), in_character=first)
        is_same = await self._store.decide(reminder, outgoing_id, text)
        return _outgoing(reminder, outgoing_id, text) if is_same else None

    async def _miss(self, reminder: Reminder, times: int, next_at: datetime | None) -> None:
        if await self._store.miss(reminder, max(1, times), next_at):
            await self._outdate(reminder.audience.character, reminder.audience.user_id)


def _outgoing(reminder: Reminder, outgoing_id: str, text: str) -> Outgoing:
    return Outgoing(outgoing_id, reminder.audience, reminder.platform, text, PURPOSE, BUTTONS, reminder.id)
