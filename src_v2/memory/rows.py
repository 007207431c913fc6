"""What is written about a turn, as table rows: the form that goes to SQL, or to the spool while SQL is away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from src_v2.core.audience import Audience
from src_v2.core.messages import Author, IncomingMessage, Role, Turn
from src_v2.core.routes import Route
from src_v2.storage.rows import RowWrite

CALLS = "v2_llm_calls"
TURN_OUTCOME = ("status", "error", "finished_at", "complexity", "route_confidence", "route_reasons")


@dataclass(frozen=True, slots=True)
class RefChange:
    """A message, named by the platform, was edited to `text`, or deleted when `text` is None."""

    character: str
    platform_message_id: str
    text: str | None


Transaction = Sequence[RowWrite] | RefChange
"""What is written at once, and waits in the spool at once."""


def user_row(author: Author, at: datetime) -> RowWrite:
    """Return what the platform tells about a person."""
    values = dict(id=author.user_id, display_name=author.name, timezone=author.timezone or None, created_at=at)
    known = ("display_name", "timezone") if author.timezone else ("display_name",)
    return RowWrite("v2_users", values, update=known)


def noticed_row(author: Author, at: datetime) -> RowWrite:
    """Return that a person was told what is kept."""
    return RowWrite("v2_users", user_row(author, at).values | {"noticed_at": at}, update=("noticed_at",))


def session_row(session_id: str, audience: Audience, at: datetime) -> RowWrite:
    """Return a new session."""
    return RowWrite("v2_sessions", dict(id=session_id, started_at=at, **_place(audience)))


def turn_row(
    turn: Turn, session_id: str, status: str, ended_at: datetime, error: str | None, route: Route | None = None
) -> RowWrite:
    """Return how a turn ended: `answered`, `failed` or `stopped`; `route` is how it was thought about."""
    values = dict(
        id=turn.id, session_id=session_id, platform=turn.messages[-1].platform, status=status, error=error,
        started_at=turn.messages[-1].sent_at, finished_at=ended_at, **_place(turn.audience), **_way(route),
    )  # fmt: skip
    return RowWrite("v2_turns", values, update=TURN_OUTCOME, needs=turn.messages[-1].id)


def message_rows(incoming: Sequence[IncomingMessage], session_id: str | None, turn_id: str | None) -> list[RowWrite]:
    """Return messages as they came in, and under which platform ids they can be found."""
    rows = [
        RowWrite("v2_messages", _incoming(message, session_id, turn_id), _changing(message, turn_id))
        for message in incoming
    ]
    rows += [
        ref_row(message.audience.character, message.platform_message_id, message.id)
        for message in incoming
        if message.platform_message_id is not None
    ]
    return rows


def reply_row(turn: Turn, session_id: str, name: str, text: str, at: datetime) -> RowWrite:
    """Return the character's reply to a turn; `name` is the character's display name."""
    audience = turn.audience
    values = dict(
        id=turn.reply_id, turn_id=turn.id, session_id=session_id, speaker_id=f"character:{audience.character}",
        speaker_name=name, role=Role.CHARACTER.value, text=text, platform=turn.messages[-1].platform,
        guild_id=audience.guild_id, visibility=audience.visibility.value,
        created_at=at, **_place(audience),
    )  # fmt: skip
    return RowWrite("v2_messages", values, needs=turn.messages[-1].id)


def ref_row(character: str, platform_message_id: str, message_id: str) -> RowWrite:
    """Return the note that a platform message shows a stored message."""
    values = dict(character=character, platform_message_id=platform_message_id, message_id=message_id)
    return RowWrite("v2_message_refs", values)


def only_costs(rows: Sequence[RowWrite]) -> list[RowWrite]:
    """Return what is written of a turn that leaves nothing else: its model calls, which count but belong to nobody."""
    calls = [row for row in rows if row.table == CALLS]
    return [replace(call, values=call.values | {"user_id": None, "turn_id": None}, needs="") for call in calls]


def _changing(message: IncomingMessage, turn_id: str | None) -> tuple[str, ...]:
    """Return what changes of a message that comes again; what its pictures show may stand in the text by then."""
    text = () if message.pictures else ("text",)
    return (*text, "turn_id") if turn_id else text


def _place(audience: Audience) -> dict[str, Any]:
    return dict(character=audience.character, user_id=audience.user_id, channel_id=audience.channel_id)


def _way(route: Route | None) -> dict[str, Any]:
    if route is None:
        return dict(complexity=None, route_confidence=None, route_reasons=None)
    reasons = orjson.dumps(route.reasons).decode()
    return dict(complexity=route.complexity.value, route_confidence=route.confidence, route_reasons=reasons)


def _incoming(message: IncomingMessage, session_id: str | None, turn_id: str | None) -> dict[str, Any]:
    audience = message.audience
    return dict(
        id=message.id, turn_id=turn_id, session_id=session_id, speaker_id=message.author.user_id,
        speaker_name=message.author.name, role=Role.USER.value, text=message.text, platform=message.platform,
        guild_id=audience.guild_id, visibility=audience.visibility.value,
        created_at=message.sent_at, **_place(audience),
    )  # fmt: skip
