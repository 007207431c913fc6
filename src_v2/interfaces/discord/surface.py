"""Shows one reply in a Discord channel: a message that grows while the character speaks.

Takes the engine's events at once and renders on the side, as often as the channel's pace allows.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog

from src_v2.core.clock import Clock
from src_v2.core.events import Done, Failed, Notice, ReplyEvent, Status, Stopped, TextDelta, TextReplaced, TurnStarted
from src_v2.core.messages import StopReason
from src_v2.interfaces.discord.pacing import ChannelPace, Urgency
from src_v2.interfaces.discord.posts import NOTICE, Asked, Change, Posts
from src_v2.interfaces.discord.split import split
from src_v2.interfaces.discord.typing_indicator import SHORT_CHARS, TypingIndicator, TypingPace

log = structlog.get_logger(__name__)

NO_PACE = TypingPace()
FIRST_WORDS_S = 0.06
"""How long the first fragment of a word may wait for the rest of it."""


class DiscordSurface:
    """One reply. `on_finish` hears of its end, with the reply's id in the history if it has one."""

    def __init__(
        self,
        asked: Asked,
        posts: Posts,
        pace: ChannelPace,
        typing: TypingIndicator,
        clock: Clock,
        *,
        retry_button: Callable[[Asked], discord.ui.View],
        on_finish: "Callable[[DiscordSurface, str | None], Awaitable[None]]",
        typing_pace: TypingPace = NO_PACE,
    ) -> None:
        self.asked = asked
        self.over = asyncio.Event()
        """Set when nothing follows any more: the reply is linked, taken back, or cut off."""
        self.posts = posts
        self._pace = pace
        self._typing = typing
        self._clock = clock
        self._retry_button = retry_button
        self._on_finish = on_finish
        self._typing_pace = typing_pace
        self._began_at = 0.0
        self._text = ""
        self._status = ""
        self._button: discord.ui.View | None = None
        self._message_id: str | None = None
        self._text_visible = False
        self._withdrawn = False
        self._writing = False
        self._news = asyncio.Event()
        self._final = asyncio.Event()
        self._long = asyncio.Event()
        """Set when it is plain that this is no short answer."""
        self._renderer: asyncio.Task[None] | None = None

    @property
    def begun(self) -> bool:
        """Whether the reply is being made (False while its turn still waits)."""
        return self._renderer is not None

    async def show(self, event: ReplyEvent) -> None:
        """Take the next event."""
        if self._withdrawn:
            return
        match event:
            case TurnStarted():
                self._begin()
            case Notice(text):
                self.posts.notice = _small_print(text)
            case TextDelta(text):
                self._text += text
                if len(self._text) > SHORT_CHARS:
                    self._long.set()
            case TextReplaced(text):
                self._text = text
            case Status(text, icon):
                self._status = f"{icon} {text}".strip()
            case Done(_, message_id, text):
                self._text, self._message_id = text, message_id
                self._end()
            case Failed(_, text):
                self._text = text
                self._long.set()
                self._button = self._retry_button(self.asked)
                self._end()
            case Stopped(_, _, reason, message_id) if reason in {StopReason.USER, StopReason.SHUTDOWN}:
                self._message_id = message_id or None
                self._long.set()
                self._end()
        self._begin()
        self._news.set()

    async def finish(self) -> None:
        """Return when everything shown is visible, or cannot be shown."""
        self._end()
        if self._renderer is not None:
            await asyncio.wait([self._renderer])
        self._typing.stop()
        try:
            await self._on_finish(self, self._message_id)
        finally:
            self.over.set()

    async def restart(self) -> None:
        """Begin anew: the next version grows in the same messages."""
        self._text = self._status = ""
        self._button = self._message_id = None
        self._text_visible = False
        self._final.clear()
        if self._renderer is not None and self._renderer.done():
            self._renderer = None

    async def retract(self) -> None:
        """Take everything back."""
        self._withdrawn = True
        self._typing.stop()
        self._end()
        if self._renderer is not None:
            if not self._writing:
                self._renderer.cancel()
            await asyncio.wait([self._renderer])
        await self.posts.remove_all()
        self.over.set()

    def close(self) -> None:
        """Drop everything at once: the process stops."""
        self.over.set()
        self._typing.stop()
        if self._renderer is not None:
            self._renderer.cancel()

    def _begin(self) -> None:
        if self._renderer is None:
            self._began_at = self._clock.monotonic()
            self._typing.start()
            self._renderer = asyncio.create_task(self._render(), name="discord-surface")

    def _end(self) -> None:
        self._final.set()
        self._news.set()

    def _texts(self) -> list[str]:
        """Return what the messages should show now."""
        texts = [shown for piece in split(self._text) if (shown := piece.shown)]
        return texts or ([self._status] if self._status and not self._final.is_set() else [])

    async def _render(self) -> None:
        try:
            while not (self._final.is_set() and not self._news.is_set()):
                await self._news.wait()
                self._news.clear()
                while self._due() is not None:
                    await self._write()
        except Exception as error:  # an edge: a reply that cannot be shown must not hold up its lane
            log.exception("discord_surface_crashed", error=type(error).__name__)

    def _due(self) -> Change | None:
        """Return what should change next. A new version leaves the old one visible until it has words."""
        texts = self._texts()
        nothing_to_show = not texts and not self.posts.notice and not self._final.is_set()
        if self._withdrawn or nothing_to_show:
            return None
        return self.posts.next_change(texts, self._button)

    def _urgency(self) -> Urgency:
        """Say whether people wait for this: a sign of life, the first words, the final text."""
        first_words = not self._text_visible and bool(self._text.strip())
        urgent = self._final.is_set() or first_words or not self.posts.ids
        return Urgency.URGENT if urgent else Urgency.GROWING

    async def _write(self) -> None:
        """Make the next change, at the time that the pace gives, with the text as it is by then."""
        if not self._text_visible:
            await self._first_words()
            await self._as_if_typed()
        while (wait_s := self._pace.take(self._urgency())) > 0:
            await self._pause(wait_s)
        change = self._due()
        if change is None:
            return
        if change.index != NOTICE:
            self._typing.stop()
            self._text_visible = self._text_visible or bool(self._text.strip())
        self._writing = True
        try:
            await self.posts.make(change)
        finally:
            self._writing = False

    async def _first_words(self) -> None:
        has_word = any(character.isspace() for character in self._text.lstrip())
        if self._text and not has_word and not self._final.is_set():
            await self._pause(FIRST_WORDS_S)

    async def _as_if_typed(self) -> None:
        """Hold a short answer back for as long as typing it takes, and its first words until it is known to be one."""
        if self.posts.ids or self.posts.notice or not self._text.strip() or self._long.is_set():
            return
        hold_s = self._typing_pace.hold_s(len(self._text), self._clock.monotonic() - self._began_at)
        if hold_s > 0 and not self._final.is_set():
            await self._pause(hold_s, self._long)
        if self._final.is_set() and not self._long.is_set():
            wait_s = self._typing_pace.wait_s(len(self._text), self._clock.monotonic() - self._began_at)
            if wait_s > 0:
                await self._clock.sleep(wait_s)

    async def _pause(self, seconds: float, *until: asyncio.Event) -> None:
        """Wait, but not longer than until the reply is complete (then only Discord's limit counts) or `until`."""
        if self._final.is_set():
            await self._clock.sleep(seconds)
            return
        waits: set[asyncio.Future[Any]] = {asyncio.ensure_future(self._clock.sleep(seconds))}
        waits |= {asyncio.ensure_future(event.wait()) for event in (self._final, *until)}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


def _small_print(text: str) -> str:
    return "\n".join(f"-# {line}" for line in text.splitlines() if line.strip())
