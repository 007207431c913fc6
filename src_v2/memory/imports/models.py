"""What reading a chat export gives, and the names of what it leaves out."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from src_v2.core.messages import Role

CHATGPT = "chatgpt"
SILLYTAVERN = "sillytavern"

_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


class Reason(StrEnum):
    """Why something of a file is not in the history; the words are for people."""

    SYSTEM = "system messages"
    HIDDEN = "hidden messages"
    NARRATION = "narration"
    INSTRUCTIONS = "custom instructions"
    TOOL = "tool calls and their results"
    THOUGHTS = "thoughts of the model"
    PICTURES = "pictures"
    RECORDINGS = "recordings"
    ATTACHMENTS = "attachments"
    OTHER = "content of other kinds"
    EMPTY = "empty messages"
    BRANCHES = "messages on branches not taken"
    SWIPES = "replies not chosen"
    REPEATED = "messages that the file holds twice"
    CUT = "ends of messages that were cut for their length"
    UNREADABLE_MESSAGES = "unreadable messages"
    UNREADABLE_LINES = "unreadable lines"
    UNREADABLE_CONVERSATIONS = "unreadable conversations"
    EMPTY_CONVERSATIONS = "conversations without messages"
    FILES = "files that are no chats"


@dataclass(frozen=True, slots=True)
class ImportedMessage:
    """One message of an imported chat. All text is from outside: never trusted.

    `key` is the same for this message in any export of its chat, and unique within the conversation. `speaker_name` is
    empty where the file does not tell it (what the person said, in ChatGPT). `sent_at` is UTC and grows strictly within
    a conversation; where the file holds no usable time it is filled in, so it tells the order but may differ from one
    export to the next: recognise messages by `key`, never by time.
    """

    key: str
    role: Role
    speaker_name: str
    text: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class ImportedConversation:
    """One chat, oldest message first, never empty; `key` is the same in any export of it, `title` may be empty."""

    key: str
    title: str
    messages: tuple[ImportedMessage, ...]


@dataclass(frozen=True, slots=True)
class ImportedHistory:
    """What a file gave. `kind` is `CHATGPT` or `SILLYTAVERN`; `left_out` counts what was not taken, by `Reason`."""

    kind: str
    conversations: tuple[ImportedConversation, ...]
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before all times are known: `given` is what the file says, None when it says nothing usable."""

    key: str
    role: Role
    speaker_name: str
    text: str
    given: datetime | None


def digest(*parts: str) -> str:
    """Return 32 hex characters that always belong to `parts`."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def id_or_digest(value: object) -> str:
    """Return an id of the file as it is, its digest where it is long or odd, or nothing where it is no text."""
    if not isinstance(value, str) or not value:
        return ""
    return value if _PLAIN_ID.fullmatch(value) else digest(value)
