"""The memory's SQL: the only place that queries messages, turns and sessions."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, RowMapping, Table, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.core.audience import Audience, visible_to
from src_v2.core.clock import Clock
from src_v2.core.jobs import JobRequest
from src_v2.core.messages import Role, StoredMessage
from src_v2.core.pictures import carried_over
from src_v2.memory.context import index_followers_again, rows_before
from src_v2.memory.models import ChangedMessage, IndexItem
from src_v2.memory.profile_store import unheard_in_servers
from src_v2.memory.resting import remove_resting
from src_v2.memory.traces.store import remove_traces
from src_v2.memory.turn_order import in_turn_order
from src_v2.storage.database import Database
from src_v2.storage.filters_sql import to_sql
from src_v2.storage.message_rows import stored_message
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite, RowWriter, without_nul
from src_v2.storage.tables import message_refs, messages, reactions, turns

FollowUps = Callable[[Sequence[ChangedMessage]], Sequence[JobRequest]]
"""What is to be done elsewhere because messages changed: requested in the transaction that changes them."""


_CHANGED = (messages.c.id, messages.c.learned_in, messages.c.turn_id, messages.c.character, messages.c.user_id)


def nothing_follows(_changed: Sequence[ChangedMessage]) -> Sequence[JobRequest]:
    """Request nothing."""
    return ()


class MemoryStore:
    """Messages, turns and sessions."""

    def __init__(self, database: Database, clock: Clock, *, follow_ups: FollowUps = nothing_follows) -> None:
        self._db = database
        self._clock = clock
        self._follow_ups = follow_ups
        self._rows = RowWriter(database)

    async def last_session(self, audience: Audience) -> tuple[str, datetime] | None:
        """Return (session id, time of its last message) of this user with this character in this channel."""
        query = (
            select(messages.c.session_id, messages.c.created_at)
            .where(_exchange(audience), messages.c.session_id.is_not(None))
            .order_by(messages.c.created_at.desc(), messages.c.id.desc())
            .limit(1)
        )
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return (row[0], row[1]) if row else None

    async def apply(self, rows: Sequence[RowWrite]) -> None:
        """Write `rows` in one transaction."""
        await self._rows.apply(rows)

    async def recent(self, audience: Audience, limit: int) -> list[StoredMessage]:
        """Return the last `limit` messages of this character in this channel, in the order of their turns."""
        return await self._newest(and_(_visible(audience), messages.c.channel_id == audience.channel_id), limit)

    async def everything(self, audience: Audience, limit: int) -> list[StoredMessage]:
        """Return what may surface in front of `audience`, in the order of the turns, the newest `limit` of it."""
        return await self._newest(_visible(audience), limit)

    async def said(
        self, audience: Audience, limit: int, *, here: bool, since: datetime | None, until: datetime | None
    ) -> list[StoredMessage]:
        """Return the newest `limit` messages from `since` until before `until`, anywhere or in this channel only."""
        condition = _visible(audience)
        if here:
            condition = and_(condition, messages.c.channel_id == audience.channel_id)
        if since is not None:
            condition = and_(condition, messages.c.created_at >= since)
        if until is not None:
            condition = and_(condition, messages.c.created_at < until)
        return await self._newest(condition, limit)

    async def by_ids(self, audience: Audience, ids: Sequence[str]) -> dict[str, StoredMessage]:
        """Return those of `ids` that exist and may surface in front of `audience`."""
        # First by id: left to choose, SQLite walks through everything of this user instead.
        picked = select(messages).where(messages.c.id.in_(ids)).cte().prefix_with("MATERIALIZED")
        query = select(picked).where(_visible(audience, cast(Table, picked)))  # it has the table's columns
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return {row["id"]: stored_message(row) for row in rows}

    async def by_ref(self, audience: Audience, platform_message_id: str) -> StoredMessage | None:
        """Return the message that a platform id names, when it may surface in front of `audience`."""
        target = _by_ref(audience.character, platform_message_id)
        query = select(messages).where(_visible(audience), messages.c.id.in_(target))
        async with self._db.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return stored_message(row) if row else None

    async def edit(self, character: str, platform_message_id: str, text: str, at: datetime) -> str | None:
        """Replace a message's text and have it indexed anew; return its id, or None when there is none.

        Looks before it writes: most edits that a platform reports are of messages that are none of ours.
        """
        target = await self._id_of(character, platform_message_id)
        return target if target is not None and await self.edit_by_id(target, text, at) else None

    async def edit_by_id(self, target: str, text: str, at: datetime) -> bool:
        """Replace a message's text and have it indexed and learned from anew; say whether that changed anything."""
        async with self._db.write() as connection:
            before = (await connection.execute(select(messages.c.text).where(messages.c.id == target))).scalar()
            text = carried_over(without_nul(text), before or "")
            changed = update(messages).where(messages.c.id == target, messages.c.text != text)
            changed = changed.values(text=text, edited_at=at, indexed_in=None)
            rows = (await connection.execute(changed.returning(*_CHANGED))).all()
            found = await _changed_messages(connection, rows, gone=False)
            if found:
                await index_followers_again(connection, [target])
            await self._request(connection, found)
        return bool(found)

    async def delete_by_ref(self, character: str, platform_message_id: str) -> str | None:
        """Delete the message that a platform id names; return its id, or None when there is none.

        Looks before it writes, as `edit` does.
        """
        found = await self._id_of(character, platform_message_id)
        if found is not None:
            await self.delete_by_id(found)
        return found

    async def delete_by_id(self, message_id: str) -> None:
        """Delete a message, and request what follows from that."""
        async with self._db.write() as connection:
            await self._delete(connection, [message_id])

    async def forget_last(self, audience: Audience) -> tuple[list[str], list[str]]:
        """Delete the last exchange of this user here; return (message ids, platform message ids)."""
        last = (
            select(messages.c.turn_id)
            .where(_exchange(audience), messages.c.role == Role.USER.value, messages.c.turn_id.is_not(None))
            .order_by(messages.c.created_at.desc(), messages.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        async with self._db.write() as connection:
            exchange = select(messages.c.id).where(_exchange(audience), messages.c.turn_id == last)
            rows = await connection.execute(exchange)
            ids = list(rows.scalars())
            refs = await connection.execute(
                select(message_refs.c.platform_message_id).where(message_refs.c.message_id.in_(ids))
            )
            platform_ids = list(refs.scalars())
            await self._delete(connection, ids)
        return ids, platform_ids

    async def unanswered(self, audience: Audience, limit: int = 10) -> list[StoredMessage]:
        """Return what the user said here since the character's last reply, oldest first."""
        spoken = await self._newest(_exchange(audience), limit)
        since_reply = takewhile(lambda message: message.role is Role.USER, reversed(spoken))
        return list(since_reply)[::-1]

    async def interrupted(self, platform: str, since: datetime) -> list[tuple[str, str, str, str]]:
        """Return (turn, character, channel, platform message id) of turns asked since `since` that never ended."""
        query = (
            select(messages.c.turn_id, messages.c.character, messages.c.channel_id, message_refs.c.platform_message_id)
            .join(message_refs, message_refs.c.message_id == messages.c.id)
            .outerjoin(turns, turns.c.id == messages.c.turn_id)
            .where(messages.c.created_at >= since, messages.c.platform == platform, messages.c.turn_id.is_not(None))
            .where(messages.c.role == Role.USER.value, turns.c.id.is_(None))
            .order_by(messages.c.created_at, messages.c.id)
        )
        async with self._db.read() as connection:
            return [(row[0], row[1], row[2], row[3]) for row in await connection.execute(query)]

    async def spoke_since(self, character: str, channel_id: str, since: datetime) -> bool:
        """Whether the character said something in this channel since `since`."""
        query = select(messages.c.id).where(
            messages.c.character == character, messages.c.channel_id == channel_id,
            messages.c.role == Role.CHARACTER.value, messages.c.created_at >= since,
        ).limit(1)  # fmt: skip
        async with self._db.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def to_index(self, limit: int, *, instead_of: str | None = None, after: str = "") -> list[IndexItem]:
        """Return up to `limit` messages that no collection holds yet, oldest first, with ids beyond `after`.

        With `instead_of`, those that this collection does not hold, whichever other one does.
        """
        query = select(messages).where(_missing(instead_of)).order_by(messages.c.id).limit(limit)
        if after:
            query = query.where(messages.c.id > after)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
            return [_index_item(row, await rows_before(connection, row)) for row in rows]

    async def count_to_index(self, *, instead_of: str | None = None) -> int:
        """Count what `to_index` would return without a limit."""
        query = select(func.count()).select_from(messages).where(_missing(instead_of))
        async with self._db.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def unknown(self, ids: Sequence[str]) -> list[str]:
        """Return those of `ids` that no message with words has."""
        query = select(messages.c.id).where(messages.c.id.in_(ids), messages.c.text != "")
        async with self._db.read() as connection:
            known = set((await connection.execute(query)).scalars())
        return [wanted for wanted in ids if wanted not in known]

    async def collections_in_use(self) -> dict[str, int]:
        """Return vector collection -> number of messages that it holds."""
        query = select(messages.c.indexed_in, func.count()).where(messages.c.indexed_in.is_not(None))
        async with self._db.read() as connection:
            rows = await connection.execute(query.group_by(messages.c.indexed_in))
            return {row[0]: row[1] for row in rows}

    async def forget_indexed(self, collection: str) -> None:
        """Note that `collection` holds nothing any more."""
        held = messages.c.indexed_in == collection
        async with self._db.write() as connection:
            await connection.execute(update(messages).where(held).values(indexed_in=None))

    async def mark_indexed(self, items: Sequence[IndexItem], collection: str) -> list[str]:
        """Note that `collection` holds `items`; return ids that were deleted meanwhile.

        What was edited meanwhile, or what came before it, stays to be indexed.
        """
        ids = {item.id for item in items}
        context = {said.id for item in items for said in item.before}
        async with self._db.write() as connection:
            query = select(messages.c.id, messages.c.text).where(messages.c.id.in_(ids | context))
            texts = {row[0]: row[1] for row in await connection.execute(query)}
            same = [
                item.id
                for item in items
                if texts.get(item.id) == item.text and all(texts.get(said.id) == said.text for said in item.before)
            ]
            await connection.execute(update(messages).where(messages.c.id.in_(same)).values(indexed_in=collection))
        return sorted(ids.difference(texts))

    async def _newest(self, condition: ColumnElement[bool], limit: int) -> list[StoredMessage]:
        """Return the newest `limit` messages, oldest first, in the order of their turns."""
        query = select(messages).where(condition, messages.c.text != "")
        query = query.order_by(messages.c.created_at.desc(), messages.c.id.desc()).limit(limit)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return in_turn_order([stored_message(row) for row in reversed(rows)])

    async def _id_of(self, character: str, platform_message_id: str) -> str | None:
        async with self._db.read() as connection:
            found: str | None = (await connection.execute(_by_ref(character, platform_message_id))).scalar()
        return found

    async def _delete(self, connection: AsyncConnection, ids: Sequence[str]) -> None:
        await index_followers_again(connection, ids)
        await connection.execute(delete(message_refs).where(message_refs.c.message_id.in_(ids)))
        rows = (await connection.execute(delete(messages).where(messages.c.id.in_(ids)).returning(*_CHANGED))).all()
        # Afterwards: whoever reacts just now holds the message until the reaction is there.
        await connection.execute(delete(reactions).where(reactions.c.message_id.in_(ids)))
        await self._request(connection, await _changed_messages(connection, rows, gone=True))

    def follow_up_rows(self, changed: Sequence[ChangedMessage]) -> list[RowWrite]:
        """Return the requests for what follows from messages that change in the same transaction."""
        now = self._clock.now()
        return [outbox_row(request, now) for request in self._follow_ups(changed)]

    async def _request(self, connection: AsyncConnection, changed: Sequence[ChangedMessage]) -> None:
        """Write down what follows, so that it happens even if the process ends here."""
        await self._rows.within(connection, self.follow_up_rows(changed))


async def _changed_messages(
    connection: AsyncConnection, rows: Sequence[Row[str, str | None, str | None, str, str]], *, gone: bool
) -> list[ChangedMessage]:
    """Return what changed, without the traces of how it was answered: they go with it."""
    traces = await remove_traces(connection, [row[0] for row in rows], [row[2] for row in rows])
    if rows:
        await remove_resting(connection, [row[0] for row in rows], [row[1] for row in rows])
    return [
        ChangedMessage(row[0], row[1], gone, () if at else tuple(traces), row[3], row[4]) for at, row in enumerate(rows)
    ]


def _visible(audience: Audience, table: Table = messages) -> ColumnElement[bool]:
    """Return the condition for what may surface; in a server not the words of those who do not want them used."""
    visible = to_sql(visible_to(audience), table)
    return visible if audience.is_private else and_(visible, table.c.user_id.not_in(unheard_in_servers()))


def _exchange(audience: Audience) -> ColumnElement[bool]:
    """Return the condition for what passed between this user and this character in this channel."""
    return and_(
        _visible(audience), messages.c.channel_id == audience.channel_id, messages.c.user_id == audience.user_id
    )


def _missing(instead_of: str | None) -> ColumnElement[bool]:
    """Return the condition for messages with text that no collection holds, or another than `instead_of`."""
    missing: ColumnElement[bool] = messages.c.indexed_in.is_(None)
    if instead_of is not None:
        missing = or_(missing, messages.c.indexed_in != instead_of)
    return and_(missing, messages.c.text != "")


def _by_ref(character: str, platform_message_id: str) -> Any:
    return select(message_refs.c.message_id).where(
        message_refs.c.character == character, message_refs.c.platform_message_id == platform_message_id
    )


def _index_item(row: RowMapping, before: Sequence[RowMapping]) -> IndexItem:
    names = ("character", "user_id", "speaker_id", "guild_id", "channel_id", "visibility", "role", "session_id")
    payload = {name: row[name] for name in names}
    payload["created_at"] = int(row["created_at"].timestamp() * 1000)
    said_before = tuple(stored_message(one) for one in before)
    edited = row["edited_at"] is not None
    return IndexItem(row["id"], row["text"], row["speaker_name"], row["created_at"], payload, said_before, edited)
