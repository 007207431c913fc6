"""What every bot did and when: the log that benchmarks and tests measure on. Times are the event loop's, in seconds."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from tests.support.discord.state import Channel, Message, User

Kind = Literal["create", "edit", "delete", "typing", "react", "unreact"]


@dataclass(frozen=True)
class Entry:
    """One thing a bot did. `content` is the text at that time."""

    at: float
    actor: User
    kind: Kind
    channel: Channel
    message: Message | None = None
    content: str = ""


class Journal:
    """The entries, oldest first. What people do is not in it: their messages carry their own time."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def of(self, actor: User | None = None, kind: Kind | None = None, channel: Channel | None = None) -> list[Entry]:
        """Return the entries of one actor, kind or channel; None means any."""
        return [
            entry
            for entry in self.entries
            if (actor is None or entry.actor is actor)
            and (kind is None or entry.kind == kind)
            and (channel is None or entry.channel is channel)
        ]

    def created(self, message: Message) -> None:
        """Note a new message."""
        self._write(message.author, "create", message.channel, message, message.content)

    def edited(self, message: Message) -> None:
        """Note an edit."""
        self._write(message.author, "edit", message.channel, message, message.content)

    def deleted(self, message: Message, by: User) -> None:
        """Note a deletion."""
        self._write(by, "delete", message.channel, message, message.content)

    def reacted(self, message: Message, user: User, emoji: str, *, added: bool) -> None:
        """Note a reaction that came or went."""
        self._write(user, "react" if added else "unreact", message.channel, message, emoji)

    def typed(self, channel: Channel, user: User) -> None:
        """Note typing."""
        self._write(user, "typing", channel, None, "")

    def _write(self, actor: User, kind: Kind, channel: Channel, message: Message | None, content: str) -> None:
        if actor.is_bot:
            at = asyncio.get_running_loop().time()
            self.entries.append(Entry(at, actor, kind, channel, message, content))
