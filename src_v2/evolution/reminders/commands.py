"""The command `remind`: set, show, change and let go of reminders, the same in every door."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from src_v2.core.commands import SHOW, Action, Answer, Asked, Command, Item
from src_v2.core.errors import NotThere, NotUnderstood
from src_v2.core.messages import Author
from src_v2.evolution.reminders import telling
from src_v2.evolution.reminders.asking import Request, read_order
from src_v2.evolution.reminders.models import Counted, Reminder
from src_v2.evolution.reminders.rules import utc, value_of
from src_v2.evolution.reminders.service import Reminders
from src_v2.evolution.reminders.times import Problem, When
from src_v2.memory.profiles import Profiles

NAME = "remind"
ADD, DONE, SNOOZE, EDIT, DROP, ZONE = "add", "done", "snooze", "edit", "drop", "zone"
HOW = "Say what and when, like: call my mum tomorrow at 17:00; water the plants every other Friday at 9."


def remind(reminders: Reminders, profiles: Profiles) -> Command:
    """Return the command. Text without an action sets a reminder; nothing at all shows them."""

    async def run(asked: Asked) -> Answer:
        return await _Asking(reminders, profiles, asked).answer()

    return Command(
        NAME, "Reminders: what I am to remind you of, and when", run,
        (
            Action(ADD, "Set a reminder", "what and when, like: call my mum tomorrow at 17:00"),
            Action(DONE, "It is done", of_item=True),
            Action(SNOOZE, "Say it again later", "when, like: in an hour", of_item=True),
            Action(EDIT, "Change what or when", "what changes, like: tomorrow at 9", of_item=True),
            Action(DROP, "Let go of it", of_item=True),
            Action(ZONE, "Say where you are, so that times are yours", "a time zone, like Europe/Berlin"),
        ),
    )  # fmt: skip


class _Asking:
    """One run of the command."""

    def __init__(self, reminders: Reminders, profiles: Profiles, asked: Asked) -> None:
        self._reminders = reminders
        self._profiles = profiles
        self._asked = asked
        self._author = Author(asked.audience.user_id, asked.name, asked.timezone)
        self._text = asked.text.strip()

    async def answer(self) -> Answer:
        """Do what is asked; raises NotThere, NotUnderstood, StoreUnavailable."""
        match self._asked.action:
            case action if action == SHOW and not self._text:
                return await self._list()
            case action if action in {ADD, SHOW}:
                return await self._add()
            case action if action == ZONE:
                return await self._zone()
            case action if action in {DONE, DROP}:
                return await self._let_go(action)
            case action if action == SNOOZE:
                return await self._snooze()
            case action if action == EDIT:
                return await self._edit()
        raise NotThere("no such action")

    async def _add(self) -> Answer:
        if not await self._remembered():
            return Answer(telling.NOT_REMEMBERED)
        counted, request = await self._read(self._text)
        if isinstance(request.when, Problem):
            return Answer(f"{telling.WHY_OPEN[request.when]} {HOW}" if request.when is Problem.MISSING
                          else telling.WHY_OPEN[request.when])  # fmt: skip
        if not request.what:
            return Answer(f"I understood when, but not of what. {HOW}")
        asked = self._asked
        reminder = await self._reminders.set(asked.audience.as_stored, asked.platform, request, counted)
        if reminder is None:
            return Answer(telling.FULL)
        return Answer(
            f"I will remind you of it: {telling.when_of(reminder)}.{_zone_note(reminder)}", (_item(reminder),)
        )

    async def _list(self) -> Answer:
        found = await self._all()
        if not found:
            return Answer(f"Nothing is waiting. {HOW}")
        return Answer("What I am to remind you of:", tuple(map(_item, found)))

    async def _let_go(self, action: str) -> Answer:
        reminder = (await self._named(self._text))[0]
        if action == DROP:
            await self._reminders.drop(self._author.user_id, reminder.id)
            return Answer("Gone.")
        await self._reminders.done(self._author.user_id, reminder.id)
        return Answer(f"Done. It comes again: {telling.when_of(reminder)}." if reminder.rule else "Done.")

    async def _snooze(self) -> Answer:
        reminder, rest = await self._named(self._text)
        until = None
        if rest:
            counted, request = await self._read(rest)
            if not isinstance(request.when, When) or request.when.rule:
                return Answer(telling.WHY_OPEN[Problem.MISSING])
            until = _moment(request.when, counted, self._asked.at)
        later = await self._reminders.snooze(self._author.user_id, reminder.id, until)
        return Answer(f"Again: {telling.when_of(later)}.")

    async def _edit(self) -> Answer:
        reminder, rest = await self._named(self._text)
        counted, request = await self._read(rest)
        if reminder.rule:
            request = _at_its_half_of_the_day(
                request, rest, self._asked.at.astimezone(counted.zone).replace(tzinfo=None)
            )
        when = request.when
        if isinstance(when, Problem) and (when is not Problem.MISSING or not request.what):
            return Answer(telling.WHY_OPEN[when])
        changed = await self._reminders.edit(self._author.user_id, reminder.id, request, counted)
        is_rhythm_kept = isinstance(when, When) and not when.rule and changed.rule
        rhythm = f" It still comes {telling.in_words(value_of(changed.rule))}." if is_rhythm_kept else ""
        return Answer(f"Changed: {telling.listed(changed)}.{rhythm}{_zone_note(changed)}", (_item(changed),))

    async def _zone(self) -> Answer:
        if not await self._remembered():
            return Answer(telling.NOT_REMEMBERED)
        zone = await asyncio.to_thread(zone_named, self._text)  # it reads files
        if zone is None:
            raise NotUnderstood("I know no such time zone. Say it like: Europe/Berlin, America/New_York, Asia/Tokyo.")
        moved = await self._reminders.set_zone(self._author, zone)
        there = self._asked.at.astimezone(zone).strftime("%H:%M")
        also = f" {moved} of your reminders now follow your clock." if moved else ""
        return Answer(f"{zone.key}: there it is {there} now.{also}")

    async def _remembered(self) -> bool:
        return (await self._profiles.of(self._author)).remembers(self._asked.audience)

    async def _read(self, text: str) -> tuple[Counted, Request]:
        counted = await self._reminders.clock_of(self._author, self._asked.audience.character)
        now = self._asked.at.astimezone(counted.zone).replace(tzinfo=None)
        return counted, read_order(text, now)

    async def _named(self, text: str) -> tuple[Reminder, str]:
        """Return the one that is meant, by its id or its number in the list, and the words behind; raises NotThere."""
        word, _, rest = text.partition(" ")
        found = await self._all()
        for number, reminder in enumerate(found, 1):
            if word in {reminder.id, str(number), f"{number}."}:
                return reminder, rest.strip()
        raise NotThere("no such reminder")

    async def _all(self) -> Sequence[Reminder]:
        return await self._reminders.of(self._asked.audience.character, self._author.user_id)


def zone_named(text: str) -> ZoneInfo | None:
    """Return the zone of that name: an IANA name, or the city in one, in any capitals."""
    name = "_".join(text.split()).casefold()
    key = _zones().get(name)
    return ZoneInfo(key) if key else None


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    known = sorted(available_timezones())
    cities = {key.rpartition("/")[2].casefold(): key for key in known if "/" in key and not key.startswith("Etc/")}
    return cities | {key.casefold(): key for key in known}


def _at_its_half_of_the_day(request: Request, text: str, now: datetime) -> Request:
    """Return a request with the time of day that its words mean on any day: "at ten" of what comes again is no night.

    Of something that comes once it is whichever ten comes next. `now` is the person's wall clock, naive.
    """
    when = request.when
    fresh = read_order(text, datetime.combine(now, time.min)).when
    if not isinstance(when, When) or not isinstance(fresh, When) or when.rule or when.elapsed is not None:
        return request
    first = datetime.combine(when.first, fresh.first.time())
    return replace(request, when=replace(when, first=first if first > now else first + timedelta(days=1)))


def _item(reminder: Reminder) -> Item:
    return Item(reminder.id, telling.listed(reminder), (DONE, SNOOZE, EDIT, DROP))


def _zone_note(reminder: Reminder) -> str:
    if not reminder.guessed_zone:
        return ""
    return (
        f" I don't know where you are, so I counted on my own clock ({reminder.timezone}). "
        f"Tell me yours with: {NAME} {ZONE} Europe/Berlin."
    )


def _moment(when: When, counted: Counted, now: datetime) -> datetime:
    return now.astimezone(UTC) + when.elapsed if when.elapsed is not None else utc(when.first, counted.zone)
