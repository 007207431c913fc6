"""Where something is said on Discord: who may read there, and what the place is called."""

import discord

from src_v2.core.audience import Audience, Visibility
from src_v2.core.messages import Scene, SceneKind
from src_v2.interfaces.discord.ports import PLATFORM


def platform_id(snowflake: int) -> str:
    """Return a Discord id as the rest of the house writes ids."""
    return f"{PLATFORM}:{snowflake}"


def snowflake(platform_id: str) -> int:
    """Return the Discord id in `discord:<id>`."""
    return int(platform_id.rpartition(":")[2])


def guild_id(channel: object) -> int | None:
    """Return the server of a channel, also when only its id is known."""
    guild = getattr(channel, "guild", None)
    found = guild.id if guild is not None else getattr(channel, "guild_id", None)
    return int(found) if found is not None else None


def is_direct(channel: object) -> bool:
    """Whether only one person and the bot are here."""
    return guild_id(channel) is None


def visibility(channel: object) -> Visibility:
    """Return who may read in `channel`; when in doubt, the narrower answer."""
    if is_direct(channel):
        return Visibility.PRIVATE
    if isinstance(channel, discord.Thread):
        parent = channel.parent
        return Visibility.CHANNEL if channel.is_private() or parent is None else visibility(parent)
    if not isinstance(channel, discord.abc.GuildChannel):
        return Visibility.CHANNEL
    everyone = channel.permissions_for(channel.guild.default_role)
    open_to_all = everyone.view_channel and everyone.read_message_history
    return Visibility.GUILD if open_to_all else Visibility.CHANNEL


def audience(character: str, user_id: int, channel: discord.abc.Snowflake) -> Audience:
    """Return who hears what `character` says to this user in this channel."""
    guild = guild_id(channel)
    return Audience(
        character=character,
        user_id=platform_id(user_id),
        channel_id=platform_id(channel.id),
        visibility=visibility(channel),
        guild_id=platform_id(guild) if guild is not None else None,
    )


def scene(channel: object, present: tuple[str, ...]) -> Scene:
    """Describe the place in words; `present` are the names of people who talked here lately."""
    if is_direct(channel):
        return Scene(SceneKind.DIRECT)
    guild = getattr(channel, "guild", None)
    parent = channel.parent if isinstance(channel, discord.Thread) else None
    return Scene(
        kind=SceneKind.THREAD if isinstance(channel, discord.Thread) else SceneKind.CHANNEL,
        guild_name=guild.name if guild is not None else "",
        channel_name=str(getattr(channel, "name", None) or ""),
        parent_channel_name=parent.name if parent is not None else "",
        present=present,
    )
