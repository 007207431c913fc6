"""The mood of a character towards a person: what happened within the last hour, fading. No I/O."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from src_v2.characters.evolution import ANNOYED_MOOD
from src_v2.evolution.models import NEUTRAL_MOOD
from src_v2.evolution.relationship.models import Signal

FADES_IN = timedelta(hours=1)
"""After so long without anything a mood is neutral."""
STRONGEST = 3.0
"""However much happened: one bad word can still be felt after ten good ones, and the other way round."""
EXCITED_FROM, HAPPY_FROM, ANNOYED_FROM = 1.5, 0.5, -1.25


def mood_of(signals: Iterable[Signal], now: datetime) -> str:
    """Return annoyed, neutral, happy or excited."""
    level = level_of(signals, now)
    if level >= EXCITED_FROM:
        return "excited"
    if level >= HAPPY_FROM:
        return "happy"
    return ANNOYED_MOOD if level <= ANNOYED_FROM else NEUTRAL_MOOD


def level_of(signals: Iterable[Signal], now: datetime) -> float:
    """Return how good the mood is, -3..3: each signal moves what is left of those before it."""
    level, last = 0.0, now
    for signal in sorted(signals, key=lambda one: (one.at, one.id)):
        level = max(-STRONGEST, min(STRONGEST, level * _left(signal.at - last) + signal.value))
        last = signal.at
    return level * _left(now - last)


def _left(passed: timedelta) -> float:
    return max(0.0, min(1.0, 1 - passed / FADES_IN))
