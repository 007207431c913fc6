"""Brings what a character says by itself to Discord: in one or several messages, each of them once.

A message has a name (nonce) by which Discord knows it for some minutes; after a longer absence the channel itself tells
what an earlier attempt has left there.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import discord

from src_v2.core.audience import Audience
from src_v2.core.errors import CannotReach, DoorClosed
from src_v2.core.outgoing import Outgoing
from src_v2.interfaces.base import Shown
from src_v2.interfaces.discord.client import CharacterClient
from src_v2.interfaces.discord.mentions import allowed
from src_v2.interfaces.discord.pacing import Urgency
from src_v2.interfaces.discord.places import guild_id, platform_id, snowflake
from src_v2.interfaces.discord.ports import PLATFORM
from src_v2.interfaces.discord.said_button import said_view
from src_v2.interfaces.discord.split import split

CLOCKS_APART = timedelta(minutes=2)
"""How far Discord's clock may be from ours."""
LOOKED_AT = 100
"""Messages after an attempt among which its own are looked for."""
CLIENT_ERRORS = range(400, 500)
PASSING = (401, 408, 425, 429)
"""Of these, what may be over later: a token can be renewed, a limit ends."""
OPENED_TOO_FAST = 40003
"""Discord's code for too many new direct messages at once: refused with 403, and over later."""


InServer = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel
Place = InServer | discord.DMChannel


class DiscordPostman:
    """Writes to people and channels as the characters that are connected. `clients` are those, by name."""

    platform = PLATFORM

    def __init__(self, clients: Mapping[str, CharacterClient], names: Sequence[str]) -> None:
        self._clients = clients
        self._names = frozenset(names)

    async def reach(self, audience: Audience) -> Audience:
        """Return the audience with the channel in which it is reached: in private the direct message channel."""
        async with _failures():
            channel = await self._channel(self._client(audience.character), audience)
        return replace(audience, channel_id=platform_id(channel.id))

    async def deliver(self, outgoing: Outgoing, since: datetime | None) -> Shown:
        """Send what is not there yet and return all messages that show it."""
        client = self._client(outgoing.audience.character)
        async with _failures():
            channel = await self._channel(client, outgoing.audience)
            there = await _there(channel, client, since) if since else {}
            pieces = _pieces(outgoing)
            before = any(there.get(piece.text) for piece in pieces)
            shown = [await self._one(client, channel, piece, there) for piece in pieces]
        if outgoing.audience.guild_id is not None:
            client.notes.spoke(channel.id)
        return Shown(shown, before=before)

    async def _one(self, client: CharacterClient, channel: Place, piece: "_Piece", there: dict[str, list[str]]) -> str:
        """Return the id of the message that shows one piece; it is sent unless it is there."""
        if there.get(piece.text):
            return there[piece.text].pop(0)
        pace = client.desk.pace(channel.id)
        while (wait_s := pace.take(Urgency.URGENT)) > 0:
            await client.around.clock.sleep(wait_s)
        try:
            message = await channel.send(piece.text, **piece.options)
        finally:
            pace.wrote()
        return str(message.id)

    def _client(self, character: str) -> CharacterClient:
        if character not in self._names:
            raise CannotReach("this character is not on Discord")
        client = self._clients.get(character)
        if client is None or client.is_closed() or not client.is_ready():
            raise DoorClosed("Discord is not connected")
        return client

    async def _channel(self, client: CharacterClient, audience: Audience) -> Place:
        """Return where to write. In private that follows from the person alone: never from an id that was stored."""
        if audience.is_private:
            return await client.create_dm(discord.Object(snowflake(audience.user_id)))
        number = snowflake(audience.channel_id)
        channel = client.get_channel(number) or await client.fetch_channel(number)
        guild = guild_id(channel)
        if guild is None or platform_id(guild) != audience.guild_id or not isinstance(channel, InServer):
            raise CannotReach("the channel is another one now")
        return channel


class _Piece:
    """One Discord message's worth, and how it is sent."""

    def __init__(self, outgoing: Outgoing, index: int, text: str, *, last: bool) -> None:
        self.text = text
        digest = hashlib.sha256(outgoing.id.encode()).hexdigest()[:20]  # a name has at most 25 characters
        person = snowflake(outgoing.audience.user_id)
        self.options: dict[str, Any] = {"nonce": f"{digest}.{index}", "allowed_mentions": allowed([person])}
        if last and outgoing.buttons:
            self.options["view"] = said_view(outgoing.id, outgoing.buttons)


def _pieces(outgoing: Outgoing) -> list[_Piece]:
    texts = [shown for piece in split(outgoing.text) if (shown := piece.shown)]
    return [_Piece(outgoing, index, text, last=index == len(texts) - 1) for index, text in enumerate(texts)]


async def _there(channel: Place, client: CharacterClient, since: datetime) -> dict[str, list[str]]:
    """Return text -> ids of what the character wrote here since an attempt, oldest first."""
    found: dict[str, list[str]] = {}
    with suppress(discord.Forbidden):  # where the history may not be read, its name must do
        async for message in channel.history(limit=LOOKED_AT, after=since - CLOCKS_APART, oldest_first=True):
            if message.author.id == client.me.id:
                found.setdefault(message.content, []).append(str(message.id))
    return found


@asynccontextmanager
async def _failures() -> AsyncIterator[None]:
    """Say what a failure means: of no use, or of use later."""
    try:
        yield
    except ValueError as error:
        raise CannotReach("that is nobody on Discord") from error
    except discord.RateLimited as error:
        raise DoorClosed("Discord asks to wait") from error
    except discord.HTTPException as error:
        passing = error.status in PASSING or error.code == OPENED_TOO_FAST
        final = error.status in CLIENT_ERRORS and not passing
        meant: type[CannotReach | DoorClosed] = CannotReach if final else DoorClosed
        raise meant(f"Discord refused it ({error.status}, {error.code})") from error
    except (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordException) as error:
        raise DoorClosed(f"Discord cannot be reached ({type(error).__name__})") from error
