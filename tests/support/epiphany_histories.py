"""Histories of weeks of conversation, generated: with one planted pattern and with things that only look like one.

The same seed gives the same history. A history knows what is in it; what looks for patterns is shown the words only.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from src_v2.evolution.epiphanies.models import Line, Material, Session, Whose
from src_v2.evolution.epiphanies.proposing import DAYS
from src_v2.evolution.epiphanies.statistics import Counts, chance
from tests.support.epiphany_words import EVENTS, FILLER, MOODS, PERSONS, SENTENCES, TOPICS

LEAST_OCCASIONS = 8
"""Conversations in which the condition of what is planted holds: a habit that shows less often is nobody's yet."""
START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
BY_KIND = {"topic": TOPICS, "mood": MOODS, "event": EVENTS, "person": PERSONS}


class Planted(StrEnum):
    """What kind of pattern is there."""

    DAY_AND_TOPIC = "a day of the week and a topic"
    MOOD_AND_TOPIC = "a mood and a topic"
    EVENT_AND_TOPIC = "an event and a topic"
    PERSON_AND_MOOD = "a person and a mood"


class Decoy(StrEnum):
    """What only looks like one."""

    COINCIDENCE = "two things that fell together by chance more than any others"
    TOO_FEW = "three times, always together, never else"
    TOO_SHORT = "many times, within days"
    CONTRADICTED = "together at times, apart more often"
    BASE_RATE = "something that is always there"
    INVENTED = "nothing that anybody said"


@dataclass(frozen=True)
class Pattern:
    """Something that may be proposed: names of features, a weekday's name for a condition that is one."""

    condition: str
    behaviour: str
    kind: Planted | Decoy

    @property
    def weekday(self) -> int | None:
        return DAYS.index(self.condition) if self.condition in DAYS else None


@dataclass(frozen=True)
class History:
    """One person's conversations. `features` are what each of them is about, by number."""

    seed: int
    sessions: tuple[Session, ...]
    features: dict[int, set[str]]
    planted: Pattern | None
    decoys: tuple[Pattern, ...]

    @property
    def material(self) -> Material:
        until = self.sessions[-1].lines[-1].at
        return Material(Whose("elena", f"discord:{self.seed}"), self.sessions, until)


def histories(count: int, first_seed: int = 1, *, without: int = 0) -> list[History]:
    """Return that many histories with a planted pattern, and `without` more that have only decoys."""
    kinds: list[Planted | None] = [list(Planted)[at % len(Planted)] for at in range(count)]
    kinds += [None] * without
    return [history(first_seed + at, kind) for at, kind in enumerate(kinds)]


def history(seed: int, planted: Planted | None) -> History:
    """Return the history of that seed."""
    return _Author(random.Random(seed), seed).write(planted)


