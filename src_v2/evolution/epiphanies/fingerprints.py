"""Knows a pattern again without keeping a word of it: hashes of pairs of stems, and of the sessions in which it showed.

The one finds the same pattern in the same words, whichever side is named first; the other finds it in other words.
"""

from collections.abc import Iterable
from hashlib import blake2b

from src_v2.evolution.epiphanies.fitting import stems
from src_v2.evolution.epiphanies.models import Known, Whose

SAME_SESSIONS = 0.6
"""Of the sessions in which either shows (Jaccard): two patterns that come together that often say the same."""
DIGEST_BYTES = 8


def known(whose: Whose, condition: str, behaviour: str, session_ids: Iterable[str]) -> Known:
    """Return by what a pattern is known again. Of somebody else's the hashes are others."""
    pairs = {tuple(sorted((one, other))) for one in stems(condition) for other in stems(behaviour)}
    return Known(
        frozenset(_digest(whose, "words", *pair) for pair in pairs),
        frozenset(_digest(whose, "session", session_id) for session_id in session_ids),
    )


def is_same(one: Known, other: Known) -> bool:
    """Whether two patterns are one."""
    if not one.words.isdisjoint(other.words):
        return True
    either = one.sessions | other.sessions
    return bool(either) and len(one.sessions & other.sessions) / len(either) >= SAME_SESSIONS


def _digest(whose: Whose, *parts: str) -> str:
    named = "\0".join((whose.character, whose.user_id, *parts))
    return blake2b(named.encode(), digest_size=DIGEST_BYTES).hexdigest()
