"""What trust, lines and moods have to be after all that happened, reckoned without the code that keeps them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from src_v2.evolution.feelings.attitude import attitude
from tests.support.year_events import HERS
from tests.support.year_log import Log, Looked, LookedBack, Reacted, Said
from tests.support.year_words import TRIGGERS

MOST_A_DAY, REACTION = 10, 5
MILESTONES = (21, 41, 61, 81)
FALLS = ((41, 20), (0, -1))
"""Elena's: from so much or more to so much or less."""
STAGES = (
    (-100, "Riptide"), (-50, "Red Flag"), (-20, "Choppy"), (0, "Tide Pool"), (21, "Wading"), (41, "Dive Buddy"),
    (61, "Kelp Forest"), (81, "Home Water"),
)  # fmt: skip
WORTH = {"❤️": 1, "👎": -1}


@dataclass
class Reckoned:
    """How the character stands to one person; `past` are all values of trust, `waiting` are lines."""

    trust: int = 0
    past: list[int] = field(default_factory=lambda: [0])
    days: Counter[str] = field(default_factory=Counter)
    applied: dict[str, int] = field(default_factory=dict)
    reached: set[int] = field(default_factory=set)
    waiting: list[tuple[str, int, int]] = field(default_factory=list)
    felt: list[tuple[datetime, float]] = field(default_factory=list)

    def change(self, points: int) -> int:
        """Let trust change within its scale; return by how much it did."""
        before = self.trust
        self.trust = max(-100, min(100, before + points))
        for level in MILESTONES:
            if before < level <= self.trust and level not in self.reached:
                self.reached.add(level)
                self.waiting.append(("milestone", level, level))
        for high, low in FALLS:
            since = [index for index, one in enumerate(self.past) if one <= low]
            highest = max(self.past[since[-1] + 1 if since else 0 :], default=before)
            if self.trust <= low < before and highest >= high:
                self.waiting = [one for one in self.waiting if one[:2] != ("drop", high)]
                self.waiting.append(("drop", high, low))
        if self.trust != before:
            self.past.append(self.trust)
        return self.trust - before

    def line(self) -> tuple[str, int] | None:
        """Return what is said in the next reply."""
        for one in self.waiting:
            kind, name, bound = one
            if (self.trust >= bound) if kind == "milestone" else (self.trust <= bound):
                self.waiting.remove(one)
                return kind, name
        return None

    def mood(self, now: datetime) -> str:
        """Return the mood: what happened within the hour, each fading evenly."""
        level, last = 0.0, now
        for at, value in sorted(self.felt):
            level = max(-3.0, min(3.0, level * _left(at - last) + value))
            last = at
        level *= _left(now - last)
        return "excited" if level >= 1.5 else "happy" if level >= 0.5 else "annoyed" if level <= -1.25 else "neutral"


def _left(passed: timedelta) -> float:
    return max(0.0, min(1.0, 1 - passed / timedelta(hours=1)))


@dataclass(frozen=True)
class Expected:
    """What has to hold at a deed: before it (for the prompt) and after it."""

    deed: Said | Looked
    stage: str
    mood_asked: str
    line: tuple[str, int] | None
    trust: int
    mood: str

    @property
    def turn(self) -> Said | None:
        """The deed, if it is a turn."""
        return self.deed if isinstance(self.deed, Said) else None


def reckon(log: Log, who: str, until: datetime) -> list[Expected]:
    """Return what had to hold at each turn and glance of a person, up to a moment."""
    one, found = Reckoned(), []
    for deed in log.deeds:
        if deed.who != who or deed.at >= until:
            continue
        match deed:
            case Said():
                found.append(_said(one, deed))
            case Reacted():
                _reacted(one, deed)
            case LookedBack():
                one_each = dict.fromkeys(text for text in deed.texts if text in TRIGGERS)
                for text in one_each:
                    one.change(TRIGGERS[text][1])
            case Looked():
                found.append(Expected(deed, "", "", None, one.trust, one.mood(deed.at)))
    return found


def _said(one: Reckoned, deed: Said) -> Expected:
    if value := attitude(deed.text):
        one.felt.append((deed.at, value))
    line = None if deed.in_server else one.line()  # what is said once is for the two of them
    stage, mood = stage_of(one.trust), one.mood(deed.at)
    day = deed.at.astimezone(ZoneInfo(HERS)).date().isoformat()
    if one.days[day] < MOST_A_DAY:
        one.days[day] += 1
        one.change(1)
    return Expected(deed, stage, mood, line, one.trust, one.mood(deed.at))


def _reacted(one: Reckoned, deed: Reacted) -> None:
    points = 0 if deed.back else WORTH[deed.emoji] * REACTION
    before = one.applied.get(deed.key, 0)
    one.applied[deed.key] = before + one.change(points - before)
    if deed.back:
        return
    one.felt.append((deed.at, 2.0 * WORTH[deed.emoji]))


def stage_of(trust: int) -> str:
    """Return the name of Elena's stage."""
    return next(name for least, name in reversed(STAGES) if trust >= least)


def changes(values: Iterable[str]) -> list[str]:
    """Return values without repetitions that follow each other."""
    found: list[str] = []
    for value in values:
        if not found or found[-1] != value:
            found.append(value)
    return found
