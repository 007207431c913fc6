"""How goals stand, from all that was said and done about them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from src_v2.evolution.goals.models import OWN, Course, Entry, Evidence, PersonsGoal, Status, What

_NAMING = (What.STATED, What.INFERRED)
_CLOSING = (What.REACHED, What.DROPPED)


def goals_of(entries: Iterable[Entry]) -> list[PersonsGoal]:
    """Return a person's goals, the best first: open ones, their own before guesses, important before new ones.

    What nobody states or infers any more, because the messages went, is no goal.
    """
    ordered = sorted((entry for entry in entries if not entry.goal.startswith(OWN)), key=attrgetter("goal"))
    found = [_goal(key, list(group)) for key, group in groupby(ordered, key=attrgetter("goal"))]
    return sorted((goal for goal in found if goal is not None), key=_rank)


def courses_of(entries: Iterable[Entry]) -> Mapping[str, Course]:
    """Return by slug how far the character's own goals are."""
    own = sorted((entry for entry in entries if entry.goal.startswith(OWN)), key=_time)
    courses = {}
    for slug in dict.fromkeys(entry.goal.removeprefix(OWN) for entry in own):
        of_it = [entry for entry in own if entry.goal == f"{OWN}{slug}"]
        reached = any(entry.what is What.REACHED for entry in of_it)
        courses[slug] = Course(1.0 if reached else of_it[-1].progress, reached, tuple(map(_evidence, of_it)))
    return courses


def _goal(key: str, entries: Sequence[Entry]) -> PersonsGoal | None:
    entries = sorted(entries, key=_time)
    naming = [entry for entry in entries if entry.what in _NAMING]
    if not naming:
        return None
    stated = [entry for entry in naming if entry.what is What.STATED]
    named = (stated or naming)[-1]
    closed = next((entry for entry in reversed(entries) if entry.what in _CLOSING), None)
    if closed is not None and stated and stated[-1].at > closed.at:
        closed = None
    moved = [entry for entry in entries if entry.what in (What.MOVED, *_CLOSING)]
    return PersonsGoal(
        key, named.description, _status(closed), naming[0].at, entries[-1].at, _progress(entries, closed),
        _last(naming, "criteria"), _last(naming, "category"), max(entry.priority for entry in (stated or naming)),
        not stated, tuple(map(_evidence, moved)),
    )  # fmt: skip


def _status(closed: Entry | None) -> Status:
    if closed is None:
        return Status.OPEN
    return Status.REACHED if closed.what is What.REACHED else Status.DROPPED


def _progress(entries: Sequence[Entry], closed: Entry | None) -> float:
    """Return how far a goal is; one that was taken up again begins anew."""
    if closed is not None and closed.what is What.REACHED:
        return 1.0
    last = next((entry.at for entry in reversed(entries) if entry.what in _CLOSING and entry is not closed), None)
    moved = [entry.progress for entry in entries if entry.what is What.MOVED and (last is None or entry.at > last)]
    return moved[-1] if moved else 0.0


def _last(naming: Sequence[Entry], name: str) -> str:
    return next((value for entry in reversed(naming) if (value := str(getattr(entry, name)))), "")


def _evidence(entry: Entry) -> Evidence:
    progress = 1.0 if entry.what is What.REACHED else entry.progress
    return Evidence(entry.message_id, entry.what, progress, entry.at, entry.words)


def _time(entry: Entry) -> tuple[object, str]:
    return entry.at, entry.id


def _rank(goal: PersonsGoal) -> tuple[bool, bool, int, float]:
    return goal.status is not Status.OPEN, goal.guessed, -goal.priority, -goal.stated_at.timestamp()
