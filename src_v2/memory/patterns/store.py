"""The SQL of feedback: reactions, and the exchanges that they are about.

Only those whom a reply answered have a say about it here, and only of those who want to be remembered is it kept. Every
change is one statement or one transaction, without reading first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    CTE,
    ColumnElement,
    Delete,
    Float,
    Row,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects import postgresql, sqlite

from src_v2.core.audience import Audience, visible_to
from src_v2.core.messages import Role
from src_v2.memory.patterns.models import Exchange, Other
from src_v2.storage.database import Database
from src_v2.storage.filters_sql import to_sql
from src_v2.storage.tables import message_refs, messages, reactions, switches
from src_v2.storage.types_sql import UtcDateTime

MOST_OTHERS = 24
"""Replies that a person said nothing about, the newest first: what those they liked are compared with."""
MOST_EXCHANGES = 40
"""Of one person with one character, the newest reactions first: what they liked long ago is hardly what they like."""
_PLACE = ("character", "user_id", "guild_id", "channel_id", "visibility")


@dataclass(frozen=True, slots=True)
class Reply:
    """A character's reply: by our id, or by that of a platform's message which shows it."""

    character: str
    message_id: str = ""
    platform_message_id: str = ""

    @property
    def ids(self) -> Select[tuple[str]]:
        """The query for its id; of none when the platform's message shows nothing of ours."""
        if self.message_id:
            return select(literal(self.message_id))
        shown = and_(
            message_refs.c.character == self.character,
            message_refs.c.platform_message_id == self.platform_message_id,
        )
        return select(message_refs.c.message_id).where(shown)


class ReactionStore:
    """Reactions. All raise StoreUnavailable while SQL is away."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, reply: Reply, user_id: str, emoji: str, value: float, at: datetime) -> bool:
        """Keep a reaction; False when the reply is gone, answered somebody else, or nothing may be kept."""
        async with self._db.write() as connection:
            kept = await connection.execute(self._insert(reply, user_id, emoji, value, at))
            return kept.first() is not None

    async def remove(self, reply: Reply, user_id: str, emoji: str) -> bool:
        """Take a reaction back; say whether there was one."""
        async with self._db.write() as connection:
            return (await connection.execute(_gone(reply, user_id, emoji))).first() is not None

    async def clear(self, reply: Reply, emoji: str | None = None) -> list[str]:
        """Take back everybody's reactions to a reply, or those with one emoji; return whose there were."""
        async with self._db.write() as connection:
            return sorted({row[0] for row in await connection.execute(_gone(reply, emoji=emoji))})

    async def replace(self, reply: Reply, user_id: str, emoji: str, value: float, at: datetime) -> bool:
        """Keep this reaction and no other of this person to the reply; return what `add` returns."""
        async with self._db.write() as connection:
            await connection.execute(_gone(reply, user_id))
            kept = await connection.execute(self._insert(reply, user_id, emoji, value, at))
            return kept.first() is not None

    async def withdraw(self, reply: Reply, user_id: str) -> bool:
        """Take all reactions of a person to a reply back; say whether there were any."""
        async with self._db.write() as connection:
            return (await connection.execute(_gone(reply, user_id))).first() is not None

    async def values(self, user_id: str, message_ids: Sequence[str]) -> dict[str, float]:
        """Return reply id -> the sum of this person's reactions to it, of those that they reacted to."""
        mine = and_(reactions.c.user_id == user_id, reactions.c.message_id.in_(message_ids))
        query = select(reactions.c.message_id, func.sum(reactions.c.value)).where(mine)
        async with self._db.read() as connection:
            rows = await connection.execute(query.group_by(reactions.c.message_id))
            return {row[0]: float(row[1]) for row in rows}

    async def exchanges(self, audience: Audience, reply_ids: Sequence[str] | None = None) -> list[Exchange]:
        """Return what this person reacted to and may surface in front of `audience`, the newest reactions first.

        With `reply_ids`, those only. An exchange of which a part is gone, or was changed after the reaction, is left
        out. Raises StoreUnavailable.
        """
        async with self._db.read() as connection:
            return _together((await connection.execute(_exchanges(audience, reply_ids))).all())

    async def shelf(self, audience: Audience) -> tuple[list[Exchange], list[Other]]:
        """Return what `exchanges` does, and replies that this person said nothing about; in one statement."""
        both = union_all(_exchanges(audience), _others(audience))
        async with self._db.read() as connection:
            rows = (await connection.execute(both)).all()
        others = [Other(row.reply, row.replied_at, _place(row)) for row in rows if row.reacted_at is None]
        return _together([row for row in rows if row.reacted_at is not None]), others

    async def note_used(self, user_id: str, reply_ids: Sequence[str], at: datetime) -> None:
        """Note that replies served as examples; an older moment never takes the place of a newer one."""
        older = or_(reactions.c.used_at.is_(None), reactions.c.used_at < at)
        used = update(reactions).where(reactions.c.user_id == user_id, reactions.c.message_id.in_(reply_ids), older)
        async with self._db.write() as connection:
            await connection.execute(used.values(used_at=at))

    def _insert(self, reply: Reply, user_id: str, emoji: str, value: float, at: datetime) -> Any:
        """Return the statement that stores a reaction if the reply is there, and keeps it there meanwhile."""
        columns = ("character", "message_id", "user_id", "emoji", "value", "created_at")
        row = (
            select(
                messages.c.character, messages.c.id, messages.c.user_id,
                literal(emoji), literal(value, Float), literal(at, UtcDateTime),
            )
            .where(messages.c.id.in_(reply.ids), messages.c.character == reply.character)
            .where(messages.c.user_id == user_id, messages.c.role == Role.CHARACTER.value, not_(_unkept(user_id)))
            .with_for_update(read=True, of=messages)
        )  # fmt: skip
        insert: sqlite.Insert | postgresql.Insert = self._db.upsert(reactions).from_select(columns, row)
        keys = list(reactions.primary_key.columns)
        again = insert.on_conflict_do_update(index_elements=keys, set_={"value": insert.excluded["value"]})
        return again.returning(reactions.c.message_id)


