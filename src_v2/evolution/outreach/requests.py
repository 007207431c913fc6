"""How the jobs of outreach are asked for: keys that name nobody, payloads that hold ids."""

import hashlib
from datetime import datetime

from src_v2.core.ids import new_id
from src_v2.core.jobs import JobRequest, Payload
from src_v2.evolution.outreach.models import Candidate

WRITE = "outreach.write"
SWEEP = "outreach.sweep"


def write_request(candidate: Candidate, reason_id: str, day: str, message_id: str, due_at: datetime) -> JobRequest:
    """Return the request to write to somebody; a reason is tried once on a day (ISO, where they are)."""
    named = "\0".join((candidate.character, candidate.user_id, reason_id, day))
    key = f"outreach:{hashlib.sha256(named.encode()).hexdigest()[:32]}"
    payload = {
        "character": candidate.character, "user_id": candidate.user_id, "reason": reason_id, "message_id": message_id,
    }  # fmt: skip
    return JobRequest(WRITE, key, payload, due_at=due_at, user_id=candidate.user_id)


def again(payload: Payload, due_at: datetime) -> JobRequest:
    """Return the request to try the same message once more, later."""
    return JobRequest(WRITE, f"outreach:{new_id()}", payload, due_at=due_at, user_id=str(payload["user_id"]))
