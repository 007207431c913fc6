"""The traces' SQL: reading them for those who may see them, and removing them with what they rest on."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, ScalarSelect, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.core.audience import Audience, visible_to
from src_v2.memory.profile_store import unheard_in_servers
from src_v2.memory.traces.models import LEAST_QUALITY, Trace
from src_v2.memory.traces.rows import trace_of
from src_v2.storage.database import Database
from src_v2.storage.filters_sql import to_sql
from src_v2.storage.tables import messages, reactions, traces

A_REACTION_COUNTS = 0.3
"""Of the quality, 0..1: two reactions against it are enough to let go of the best run."""


class TraceStore:
    """Traces of one's own runs."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def by_ids(self, audience: Audience, ids: Sequence[str]) -> list[Trace]:
        """Return those of `ids` that are this person's, may surface here and are good enough to follow.

        What the person thinks of a reply (v2_reactions) counts into the quality of the run that led to it.
        """
        quality = traces.c.quality + A_REACTION_COUNTS * _liked()
        query = (
            select(*(column for column in traces.c if column is not traces.c.quality), quality.label("quality"))
            .join(messages, messages.c.id == traces.c.source_message_id)
            .where(traces.c.id.in_(ids), quality >= LEAST_QUALITY, _own(audience), unchanged())
        )
        async with self._db.read() as connection:
            return [trace_of(row) for row in (await connection.execute(query)).mappings()]


async def remove_traces(
    connection: AsyncConnection, message_ids: Sequence[str], turn_ids: Sequence[str | None]
) -> list[str]:
    """Remove the traces of turns of which a message changed or went, in its transaction; return their ids.

    To be called after the messages were changed: whoever stores a trace holds the message that it rests on until then.
    """
    of_turns = traces.c.turn_id.in_({turn_id for turn_id in turn_ids if turn_id is not None})
    gone = delete(traces).where(or_(traces.c.source_message_id.in_(message_ids), of_turns))
    return list((await connection.execute(gone.returning(traces.c.id))).scalars())


def unchanged() -> ColumnElement[bool]:
    """Return the condition that the question was not edited after its trace was made; needs a join with messages.

    An edit that comes between the end of a run and its being stored finds no trace to remove.
    """
    return or_(messages.c.edited_at.is_(None), messages.c.edited_at <= traces.c.created_at)


def _liked() -> ScalarSelect[float]:
    """Return the sum of the reactions to what was answered in a trace's turn, each -1..1."""
    replies = messages.alias("replies")
    reacted = reactions.join(replies, replies.c.id == reactions.c.message_id)
    total = select(func.coalesce(func.sum(reactions.c.value), 0.0)).select_from(reacted)
    return total.where(replies.c.turn_id == traces.c.turn_id).scalar_subquery()


def _own(audience: Audience) -> ColumnElement[bool]:
    """Return the condition for this person's traces that may surface: those of others never do."""
    own = and_(to_sql(visible_to(audience), traces), traces.c.user_id == audience.user_id)
    return own if audience.is_private else and_(own, traces.c.user_id.not_in(unheard_in_servers()))
