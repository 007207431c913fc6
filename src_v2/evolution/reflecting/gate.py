"""Decides what is kept of what a model found in a conversation: nothing is believed without a look at the lines.

Only the person's own lines count, and none that demands to be counted. What pleases counts once per session, three
times a day and once per message, so that nobody talks trust up at will. Pure: no model, no store.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from src_v2.characters.evolution import TrustTrigger
from src_v2.core.fence import one_line
from src_v2.core.ids import derived_id
from src_v2.evolution.goals.claims import is_evidence, says_something, tells_news
from src_v2.evolution.goals.models import (
    GUESSED_PRIORITY,
    LEAST_PRIORITY,
    LONGEST_CATEGORY_CHARS,
    LONGEST_CRITERIA_CHARS,
    LONGEST_DESCRIPTION_CHARS,
    MOST_PRIORITY,
    Entry,
    PersonsGoal,
    Status,
    What,
)
from src_v2.evolution.goals.wording import goal_key, same_goal
from src_v2.evolution.reflecting.asking import LookingBack, Moved, Wanted
from src_v2.evolution.reflecting.models import Counted, Occasion, Outcome
from src_v2.knowledge.models import USER, TranscriptLine
from src_v2.memory.lexical import terms

MOST_OF_A_KIND = 3
"""Things that please, and likewise that hurt, in one stretch."""
MOST_SAME_A_DAY = 3
MOST_PLEASING_A_DAY = 6
MOST_MOVED = 5
MOST_GUESSED = 2
"""New guesses of one stretch."""
MOST_OPEN_GUESSES = 10
LONGEST_STEP = 0.5
"""How far one conversation brings a goal, unless it is reached."""
ALMOST = 0.95
LEAST_STEP = 0.01
LEAST_GROUNDED = 0.5
"""Of a guess's words, how many must be in the lines that it follows from. In a server all of them: the model was shown
goals that were told in private."""
_LEAST_CHARS = 4
_LONGEST_SLUG_CHARS = 60


@dataclass(frozen=True, slots=True)
class Target:
    """A goal that the model was shown: of the person, or (`is_own`) of the character."""

    key: str
    description: str
    progress: float = 0.0
    criteria: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What the model was shown, and what is known besides: all goals of the person, and earlier occasions."""

    stretch: str
    lines: Sequence[TranscriptLine]
    triggers: Sequence[TrustTrigger] = ()
    targets: Sequence[Target] = ()
    goals: Sequence[PersonsGoal] = ()
    in_session: frozenset[str] = frozenset()
    """Slugs of what counted in this session already."""
    lately: Sequence[Counted | Occasion] = ()
    """What counted on the days of this stretch."""


def admit(answer: LookingBack, shown: Shown) -> Outcome:
    """Return what may be kept of an answer. The same two give the same ids."""
    lines = {line.number: line for line in shown.lines if line.speaker == USER and is_evidence(line.text)}
    entries = [*_moves(answer.moved, shown, lines), *_guesses(answer.goals, shown, lines)]
    return Outcome(tuple(_occasions(answer, shown, lines)), tuple(entries))


def slug_of(trigger: TrustTrigger) -> str:
    """Return what names a trigger: its text in small letters."""
    return re.sub(r"[^\w]+", "-", trigger.trigger.casefold()).strip("-")[:_LONGEST_SLUG_CHARS]


def _occasions(answer: LookingBack, shown: Shown, lines: dict[int, TranscriptLine]) -> Iterator[Occasion]:
    counted = set(shown.in_session)
    same_day = Counter((one.slug, one.at.date()) for one in shown.lately)
    pleasing = Counter(one.at.date() for one in shown.lately if one.change > 0)
    pleased_by: set[str] = set()
    kinds: Counter[bool] = Counter()
    for found in answer.triggers:
        line = lines.get(found.line)
        if line is None or not 1 <= found.trigger <= len(shown.triggers):
            continue
        trigger = shown.triggers[found.trigger - 1]
        slug, day, pleases = slug_of(trigger), line.said_at.date(), trigger.change > 0
        spent = pleases and (line.message_id in pleased_by or pleasing[day] >= MOST_PLEASING_A_DAY)
        if not trigger.change or slug in counted or same_day[slug, day] >= MOST_SAME_A_DAY or spent:
            continue
        if kinds[pleases] >= MOST_OF_A_KIND:
            continue
        counted.add(slug)
        kinds[pleases] += 1
        same_day[slug, day] += 1
        pleasing[day] += pleases
        if pleases:
            pleased_by.add(line.message_id)
        yield Occasion(slug, trigger.change, one_line(trigger.trigger), line.message_id, line.said_at)


