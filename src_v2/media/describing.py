"""Has pictures described off the reply path, so that they are found again when nobody has them any more.

What waits is a file, written before the message that it came with and removed when its description is: whoever dies on
the way only has to do it again. The files belong to the process that people talk to, so that process does it, not
whichever worker takes a job out of a queue.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.errors import ModelBadRequest, ModelError
from src_v2.core.messages import IncomingMessage
from src_v2.core.pictures import Picture, has_descriptions, has_marker
from src_v2.media.waiting import PictureFiles, Waiting
from src_v2.memory.picture_notes import PictureNotes
from src_v2.observability.outages import Outages

log = structlog.get_logger(__name__)

PART = "describing"
TIDYING = "tidying_pictures"
LOOK_EVERY_S = 10.0
AFTER = timedelta(seconds=20)
"""First the reply: a model on the same machine does one thing at a time."""
KEPT_FOR = timedelta(hours=24)
"""A picture that nobody could describe in a day is let go of."""
GRACE = timedelta(minutes=10)
"""A picture is on disk before its message is written, which may have to wait for SQL."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=20), timedelta(hours=1)

Describe = Callable[[Sequence[Picture], str, Audience, str], Awaitable[Sequence[str]]]
"""Says what is on pictures that came with a text, in front of an audience, in the message with that id: one description
each. Raises ModelError."""


class Describing:
    """Pictures on their way to being words. Without `describe` there is nobody to describe them: none is kept.

    `on_described` hears that there is something to be indexed.
    """

    def __init__(
        self,
        files: PictureFiles,
        notes: PictureNotes,
        outages: Outages,
        clock: Clock,
        *,
        describe: Describe | None,
        on_described: Callable[[], None] = lambda: None,
    ) -> None:
        self._files = files
        self._notes = notes
        self._outages = outages
        self._clock = clock
        self._describe = describe
        self._on_described = on_described
        self._looking = asyncio.Lock()
        self._failures: dict[str, tuple[int, datetime]] = {}
        self._written: set[str] = set()

    async def keep(self, message: IncomingMessage) -> None:
        """Keep the pictures of a message until they are described."""
        if self._describe is None:
            return
        try:
            await self._files.put(message)
        except OSError as error:  # the answer matters more
            log.warning("pictures_not_kept", error=type(error).__name__)

    async def of(self, message: IncomingMessage) -> tuple[Picture, ...]:
        """Return the pictures of a message that are still kept."""
        try:
            kept = await self._files.get(message.id) if has_marker(message.text) else None
        except OSError as error:  # the answer matters more
            log.warning("pictures_not_read", error=type(error).__name__)
            kept = None
        return kept.pictures if kept else message.pictures

    async def keep_describing(self) -> None:
        """Look every few seconds whether something waits; runs until cancelled."""
        is_tidy = await self._tidied()
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            is_tidy = is_tidy or await self._tidied()
            try:
                await self.describe_due()
            except Exception as error:  # noqa: BLE001 - a job's edge: what failed is there to be tried again
                self._outages.failed(PART, error)
            else:
                self._outages.worked(PART)

    async def _tidied(self) -> bool:
        try:
            await self._files.tidy()
        except OSError as error:
            self._outages.failed(TIDYING, error)
            return False
        self._outages.worked(TIDYING)
        return True

    async def describe_due(self) -> int:
        """Describe what waits and whose time has come, let go of what is over; return how many were described.

        Raises StoreError while SQL is away.
        """
        async with self._looking:
            return await self._look()

    async def _look(self) -> int:
        now = self._clock.now()
        ages = {label.message_id: now - label.at for label in await self._files.labels()}
        await self._forget([message_id for message_id, age in ages.items() if age > KEPT_FOR])
        waiting = {message_id: age for message_id, age in ages.items() if AFTER <= age <= KEPT_FOR}
        there = await self._written_of(waiting)
        due = [message_id for message_id in sorted(there) if self._is_due(message_id, now)]
        return sum([await self._try(message_id) for message_id in due])

    def _is_due(self, message_id: str, now: datetime) -> bool:
        return message_id not in self._failures or self._failures[message_id][1] <= now

    async def _written_of(self, waiting: Mapping[str, timedelta]) -> set[str]:
        """Return those whose messages are there; what belongs to a message that was deleted goes."""
        there = await self._notes.there(waiting) if waiting else set()
        missing = set(waiting) - there
        await self._forget([one for one in missing if one in self._written or waiting[one] > GRACE])
        self._written = set(there)
        return there

    async def _try(self, message_id: str) -> bool:
        """Describe the pictures of one message; say whether that was done. What fails is put off, longer each time."""
        try:
            kept = await self._files.get(message_id)
        except OSError as error:  # others may be read all the same
            self._put_off(message_id, error)
            return False
        text = await self._notes.text_of(message_id)
        if kept is None or text is None or has_descriptions(text):
            await self._forget([message_id])
            return False
        if self._describe is None:  # there was a model when they were kept, and may be again
            return False
        try:
            return await self._described(message_id, kept, text, self._describe)
        except ModelBadRequest as error:  # it refuses pictures, and will tomorrow
            log.info("pictures_refused", error=type(error).__name__)
            await self._forget([message_id])
        except ModelError as error:
            self._put_off(message_id, error)
        return False

    def _put_off(self, message_id: str, error: Exception) -> None:
        failures = self._failures.get(message_id, (0, self._clock.now()))[0]
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures, 16))
        self._failures[message_id] = (failures + 1, self._clock.now() + wait)
        log.info("pictures_put_off", error=type(error).__name__, failures=failures + 1)

    async def _described(self, message_id: str, kept: Waiting, text: str, describe: Describe) -> bool:
        descriptions = await describe(kept.pictures, text, kept.audience, message_id)
        was_there = await self._notes.add(message_id, descriptions)
        await self._forget([message_id])
        self._on_described()
        return was_there

    async def _forget(self, message_ids: Collection[str]) -> None:
        for message_id in message_ids:
            try:
                await self._files.drop(message_id)
            except OSError as error:  # nobody shall be asked about it at every look
                self._put_off(message_id, error)
            else:
                self._failures.pop(message_id, None)
