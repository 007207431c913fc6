"""Reads off a Discord message the facts that the gate decides by. Not for what is said."""

import discord

from src_v2.interfaces.discord.gate import Facts
from src_v2.interfaces.discord.mentions import first_mentioned
from src_v2.interfaces.discord.places import is_direct

SPOKEN = {discord.MessageType.default, discord.MessageType.reply}
"""The types of messages that people write; all others are Discord's own announcements."""


def facts_of(message: discord.Message, me: discord.ClientUser, *, content: bool) -> Facts:
    """Return what is plain from the message alone; `content` says whether we have the message content intent."""
    direct = is_direct(message.channel)
    mentioned = mentions_me(message, me)
    return Facts(
        from_bot=message.author.bot or message.webhook_id is not None,
        from_system=message.type not in SPOKEN,
        readable=content or direct or mentioned,
        direct=direct,
        mentions_me=mentioned,
        replies_to_me=replied_to(message) == me.id,
        for_somebody_else=not mentioned and _for_somebody_else(message, me),
        in_my_thread=_is_my_thread(message.channel, me),
    )


def mentions_me(message: discord.Message, me: discord.ClientUser) -> bool:
    """Whether the message names the bot or its own role; @everyone names nobody."""
    by_name = any(user.id == me.id for user in message.mentions)
    return by_name or own_role_id(message) in {role.id for role in message.role_mentions}


def own_role_id(message: discord.Message) -> int | None:
    """Return the id of the role that Discord made for the bot in this server."""
    role = message.guild.self_role if message.guild else None
    return role.id if role else None


def replied_to(message: discord.Message) -> int | None:
    """Return the id of the author of the message that this one answers, when Discord says so."""
    if message.type is not discord.MessageType.reply or message.reference is None:
        return None
    earlier = message.reference.resolved
    return earlier.author.id if isinstance(earlier, discord.Message) else None


def _for_somebody_else(message: discord.Message, me: discord.ClientUser) -> bool:
    answered = replied_to(message)
    return (
        first_mentioned(message.content) is not None
        or any(user.bot for user in message.mentions)
        or (answered is not None and answered != me.id)
    )


def _is_my_thread(channel: object, me: discord.ClientUser) -> bool:
    if not isinstance(channel, discord.Thread):
        return False
    return channel.me is not None or channel.owner_id == me.id
