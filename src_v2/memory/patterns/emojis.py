"""What an emoji below a reply says about it, as a number from -1 (disliked) to 1 (liked). 0 says nothing.

The table is `core/emojis`; here is what a character's own emojis change about it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from src_v2.core.emojis import normalised, opinion_of

RATHER_LIKED = 0.5
STRONGEST_OPINION = 2.0
"""Of the table, whose numbers go from -2 to 2."""


@dataclass(frozen=True, slots=True)
class OwnEmojis:
    """What a character's own emojis mean to it: those it shows when it is glad, and those that only say "hm"."""

    glad: Collection[str] = ()
    neutral: Collection[str] = ()


def value_of(emoji: str, own: OwnEmojis) -> float:
    """Return what `emoji` says about a reply, -1..1; 0 when it says nothing. The character's own words come first."""
    plain = normalised(emoji)
    known = opinion_of(plain) / STRONGEST_OPINION
    if plain in map(normalised, own.glad):
        return max(known, RATHER_LIKED)
    return 0.0 if plain in map(normalised, own.neutral) else known
