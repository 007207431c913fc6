"""Reads our own export back: what a person took along becomes theirs again, under ids of its own.

The file is a stranger's: whatever it says, everything in it becomes private to the one who brings it in.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from src_v2.core.archives import Archive
from src_v2.core.errors import RefusedInput
from src_v2.core.ids import derived_id
from src_v2.core.messages import Role
from src_v2.knowledge.models import EntityKind, PreferenceName, Stance
from src_v2.privacy.exporting import FORMAT, MANIFEST, VERSION
from src_v2.storage.rows import RowWrite

KIND = "whisperengine"
MOST_RECORDS = 500_000
CHARACTER = re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}$")
_LONGEST_TEXT = 100_000
_SHORT = 500
_EPOCH = datetime(1990, 1, 1, tzinfo=UTC)

Text = Field(max_length=_LONGEST_TEXT)
Short = Field(max_length=_SHORT)


class Record(BaseModel):
    """What every record has: where it belongs."""

    model_config = ConfigDict(extra="ignore", strict=False)

    id: str = Field(min_length=1, max_length=100)
    character: str = Field(pattern=CHARACTER.pattern)
    channel_id: str = Short
    visibility: str = Short


class MessageRecord(Record):
    """A message."""

    session_id: str | None = Field(default=None, max_length=100)
    speaker_name: str = Short
    role: Role
    text: str = Text
    platform: str = Field(default="", max_length=50)
    created_at: AwareDatetime
    learned_in: str | None = Field(default=None, max_length=100)


class FactRecord(Record):
    """A claim."""

    subject: str = Short
    subject_kind: EntityKind
    predicate: str = Short
    object: str = Short
    object_kind: EntityKind
    stance: Stance
    confidence: float = Field(ge=0, le=1)
    speaker_id: str = Short
    source_message_id: str = Field(max_length=100)
    learned_in: str | None = Field(default=None, max_length=100)
    said_at: AwareDatetime
    valid_from: str | None = Field(default=None, max_length=10)
    valid_until: str | None = Field(default=None, max_length=10)


class PreferenceRecord(Record):
    """A wish."""

    name: PreferenceName
    value: str = Short
    stance: Stance
    source_message_id: str = Field(max_length=100)
    learned_in: str | None = Field(default=None, max_length=100)
    said_at: AwareDatetime


class SummaryRecord(Record):
    """A summary."""

    session_id: str = Field(max_length=100)
    text: str = Text
    topics: str = Field(max_length=10_000)
    emotions: str = Field(max_length=10_000)
    importance: int = Field(ge=1, le=5)
    started_at: AwareDatetime
    ended_at: AwareDatetime


R = TypeVar("R", bound=Record)


class OwnExport:
    """An export of ours, read and checked. `left_out` counts records that make no sense."""

    def __init__(self, archive: Archive) -> None:
        self.left_out: dict[str, int] = {}
        self.messages = self._records(archive, "messages", MessageRecord)
        self._facts = self._records(archive, "facts", FactRecord)
        self._preferences = self._records(archive, "preferences", PreferenceRecord)
        self._summaries = self._records(archive, "summaries", SummaryRecord)
        self._said_at = {one.id: one.created_at for one in self.messages}

    def message_rows(self, user_id: str) -> list[tuple[str, RowWrite]]:
        """Return (the id it had, the row it becomes) of every message, oldest first."""
        ordered = sorted(self.messages, key=lambda one: (one.created_at, one.id))
        return [(one.id, RowWrite("v2_messages", self._message(one, user_id))) for one in ordered]

    def learned_rows(self, user_id: str, new_ids: Mapping[str, str]) -> list[RowWrite]:
        """Return what was understood, as rows; `new_ids` tells what became of each message."""
        rows = [
            RowWrite("v2_summaries", self._place(one, user_id) | dict(
                id=_again(user_id, "summary", one.id, one.started_at), text=one.text, topics=_words(one.topics),
                session_id=_again(user_id, "session", one.session_id), emotions=_words(one.emotions),
                importance=one.importance, started_at=one.started_at, ended_at=one.ended_at, created_at=one.ended_at,
            ))
            for one in self._summaries
        ]  # fmt: skip
        rows += [
            RowWrite("v2_facts", self._understood(one, user_id, new_ids, "fact") | dict(
                speaker_id=user_id, subject=one.subject, subject_kind=one.subject_kind.value, object=one.object,
                predicate=one.predicate, object_kind=one.object_kind.value, confidence=one.confidence,
                valid_from=one.valid_from, valid_until=one.valid_until,
            ))
            for one in self._known(self._facts, new_ids)
        ]  # fmt: skip
        rows += [
            RowWrite("v2_preferences", self._understood(one, user_id, new_ids, "preference") | dict(
                speaker_id=user_id, name=one.name.value, value=one.value
            ))
            for one in self._known(self._preferences, new_ids)
        ]  # fmt: skip
        return rows

    def _known(self, records: Iterable[R], new_ids: Mapping[str, str]) -> list[R]:
        """Return those whose message came along: the others say nothing any more."""
        return [one for one in records if getattr(one, "source_message_id", "") in new_ids]

    def _message(self, one: MessageRecord, user_id: str) -> dict[str, Any]:
        own = one.role is Role.USER
        return self._place(one, user_id) | dict(
            id=_again(user_id, "message", one.id, one.created_at), turn_id=None, text=one.text, role=one.role.value,
            session_id=_again(user_id, "session", one.session_id) if one.session_id else None,
            speaker_id=user_id if own else f"character:{one.character}", speaker_name=one.speaker_name,
            platform=one.platform or KIND, created_at=one.created_at,
            learned_in=_again(user_id, "summary", one.learned_in) if one.learned_in else None,
        )  # fmt: skip

    def _understood(
        self, one: FactRecord | PreferenceRecord, user_id: str, new_ids: Mapping[str, str], what: str
    ) -> dict[str, Any]:
        return self._place(one, user_id) | dict(
            id=_again(user_id, what, one.id, one.said_at), stance=one.stance.value, said_at=one.said_at,
            source_message_id=new_ids[one.source_message_id],
            learned_in=_again(user_id, "summary", one.learned_in) if one.learned_in else None,
        )  # fmt: skip

    def _place(self, one: Record, user_id: str) -> dict[str, Any]:
        """Return where it belongs: what was said in a server comes back as something between the two."""
        private = one.visibility == "private"
        return dict(
            character=one.character, user_id=user_id, guild_id=None, visibility="private",
            channel_id=one.channel_id if private else f"{KIND}:{one.channel_id}",
        )  # fmt: skip

    def _records(self, archive: Archive, name: str, kind: type[R]) -> list[R]:
        if f"{name}.json" not in archive:
            return []
        try:
            plain = orjson.loads(archive.read(f"{name}.json"))
        except orjson.JSONDecodeError as error:
            raise RefusedInput(f"its {name}.json cannot be read") from error
        if not isinstance(plain, list) or len(plain) > MOST_RECORDS:
            raise RefusedInput(f"its {name}.json is no list of at most {MOST_RECORDS} records")
        taken: dict[str, R] = {}
        for item in plain:
            try:
                record = kind.model_validate(item)
            except ValidationError:
                self.left_out[f"{name} that cannot be read"] = self.left_out.get(f"{name} that cannot be read", 0) + 1
            else:
                taken.setdefault(record.id, record)
        return list(taken.values())


def own_export(blob: bytes) -> OwnExport | None:
    """Return what an export of ours holds; None when it is something else. Raises RefusedInput for a damaged one."""
    if not blob.startswith(b"PK"):
        return None
    archive = Archive(blob)
    if MANIFEST not in archive:
        return None
    try:
        manifest = orjson.loads(archive.read(MANIFEST))
    except orjson.JSONDecodeError as error:
        raise RefusedInput(f"its {MANIFEST} cannot be read") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise RefusedInput(f"its {MANIFEST} is not that of an export")
    if manifest.get("version") != VERSION:
        raise RefusedInput("it was written by another version of WhisperEngine")
    return OwnExport(archive)


def _again(user_id: str, what: str, old_id: str, at: datetime | None = None) -> str:
    """Return the id under which a record comes back, the same each time the same person brings it in."""
    return derived_id(max(at or _EPOCH, _EPOCH), "returned", user_id, what, old_id)


def _words(text: str) -> str:
    """Return a JSON list of words, an empty one for anything else."""
    try:
        words = orjson.loads(text)
    except orjson.JSONDecodeError:
        return "[]"
    found: Sequence[str] = [word for word in words if isinstance(word, str)] if isinstance(words, list) else []
    return orjson.dumps(found).decode()
