"""Weeks of conversation in a database, and days on which something was said: for tests of what grows out of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, select

from src_v2.core.audience import Audience
from src_v2.core.ids import new_id
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import METADATA
from tests.support.epiphany_histories import History


async def live(database: Database, history: History, audience: Audience) -> None:
    """Store a history as said by the audience's user, with its summaries."""
    rows: list[RowWrite] = []
    for session in history.sessions:
        said = (said_row(line.message_id, line.text, line.at, audience, session=session.id) for line in session.lines)
        rows.extend(said)
        topics, emotions = sorted(session.topics), sorted(session.emotions)
        rows.append(summary_row(session.id, session.lines[-1].at, audience, topics=topics, emotions=emotions))
    await RowWriter(database).apply(sorted(rows, key=lambda row: row.table))


def said_row(
    key: str, text: str, at: datetime, audience: Audience, *, session: str = "session", own: bool = True
) -> RowWrite:
    """Return a message that was read back; the character's when it is not the person's own."""
    values = dict(
        id=key, turn_id=f"turn-{key}", session_id=session, user_id=audience.user_id,
        speaker_id=audience.user_id if own else f"character:{audience.character}",
        speaker_name="Sam" if own else "Elena", role="user" if own else "character", text=text, platform="discord",
        created_at=at, learned_in=f"stretch-{session}", **_place(audience),
    )  # fmt: skip
    return RowWrite("v2_messages", values)


def summary_row(
    session: str, at: datetime, audience: Audience, *, topics: Sequence[str] = (), emotions: Sequence[str] = (),
    importance: int = 2,
) -> RowWrite:  # fmt: skip
    values = dict(
        id=new_id(), session_id=session, user_id=audience.user_id, text="They talked.",
        topics=orjson.dumps(list(topics)).decode(), emotions=orjson.dumps(list(emotions)).decode(),
        importance=importance, started_at=at, ended_at=at, created_at=at, **_place(audience),
    )  # fmt: skip
    return RowWrite("v2_summaries", values)


async def count(database: Database, table: str, *where: Any) -> int:
    """Return how many rows a table has."""
    query = select(func.count()).select_from(METADATA.tables[table]).where(*where)
    async with database.read() as connection:
        return int((await connection.execute(query)).scalar_one())


def _place(audience: Audience) -> dict[str, Any]:
    return dict(
        character=audience.character, guild_id=audience.guild_id, channel_id=audience.channel_id,
        visibility=audience.visibility.value,
    )  # fmt: skip
