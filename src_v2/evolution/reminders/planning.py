"""From what somebody asks for to a reminder that is kept: when it is due, and when to look for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from src_v2.core.audience import Audience
from src_v2.evolution.reminders.asking import Request
from src_v2.evolution.reminders.jobs import deliver_request, is_soon
from src_v2.evolution.reminders.models import Counted, Reminder
from src_v2.evolution.reminders.rules import at_time, in_zone, next_after, rule_text, utc
from src_v2.evolution.reminders.times import When
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite


def planned(
    reminder_id: str, audience: Audience, platform: str, request: Request, counted: Counted, at: datetime,
    source_message_id: str,
) -> Reminder:  # fmt: skip
    """Return the reminder that a request whose time is known asks for; it was asked at `at` (UTC)."""
    when = request.when
    if not isinstance(when, When):
        raise TypeError("a reminder needs a time")
    due = at + when.elapsed if when.elapsed is not None else utc(when.first, counted.zone)
    rule = rule_text(due.astimezone(counted.zone).replace(tzinfo=None), when.rule, counted.zone) if when.rule else ""
    return Reminder(
        reminder_id, audience, platform, request.what, request.language, rule, counted.zone.key,
        counted.guessed and not when.counted, due, source_message_id=source_message_id,
    )  # fmt: skip


def at_another_time(reminder: Reminder, moment: Reminder) -> Reminder:
    """Return one that comes again with the time of day at which `moment` would come once; its rhythm stays."""
    rule = at_time(reminder.rule, moment.due_at.astimezone(moment.zone).replace(tzinfo=None), moment.zone)
    due = next_after(rule, moment.due_at - timedelta(seconds=1)) or moment.due_at
    return replace(moment, rule=rule, due_at=due.astimezone(UTC))


def local_time(moment: datetime, counted: Counted) -> datetime:
    """Return what the wall clock shows at a moment, naive."""
    return moment.astimezone(counted.zone).replace(tzinfo=None)


def soon(reminder: Reminder, now: datetime) -> Sequence[RowWrite]:
    """Return the request to look at its time exactly, when that comes before the next look at all of them."""
    return [outbox_row(deliver_request(reminder.due_at), now)] if is_soon(reminder.due_at, now) else []


def moved_to(reminder: Reminder, zone: ZoneInfo, now: datetime) -> Reminder:
    """Return a reminder at the same time on the clock of another zone."""
    due = utc(reminder.due_at.astimezone(reminder.zone).replace(tzinfo=None), zone)
    rule = in_zone(reminder.rule, zone) if reminder.rule else ""
    if rule:
        due = next_after(rule, now) or due
    if due <= now:  # there it is over already: said at once
        due = now + timedelta(seconds=1)
    return replace(reminder, timezone=zone.key, guessed_zone=False, due_at=due.astimezone(UTC), rule=rule)
