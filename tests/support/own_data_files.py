"""The files of `OwnDataInMemory`: exports in the real layout, and what a file that is handed in holds.

An export of the double holds what was said, not what was learned from it.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from src_v2.core.audience import Visibility
from src_v2.core.ids import derived_id
from src_v2.core.messages import Role
from src_v2.memory.imports import read_history
from src_v2.privacy.desk import PLACES
from src_v2.privacy.exporting import packed
from src_v2.privacy.models import ExportFile, MemoryItem, Whose
from src_v2.privacy.returning import KIND, own_export

SERVER = "a server"
PRIVATE = "private"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_CHANNELS = {place: kind for kind, place in PLACES.items()}


@dataclass(frozen=True, slots=True)
class Found:
    """One message of a file. `old_id` is the id under which the person may hold it already, "" for none."""

    whose: Whose
    item: MemoryItem
    old_id: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds, oldest first in each conversation, and how much was left out, by reason."""

    kind: str
    found: Sequence[Found]
    left_out: dict[str, int]


def export_file(
    user_id: str, said: Sequence[tuple[Whose, MemoryItem]], now: datetime, padding: bytes = b""
) -> ExportFile:
    """Return the zip file of what was said; `padding` makes it larger."""
    content = io.BytesIO(packed({"messages": [_record(whose, item) for whose, item in said]}, user_id, now))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("padding", padding)
    return ExportFile(f"whisperengine-{now:%Y-%m-%d}.zip", content.getvalue())


def read_file(whose: Whose, blob: bytes, zone: ZoneInfo, now: datetime) -> Read:
    """Return what an export of ours or a chat of another program holds. Raises RefusedInput."""
    own = own_export(blob)
    if own is not None:
        rows = own.message_rows(whose.user_id)
        return Read(KIND, [_returned(old_id, row.values) for old_id, row in rows], dict(own.left_out))
    history = read_history(blob, zone=zone, now=now)
    found = [
        Found(whose, MemoryItem(
            derived_id(_EPOCH, history.kind, whose.user_id, whose.character, talk.key, one.key),
            one.speaker_name or "you", one.role, one.text, one.sent_at, PLACES[history.kind], one.role is Role.USER,
        ))
        for talk in history.conversations for one in talk.messages
    ]  # fmt: skip
    return Read(history.kind, found, dict(history.left_out))


def _record(whose: Whose, item: MemoryItem) -> dict[str, str]:
    visibility = Visibility.GUILD if item.place == SERVER else Visibility.PRIVATE
    return dict(
        id=item.id, character=whose.character, channel_id=f"{_CHANNELS.get(item.place, 'desk')}:1",
        visibility=visibility.value, speaker_name=item.speaker_name, role=item.role.value, text=item.text,
        created_at=item.said_at.isoformat(),
    )  # fmt: skip


def _returned(old_id: str, row: dict[str, Any]) -> Found:
    role = Role(row["role"])
    place = PLACES.get(row["channel_id"].partition(":")[0], PRIVATE)
    item = MemoryItem(row["id"], row["speaker_name"], role, row["text"], row["created_at"], place, role is Role.USER)
    return Found(Whose(row["character"], row["user_id"]), item, old_id)
