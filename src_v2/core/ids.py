"""Where ids come from: time-ordered UUIDs (version 7, RFC 9562), as 36-character strings.

Qdrant takes UUIDs as point ids, so a message, its row and its vector share one id.
"""

import uuid_utils


def new_id() -> str:
    """Return a new id; ids made later sort after ids made earlier."""
    return str(uuid_utils.uuid7())
