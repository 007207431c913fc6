"""What rests on messages besides knowledge and traces, and goes in the transaction in which they change or go."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Table, delete, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.storage.tables import goals, reflections


async def remove_resting(
    connection: AsyncConnection, message_ids: Collection[str], stretches: Collection[str | None]
) -> None:
    """Remove what rests on these messages, and what was found in stretches that are to be read back again.

    To be called after the messages were changed: whoever writes what rests on them holds them until then.
    """
    known = {stretch for stretch in stretches if stretch is not None}
    resting: list[tuple[Table, ColumnElement[bool]]] = [
        (goals, or_(goals.c.source_message_id.in_(message_ids), goals.c.learned_in.in_(known))),
        (reflections, reflections.c.id.in_(known)),
    ]
    for table, gone in resting:
        await connection.execute(delete(table).where(gone))
