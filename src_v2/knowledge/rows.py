"""Claims, wishes and summaries as table rows: the form in which they are written together with what they belong to."""

from datetime import datetime
from typing import Any

import orjson

from src_v2.core.audience import Audience
from src_v2.knowledge.models import Claim, Summary, Wish
from src_v2.storage.rows import RowWrite


def claim_row(claim: Claim) -> RowWrite:
    """Return the row of a claim; one that is there already stays as it is."""
    values = dict(
        id=claim.id, speaker_id=claim.speaker_id, subject=claim.subject, subject_kind=claim.subject_kind.value,
        predicate=claim.predicate, object=claim.object, object_kind=claim.object_kind.value,
        stance=claim.stance.value, confidence=claim.confidence, source_message_id=claim.source_message_id,
        learned_in=claim.learned_in, said_at=claim.said_at, valid_from=claim.valid_from,
        valid_until=claim.valid_until, **_audience(claim.audience),
    )  # fmt: skip
    return RowWrite("v2_facts", values)


def preference_row(wish: Wish) -> RowWrite:
    """Return the row of a wish; one that is there already stays as it is."""
    values = dict(
        id=wish.id, speaker_id=wish.speaker_id, name=wish.name.value, value=wish.value, stance=wish.stance.value,
        source_message_id=wish.source_message_id, learned_in=wish.learned_in, said_at=wish.said_at,
        **_audience(wish.audience),
    )  # fmt: skip
    return RowWrite("v2_preferences", values)


def summary_row(summary: Summary, audience: Audience, created_at: datetime) -> RowWrite:
    """Return the row of a summary of what was said in front of `audience`; one that is there already stays."""
    values = dict(
        id=summary.id, session_id=summary.session_id, text=summary.text,
        topics=orjson.dumps(list(summary.topics)).decode(), emotions=orjson.dumps(list(summary.emotions)).decode(),
        importance=summary.importance, started_at=summary.started_at, ended_at=summary.ended_at,
        created_at=created_at, **_audience(audience),
    )  # fmt: skip
    return RowWrite("v2_summaries", values)


def _audience(audience: Audience) -> dict[str, Any]:
    return dict(
        character=audience.character, user_id=audience.user_id, guild_id=audience.guild_id,
        channel_id=audience.channel_id, visibility=audience.visibility.value,
    )  # fmt: skip
