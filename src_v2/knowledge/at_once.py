"""What a message states outright, as rows that are written together with it. Only its sender's own words count."""

from dataclasses import replace
from datetime import datetime

from src_v2.core.audience import Audience
from src_v2.core.markers import own_words
from src_v2.core.messages import IncomingMessage, StoredMessage
from src_v2.knowledge.jobs import graph_request
from src_v2.knowledge.rows import claim_row, preference_row
from src_v2.knowledge.statements import Origin, Statements, drafts, from_drafts, read
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite


def understood_at_once(message: IncomingMessage, previous: str) -> list[RowWrite]:
    """Return what a message leaves behind; `previous` is what the same person said before it."""
    said = read(replace(message, text=own_words(message.text)), own_words(previous))
    return _rows(said, f"{message.id}", message.sent_at)


def understood_anew(message: StoredMessage, now: datetime) -> list[RowWrite]:
    """Return what a message leaves behind after it was edited."""
    audience = Audience(message.character, message.user_id, message.channel_id, message.visibility, message.guild_id)
    origin = Origin(message.id, audience, message.speaker_id, message.created_at)
    return _rows(
        from_drafts(drafts(own_words(message.text)), origin),
        f"{message.id}:{int(now.timestamp() * 1000)}",
        now,
    )


def _rows(said: Statements, occasion: str, at: datetime) -> list[RowWrite]:
    rows = [claim_row(claim) for claim in said.claims] + [preference_row(wish) for wish in said.preferences]
    if said.claims:
        rows.append(outbox_row(graph_request(occasion), at))
    return rows
