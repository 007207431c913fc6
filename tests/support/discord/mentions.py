"""Whom a message mentions, and whom it really notifies: Discord's `allowed_mentions` rules."""

import re
from dataclasses import dataclass
from typing import Any

from tests.support.discord.permissions import may
from tests.support.discord.state import Channel, Message, Permission, User

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True)
class Mentions:
    """The outcome: users and roles in the order they appear, and whether everyone was called."""

    users: list[User]
    roles: list[str]
    everyone: bool
    pings: frozenset[str]


def resolve(
    author: User, channel: Channel, content: str, reply_to: Message | None, allowed: dict[str, Any] | None
) -> Mentions:
    """Return what `content` mentions once `allowed` has had its say.

    Without `allowed` everything in the text counts and a reply notifies whom it answers; with it, only what is
    listed counts.
    """
    users = {who.id: who for who in _mentioned_users(channel, content) if _permits(allowed, "users", who.id)}
    if reply_to is not None and (allowed is None or allowed.get("replied_user")) and reply_to.author.id != author.id:
        users.setdefault(reply_to.author.id, reply_to.author)
    roles = [role for role in _mentioned_roles(channel, content) if _permits(allowed, "roles", role)]
    everyone = _calls_everyone(author, channel, content, allowed)
    pings = set(users) | _members(channel, roles, everyone)
    return Mentions(list(users.values()), roles, everyone, frozenset(pings - {author.id}))


def problem_with(allowed: dict[str, Any] | None) -> str | None:
    """Return what Discord would refuse about `allowed_mentions`: naming a kind both in `parse` and as a list."""
    for kind in ("users", "roles"):
        if allowed and kind in (allowed.get("parse") or ()) and allowed.get(kind):
            return kind
    return None


def _permits(allowed: dict[str, Any] | None, kind: str, item: str) -> bool:
    if allowed is None or kind in (allowed.get("parse") or ()):
        return True
    return item in {str(listed) for listed in allowed.get(kind) or ()}


def _mentioned_users(channel: Channel, content: str) -> list[User]:
    found = (_user_in(channel, user_id) for user_id in dict.fromkeys(_USER.findall(content)))
    return [who for who in found if who is not None]


def _user_in(channel: Channel, user_id: str) -> User | None:
    if channel.guild is None:
        return next((who for who in channel.recipients if who.id == user_id), None)
    member = channel.guild.members.get(user_id)
    return member.user if member else None


def _mentioned_roles(channel: Channel, content: str) -> list[str]:
    known = channel.guild.roles if channel.guild else {}
    return [role for role in dict.fromkeys(_ROLE.findall(content)) if role in known]


def _calls_everyone(author: User, channel: Channel, content: str, allowed: dict[str, Any] | None) -> bool:
    permitted = allowed is None or "everyone" in (allowed.get("parse") or ())
    if not permitted or channel.guild is None or not _EVERYONE.search(content):
        return False
    return may(channel, author, Permission.MENTION_EVERYONE)


def _members(channel: Channel, roles: list[str], everyone: bool) -> set[str]:
    if channel.guild is None:
        return set()
    members = channel.guild.members.values()
    return {item.user.id for item in members if everyone or not set(roles).isdisjoint(item.role_ids)}
