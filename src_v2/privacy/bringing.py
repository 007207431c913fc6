"""Brings chat histories into what a character remembers: other programs' exports, and our own."""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from src_v2.core.clock import Clock
from src_v2.core.ids import derived_id, new_id
from src_v2.core.messages import Role
from src_v2.knowledge.jobs import graph_request
from src_v2.memory.imports import ImportedConversation, ImportedMessage, read_history
from src_v2.memory.jobs import index_request
from src_v2.privacy.models import Brought, Whose
from src_v2.privacy.returning import KIND, OwnExport, own_export
from src_v2.storage.database import Database
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import messages

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
AT_ONCE = 500
"""Rows of one transaction: a moment, so that people who talk meanwhile do not wait."""


class Bringing:
    """Adds what a file holds. Nothing is added twice, and everything becomes private to the one who brings it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._rows = RowWriter(database)
        self._clock = clock

    async def bring_in(self, whose: Whose, blob: bytes, zone: ZoneInfo) -> Brought:
        """Add a chat history to what a character remembers of a person; see `OwnData.bring_in`."""
        own = await asyncio.to_thread(own_export, blob)
        if own is not None:
            return await self._take_back(whose.user_id, own)
        history = await asyncio.to_thread(read_history, blob, zone=zone, now=self._clock.now())
        rows = [_imported(whose, history.kind, talk, one) for talk in history.conversations for one in talk.messages]
        added = await self._add([(row.values["id"], row) for row in rows])
        await self._follow_up()
        return Brought(history.kind, added, len(rows) - added, dict(history.left_out))

    async def _take_back(self, user_id: str, own: OwnExport) -> Brought:
        messages_ = own.message_rows(user_id)
        held = await self._held(user_id, [old for old, _ in messages_])
        new = [(old, row) for old, row in messages_ if old not in held]
        added = await self._add(new)
        # What is still there under its old id was not brought in again: it is what it was.
        new_ids = {old: row.values["id"] for old, row in new}
        for batch in _batches(own.learned_rows(user_id, new_ids)):
            await self._rows.apply(batch)
        await self._follow_up()
        return Brought(KIND, added, len(messages_) - added, dict(own.left_out))

    async def _add(self, rows: Sequence[tuple[str, RowWrite]]) -> int:
        """Write messages; return how many were not there."""
        added = 0
        for batch in _batches([row for _, row in rows]):
            ids = [row.values["id"] for row in batch]
            known = await self._held(batch[0].values["user_id"], ids)
            await self._rows.apply(batch)
            added += len(set(ids) - known)
        return added

    async def _held(self, user_id: str, ids: Sequence[str]) -> set[str]:
        held: set[str] = set()
        for batch in _batches(ids):
            query = select(messages.c.id).where(messages.c.id.in_(batch), messages.c.user_id == user_id)
            async with self._db.read() as connection:
                held |= set((await connection.execute(query)).scalars())
        return held

    async def _follow_up(self) -> None:
        now, occasion = self._clock.now(), new_id()
        await self._rows.apply([outbox_row(index_request(occasion), now), outbox_row(graph_request(occasion), now)])


def _imported(whose: Whose, kind: str, talk: ImportedConversation, one: ImportedMessage) -> RowWrite:
    """Return a message of another program as ours: overheard, so to say, and so never read back by a model."""
    conversation = hashlib.sha256(talk.key.encode(errors="replace")).hexdigest()[:16]
    place = ("imported", kind, whose.user_id, whose.character, talk.key)
    own = one.role is Role.USER
    values: dict[str, Any] = dict(
        # By what it is, not by when: a time that the file does not tell may be another one the next time.
        id=derived_id(_EPOCH, *place, one.key), turn_id=None, session_id=derived_id(_EPOCH, *place),
        character=whose.character, user_id=whose.user_id, text=one.text, role=one.role.value, platform=kind,
        speaker_id=whose.user_id if own else f"{kind}:assistant", speaker_name=one.speaker_name or "you",
        guild_id=None, channel_id=f"{kind}:{conversation}", visibility="private", created_at=one.sent_at,
    )  # fmt: skip
    return RowWrite("v2_messages", values)


def _batches(items: Iterable[Any]) -> list[list[Any]]:
    known = list(items)
    return [known[at : at + AT_ONCE] for at in range(0, len(known), AT_ONCE)]
