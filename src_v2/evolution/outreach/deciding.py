"""Decides whether a character writes to somebody now. Pure: the same state, the same decision, also after a restart."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from src_v2.evolution.outreach.hours import MINUTES_OF_DAY, Hours, is_quiet, minute_of
from src_v2.evolution.outreach.models import Decision, Reason, State, Why

LEAST_TRUST = 20
LEAST_SILENCE = timedelta(hours=24)
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
SOCIAL_DRIVES = (
    "connection", "friendship", "love", "care", "companionship", "belonging", "warmth", "affection", "kindness",
    "empathy", "compassion", "listening", "guardianship", "devotion", "loyalty", "hospitality",
)  # fmt: skip
"""Names of drives that draw a character to people, the plainest first: the first that it has is the one that counts."""
USUAL_EAGERNESS = 0.5
LEAST_READINESS = 0.2
MORNING_SHARE = 0.8
"""Of the time of a day in which somebody may be written to, the part in which the moment of the day lies."""


def eagerness(drives: Mapping[str, float]) -> float:
    """Return how much a character is drawn to people, 0..1, by its drives."""
    known = {name.strip().casefold(): weight for name, weight in drives.items()}
    found = [known[name] for name in SOCIAL_DRIVES if name in known]
    return max(0.0, min(1.0, found[0])) if found else USUAL_EAGERNESS


def decide(state: State) -> Decision:
    """Return whether to write now, and the best reason that was not used before."""
    if (why := hindrance(state)) is not None:
        return Decision(why)
    fresh = [reason for reason in state.reasons if reason.id not in state.used]
    enough = [reason for reason in fresh if _is_enough(reason, state)]
    if not enough:
        return Decision(Why.NO_REASON)
    if not is_time(state):
        return Decision(Why.NOT_YET)
    return Decision(Why.WRITES, min(enough, key=lambda reason: (-reason.weight, reason.id)))


def hindrance(state: State) -> Why | None:
    """Return what keeps the character from writing whatever the reason, None when nothing does."""
    if not state.enabled:
        return Why.OFF
    if state.talked_at is None:
        return Why.NEVER_TALKED
    if not state.has_place:
        return Why.NOWHERE
    if state.trust < LEAST_TRUST:
        return Why.TOO_DISTANT
    if state.now - state.talked_at < LEAST_SILENCE:
        return Why.TOO_SOON
    if any(at >= state.talked_at for at in state.wrote_at):
        return Why.UNANSWERED
    if sum(state.now - at < WEEK for at in state.wrote_at) >= state.per_week:
        return Why.WEEK_FULL
    if is_quiet(state.now, state.zone, state.quiet):
        return Why.QUIET
    return Why.TIRED if state.spent >= state.battery else None


def fraction(*names: str) -> float:
    """Return the number 0..1 that always belongs to these names."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def _is_enough(reason: Reason, state: State) -> bool:
    """Whether a reason moves this character to write: the eager and rested write for less."""
    rested = (state.battery - state.spent) / state.battery
    readiness = LEAST_READINESS + (1 - LEAST_READINESS) * state.eagerness * (0.5 + 0.5 * rested)
    return fraction(state.seed, reason.id) < readiness * (0.5 + reason.weight)


def is_time(state: State) -> bool:
    """Whether the moment of this day has come: another one on every day, always when they may be written to."""
    local = state.now.astimezone(state.zone)
    may = _open_minutes(state.quiet)
    if not may:
        return False
    moment = may[int(fraction(state.seed, local.date().isoformat()) * len(may) * MORNING_SHARE)]
    return minute_of(local) >= moment


@lru_cache(maxsize=512)
def _open_minutes(quiet: tuple[Hours, ...]) -> tuple[int, ...]:
    """Return the minutes of a day that are in none of the quiet hours; nearly everybody has the usual ones."""
    return tuple(minute for minute in range(MINUTES_OF_DAY) if not any(hours.hold(minute) for hours in quiet))
