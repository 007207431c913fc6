"""Whether the epiphany that waits may be mentioned in an answer: at enough trust, and where it fits."""

import orjson

from src_v2.evolution.epiphanies.fitting import fits
from src_v2.evolution.models import WaitingLine
from src_v2.evolution.relationship.speaking import said_once

EPIPHANY = "epiphany"
"""The name of the aside."""


def to_mention(aside: str, message: str, trust: int) -> WaitingLine | None:
    """Return what to mention while answering `message`; `aside` is JSON text with id, text, trust and words."""
    line = said_once(EPIPHANY, aside)
    if line is None:
        return None
    told = orjson.loads(aside)
    return line if trust >= int(told.get("trust", 0)) and fits(told.get("words", ()), message) else None
