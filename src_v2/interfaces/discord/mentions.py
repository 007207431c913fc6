"""Mentions, both ways: marks in incoming text become names, and outgoing text can ping only people of the turn."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import discord

MARK = re.compile(r"<(?P<kind>@[!&]?|#)(?P<id>\d+)>|<a?:(?P<emoji>\w+):\d+>")
BLANKS = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
LEADING_MARK = re.compile(r"\s*<@!?(\d+)>")

NOBODY = discord.AllowedMentions.none()
"""The client's default: whatever is sent pings nobody."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names for the ids in a message. `mine` holds the ids that mean the character itself: its user and its role."""

    mine: frozenset[int] = frozenset()
    people: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)


def readable(text: str, names: Names) -> str:
    """Return `text` with its marks as names and without mentions of the character itself."""
    return BLANKS.sub(" ", MARK.sub(lambda mark: _name(mark, names), text)).strip()


def _name(mark: re.Match[str], names: Names) -> str:
    if mark["emoji"]:
        return f":{mark['emoji']}:"
    marked = int(mark["id"])
    if marked in names.mine:
        return ""
    if mark["kind"] == "#":
        return f"#{names.channels.get(marked, 'channel')}"
    known = names.roles if mark["kind"] == "@&" else names.people
    return f"@{known.get(marked, 'somebody')}"


def first_mentioned(text: str) -> int | None:
    """Return the id of the person whose mention opens `text`, if one does."""
    found = LEADING_MARK.match(text)
    return int(found[1]) if found else None


def allowed(user_ids: Iterable[int]) -> discord.AllowedMentions:
    """Return the policy for a reply: these people may be pinged, nobody else, no role and never everyone."""
    users = [discord.Object(user_id) for user_id in sorted(set(user_ids))]
    return discord.AllowedMentions(everyone=False, roles=False, users=users or False, replied_user=False)
