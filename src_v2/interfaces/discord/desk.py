"""Hands one character's messages to the lanes, each with its surface, and knows which replies are under way."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import aiohttp
import discord
import structlog

from src_v2.core.errors import WhisperEngineError
from src_v2.interfaces.discord.channels import ChannelNotes
from src_v2.interfaces.discord.pacing import ChannelPace, Pacing
from src_v2.interfaces.discord.pictures import with_pictures
from src_v2.interfaces.discord.places import is_direct, platform_id, snowflake
from src_v2.interfaces.discord.ports import PLATFORM, Surroundings
from src_v2.interfaces.discord.posts import Asked, Delivery, Post, Posts
from src_v2.interfaces.discord.retry import retry_view
from src_v2.interfaces.discord.surface import DiscordSurface
from src_v2.interfaces.discord.translate import asker, incoming
from src_v2.interfaces.discord.typing_indicator import TypingIndicator, TypingPace

log = structlog.get_logger(__name__)

CLOSING_S = 2.0
"""How long replies that were cut off by a stop get to show what they have."""


class Desk:
    """One character's replies."""

    def __init__(self, character: str, around: Surroundings, notes: ChannelNotes) -> None:
        self._character = character
        self._around = around
        self._notes = notes
        self.pacing = Pacing(around.clock, around.options.edit_interval_s)
        self._live: dict[int, list[DiscordSurface]] = {}

    async def answer(
        self,
        message: discord.Message,
        me: discord.ClientUser,
        *,
        again: bool = False,
        into: discord.Message | None = None,
        late: bool = False,
    ) -> bool:
        """Have `message` answered; False when it was answered before, or is kept because the process is stopping.

        `again`: the user asks for another try, which takes the place of the message `into`. `late`: other messages
        may have come in between unseen.
        """
        channel_id = message.channel.id
        present = () if is_direct(message.channel) else self._notes.present(channel_id, without=asker(message).id)
        asked = await with_pictures(incoming(message, self._character, me, present), message, self._around.pictures)
        surface = self._surface(message, into, late=late)
        async with self._notes.changing(channel_id):
            taken = await self._around.lanes.submit(asked, surface, again=again, later=True)
        shown_on = self._around.lanes.shown_on(self._character, platform_id(channel_id), str(message.id))
        if shown_on is surface:
            self._live.setdefault(channel_id, []).append(surface)
        elif taken and isinstance(shown_on, DiscordSurface):
            shown_on.asked.message_ids.append(message.id)
            shown_on.asked.may_ping |= _people(message)
        return taken

    def pace(self, channel_id: int) -> ChannelPace:
        """Return the pace of a channel, for what is written there besides replies."""
        return self.pacing.of(channel_id)

    def busy(self, channel_id: int) -> bool:
        """Whether a reply is being made in a channel, or waits to be."""
        return channel_id in self._live

    def running(self, channel_id: int) -> DiscordSurface | None:
        """Return the reply that is being made in a channel."""
        return next((surface for surface in self._live.get(channel_id, ()) if surface.begun), None)

    async def linked(self, channel_id: int, message_id: int) -> None:
        """Return when it is noted which reply a message of ours shows: at once, unless that reply still grows."""
        growing = (one for one in self._live.get(channel_id, ()) if str(message_id) in one.posts.ids)
        for surface in list(growing):
            await surface.over.wait()

    async def resume(self, client: discord.Client, me: discord.ClientUser) -> None:
        """Answer what a stop or crash of the process left open, as far as it still exists on Discord."""
        try:
            turns = await self._around.memory.interrupted(PLATFORM)
        except WhisperEngineError as error:
            log.warning("discord_resume_failed", character=self._character, error=type(error).__name__)
            return
        for turn in turns:
            if turn.character == self._character:
                wanted = [int(message_id) for message_id in turn.platform_message_ids]
                for message in await fetch(client, snowflake(turn.channel_id), wanted):
                    await self.answer(message, me, late=True)

    async def close(self) -> None:
        """Let what is visible become final, for a moment, and drop the rest."""
        surfaces = [surface for surfaces in self._live.values() for surface in surfaces]
        finishing = [asyncio.create_task(surface.finish()) for surface in surfaces]
        if finishing:
            _, late = await asyncio.wait(finishing, timeout=CLOSING_S)
            for task in late:
                task.cancel()
        for surface in surfaces:
            surface.close()

    def _surface(self, message: discord.Message, into: discord.Message | None, *, late: bool) -> DiscordSurface:
        asked = Asked(asker(message).id, [message.id], _people(message))
        pace, clock = self.pacing.of(message.channel.id), self._around.clock
        delivery = Delivery(message.channel, asked, lambda: self._reference(asked, message.channel, late=late))
        shown = [Post(into, into.content)] if into is not None else []

        async def on_finish(surface: DiscordSurface, message_id: str | None) -> None:
            self._forget(surface, message.channel.id)
            await self._on_finish(surface, message.channel.id, message_id)

        return DiscordSurface(
            asked,
            Posts(delivery, pace, shown),
            pace,
            TypingIndicator(message.channel, pace, clock),
            clock,
            retry_button=retry_view,
            on_finish=on_finish,
            typing_pace=TypingPace(self._around.options.typing_chars_per_s),
        )

    def _reference(
        self, asked: Asked, channel: discord.abc.Snowflake, *, late: bool
    ) -> discord.MessageReference | None:
        """Return what the reply should point at, where it would not be plain without."""
        last = asked.message_ids[-1]
        if is_direct(channel) or not (late or self._notes.interrupted(channel.id, last, asked.asker_id)):
            return None
        return discord.MessageReference(message_id=last, channel_id=channel.id, fail_if_not_exists=False)

    async def _on_finish(self, surface: DiscordSurface, channel_id: int, message_id: str | None) -> None:
        """Note in the memory which Discord messages show the reply."""
        if message_id is None or not surface.posts.ids:
            return
        self._notes.spoke(channel_id)
        try:
            await self._around.memory.link(self._character, message_id, surface.posts.ids)
            if surface.posts.removed_by_others is not None:
                await self._around.memory.delete(self._character, surface.posts.removed_by_others)
        except WhisperEngineError as error:
            log.warning("discord_reply_not_linked", character=self._character, error=type(error).__name__)

    def _forget(self, surface: DiscordSurface, channel_id: int) -> None:
        surfaces = self._live.get(channel_id, [])
        if surface in surfaces:
            surfaces.remove(surface)
        if not surfaces:
            self._live.pop(channel_id, None)


async def fetch(client: discord.Client, channel_id: int, message_ids: Iterable[int]) -> list[discord.Message]:
    """Return those of the messages that still exist and can be read."""
    found: list[discord.Message] = []
    with suppress(discord.HTTPException, discord.InvalidData, aiohttp.ClientError, OSError):
        channel = client.get_channel(channel_id) or await client.fetch_channel(channel_id)
        if not isinstance(channel, discord.abc.Messageable):
            return found
        for message_id in message_ids:
            with suppress(discord.NotFound):
                found.append(await channel.fetch_message(message_id))
    return found


def _people(message: discord.Message) -> set[int]:
    return {asker(message).id, *(user.id for user in message.mentions if not user.bot)}