def _moves(moved: Iterable[Moved], shown: Shown, lines: dict[int, TranscriptLine]) -> list[Entry]:
    """Return how goals moved, each once: the last news counts."""
    found: dict[str, Entry] = {}
    for news in moved:
        line = lines.get(news.line)
        if line is None or not 1 <= news.goal <= len(shown.targets) or not tells_news(line.text):
            continue
        target = shown.targets[news.goal - 1]
        progress = 1.0 if news.reached else max(0.0, min(news.progress, ALMOST, target.progress + LONGEST_STEP))
        if not news.reached and abs(progress - target.progress) < LEAST_STEP:
            continue
        if target.key not in found and len(found) >= MOST_MOVED:
            continue
        what = What.REACHED if news.reached else What.MOVED
        found[target.key] = _entry(shown, line, target.key, what, progress=progress)
    return list(found.values())


def _guesses(wanted: Iterable[Wanted], shown: Shown, lines: dict[int, TranscriptLine]) -> list[Entry]:
    """Return goals that follow from what was said, and what it takes to reach goals that are known."""
    found: dict[str, Entry] = {}
    guesses = sum(goal.guessed and goal.status is Status.OPEN for goal in shown.goals)
    for one in wanted:
        of = [lines[number] for number in one.lines if number in lines and says_something(lines[number].text)]
        description = one_line(one.description.replace("|", " "))[:LONGEST_DESCRIPTION_CHARS].strip(" .")
        if not of or not is_evidence(description) or not _grounded(description, of):
            continue
        known = _known(one, description, shown)
        if known is not None and (known.status is not Status.OPEN or known.criteria or not one.criteria):
            continue
        audience = of[0].audience
        key = known.id if known else goal_key(audience.character, audience.user_id, description)
        if key in found or len(found) >= MOST_GUESSED or (known is None and guesses >= MOST_OPEN_GUESSES):
            continue
        guesses += known is None
        found[key] = _entry(
            shown, of[0], key, What.INFERRED, description=description,
            criteria=one_line(one.criteria)[:LONGEST_CRITERIA_CHARS],
            category=one_line(one.category).casefold()[:LONGEST_CATEGORY_CHARS], priority=_priority(one.priority),
        )  # fmt: skip
    return list(found.values())


def _known(one: Wanted, description: str, shown: Shown) -> PersonsGoal | None:
    """Return the goal that is meant, by its number or by its words."""
    if one.same_as is not None and 1 <= one.same_as <= len(shown.targets):
        key = shown.targets[one.same_as - 1].key
        if found := next((goal for goal in shown.goals if goal.id == key), None):
            return found
    return next((goal for goal in shown.goals if same_goal(goal.description, description)), None)


def _grounded(description: str, of: Sequence[TranscriptLine]) -> bool:
    """Whether a description is made of what the person said."""
    words = set(terms(description))
    said = {term for line in of for term in terms(line.text)}
    least = LEAST_GROUNDED if all(line.audience.is_private for line in of) else 1.0
    return len(description) >= _LEAST_CHARS and bool(words) and len(words & said) >= least * len(words)


def _priority(value: float) -> int:
    if not LEAST_PRIORITY <= value <= MOST_PRIORITY:
        return GUESSED_PRIORITY
    return round(value)


def _entry(
    shown: Shown, line: TranscriptLine, key: str, what: What, *, description: str = "", criteria: str = "",
    category: str = "", priority: int = GUESSED_PRIORITY, progress: float = 0.0,
) -> Entry:  # fmt: skip
    at = line.said_at
    return Entry(
        derived_id(at, "goal", shown.stretch, line.message_id, key, what), key, line.audience, what, at, description,
        criteria, category, priority, progress, line.message_id, shown.stretch,
    )  # fmt: skip
