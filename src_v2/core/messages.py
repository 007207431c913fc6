"""What people say to characters, as every door hands it to the engine and as the history keeps it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from src_v2.core.audience import Audience, Visibility
from src_v2.core.ids import new_id
from src_v2.core.pictures import MOST_PICTURES, Picture


class Role(StrEnum):
    """Who spoke, seen from the character."""

    USER = "user"
    CHARACTER = "character"


class SceneKind(StrEnum):
    """What kind of place a conversation happens in."""

    DIRECT = "direct"
    CHANNEL = "channel"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class Author:
    """A person on a platform. `user_id` is `<platform>:<id>`; `name` is text from outside: never trusted.

    `timezone` is an IANA name, when the platform tells it.
    """

    user_id: str
    name: str
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a conversation happens, in words for the prompt. All names are text from outside: never trusted."""

    kind: SceneKind = SceneKind.DIRECT
    guild_name: str = ""
    channel_name: str = ""
    parent_channel_name: str = ""
    present: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One message as a door received it.

    `id` is ours; `platform_message_id` is the platform's and makes a redelivered event recognisable. `reply_to` is the
    platform id of the message this one answers. With `reflect` the person asks for a thorough answer. `pictures` came
    with it and are named in its text; they are shown to a model and never stored with the message.
    """

    id: str
    author: Author
    audience: Audience
    text: str
    sent_at: datetime
    platform: str
    platform_message_id: str | None = None
    reply_to: str | None = None
    scene: Scene = field(default_factory=Scene)
    reflect: bool = False
    pictures: tuple[Picture, ...] = ()


class StopReason(StrEnum):
    """Why a turn ended before its reply did."""

    USER = "user"
    """The user pressed stop: what had been said stays."""
    SUPERSEDED = "superseded"
    """The message was edited or went on: a new turn answers it; what had been said goes."""
    WITHDRAWN = "withdrawn"
    """The message was deleted: what had been said goes."""
    SHUTDOWN = "shutdown"
    """The process stops: the turn is answered after the next start."""


@dataclass(slots=True)
class Turn:
    """One or more messages of one person, answered together.

    `reply_id` is the id that the reply will have in the history. Whoever cancels the task that runs a turn sets
    `stop_reason` first. Once `settled`, the reply is complete and being stored: nothing can change it any more.
    """

    id: str
    messages: tuple[IncomingMessage, ...]
    stop_reason: StopReason = StopReason.SHUTDOWN
    reply_id: str = field(default_factory=new_id)
    settled: bool = False

    @property
    def audience(self) -> Audience:
        """Who hears the answer."""
        return self.messages[-1].audience

    @property
    def author(self) -> Author:
        """Who asked."""
        return self.messages[-1].author

    @property
    def text(self) -> str:
        """Everything that was asked, in order."""
        return "\n".join(message.text for message in self.messages)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures that came with it, the last few when they are many."""
        return tuple(picture for message in self.messages for picture in message.pictures)[-MOST_PICTURES:]

    @property
    def reflect(self) -> bool:
        """Whether a thorough answer is asked for."""
        return any(message.reflect for message in self.messages)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message of the history, as SQL holds it.

    `user_id` is the person the exchange is with; `speaker_id` is who spoke: the same person, or `character:<name>`.
    """

    id: str
    turn_id: str | None
    session_id: str | None
    character: str
    user_id: str
    speaker_id: str
    speaker_name: str
    role: Role
    text: str
    platform: str
    channel_id: str
    guild_id: str | None
    visibility: Visibility
    created_at: datetime
