"""What others call about reminders: setting them as they are asked for, changing them, and what a reply says of them.

A reminder is kept only of people who are remembered, and goes with the message that asked for it.
"""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from src_v2.characters.service import Characters
from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.errors import CharacterNotFound, NotThere, StoreUnavailable
from src_v2.core.ids import derived_id, new_id
from src_v2.core.messages import Author, IncomingMessage, Turn
from src_v2.evolution.models import Outdate
from src_v2.evolution.reminders import telling
from src_v2.evolution.reminders.asking import Request, asked_for, completed
from src_v2.evolution.reminders.models import DONE, PUT_OFF, SNOOZE, Counted, Reminder, Status
from src_v2.evolution.reminders.planning import at_another_time, local_time, moved_to, planned, soon
from src_v2.evolution.reminders.rereading import followed, id_of
from src_v2.evolution.reminders.rules import next_after
from src_v2.evolution.reminders.store import ReminderStore, reminder_row
from src_v2.evolution.reminders.times import When
from src_v2.memory.profiles import Profiles
from src_v2.storage.rows import RowWrite

MOST_FRESH = 1_000
"""Requests of turns that are being answered."""
UTC_ZONE = ZoneInfo("UTC")


async def nobody_asks(_character: str, _user_id: str) -> None:
    """Have nothing read anew: nobody keeps what was read."""


MISSED = "reminders"
"""The name of the aside with how many could not be said and were not mentioned since."""


