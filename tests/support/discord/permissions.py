"""Who may do what in a channel: roles and overwrites, in the order Discord documents."""

from functools import reduce
from operator import or_

from tests.support.discord.state import Channel, Guild, Permission, User

EVERYTHING = Permission((1 << 50) - 1)


def permissions_in(channel: Channel, user: User) -> Permission:
    """Return what `user` may do in `channel`; nothing when not a member."""
    if channel.guild is None:
        return EVERYTHING & ~Permission.MANAGE_MESSAGES if user in channel.recipients else Permission(0)
    base = guild_permissions(channel.guild, user)
    if Permission.ADMINISTRATOR in base or not base:
        return base
    return _overwritten(channel.parent or channel, channel.guild, user, base)


def may(channel: Channel, user: User, permission: Permission) -> bool:
    """Say whether `user` sees `channel` and has `permission` there."""
    return Permission.VIEW_CHANNEL | permission in permissions_in(channel, user)


def sees(channel: Channel, user: User) -> bool:
    """Say whether `user` sees `channel`."""
    return may(channel, user, Permission.VIEW_CHANNEL)


def guild_permissions(guild: Guild, user: User) -> Permission:
    """Return what `user` may do in `guild` before channels have their say."""
    member = guild.members.get(user.id)
    if member is None:
        return Permission(0)
    if guild.owner_id == user.id:
        return EVERYTHING
    granted = reduce(or_, (guild.roles[role].permissions for role in [guild.id, *member.role_ids]))
    return EVERYTHING if Permission.ADMINISTRATOR in granted else granted


def _overwritten(channel: Channel, guild: Guild, user: User, base: Permission) -> Permission:
    roles = set(guild.members[user.id].role_ids)
    everyone = [item for item in channel.overwrites if item.id == guild.id]
    by_role = [item for item in channel.overwrites if not item.is_member and item.id in roles]
    personal = [item for item in channel.overwrites if item.is_member and item.id == user.id]
    for layer in (everyone, by_role, personal):
        for item in layer:
            base &= ~item.deny
        for item in layer:
            base |= item.allow
    return base
