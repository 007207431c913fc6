"""What a character says without being asked, on its way into the history: planned, then stored as said, or dropped.

The row is there before anything is shown, so that a process that dies in between knows what it was about to say. Not
for showing it (`interfaces.delivery`) and not for why it is said.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import RowMapping, Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.core.audience import Audience, Visibility
from src_v2.core.messages import Role
from src_v2.core.outgoing import Button, Outgoing
from src_v2.memory.jobs import index_request
from src_v2.memory.rows import ref_row
from src_v2.storage.database import Database
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import outgoing as table


class OutgoingState(StrEnum):
    """How far one message has come."""

    PLANNED = "planned"
    """It is to be shown, or was shown and is not stored yet."""
    STORED = "stored"
    """It stands in the history as said."""
    DROPPED = "dropped"
    """Nobody will see it: it could not be delivered, or was not worth saying."""


@dataclass(frozen=True, slots=True)
class Underway:
    """One message and how far it has come. `attempted_at` is when it was first shown, or may have been."""

    outgoing: Outgoing
    state: OutgoingState
    created_at: datetime
    attempted_at: datetime | None = None


_UNTRIED = (table.c.state == OutgoingState.PLANNED.value, table.c.attempted_at.is_(None))


class OutgoingStore:
    """The messages. All raise StoreUnavailable while SQL is away."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)

    async def plan(self, outgoing: Outgoing, at: datetime) -> Underway:
        """Note what is to be said and return it as it is noted: the words of one id never change once it was tried."""
        async with self._db.write() as connection:
            return await self._plan(connection, outgoing, OutgoingState.PLANNED, at)

    async def plan_while(
        self, there: Select[Any], outgoing: Outgoing, at: datetime, state: OutgoingState
    ) -> Underway | None:
        """Note a message while a row is there that it follows from; None when that is gone, and nothing is noted.

        So whoever is erased while the words are looked for leaves nothing behind.
        """
        async with self._db.write() as connection:
            if (await connection.execute(there.with_for_update(read=True))).first() is None:
                return None
            return await self._plan(connection, outgoing, state, at)

    async def _plan(
        self, connection: AsyncConnection, outgoing: Outgoing, state: OutgoingState, at: datetime
    ) -> Underway:
        row = _row(outgoing, state, at)
        await self._rows.within(connection, [row])
        if state is OutgoingState.PLANNED:
            newer = {name: row.values[name] for name in ("text", "buttons")}
            await connection.execute(update(table).where(table.c.id == outgoing.id, *_UNTRIED).values(**newer))
        return _underway((await connection.execute(select(table).where(table.c.id == outgoing.id))).mappings().one())

    async def find(self, outgoing_id: str) -> Underway | None:
        """Return one; None when there is none of that id."""
        async with self._db.read() as connection:
            found = (await connection.execute(select(table).where(table.c.id == outgoing_id))).mappings().first()
        return _underway(found) if found else None

    async def begin(self, outgoing_id: str, at: datetime) -> Underway | None:
        """Note that a message is about to be shown; return it as it was before, None when it is gone."""
        async with self._db.write() as connection:
            found = (await connection.execute(select(table).where(table.c.id == outgoing_id))).mappings().first()
            first = update(table).where(table.c.id == outgoing_id, table.c.attempted_at.is_(None))
            await connection.execute(first.values(attempted_at=at))
        return _underway(found) if found else None

    async def store(self, outgoing: Outgoing, rows: Sequence[RowWrite]) -> bool:
        """Write that a message was said, together with `rows`; False, and nothing is written, when it is gone."""
        planned = (table.c.id == outgoing.id, table.c.state == OutgoingState.PLANNED.value)
        said = update(table).where(*planned).values(
            state=OutgoingState.STORED.value, text="", channel_id=outgoing.audience.channel_id
        )  # fmt: skip
        async with self._db.write() as connection:
            if (await connection.execute(said.returning(table.c.id))).first() is None:
                return False
            await self._rows.within(connection, rows)
        return True

    async def drop(self, outgoing_id: str) -> None:
        """Give up what is not stored yet; that it was tried stays known."""
        gone = update(table).where(table.c.id == outgoing_id, table.c.state == OutgoingState.PLANNED.value)
        async with self._db.write() as connection:
            await connection.execute(gone.values(state=OutgoingState.DROPPED.value, text="", buttons="[]"))

    async def forget(self, outgoing_id: str) -> None:
        """Forget what was planned and never tried."""
        async with self._db.write() as connection:
            await connection.execute(delete(table).where(table.c.id == outgoing_id, *_UNTRIED))

    async def buttons(self, message_ids: Sequence[str]) -> dict[str, tuple[Button, ...]]:
        """Return message id -> what can still be pressed below it, of those that have something."""
        held = select(table.c.id, table.c.buttons).where(table.c.id.in_(message_ids), table.c.buttons != "[]")
        async with self._db.read() as connection:
            return {row[0]: _buttons(row[1]) for row in await connection.execute(held)}

    async def take_buttons(self, outgoing_id: str) -> tuple[Button, ...]:
        """Take what can be pressed away and return it: nothing when somebody else was faster."""
        async with self._db.write() as connection:
            held = select(table.c.buttons).where(table.c.id == outgoing_id).with_for_update()
            found = (await connection.execute(held)).scalar()
            await connection.execute(update(table).where(table.c.id == outgoing_id).values(buttons="[]"))
        return _buttons(found or "[]")

    async def put_buttons(self, outgoing_id: str, buttons: Sequence[Button]) -> None:
        """Give back what can be pressed."""
        async with self._db.write() as connection:
            back = update(table).where(table.c.id == outgoing_id)
            await connection.execute(back.values(buttons=_written(buttons)))


