"""Set a reminder for the person who asks, when they ask for one in words whose time only the conversation tells.

What they say outright ("tomorrow at five") is set with their message; this is for "before my flight".
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from pydantic import Field

from src_v2.core.audience import Audience
from src_v2.core.messages import Author
from src_v2.evolution.reminders.asking import Request, asked_for, read_order
from src_v2.evolution.reminders.models import Counted, Reminder
from src_v2.evolution.reminders.telling import FULL, WHY_OPEN, when_of
from src_v2.evolution.reminders.times import Problem, When
from src_v2.tools.arguments import Arguments, Query, Unfit, Value
from src_v2.tools.asking import NOT_ASKED, own_words
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.results import ok, refused, unusable

_WORD = re.compile(r"\w{4,}")
NOT_THEIR_WORDS = unusable("what must be in the person's own words of just now: take it from their message.")


class SetReminder(Arguments):
    """Of what, and when."""

    what: Query = Field(description="What to remind them of, in their own words.")
    when: Value = Field(
        description="When, on the clock of the person: 2026-05-17T17:00, or words: tomorrow at 5pm, every Monday at 9."
    )


class ReminderBook(Protocol):
    """Keeps reminders: the part of `Reminders` that the tool calls. Any method may raise StoreUnavailable."""

    async def clock_of(self, author: Author, character: str) -> Counted:
        """Return on whose clock a person's times are counted."""
        ...

    async def asked_in(self, user_id: str, message_id: str) -> Reminder | None:
        """Return what a message has set already."""
        ...

    async def set(
        self, audience: Audience, platform: str, request: Request, counted: Counted, *, source_message_id: str = ""
    ) -> Reminder | None:
        """Keep a reminder; None when there is no room for it."""
        ...


def set_reminder(reminders: ReminderBook) -> Tool[SetReminder]:
    """Return the tool. It writes for the person who asks, in whose own words of this turn a reminder is asked for."""
    return Tool(
        name="set_reminder",
        description=(
            "Set a reminder for the person you speak with, when they ask for one just now and its time follows only "
            "from what you know. What they name outright is set already: then this tells you so."
        ),
        arguments=SetReminder,
        run=partial(_run, reminders),
        permission=Permission.WRITE_OWN,
        cost=Cost.CHEAP,
    )


async def _run(reminders: ReminderBook, wanted: SetReminder, context: ToolContext) -> ToolResult:
    message = context.message
    counted = await reminders.clock_of(context.author, message.audience.character)
    now = context.now.astimezone(counted.zone).replace(tzinfo=None)
    said = own_words(context)
    asked = asked_for(said, now)
    if asked is None:
        return NOT_ASKED
    there = [one for each in context.asked if (one := await reminders.asked_in(context.author.user_id, each.id))]
    if there:
        return ok(f"It is set already: {when_of(there[0])}. Nothing else was set.")
    if not _in(wanted.what, said):
        return NOT_THEIR_WORDS
    request = Request(wanted.what, _when(wanted.when, now), asked.language)
    if isinstance(request.when, Problem):
        raise Unfit(f"when: {WHY_OPEN[request.when]}")
    reminder = await reminders.set(
        message.audience.as_stored, message.platform, request, counted, source_message_id=message.id
    )
    if reminder is None:
        return refused(FULL)
    zone = " Say that it is counted on your own clock, because theirs is not known." if reminder.guessed_zone else ""
    return ok(f"Set: {when_of(reminder)}. Tell them this day and time.{zone}")


def _in(what: str, said: str) -> bool:
    """Whether every longer word of `what` is one that the person said."""
    known = _words(said)
    return bool(what.strip()) and all(word in known for word in _words(what))


def _words(text: str) -> Sequence[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _when(text: str, now: datetime) -> When | Problem:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return read_order(text, now).when
    if moment.tzinfo is not None:
        return Problem.MISSING
    return When(moment) if moment > now else Problem.PAST
