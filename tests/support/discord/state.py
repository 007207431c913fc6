"""What exists on the local Discord: users, guilds, channels and messages as plain dataclasses.

Ids are strings, as on the wire. Nothing here talks to anybody; `world.py` changes these things.
"""

import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, IntFlag
from typing import Any

DISCORD_EPOCH_MS = 1_420_070_400_000
"""First second of 2015: snowflakes count from here."""

_sequence = itertools.count()


def new_snowflake() -> str:
    """Return a new id; its upper bits are the time in ms since Discord's epoch, so ids sort by age."""
    return str((int(time.time() * 1000) - DISCORD_EPOCH_MS << 22) | (next(_sequence) & 0x3FFFFF))


def now_iso() -> str:
    """Return the current time as Discord writes it."""
    return datetime.now(UTC).isoformat()


class ChannelType(IntEnum):
    """The channel types the local Discord knows."""

    TEXT = 0
    DM = 1
    PUBLIC_THREAD = 11


class Permission(IntFlag):
    """The permission bits the local Discord decides by."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    ATTACH_FILES = 1 << 15
    READ_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_COMMANDS = 1 << 31
    CREATE_THREADS = 1 << 35
    SEND_IN_THREADS = 1 << 38


NOTHING = Permission(0)
MEMBER_PERMISSIONS = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.READ_HISTORY
    | Permission.USE_COMMANDS
    | Permission.CREATE_THREADS
    | Permission.SEND_IN_THREADS
)
"""What @everyone may do in a new guild."""


class Intent(IntFlag):
    """The gateway intents the local Discord filters by."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_REACTIONS = 1 << 10
    GUILD_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_REACTIONS = 1 << 13
    DIRECT_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
"""Intents that must be switched on in the developer portal."""


class _Thing:
    """Shows a thing by what a reader knows it by; the things hold each other, so a full listing would never end."""

    def __repr__(self) -> str:
        known_by = ("name", "content", "filename", "command")
        title = next((getattr(self, name) for name in known_by if getattr(self, name, "")), "")
        return f"<{type(self).__name__} {title!r}>"


@dataclass(eq=False, repr=False)
class User(_Thing):
    """A person or a bot. `blocked` holds the ids of users whose direct messages are refused."""

    name: str
    is_bot: bool = False
    id: str = field(default_factory=new_snowflake)
    blocked: set[str] = field(default_factory=set)

    @property
    def mention(self) -> str:
        """Return the text that mentions this user."""
        return f"<@{self.id}>"


@dataclass(eq=False, repr=False)
class BotAccount(User):
    """A bot with its application. `allowed` are the privileged intents its developer portal grants."""

    is_bot: bool = True
    token: str = ""
    allowed: Intent = PRIVILEGED
    commands: dict[str | None, list[dict[str, Any]]] = field(default_factory=dict)
    """Registered application commands by guild id; None holds the global ones."""


@dataclass(eq=False, repr=False)
class Role(_Thing):
    """A guild's role; @everyone carries the guild's own id."""

    name: str
    permissions: Permission
    id: str = field(default_factory=new_snowflake)


@dataclass(eq=False, repr=False)
class Overwrite:
    """Permissions given or taken in one channel, for a role or for one member."""

    id: str
    is_member: bool
    allow: Permission = NOTHING
    deny: Permission = NOTHING


@dataclass(eq=False, repr=False)
class Member:
    """A user's place in a guild."""

    user: User
    joined_at: str = field(default_factory=now_iso)
    role_ids: list[str] = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Attachment(_Thing):
    """A file that hangs on a message; its bytes are served under `path` by the CDN."""

    filename: str
    content_type: str
    data: bytes
    channel_id: str
    id: str = field(default_factory=new_snowflake)
    description: str | None = None
    declared_size: int | None = None
    """What Discord says of its size, where that is not the truth."""

    @property
    def path(self) -> str:
        """Return the path under which the CDN serves the file."""
        return f"/attachments/{self.channel_id}/{self.id}/{self.filename}"

    @property
    def url(self) -> str:
        """Return the address a client is given, signed and expiring in form only."""
        return f"https://cdn.discordapp.com{self.path}?ex=7fffffff&is=0&hm=00"


@dataclass(frozen=True)
class Edit:
    """What a message said from `at` (loop time, seconds) on."""

    at: float
    content: str


@dataclass(eq=False, repr=False)
class Channel(_Thing):
    """A text channel, a thread or a direct message; `recipients` are the two users of a DM."""

    type: ChannelType
    name: str = ""
    id: str = field(default_factory=new_snowflake)
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    owner_id: str | None = None
    recipients: tuple[User, ...] = ()
    overwrites: list[Overwrite] = field(default_factory=list)
    messages: "dict[str, Message]" = field(default_factory=dict)
    thread_members: set[str] = field(default_factory=set)
    archived: bool = False
    created_at: str = field(default_factory=now_iso)

    @property
    def mention(self) -> str:
        """Return the text that links this channel."""
        return f"<#{self.id}>"

    @property
    def is_dm(self) -> bool:
        """Whether this is a direct message."""
        return self.type is ChannelType.DM

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread."""
        return self.type is ChannelType.PUBLIC_THREAD


@dataclass(eq=False, repr=False)
class Message(_Thing):
    """One message, changed in place by edits, so that a test may hold it and look again.

    `pings` are the ids of the users it notified when it was sent; `mentions` those its present text mentions.
    """

    channel: Channel
    author: User
    content: str
    at: float
    id: str = field(default_factory=new_snowflake)
    sent_at: str = field(default_factory=now_iso)
    edited_at: str | None = None
    edits: list[Edit] = field(default_factory=list)
    deleted: bool = False
    reply_to: "Message | None" = None
    nonce: str | None = None
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)
    mention_everyone: bool = False
    pings: frozenset[str] = frozenset()
    reactions: dict[str, list[str]] = field(default_factory=dict)
    flags: int = 0
    thread: Channel | None = None
    interaction: "Interaction | None" = None
    only_for: str | None = None
    """The id of the one user who sees an ephemeral message."""

    @property
    def is_loading(self) -> bool:
        """Whether this is a deferred answer that has no text yet."""
        return bool(self.flags & LOADING)

    @property
    def is_visible(self) -> bool:
        """Whether there is something to see."""
        return not self.deleted and not self.is_loading

    @property
    def is_ephemeral(self) -> bool:
        """Whether only one user sees it."""
        return self.only_for is not None


EPHEMERAL = 1 << 6
LOADING = 1 << 7


@dataclass(eq=False, repr=False)
class Guild(_Thing):
    """A server with its members, roles and channels."""

    name: str
    owner_id: str
    id: str = field(default_factory=new_snowflake)
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    threads: dict[str, Channel] = field(default_factory=dict)


@dataclass(eq=False, repr=False)
class Interaction(_Thing):
    """A slash command that somebody ran, a part that they used or a form that they sent, and what the bot answered.

    `source` is the message that a part is on, or from which a form was opened; `opened_by` is what opened the form.
    """

    user: User
    bot: BotAccount
    channel: Channel
    command: str
    payload: dict[str, Any]
    at: float
    id: str = field(default_factory=new_snowflake)
    token: str = field(default_factory=lambda: f"interaction-{new_snowflake()}")
    callback_type: int | None = None
    original: Message | None = None
    messages: list[Message] = field(default_factory=list)
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None
    source: Message | None = None
    opened_by: "Interaction | None" = None
