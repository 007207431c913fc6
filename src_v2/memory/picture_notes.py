"""What pictures showed, written into the messages that they came with. Not for the pictures themselves (`media`)."""

from collections.abc import Collection, Sequence
from typing import Protocol

from sqlalchemy import Select, select, update

from src_v2.core.clock import Clock
from src_v2.core.ids import new_id
from src_v2.core.messages import IncomingMessage
from src_v2.core.pictures import Picture, described
from src_v2.memory.context import index_followers_again
from src_v2.memory.jobs import index_request
from src_v2.storage.database import Database
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWriter, without_nul
from src_v2.storage.tables import messages


class WaitingPictures(Protocol):
    """Keeps pictures until they are described."""

    async def keep(self, message: IncomingMessage) -> None:
        """Keep the pictures of a message, which is written next."""
        ...

    async def of(self, message: IncomingMessage) -> tuple[Picture, ...]:
        """Return the pictures of a message that are still kept."""
        ...


class NoPictures:
    """Keeps none: nobody would describe them."""

    async def keep(self, message: IncomingMessage) -> None:
        """Keep nothing."""

    async def of(self, message: IncomingMessage) -> tuple[Picture, ...]:
        """Return what is there anyway."""
        return message.pictures


class PictureNotes:
    """Descriptions of pictures, as parts of messages."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock
        self._rows = RowWriter(database)

    async def text_of(self, message_id: str) -> str | None:
        """Return the text of a message, None when it is gone."""
        async with self._db.read() as connection:
            found: str | None = (await connection.execute(_text_of(message_id))).scalar()
        return found

    async def there(self, message_ids: Collection[str]) -> set[str]:
        """Return those of the messages that exist."""
        query = select(messages.c.id).where(messages.c.id.in_(message_ids))
        async with self._db.read() as connection:
            return set((await connection.execute(query)).scalars())

    async def add(self, message_id: str, descriptions: Sequence[str]) -> bool:
        """Write down what the pictures of a message show, and have it indexed anew; say whether it was still there."""
        async with self._db.write() as connection:
            before = (await connection.execute(_text_of(message_id).with_for_update())).scalar()
            if before is None:
                return False
            text = without_nul(described(before, descriptions))
            change = update(messages).where(messages.c.id == message_id).values(text=text, indexed_in=None)
            await connection.execute(change)
            await index_followers_again(connection, [message_id])
            await self._rows.within(connection, [outbox_row(index_request(new_id()), self._clock.now())])
        return True


def _text_of(message_id: str) -> Select[str]:
    return select(messages.c.text).where(messages.c.id == message_id)
