"""Where ids come from: time-ordered UUIDs (version 7, RFC 9562), as 36-character strings.

Qdrant takes UUIDs as point ids, so a message, its row and its vector share one id.
"""

import hashlib
from datetime import datetime
from uuid import UUID

import uuid_utils


def new_id() -> str:
    """Return a new id; ids made later sort after ids made earlier."""
    return str(uuid_utils.uuid7())


def derived_id(at: datetime, *names: str) -> str:
    """Return the id that always belongs to `names`; it sorts by `at` like an id of `new_id` made at that time.

    For things that exist elsewhere and may reach us twice, such as a platform's message.
    """
    digest = int.from_bytes(hashlib.sha256("\0".join(names).encode()).digest()[:10])
    value = (int(at.timestamp() * 1000) << 80) | digest
    value = (value & ~(0xF << 76)) | (7 << 76)
    value = (value & ~(0x3 << 62)) | (2 << 62)
    return str(UUID(int=value))
