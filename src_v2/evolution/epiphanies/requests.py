"""The jobs of epiphanies by name, and how they are asked for."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from src_v2.core.ids import new_id
from src_v2.core.jobs import JobRequest, Json
from src_v2.evolution.epiphanies.models import Whose

SWEEP, LOOK, RECOUNT = "epiphanies.sweep", "epiphanies.look", "epiphanies.recount"
LOW_PRIORITY = 220
RECOUNT_PRIORITY = 20


def look_request(whose: Whose, mark: str, due_at: datetime | None = None) -> JobRequest:
    """Return the request to look over somebody's conversations. The same `mark` asks once; the key names nobody."""
    person = blake2b(f"{whose.character}\0{whose.user_id}".encode(), digest_size=12).hexdigest()
    return JobRequest(
        LOOK, f"{LOOK}:{person}:{mark}", {"character": whose.character, "user": whose.user_id},
        order_key=f"{LOOK}:{whose.character}:{whose.user_id}", priority=LOW_PRIORITY, due_at=due_at,
        user_id=whose.user_id,
    )  # fmt: skip


def recount_request(message_ids: Sequence[str]) -> JobRequest:
    """Return the request to count anew what rests on these messages, which changed."""
    payload: dict[str, Json] = {"messages": list(message_ids)}
    return JobRequest(RECOUNT, f"{RECOUNT}:{new_id()}", payload, priority=RECOUNT_PRIORITY)
