"""Every attempt to call a model becomes one row of `v2_llm_calls`."""

from dataclasses import asdict
from datetime import datetime

from src_v2.agents.models.records import CallRecord
from src_v2.core.ids import new_id
from src_v2.core.messages import Turn
from src_v2.storage.rows import RowWrite


def call_row(call: CallRecord, turn: Turn, mode: str, at: datetime) -> RowWrite:
    """Return the row for one attempt made in `turn`."""
    values = asdict(call) | dict(
        id=new_id(), turn_id=turn.id, character=turn.audience.character, user_id=turn.audience.user_id,
        guild_id=turn.audience.guild_id, mode=mode, error=call.error or None, created_at=at,
    )  # fmt: skip
    return RowWrite("v2_llm_calls", values, needs=turn.messages[-1].id)
