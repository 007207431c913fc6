"""Who and what goes away on Discord: a person leaves a server, the app is removed, a channel is deleted.

What was said there is erased, as if it had been asked for. Heard of only while connected; a server that is merely
unreachable for Discord is no departure.
"""

import discord

from src_v2.core.scope import Scope
from src_v2.interfaces.discord.places import platform_id
from src_v2.interfaces.discord.ports import Places


class Departures:
    """Turns departures into erasures, for one character."""

    def __init__(self, character: str, places: Places) -> None:
        self._character = character
        self._places = places

    async def app_removed(self, guild_id: int) -> None:
        """Erase what this character keeps from a server that it was removed from."""
        await self._places.forget(Scope(character=self._character, guild_id=platform_id(guild_id)))

    async def person_left(self, guild_id: int, user_id: int) -> None:
        """Erase what this character keeps of a person from a server that they left."""
        scope = Scope(platform_id(user_id), self._character, platform_id(guild_id))
        await self._places.forget(scope)

    async def channel_deleted(self, channel_id: int) -> None:
        """Erase what was said in a channel or thread that is gone."""
        await self._places.forget(Scope(character=self._character, channel_id=platform_id(channel_id)))


def is_final(guild: discord.Guild) -> bool:
    """Whether a server is gone for this app, and not only out of reach."""
    return not guild.unavailable