class Reminders:
    """Reminders as people ask for them. `outdate` is told when what waits to be mentioned changes."""

    def __init__(
        self, store: ReminderStore, characters: Characters, profiles: Profiles, clock: Clock,
        *, outdate: Outdate = nobody_asks,
    ) -> None:  # fmt: skip
        self._store = store
        self._characters = characters
        self._profiles = profiles
        self._clock = clock
        self._outdate = outdate
        self._fresh: OrderedDict[str, tuple[str, Request]] = OrderedDict()

    def noted(self, message: IncomingMessage, previous: str) -> list[RowWrite]:
        """Return what a message asks to be reminded of, as rows; `previous` is what the person said before it.

        For people who are remembered. An answer that says only when completes what was asked before.
        """
        counted = self.counted_on(message.author, message.audience.character)
        now = local_time(message.sent_at, counted)
        request = asked_for(message.text, now, counted.called) or completed(message.text, previous, now)
        if request is None:
            return []
        self._fresh[message.id] = (message.author.user_id, request)
        if len(self._fresh) > MOST_FRESH:
            self._fresh.popitem(last=False)
        return self._rows(message.id, message.audience, message.platform, request, counted, message.sent_at)

    async def reread(self, message_ids: Collection[str]) -> None:
        """Follow messages that were edited or deleted: what they ask for now, from when they were said."""
        now = self._clock.now()
        await self._store.reread(await followed(self._store, self.clock_of, message_ids, now), now)

    async def guidance(self, turn: Turn, *, remembered: bool, missed: int = 0, with_tools: bool = False) -> list[str]:
        """Return what a reply to `turn` must say about reminders; nothing for nearly every turn, at no cost.

        To be asked once the turn is stored. `missed` is the aside `reminders`: what waits to be mentioned. `with_tools`
        says that the answer may call `set_reminder`.
        """
        requests = {message.id: request for message in turn.messages if (request := self._request_of(message))}
        lines: list[str] = []
        if requests:
            lines += (
                await self._told(turn, requests, with_tools=with_tools)
                if remembered
                else [telling.refused_guidance(telling.NOT_REMEMBERED)]
            )
        if missed and remembered:
            lines += await self._mentioned(turn.audience)
        return lines

    async def set(
        self, audience: Audience, platform: str, request: Request, counted: Counted, *, source_message_id: str = ""
    ) -> Reminder | None:
        """Keep a reminder whose time is known; None when there is no room for it."""
        now = self._clock.now()
        reminder = planned(new_id(), audience, platform, request, counted, now, source_message_id)
        return reminder if await self._store.add(reminder, now, *soon(reminder, now)) else None

    async def asked_in(self, user_id: str, message_id: str) -> Reminder | None:
        """Return what a message has set already."""
        found, _ = await self._store.asked_in(user_id, [message_id])
        return found[0] if found else None

    async def of(self, character: str, user_id: str) -> list[Reminder]:
        """Return a person's reminders of a character, soonest first; those that were not said among them."""
        return await self._store.of(character, user_id)

    async def done(self, user_id: str, reminder_id: str, *, said: bool = False) -> Reminder:
        """Let go of what is done; what comes again stays for its next time. Raises NotThere.

        Of what comes again, the time that is nearer is the one that is done: the next, or the one that was said.
        """
        reminder = await self._get(user_id, reminder_id)
        now = self._clock.now()
        if not reminder.rule or not reminder.is_open:
            await self._store.remove(user_id, [reminder.id])
        elif not said and _is_before_its_time(reminder, now):
            reminder = _after_this_time(replace(reminder, missed=0), now)
            await self._change(reminder, now)
        else:
            await self._store.mentioned([reminder.id], now)
        await self._outdate(reminder.audience.character, user_id)
        return reminder

    async def drop(self, user_id: str, reminder_id: str) -> Reminder:
        """Let go of a reminder, however often it would have come. Raises NotThere."""
        reminder = await self._get(user_id, reminder_id)
        await self._store.remove(user_id, [reminder.id])
        await self._outdate(reminder.audience.character, user_id)
        return reminder

    async def snooze(
        self, user_id: str, reminder_id: str, until: datetime | None = None, *, said: bool = False
    ) -> Reminder:
        """Say it again later (UTC; in ten minutes). What comes again by itself is put off once. Raises NotThere.

        When its next time is not later than that, it is this one which is put off; `said` means the one before.
        """
        reminder = await self._get(user_id, reminder_id)
        now = self._clock.now()
        later = replace(
            reminder, due_at=until or now + SNOOZE, status=Status.PLANNED, rule="", missed=0, outgoing_id="", text="",
        )  # fmt: skip
        if not reminder.rule:
            await self._change(later, now)
            return later
        later = replace(later, id=derived_id(reminder.due_at, "snoozed", reminder.id))  # pressed twice it is still one
        is_next = reminder.is_open and not said and reminder.due_at <= later.due_at
        kept = _after_this_time(reminder, now) if is_next else reminder
        if not await self._store.put_off(kept, later, now, *soon(later, now), *soon(kept, now)):
            raise NotThere("it was removed meanwhile")
        return later

    async def edit(self, user_id: str, reminder_id: str, request: Request, counted: Counted) -> Reminder:
        """Change what is said, when, or both: what the request leaves open stays, also how often. Raises NotThere."""
        reminder = await self._get(user_id, reminder_id)
        now = self._clock.now()
        status = Status.PLANNED if reminder.is_open else reminder.status
        changed = replace(reminder, what=request.what or reminder.what, status=status, outgoing_id="", text="")
        if isinstance(request.when, When):
            whole = replace(request, what=changed.what, language=reminder.language)
            changed = planned(
                reminder.id, reminder.audience, reminder.platform, whole, counted, now, reminder.source_message_id
            )
            if reminder.rule and not changed.rule:
                changed = at_another_time(reminder, changed)
        await self._change(changed, now)
        return changed

    async def pressed(self, action: str, about: str, user_id: str) -> str:
        """Do what a button says (`Pressed`); return what the person is told in passing.

        Raises NotThere for a button that is none of these.
        """
        try:
            if action == PUT_OFF:
                later = await self.snooze(user_id, about, said=True)
                return f"All right, again at {later.due_at.astimezone(later.zone):%H:%M}."
            if action == DONE:
                await self.done(user_id, about, said=True)
                return "Done."
        except NotThere:
            return "That one is done already."
        raise NotThere(f"there is no button {action!r}")

    async def set_zone(self, author: Author, zone: ZoneInfo) -> int:
        """Note where a person is, and count on their clock what was counted on a character's; return how many."""
        now = self._clock.now()
        there = replace(author, timezone=zone.key)
        guessed = await self._store.guessed(author.user_id)
        values = dict(id=author.user_id, display_name=author.name, timezone=zone.key, created_at=now)
        there_now = [moved_to(reminder, zone, now) for reminder in guessed]
        looks = [row for reminder in there_now for row in soon(reminder, now)]
        count = await self._store.change(there_now, now, RowWrite("v2_users", values, update=("timezone",)), *looks)
        await self._profiles.written(there)
        return count

    def counted_on(self, author: Author, character: str) -> Counted:
        """Return on whose clock a person's times are counted, as far as this process knows them."""
        return self._counted(self._profiles.timezone_of(author), character)

    async def clock_of(self, author: Author, character: str) -> Counted:
        """Return the same, and look it up when need be; raises StoreUnavailable when nothing is known of them."""
        return self._counted((await self._profiles.of(author)).timezone, character)

    def forget(self, user_id: str) -> None:
        """Drop what is held of requests: somebody is being erased."""
        for message_id in [one for one, (whose, _) in self._fresh.items() if whose == user_id]:
            del self._fresh[message_id]

    def _counted(self, name: str, character: str) -> Counted:
        try:
            asked = self._characters.get(character)
        except CharacterNotFound:
            asked = None
        called = asked.display_name if asked else ""
        try:
            if name:
                return Counted(ZoneInfo(name), guessed=False, called=called)
        except (ZoneInfoNotFoundError, ValueError):
            pass
        return Counted(asked.core.timezone if asked else UTC_ZONE, guessed=True, called=called)

    def _request_of(self, message: IncomingMessage) -> Request | None:
        fresh = self._fresh.pop(message.id, None)
        if fresh is not None:
            return fresh[1]
        counted = self.counted_on(message.author, message.audience.character)
        return asked_for(message.text, local_time(message.sent_at, counted), counted.called)

    async def _told(self, turn: Turn, requests: dict[str, Request], *, with_tools: bool) -> list[str]:
        """Return what became of requests: what is said of them is what is stored."""
        complete = [one for one in requests.values() if one.what and isinstance(one.when, When)]
        lines = [telling.open_guidance(one, with_tools=with_tools) for one in requests.values() if one not in complete]
        if not complete:
            return lines
        try:
            found, fits = await self._store.asked_in(turn.audience.user_id, list(requests))
        except StoreUnavailable:
            return [
                *lines,
                telling.refused_guidance("What you keep cannot be reached just now. They should try later."),
            ]
        if not fits:
            return [*lines, telling.refused_guidance(telling.FULL)]
        return [*lines, *map(telling.set_guidance, found)]

    async def _mentioned(self, audience: Audience) -> list[str]:
        """Return what was not said at its time and may be said here, and count it as mentioned."""
        try:
            missed = [one for one in await self._store.of(audience.character, audience.user_id) if one.missed]
            here = [one for one in missed if audience.is_private or one.audience.channel_id == audience.channel_id]
            if here:
                await self._store.mentioned([one.id for one in here], self._clock.now())
                await self._outdate(audience.character, audience.user_id)
        except StoreUnavailable:
            return []
        return [telling.missed_guidance(here)] if here else []

    def _rows(
        self, message_id: str, audience: Audience, platform: str, request: Request, counted: Counted, at: datetime
    ) -> list[RowWrite]:
        if not request.what or not isinstance(request.when, When):
            return []
        reminder = planned(id_of(message_id, at), audience.as_stored, platform, request, counted, at, message_id)
        row = replace(reminder_row(reminder, at), needs="")  # it is written together with its message, not after it
        return [row, *soon(reminder, at)]

    async def _change(self, reminder: Reminder, now: datetime) -> None:
        if not await self._store.change([reminder], now, *soon(reminder, now)):
            raise NotThere("it was removed meanwhile")

    async def _get(self, user_id: str, reminder_id: str) -> Reminder:
        reminder = await self._store.get(user_id, reminder_id)
        if reminder is None:
            raise NotThere("no such reminder of this person")
        return reminder


def _is_before_its_time(reminder: Reminder, now: datetime) -> bool:
    """Whether the next time of what comes again is nearer than the one at which it was said."""
    return reminder.said_at is None or reminder.due_at - now < now - reminder.said_at


def _after_this_time(reminder: Reminder, now: datetime) -> Reminder:
    """Return what comes again without its next time."""
    due = next_after(reminder.rule, max(now, reminder.due_at)) or reminder.due_at
    return replace(reminder, due_at=due, status=Status.PLANNED, outgoing_id="", text="")
