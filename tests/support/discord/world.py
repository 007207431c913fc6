"""All that exists on one local Discord and everything that can happen to it.

REST handlers and scripted people call the same methods, which change the state, tell the bots and wake those who wait.
Whether somebody is allowed to do a thing is decided before, by the caller.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from tests.support.discord import mentions
from tests.support.discord.changes import Changes
from tests.support.discord.journal import Journal
from tests.support.discord.permissions import sees
from tests.support.discord.state import (
    EPHEMERAL,
    MEMBER_PERMISSIONS,
    Attachment,
    BotAccount,
    Channel,
    ChannelType,
    Edit,
    Guild,
    Interaction,
    Member,
    Message,
    Overwrite,
    Permission,
    Role,
    User,
    now_iso,
)


class Listener(Protocol):
    """Whoever tells the bots what happened (see `events.py`)."""

    def message_created(self, message: Message) -> None: ...
    def message_edited(self, message: Message) -> None: ...
    def message_deleted(self, message: Message) -> None: ...
    def reaction_changed(self, message: Message, user: User, emoji: str, *, added: bool) -> None: ...
    def reactions_cleared(self, message: Message, emoji: str | None) -> None: ...
    def typing_started(self, channel: Channel, user: User) -> None: ...
    def channel_created(self, channel: Channel) -> None: ...
    def channel_deleted(self, channel: Channel, audience: Sequence[User]) -> None: ...
    def thread_joined(self, thread: Channel, user: User) -> None: ...
    def member_added(self, guild: Guild, member: Member) -> None: ...
    def member_removed(self, guild: Guild, user: User) -> None: ...
    def guild_joined(self, guild: Guild, bot: BotAccount) -> None: ...
    def interaction_created(self, interaction: Interaction) -> None: ...


class World:
    """The state, and the things that can happen."""

    def __init__(self, file_limit: int) -> None:
        self.file_limit = file_limit
        """Bytes that the files of one message may have together."""
        self.users: dict[str, User] = {}
        self.bots: dict[str, BotAccount] = {}
        """Bots by token."""
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.direct: dict[frozenset[str], Channel] = {}
        self.files: dict[str, Attachment] = {}
        self.interactions: dict[str, Interaction] = {}
        """Interactions by token."""
        self.nonces: dict[tuple[str, str], Message] = {}
        self.changes = Changes()
        self.journal = Journal()
        self.tell: Listener

    # Who is there

    def add_user(self, user: User) -> None:
        """Let a person or a bot exist."""
        self.users[user.id] = user
        if isinstance(user, BotAccount):
            self.bots[user.token] = user

    def add_guild(self, name: str, owner: User) -> Guild:
        """Create a guild with nobody but its owner in it."""
        guild = Guild(name, owner.id)
        guild.roles[guild.id] = Role("@everyone", MEMBER_PERMISSIONS, guild.id)
        self.guilds[guild.id] = guild
        guild.members[owner.id] = Member(owner)
        return guild

    def join(self, guild: Guild, user: User) -> Member:
        """Make `user` a member; a bot that is online is told of the guild, the others of the member."""
        member = guild.members[user.id] = Member(user)
        if isinstance(user, BotAccount):
            self.tell.guild_joined(guild, user)
        self.tell.member_added(guild, member)
        return member

    def leave(self, guild: Guild, user: User) -> None:
        """Let somebody leave a guild, or remove a bot from it."""
        del guild.members[user.id]
        self._happened(self.tell.member_removed, guild, user)

    def add_role(self, guild: Guild, name: str, permissions: Permission, holders: Sequence[User]) -> Role:
        """Create a role and give it to `holders`."""
        role = Role(name, permissions)
        guild.roles[role.id] = role
        for user in holders:
            guild.members[user.id].role_ids.append(role.id)
        return role

    # Where they meet

    def add_channel(self, guild: Guild, name: str, overwrites: list[Overwrite]) -> Channel:
        """Create a text channel."""
        channel = Channel(ChannelType.TEXT, name, guild=guild, overwrites=overwrites)
        guild.channels[channel.id] = self.channels[channel.id] = channel
        self._happened(self.tell.channel_created, channel)
        return channel

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel or thread with everything in it."""
        assert channel.guild is not None
        members = [member.user for member in channel.guild.members.values()]
        held = channel.guild.threads if channel.is_thread else channel.guild.channels
        del held[channel.id], self.channels[channel.id]
        self._happened(self.tell.channel_deleted, channel, members)

    def add_thread(self, parent: Channel, name: str, owner: User, start: Message | None) -> Channel:
        """Create a public thread; one that starts from a message carries the message's id."""
        assert parent.guild is not None
        thread = Channel(ChannelType.PUBLIC_THREAD, name, guild=parent.guild, parent=parent, owner_id=owner.id)
        thread.thread_members.add(owner.id)
        if start is not None:
            thread.id, start.thread = start.id, thread
        parent.guild.threads[thread.id] = self.channels[thread.id] = thread
        self._happened(self.tell.channel_created, thread)
        return thread

    def join_thread(self, thread: Channel, user: User) -> None:
        """Let somebody take part in a thread; writing there or being mentioned does that too."""
        if user.id not in thread.thread_members:
            thread.thread_members.add(user.id)
            self._happened(self.tell.thread_joined, thread, user)

    def direct_channel(self, one: User, other: User) -> Channel:
        """Return the DM of the two, which exists from the first time somebody asks for it."""
        key = frozenset((one.id, other.id))
        if key not in self.direct:
            channel = Channel(ChannelType.DM, recipients=(one, other))
            self.direct[key] = self.channels[channel.id] = channel
        return self.direct[key]

    # What they say

    def post(
        self,
        author: User,
        channel: Channel,
        content: str,
        *,
        reply_to: Message | None = None,
        allowed_mentions: dict[str, Any] | None = None,
        attachments: Sequence[Attachment] = (),
        nonce: str | None = None,
        embeds: Sequence[dict[str, Any]] = (),
        components: Sequence[dict[str, Any]] = (),
        flags: int = 0,
        interaction: Interaction | None = None,
        is_original: bool = False,
    ) -> Message:
        """Put a message into a channel. Ephemeral ones are told to nobody but their reader."""
        who = mentions.resolve(author, channel, content, reply_to, allowed_mentions)
        message = Message(
            channel, author, content, self.now(), reply_to=reply_to, attachments=list(attachments), nonce=nonce,
            embeds=list(embeds), components=list(components), flags=flags, interaction=interaction,
            mentions=who.users, mention_roles=who.roles, mention_everyone=who.everyone, pings=who.pings,
        )  # fmt: skip
        if interaction is not None:
            self._is_answer(message, interaction, is_original=is_original)
        self._keep(message)
        self.journal.created(message)
        for user in (author, *who.users) if channel.is_thread else ():
            self.join_thread(channel, user)
        if message.is_ephemeral:
            self.changes.notify()
        else:
            self._happened(self.tell.message_created, message)
        return message

    @staticmethod
    def _is_answer(message: Message, interaction: Interaction, *, is_original: bool) -> None:
        interaction.messages.append(message)
        if is_original:
            interaction.original = message
        if message.flags & EPHEMERAL:
            message.only_for = interaction.user.id

    def _keep(self, message: Message) -> None:
        message.channel.messages[message.id] = message
        self.files.update({item.path: item for item in message.attachments})
        if message.nonce is not None:
            self.nonces[message.author.id, message.nonce] = message

    def edit(self, message: Message, changed: dict[str, Any], allowed_mentions: dict[str, Any] | None = None) -> None:
        """Change the fields of a message that `changed` names. Edits notify nobody."""
        for name, value in changed.items():
            setattr(message, name, value)
        self.files.update({item.path: item for item in message.attachments})
        who = mentions.resolve(message.author, message.channel, message.content, message.reply_to, allowed_mentions)
        message.mentions, message.mention_roles, message.mention_everyone = who.users, who.roles, who.everyone
        message.edited_at = now_iso()
        message.edits.append(Edit(self.now(), message.content))
        self.journal.edited(message)
        if message.is_ephemeral:
            self.changes.notify()
        else:
            self._happened(self.tell.message_edited, message)

    def delete(self, message: Message, by: User) -> None:
        """Take a message away; whoever holds it sees `deleted`."""
        message.deleted = True
        del message.channel.messages[message.id]
        self.journal.deleted(message, by)
        if message.is_ephemeral:
            self.changes.notify()
        else:
            self._happened(self.tell.message_deleted, message)

    def react(self, message: Message, user: User, emoji: str) -> None:
        """Add a reaction; a second one of the same kind changes nothing."""
        users = message.reactions.setdefault(emoji, [])
        if user.id not in users:
            users.append(user.id)
            self.journal.reacted(message, user, emoji, added=True)
            self.tell.reaction_changed(message, user, emoji, added=True)
            self.changes.notify()

    def unreact(self, message: Message, user: User, emoji: str) -> None:
        """Take a reaction back."""
        users = message.reactions.get(emoji, [])
        if user.id in users:
            users.remove(user.id)
            if not users:
                del message.reactions[emoji]
            self.journal.reacted(message, user, emoji, added=False)
            self.tell.reaction_changed(message, user, emoji, added=False)
            self.changes.notify()

    def clear_reactions(self, message: Message, emoji: str | None = None) -> None:
        """Remove all reactions, or those with one emoji, as a moderator may."""
        for one in [one for one in message.reactions if emoji in (None, one)]:
            del message.reactions[one]
        self.tell.reactions_cleared(message, emoji)
        self.changes.notify()

    def type(self, channel: Channel, user: User) -> None:
        """Show that `user` is typing."""
        self.journal.typed(channel, user)
        self._happened(self.tell.typing_started, channel, user)

    def run(self, interaction: Interaction) -> None:
        """Tell a bot that somebody ran its command."""
        self.interactions[interaction.token] = interaction
        self._happened(self.tell.interaction_created, interaction)

    # Asking

    def channels_of(self, guild: Guild, viewer: User) -> list[Channel]:
        """Return the text channels of a guild that `viewer` sees."""
        return [channel for channel in guild.channels.values() if sees(channel, viewer)]

    @staticmethod
    def now() -> float:
        """Return the loop's time in seconds, which all measurements use."""
        return asyncio.get_running_loop().time()

    def _happened(self, event: Callable[..., None], *about: Any) -> None:
        event(*about)
        self.changes.notify()


def token_for(name: str) -> str:
    """Return a token of the shape Discord's have, always the same for one name."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return f"{digest[:26]}.{digest[26:32]}.{digest[32:64]}abcdef"
