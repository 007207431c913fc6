"""The outbox: a job's request is a row, written in the same transaction as the data that the job is about.

A crash before the commit leaves neither, a crash after it leaves both. `jobs` takes the rows from there.
"""

from datetime import datetime

import orjson

from src_v2.core.ids import new_id
from src_v2.core.jobs import JobRequest
from src_v2.storage.rows import RowWrite


def outbox_row(request: JobRequest, at: datetime) -> RowWrite:
    """Return the row that requests a job; one with a key that waits already changes nothing."""
    values = dict(
        id=request.key, seq=new_id(), kind=request.kind, payload=orjson.dumps(dict(request.payload)).decode(),
        user_id=request.user_id, order_key=request.order_key, priority=request.priority,
        due_at=request.due_at, created_at=at, run=1, failures=0,
    )  # fmt: skip
    return RowWrite("v2_outbox", values)
