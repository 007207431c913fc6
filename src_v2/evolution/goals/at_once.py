"""The goals that a message states outright, as rows that are written together with it."""

from datetime import datetime

from src_v2.core.audience import Audience
from src_v2.core.ids import derived_id
from src_v2.core.markers import own_words
from src_v2.core.messages import IncomingMessage, StoredMessage
from src_v2.evolution.goals.jobs import join_request
from src_v2.evolution.goals.models import HIGH_PRIORITY, PRIORITY, Entry, What
from src_v2.evolution.goals.rows import entry_row
from src_v2.evolution.goals.stating import Intention, intentions, taken_back
from src_v2.evolution.goals.wording import goal_key
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite


def stated_at_once(message: IncomingMessage, previous: str) -> list[RowWrite]:
    """Return what a message leaves behind; `previous` is what the same person said before it."""
    text = own_words(message.text)
    entries = [_entry(one, What.STATED, message.id, message.audience, message.sent_at) for one in intentions(text)]
    if previous:
        entries += [
            _entry(one, What.DROPPED, message.id, message.audience, message.sent_at)
            for one in taken_back(text, own_words(previous))
        ]
    return _rows(entries, message.id, message.audience, message.sent_at)


def stated_anew(message: StoredMessage, now: datetime) -> list[RowWrite]:
    """Return what a message leaves behind after it was edited."""
    audience = Audience(message.character, message.user_id, message.channel_id, message.visibility, message.guild_id)
    found = intentions(own_words(message.text))
    entries = [_entry(one, What.STATED, message.id, audience, message.created_at) for one in found]
    return _rows(entries, f"{message.id}:{int(now.timestamp() * 1000)}", audience, now)


def _entry(said: Intention, what: What, message_id: str, audience: Audience, at: datetime) -> Entry:
    """Return an entry; the same message gives the same ids, however often it is read."""
    key = goal_key(audience.character, audience.user_id, said.description)
    priority = HIGH_PRIORITY if said.foremost else PRIORITY
    return Entry(
        derived_id(at, "goal", message_id, key, what), key, audience.as_stored, what, at,
        said.description if what is What.STATED else "", priority=priority, message_id=message_id,
    )  # fmt: skip


def _rows(entries: list[Entry], occasion: str, audience: Audience, at: datetime) -> list[RowWrite]:
    """Return the rows, and the request to look whether a goal is one that is known in other words."""
    if not entries:
        return []
    request = join_request(audience.character, audience.user_id, occasion)
    return [*(entry_row(entry) for entry in entries), outbox_row(request, at)]
