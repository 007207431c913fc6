"""What messages ask for after they were edited or deleted, counted from when they were said.

A changed word leaves the time as it is, wherever it was put off to; a changed time counts when it is ahead.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import datetime

from src_v2.core.audience import Audience
from src_v2.core.ids import derived_id
from src_v2.core.messages import Author, StoredMessage
from src_v2.evolution.reminders.asking import asked_for, completed
from src_v2.evolution.reminders.models import Counted, Followed, Reminder, Status
from src_v2.evolution.reminders.planning import local_time, planned
from src_v2.evolution.reminders.rules import next_after
from src_v2.evolution.reminders.store import ReminderStore
from src_v2.evolution.reminders.times import When

ClockOf = Callable[[Author, str], Awaitable[Counted]]


def id_of(message_id: str, at: datetime) -> str:
    """Return the id of the reminder that a message asks for by itself."""
    return derived_id(at, "reminder", message_id)


async def followed(store: ReminderStore, clock_of: ClockOf, message_ids: Collection[str], now: datetime) -> Followed:
    """Return what messages ask for now. Raises StoreUnavailable."""
    found = await store.said_by_people(message_ids)
    there = {message.id for message in found}
    dropped: list[str] = []
    asked: list[Reminder] = []
    changed: list[Reminder] = []
    for message in found:
        reminder = await _asked(store, clock_of, message)
        held = await store.get(message.user_id, id_of(message.id, message.created_at))
        if reminder is None:
            dropped.append(id_of(message.id, message.created_at))
        elif held is not None and held.rule == reminder.rule and (held.rule or reminder.due_at <= now):
            changed.append(_with_words(held, reminder))
        elif (ahead := _ahead(reminder, now)) is not None:
            asked.append(ahead)
        else:
            dropped.append(reminder.id)
    return Followed([one for one in message_ids if one not in there], dropped, asked, changed)


async def _asked(store: ReminderStore, clock_of: ClockOf, message: StoredMessage) -> Reminder | None:
    """Return the reminder that a message asks for, alone or as the answer to when; None when it asks for none."""
    author = Author(message.speaker_id, message.speaker_name)
    counted = await clock_of(author, message.character)
    at = local_time(message.created_at, counted)
    request = asked_for(message.text, at, counted.called)
    if request is None:
        request = completed(message.text, await store.said_before(message), at)
    if request is None or not request.what or not isinstance(request.when, When):
        return None
    audience = Audience(message.character, message.user_id, message.channel_id, message.visibility, message.guild_id)
    reminder_id = id_of(message.id, message.created_at)
    return planned(reminder_id, audience, message.platform, request, counted, message.created_at, message.id)


def _with_words(held: Reminder, reminder: Reminder) -> Reminder:
    """Return a reminder with other words, at its own time."""
    status = Status.PLANNED if held.is_open else held.status
    return replace(
        held, what=reminder.what, language=reminder.language, status=status, outgoing_id="", text=""
    )  # fmt: skip


def _ahead(reminder: Reminder, now: datetime) -> Reminder | None:
    """Return a reminder at its next time from now on; None when its only one is over."""
    if reminder.due_at > now:
        return reminder
    due = next_after(reminder.rule, now) if reminder.rule else None
    return replace(reminder, due_at=due) if due else None
