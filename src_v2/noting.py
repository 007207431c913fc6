"""What is understood from a message at once, by whichever part, as rows that are written together with it."""

from datetime import datetime

from src_v2.core.messages import IncomingMessage, StoredMessage
from src_v2.evolution.goals.at_once import stated_anew, stated_at_once
from src_v2.knowledge.at_once import understood_anew, understood_at_once
from src_v2.storage.rows import RowWrite


def noted_at_once(message: IncomingMessage, previous: str) -> list[RowWrite]:
    """Return what a message leaves behind; `previous` is what the same person said before it."""
    return [*understood_at_once(message, previous), *stated_at_once(message, previous)]


def noted_anew(message: StoredMessage, now: datetime) -> list[RowWrite]:
    """Return what a message leaves behind after it was edited."""
    return [*understood_anew(message, now), *stated_anew(message, now)]
