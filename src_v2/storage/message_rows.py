"""A message as SQL holds it, turned into what the slices know it as."""

from sqlalchemy import RowMapping

from src_v2.core.audience import Visibility
from src_v2.core.messages import Role, StoredMessage


def stored_message(row: RowMapping) -> StoredMessage:
    """Return a row of `v2_messages` as a message."""
    return StoredMessage(
        id=row["id"], turn_id=row["turn_id"], session_id=row["session_id"], character=row["character"],
        user_id=row["user_id"], speaker_id=row["speaker_id"], speaker_name=row["speaker_name"],
        role=Role(row["role"]), text=row["text"], platform=row["platform"],
        channel_id=row["channel_id"], guild_id=row["guild_id"],
        visibility=Visibility(row["visibility"]), created_at=row["created_at"],
    )  # fmt: skip