async def let_go(connection: AsyncConnection, purpose: str, about: Collection[str]) -> None:
    """Give up, in the transaction of `connection`, what was to be said about something that changed or is gone.

    What nobody can have seen is forgotten; of what was tried only that stays known.
    """
    mine = (table.c.purpose == purpose, table.c.about.in_(about), table.c.state != OutgoingState.STORED.value)
    await connection.execute(delete(table).where(*mine, table.c.attempted_at.is_(None)))
    gone = dict(state=OutgoingState.DROPPED.value, text="", buttons="[]")
    await connection.execute(update(table).where(*mine).values(**gone))


def said_rows(
    outgoing: Outgoing, session_id: str, name: str, at: datetime, platform_message_ids: Sequence[str]
) -> list[RowWrite]:
    """Return what a message leaves in the history once it is said; `name` is the character's display name.

    It belongs to no turn. It is indexed like a reply.
    """
    audience = outgoing.audience
    values = dict(
        id=outgoing.id, turn_id=None, session_id=session_id, character=audience.character, user_id=audience.user_id,
        speaker_id=f"character:{audience.character}", speaker_name=name, role=Role.CHARACTER.value,
        text=outgoing.text, platform=outgoing.platform, guild_id=audience.guild_id, channel_id=audience.channel_id,
        visibility=audience.visibility.value, created_at=at,
    )  # fmt: skip
    refs = [ref_row(audience.character, shown, outgoing.id) for shown in platform_message_ids]
    return [RowWrite("v2_messages", values), *refs, outbox_row(index_request(outgoing.id), at)]


def moved(outgoing: Outgoing, audience: Audience) -> Outgoing:
    """Return the message as it is said in front of `audience`."""
    return replace(outgoing, audience=audience.as_stored)


def _row(outgoing: Outgoing, state: OutgoingState, at: datetime) -> RowWrite:
    audience = outgoing.audience
    values: dict[str, Any] = dict(
        id=outgoing.id, character=audience.character, user_id=audience.user_id, guild_id=audience.guild_id,
        channel_id=audience.channel_id, visibility=audience.visibility.value, platform=outgoing.platform,
        purpose=outgoing.purpose, about=outgoing.about, text=outgoing.text,
        buttons=_written(outgoing.buttons), state=state.value, created_at=at,
    )  # fmt: skip
    return RowWrite("v2_outgoing", values)


def _underway(row: RowMapping) -> Underway:
    visibility = Visibility(row["visibility"])
    audience = Audience(row["character"], row["user_id"], row["channel_id"], visibility, row["guild_id"])
    outgoing = Outgoing(
        row["id"], audience, row["platform"], row["text"], row["purpose"], _buttons(row["buttons"]), row["about"]
    )
    return Underway(outgoing, OutgoingState(row["state"]), row["created_at"], row["attempted_at"])


def _written(buttons: Sequence[Button]) -> str:
    return orjson.dumps([[button.action, button.label] for button in buttons]).decode()


def _buttons(held: str) -> tuple[Button, ...]:
    return tuple(Button(action, label) for action, label in orjson.loads(held))
