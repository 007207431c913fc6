"""What is written of a relationship, as table rows: they go in with the messages and the turn that they follow from."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from src_v2.core.ids import new_id
from src_v2.core.markers import own_words
from src_v2.core.messages import IncomingMessage, Turn
from src_v2.evolution.models import ChangeKind, Sentiment, TrustChange
from src_v2.evolution.relationship.jobs import settle_request
from src_v2.evolution.relationship.models import TURN_POINTS
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite

MOST_FEELING = 2.0


def turn_rows(turn: Turn, zone: ZoneInfo, now: datetime) -> list[RowWrite]:
    """Return what a real turn of talk leaves behind; `zone` is the character's, whose day limits what talking earns."""
    audience = turn.audience
    change = TrustChange(
        f"turn:{turn.id}", audience.character, audience.user_id, ChangeKind.TURN, TURN_POINTS, now,
        message_id=turn.messages[-1].id,
    )  # fmt: skip
    return [change_row(change, day=now.astimezone(zone).date().isoformat()), settle_row(now)]


def change_row(change: TrustChange, day: str = "") -> RowWrite:
    """Return an occasion that is not settled yet; one that is there already stays as it is."""
    values: dict[str, Any] = dict(
        id=change.id, character=change.character, user_id=change.user_id, kind=change.kind.value,
        amount=change.amount, applied=0, settled=False, note=change.note, source_message_id=change.message_id,
        day=day, happened_at=change.at,
    )  # fmt: skip
    return RowWrite("v2_trust_changes", values, needs=change.message_id)


def mention_row(mention_id: str, turn: Turn, now: datetime) -> RowWrite:
    """Return that a character said something that it says once; goes in with the reply in which it did."""
    audience = turn.audience
    values = dict(character=audience.character, user_id=audience.user_id, id=mention_id, due_at=now, said_at=now)
    return RowWrite("v2_mentions", values, update=("said_at",), needs=turn.messages[-1].id)


def feeling_rows(message: IncomingMessage, sentiment: Sentiment) -> list[RowWrite]:
    """Return how the author of a message seems to feel; nothing for most messages. Goes in with the message."""
    value = feeling_of(message, sentiment)
    if not value:
        return []
    audience = message.audience
    values = dict(
        message_id=message.id,
        character=audience.character,
        user_id=audience.user_id,
        value=value,
        said_at=message.sent_at,
    )
    return [RowWrite("v2_feelings", values)]


def feeling_of(message: IncomingMessage, sentiment: Sentiment) -> float:
    """Return how the author of a message seems to feel by their own words, -2..2."""
    return max(-MOST_FEELING, min(MOST_FEELING, sentiment(own_words(message.text))))


def settle_row(now: datetime) -> RowWrite:
    """Return the request to settle what waits."""
    return outbox_row(settle_request(new_id()), now)
