"""Has a character write about its days: one page for each person it really talked with, and now and then a dream.

Private between the two. Nothing is written of a day on which little was said, and nothing hollow is kept. Without a
language model it rests.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta, tzinfo

import structlog
from sqlalchemy import ScalarSelect

from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import Clock
from src_v2.core.errors import CapReached, CharacterNotFound
from src_v2.core.markers import own_words
from src_v2.core.messages import Role, StoredMessage
from src_v2.evolution.diary.gate import Page, admitted, is_enough
from src_v2.evolution.diary.models import Day, Entry, Line, Occasion, Whose, Window, Writer, WriterOf
from src_v2.evolution.diary.moments import LATEST, occasions, window_of
from src_v2.evolution.diary.questions import Draft, question
from src_v2.evolution.diary.requests import write_request
from src_v2.evolution.diary.store import DiaryStore, page_id, page_rows, thought
from src_v2.evolution.models import AskModel, Outdate
from src_v2.storage.outbox import outbox_row

log = structlog.get_logger(__name__)

LOOK_BACK = timedelta(days=4)
FRESH = timedelta(days=3)
"""How long the last page is on the character's mind."""
MOST_SHOWN = 14


class Diary:
    """The diaries of all characters. Without `ask` nothing is written. `outdate` is told when a thought changed."""

    def __init__(
        self,
        store: DiaryStore,
        clock: Clock,
        ask: AskModel | None,
        *,
        writer_of: WriterOf,
        outdate: Outdate | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ask = ask
        self._writer_of = writer_of
        self._outdate = outdate

    @property
    def rests(self) -> bool:
        """Whether there is nobody to write."""
        return self._ask is None

    def thought(self, character: str, user_id: str) -> ScalarSelect[str]:
        """Return the subquery for what the character still thinks of its last page, a short text or NULL.

        For private prompts only.
        """
        return thought(character, user_id, since=self._clock.now() - FRESH)

    async def sweep(self) -> int:
        """Request what is to be written soon or is a little late; return how many. Two statements."""
        if self.rests:
            return 0
        now = self._clock.now()
        spoke = await self._store.spoke(now - LOOK_BACK)
        if not spoke:
            return 0
        settled = await self._store.settled(now - LOOK_BACK)
        due = [
            write_request(occasion, window.due)
            for whose, last_at in spoke
            if (writer := self._writer(whose.character)) is not None
            for occasion, window in occasions(whose, writer.zone, now, last_at)
            if page_id(occasion) not in settled
        ]
        if due:
            await self._store.write([outbox_row(request, now) for request in due])
        return len(due)

    async def write(self, occasion: Occasion) -> Page | None:
        """Write about a day when it is due, nothing was decided about it and there is something to say.

        When nothing more may be spent today it is asked for again then, unless that is too late. Raises ModelError,
        StoreUnavailable.
        """
        writer = self._writer(occasion.whose.character)
        if self._ask is None or writer is None or await self._store.is_settled(page_id(occasion)):
            return None
        window, now = window_of(occasion, writer.zone), self._clock.now()
        if not window.due <= now < window.due + LATEST:
            return None
        day = await self._day(occasion.whose, window, writer.zone)
        if not day.lines:
            return None
        try:
            page = await self._draft(self._ask, occasion, writer, day) if is_enough(day) else None
        except CapReached as cap:
            again = write_request(occasion, cap.again_at, f":after:{cap.again_at.date()}")
            await self._store.write([outbox_row(again, now)])
            return None
        # As of then: what is edited while it is written makes it fall.
        if not await self._store.write(page_rows(occasion, page, day.lines, now)):
            return None
        log.info("diary_written" if page else "diary_left_blank", kind=occasion.kind.value)
        if page is not None:
            await self._changed(occasion.whose)
        return page

    async def shown(self, whose: Whose) -> Sequence[Entry]:
        """Return the last pages, the newest first; raises StoreUnavailable."""
        return await self._store.shown(whose, MOST_SHOWN)

    async def delete(self, whose: Whose, entry_id: str) -> None:
        """Remove a page for good; raises NotThere, StoreUnavailable."""
        await self._store.delete(whose, entry_id)
        await self._changed(whose)

    async def forget(self, message_ids: Sequence[str] | None = None) -> int:
        """Remove the pages made of messages that are gone or were edited, of all or of these; return how many."""
        gone = await self._store.forget(message_ids)
        for whose in set(gone):
            await self._changed(whose)
        return len(gone)

    async def _draft(self, ask: AskModel, occasion: Occasion, writer: Writer, day: Day) -> Page | None:
        whose = occasion.whose
        person = await self._store.name_of(whose.user_id)
        audience = Audience(whose.character, whose.user_id, "", Visibility.PRIVATE)
        draft = await ask(question(occasion.kind, writer, day, person), Draft, audience)
        return await asyncio.to_thread(admitted, draft, occasion.kind, day, writer, person)

    async def _day(self, whose: Whose, window: Window, zone: tzinfo) -> Day:
        said = await self._store.said(whose, window)
        importance = await self._store.importance(whose, window) if said else 0
        lines = [line for number, message in enumerate(said, start=1) if (line := _line(number, message, zone)).text]
        return Day(tuple(lines), importance)

    def _writer(self, character: str) -> Writer | None:
        """Return the character, None when it is not there any more."""
        try:
            return self._writer_of(character)
        except CharacterNotFound:
            return None

    async def _changed(self, whose: Whose) -> None:
        if self._outdate is not None:
            await self._outdate(whose.character, whose.user_id)


def _line(number: int, message: StoredMessage, zone: tzinfo) -> Line:
    own = message.role is Role.USER
    text = own_words(message.text).strip() if own else message.text.strip()
    return Line(
        number, message.id, own, text, message.created_at.astimezone(zone), message.guild_id, message.channel_id
    )
