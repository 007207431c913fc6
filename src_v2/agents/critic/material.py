"""What a draft is held against: everything that counts as a source for what it says about the person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from src_v2.core.messages import Role, StoredMessage
from src_v2.knowledge.models import Fact, Summary
from src_v2.memory.models import Memory


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the running conversation. `speaker_name` is text from outside."""

    speaker_name: str
    role: Role
    text: str
    said_at: datetime | None = None


def said(message: StoredMessage) -> Said:
    """Return a message of the history as a source."""
    return Said(message.speaker_name, message.role, message.text, message.created_at)


@dataclass(frozen=True, slots=True)
class Material:
    """The question that a draft answers, and its sources.

    `said` is the running conversation without the question; `observations` are what tools returned in this turn, as
    the model saw it; `own_facts` is what the character is, in sentences. `now` is aware. Days are those of `timezone`.
    """

    question: str
    user_name: str
    character_name: str
    now: datetime
    said: Sequence[Said] = ()
    memories: Sequence[Memory] = ()
    facts: Sequence[Fact] = ()
    summaries: Sequence[Summary] = ()
    observations: Sequence[str] = ()
    own_facts: str = ""
    timezone: tzinfo = field(default=UTC)
