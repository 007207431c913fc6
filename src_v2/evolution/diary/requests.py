"""The jobs of the diary by name, and how they are asked for."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from src_v2.core.ids import new_id
from src_v2.core.jobs import JobRequest, Json
from src_v2.evolution.diary.models import Occasion

SWEEP, WRITE, FORGET = "diary.sweep", "diary.write", "diary.forget"
LOW_PRIORITY = 210
FORGET_PRIORITY = 20


def write_request(occasion: Occasion, due_at: datetime, mark: str = "") -> JobRequest:
    """Return the request to write about a day. The same day asks once, with another `mark` again."""
    whose = occasion.whose
    person = blake2b(f"{whose.character}\0{whose.user_id}".encode(), digest_size=12).hexdigest()
    payload = {"character": whose.character, "user": whose.user_id}
    payload |= {"kind": occasion.kind.value, "day": occasion.day.isoformat()}
    return JobRequest(
        WRITE, f"{WRITE}:{person}:{occasion.kind}:{occasion.day}{mark}", dict(payload),
        order_key=f"{WRITE}:{whose.character}:{whose.user_id}", priority=LOW_PRIORITY, due_at=due_at,
        user_id=whose.user_id,
    )  # fmt: skip


def forget_request(message_ids: Sequence[str]) -> JobRequest:
    """Return the request to remove pages that were made of these messages, which changed."""
    payload: dict[str, Json] = {"messages": list(message_ids)}
    return JobRequest(FORGET, f"{FORGET}:{new_id()}", payload, priority=FORGET_PRIORITY)