def _gone(reply: Reply, user_id: str = "", emoji: str | None = None) -> Delete:
    """Return the statement that removes reactions to a reply; whose they were comes back."""
    mine = [reactions.c.user_id == user_id] if user_id else []
    such = [reactions.c.emoji == emoji] if emoji is not None else []
    of_reply = and_(reactions.c.message_id.in_(reply.ids), reactions.c.character == reply.character)
    return delete(reactions).where(of_reply, *mine, *such).returning(reactions.c.user_id)  # type: ignore[return-value]


def _unkept(user_id: str) -> ColumnElement[bool]:
    """Return the condition for messages of places where this person does not want anything to be kept."""
    not_here = and_(not_(switches.c.servers), messages.c.guild_id.is_not(None))
    return exists().where(switches.c.user_id == user_id, or_(not_(switches.c.remember), not_here))


def _exchanges(audience: Audience, reply_ids: Sequence[str] | None = None) -> Select[Any]:
    reacted = _reacted(audience, reply_ids)
    # Found by id and turn first: left to choose, SQLite walks through everything of this person for each of them.
    reply = _said(messages.c.id.in_(select(reacted.c.message_id)), "reply")
    asked = _said(messages.c.turn_id.in_(select(reply.c.turn_id)), "asked")
    to_it = and_(
        asked.c.turn_id == reply.c.turn_id, asked.c.role == Role.USER.value, asked.c.user_id == reply.c.user_id
    )
    visible = [and_(to_sql(visible_to(audience), part), part.c.text != "") for part in (reply, asked)]
    return (
        select(
            reply.c.id.label("reply_id"), reply.c.text.label("reply"), reply.c.created_at.label("replied_at"),
            reply.c.edited_at.label("reply_edited_at"), asked.c.text.label("question"),
            asked.c.edited_at.label("question_edited_at"), asked.c.created_at.label("asked_at"),
            asked.c.id.label("asked_id"), reacted.c.value, reacted.c.reacted_at, reacted.c.used_at,
            *(reply.c[name] for name in _PLACE),
        )
        .select_from(reacted)
        .join(reply, reply.c.id == reacted.c.message_id)
        .join(asked, to_it)
        .where(*visible)
    )  # fmt: skip


