"""How a person's own data looks in requests and answers of the API. Ids of other people stay inside."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from src_v2.core.messages import Role
from src_v2.interfaces.web.refusals import MAX_TEXT_CHARACTERS
from src_v2.interfaces.web.routes import User
from src_v2.knowledge.models import PreferenceName
from src_v2.privacy.models import ErasureState

MAX_VALUE_CHARACTERS = 300
"""What a fact or a wish says is a name or half a sentence; more is a message."""

Text = Annotated[str, Field(max_length=2 * MAX_TEXT_CHARACTERS)]
Value = Annotated[str, Field(max_length=MAX_VALUE_CHARACTERS)]


class _Asked(BaseModel):
    """A body; what it says beyond its fields is refused, so that a misspelt `user` never means somebody else."""

    model_config = ConfigDict(extra="forbid")

    user: User | None = None


class NewText(_Asked):
    """Other words for something that was said."""

    text: Text


class NewObject(_Asked):
    """What a fact says instead: its last part."""

    object: Value


class NewValue(_Asked):
    """How the person wants to be spoken with."""

    value: Value


class NewSwitch(_Asked):
    """A decision."""

    on: bool


class EraseRequest(_Asked):
    """Erase everything; `confirm` says that it is meant."""

    confirm: Literal["erase"]


class _Shown(BaseModel):
    """An answer that is read off an object of the house."""

    model_config = ConfigDict(from_attributes=True)


class Memory(_Shown):
    """One remembered message; only the words of those that are `is_own` can be changed."""

    id: str
    speaker_name: str
    role: Role
    text: str
    said_at: datetime
    place: str
    is_own: bool


class Memories(_Shown):
    """A page of memories; `next` is the next page's `after`, empty on the last."""

    items: list[Memory]
    next: str = ""


class Fact(_Shown):
    """What is known. A subject or object of `user` is the person, of `character` the character."""

    id: str
    subject: str
    predicate: str
    object: str
    speaker_name: str
    said_at: datetime
    confidence: float
    valid_from: str | None
    valid_until: str | None
    is_current: bool
    source_message_id: str


class Facts(_Shown):
    """Current facts first."""

    facts: list[Fact]


class Preference(_Shown):
    """A wish about how to be spoken with."""

    id: str
    name: PreferenceName
    value: str
    said_at: datetime


class Preferences(_Shown):
    """All of them."""

    preferences: list[Preference]


class Summary(_Shown):
    """What a conversation was about; `importance` is 1 to 5."""

    id: str
    text: str
    topics: list[str]
    emotions: list[str]
    importance: int
    started_at: datetime
    ended_at: datetime


class Summaries(_Shown):
    """Latest first."""

    summaries: list[Summary]


class Switches(_Shown):
    """What the person decided, for all characters."""

    remember: bool
    servers: bool
    share: bool


class Erasure(_Shown):
    """How far an erasure is."""

    id: str
    state: ErasureState


class Brought(_Shown):
    """What came of a file; `left_out` counts by reason."""

    kind: str
    added: int
    known: int
    left_out: dict[str, int]