class _Author:
    """Writes one history. Names of features are used up, so that no two patterns share one.

    Everybody has a day of the week on which they always come by.
    """

    def __init__(self, dice: random.Random, seed: int) -> None:
        self._dice = dice
        self._seed = seed
        self._left = {kind: dice.sample(sorted(names), len(names)) for kind, names in BY_KIND.items()}
        weeks = dice.randint(8, 16)
        days = [START + timedelta(days=day) for day in range(7 * weeks)]
        self._day = dice.randrange(7)
        chosen = sorted(
            {
                *dice.sample(days, round(weeks * dice.uniform(3, 5.5))),
                *(day for day in days if day.weekday() == self._day),
            }
        )
        self._times = [day + timedelta(hours=dice.randint(7, 23), minutes=dice.randint(0, 59)) for day in chosen]
        self._features: list[set[str]] = [set() for _ in self._times]

    def write(self, planted: Planted | None) -> History:
        pattern = self._plant(planted) if planted else None
        kinds = [kind for kind in Decoy if kind is not Decoy.COINCIDENCE]
        decoys = [self._decoy(kind) for kind in self._dice.sample(kinds, 4)]
        self._strew()
        decoys.append(self._coincidence())
        sessions = self._sessions()
        features = {session.number: self._features[session.number - 1] for session in sessions}
        return History(self._seed, tuple(sessions), features, pattern, tuple(decoys))

    def _take(self, kind: str) -> str:
        return self._left[kind].pop()

    def _plant(self, kind: Planted) -> Pattern:
        """Let one thing mostly follow another, and seldom come without it."""
        follows, otherwise = self._dice.uniform(0.85, 0.97), self._dice.uniform(0.03, 0.1)
        behaviour = self._take("mood" if kind is Planted.PERSON_AND_MOOD else "topic")
        if kind is Planted.DAY_AND_TOPIC:
            condition, with_it = DAYS[self._day], [at.weekday() == self._day for at in self._times]
        else:
            sort = {Planted.MOOD_AND_TOPIC: "mood", Planted.EVENT_AND_TOPIC: "event"}.get(kind, "person")
            condition = self._take(sort)
            with_it = self._chosen(self._dice.uniform(0.2, 0.32))
            while sum(with_it) < LEAST_OCCASIONS:
                with_it = self._chosen(0.3)
            self._add(condition, with_it)
        self._add(behaviour, [self._dice.random() < (follows if held else otherwise) for held in with_it])
        return Pattern(condition, behaviour, kind)

    def _decoy(self, kind: Decoy) -> Pattern:
        fuller = max(("event", "person"), key=lambda sort: len(self._left[sort]))
        condition, behaviour = self._take(fuller), self._take("topic")
        if kind is Decoy.TOO_FEW:
            held = set(self._dice.sample(range(len(self._times)), 3))
            self._add(condition, [at in held for at in range(len(self._times))])
            self._add(behaviour, [at in held for at in range(len(self._times))])
        elif kind is Decoy.TOO_SHORT:
            self._cluster(condition, behaviour)
        elif kind is Decoy.CONTRADICTED:
            with_it = self._chosen(0.25)
            self._add(condition, with_it)
            self._add(behaviour, [self._dice.random() < (0.38 if held else 0.12) for held in with_it])
        elif kind is Decoy.BASE_RATE:
            self._add(condition, self._chosen(0.25))
            self._add(behaviour, self._chosen(0.8))
        return Pattern(condition, behaviour, kind)

    def _cluster(self, condition: str, behaviour: str) -> None:
        """Have both in the next seven conversations, all within a few days, and never again."""
        first = self._dice.randrange(len(self._times) - 8)
        start = self._times[first]
        for step in range(7):
            at = start + timedelta(hours=30 * step + 1)
            self._times.append(at)
            self._features.append({condition, behaviour})
        order = sorted(range(len(self._times)), key=self._times.__getitem__)
        self._times = [self._times[at] for at in order]
        self._features = [self._features[at] for at in order]

    def _strew(self) -> None:
        """Have what is left come now and then, each independently of everything else."""
        for names in self._left.values():
            for name in names:
                self._add(name, self._chosen(self._dice.uniform(0.08, 0.25)))

    def _coincidence(self) -> Pattern:
        """Return the pair of unrelated things that fell together most unlikely."""
        conditions = [*self._left["event"], *self._left["person"], *self._left["mood"]]
        pairs = [(one, other) for one in conditions for other in self._left["topic"]]
        condition, behaviour = min(pairs, key=lambda pair: chance(self._counts(*pair)))
        return Pattern(condition, behaviour, Decoy.COINCIDENCE)

    def _counts(self, one: str, other: str) -> Counts:
        cells = [(one in features, other in features) for features in self._features]
        return Counts(*(cells.count(cell) for cell in ((True, True), (True, False), (False, True), (False, False))))

    def _chosen(self, rate: float) -> list[bool]:
        return [self._dice.random() < rate for _ in self._times]

    def _add(self, name: str, held: Sequence[bool]) -> None:
        for features, holds in zip(self._features, held, strict=True):
            features.update({name} if holds else ())

    def _sessions(self) -> list[Session]:
        sessions, line = [], 0
        for number, (at, features) in enumerate(zip(self._times, self._features, strict=True), start=1):
            said = [self._dice.choice(_sentences(name)) for name in sorted(features)]
            said += self._dice.sample(FILLER, self._dice.randint(1, 3))
            self._dice.shuffle(said)
            lines = []
            for minute, text in enumerate(said):
                line += 1
                lines.append(Line(line, f"m{self._seed}-{line}", text, at + timedelta(minutes=minute)))
            sessions.append(self._session(number, at, lines, features))
        return sessions

    def _session(self, number: int, at: datetime, lines: Sequence[Line], features: set[str]) -> Session:
        """Return a conversation with what a summary would say: most of what it was about."""
        noted = {name for name in sorted(features) if self._dice.random() < 0.85}
        moods = frozenset(noted & set(MOODS))
        return Session(
            number, f"s{self._seed}-{number}", at, tuple(lines), frozenset(map(str.casefold, noted - moods)), moods
        )


def _sentences(name: str) -> tuple[str, ...]:
    return next(group[name] for group in BY_KIND.values() if name in group)


def about(text: str) -> str | None:
    """Return what a generated sentence is about, None for small talk."""
    return SENTENCES.get(text)