def _others(audience: Audience) -> Select[Any]:
    """Return the query for replies that this person said nothing about, with the columns of `_exchanges`."""
    about = and_(reactions.c.user_id == audience.user_id, reactions.c.character == audience.character)
    never, nothing = cast_to(null(), UtcDateTime), literal("")
    newest = (
        select(
            messages.c.id.label("reply_id"), messages.c.text.label("reply"), messages.c.created_at.label("replied_at"),
            never.label("reply_edited_at"), nothing.label("question"), never.label("question_edited_at"),
            never.label("asked_at"), nothing.label("asked_id"), cast_to(null(), Float).label("value"),
            never.label("reacted_at"), never.label("used_at"), *(messages.c[name] for name in _PLACE),
        )
        .where(messages.c.character == audience.character, messages.c.user_id == audience.user_id)
        .where(messages.c.role == Role.CHARACTER.value, messages.c.text != "", to_sql(visible_to(audience), messages))
        .where(messages.c.id.not_in(select(reactions.c.message_id).where(about)))
        .order_by(messages.c.created_at.desc())
        .limit(MOST_OTHERS)
    )  # fmt: skip
    return select(newest.subquery("others"))


def _reacted(audience: Audience, reply_ids: Sequence[str] | None) -> CTE:
    """Return what this person reacted to, with what their reactions say together."""
    mine = and_(reactions.c.user_id == audience.user_id, reactions.c.character == audience.character)
    if reply_ids is not None:
        mine = and_(mine, reactions.c.message_id.in_(reply_ids))
    reacted_at = func.max(reactions.c.created_at)
    query = select(
        reactions.c.message_id, func.sum(reactions.c.value).label("value"), reacted_at.label("reacted_at"),
        func.max(reactions.c.used_at).label("used_at"),
    )  # fmt: skip
    query = query.where(mine).group_by(reactions.c.message_id)
    newest = query.order_by(reacted_at.desc(), reactions.c.message_id.desc()).limit(MOST_EXCHANGES)
    return newest.cte("reacted").prefix_with("MATERIALIZED")


def _said(which: ColumnElement[bool], name: str) -> Table:
    """Return messages picked first; filtered they are afterwards."""
    return cast(Table, select(messages).where(which).cte(name).prefix_with("MATERIALIZED"))  # it has the columns


def _together(rows: Sequence[Row[Any]]) -> list[Exchange]:
    """Return the exchanges, the newest reactions first; a question may be several rows. Changed ones are left out."""
    by_reply: dict[str, list[Row[Any]]] = {}
    for row in sorted(rows, key=lambda row: (row.asked_at, row.asked_id)):
        by_reply.setdefault(row.reply_id, []).append(row)
    found = sorted(by_reply.values(), key=lambda parts: (parts[0].reacted_at, parts[0].reply_id), reverse=True)
    return [_exchange(parts) for parts in found if not any(_changed(part) for part in parts)]


def _changed(part: Row[Any]) -> bool:
    """Whether what a person reacted to was another text."""
    edited = (part.reply_edited_at, part.question_edited_at)
    return any(at is not None and at > part.reacted_at for at in edited)


def _exchange(parts: Sequence[Row[Any]]) -> Exchange:
    """Return one exchange; a question may be several messages."""
    first = parts[0]
    return Exchange(
        first.reply_id,
        "\n".join(part.question for part in parts),
        first.reply,
        first.replied_at,
        max(-1.0, min(1.0, float(first.value))),
        max(filter(None, (first.reacted_at, first.used_at))),
        _place(first),
    )


def _place(row: Row[Any]) -> dict[str, str | None]:
    return {name: getattr(row, name) for name in _PLACE}
