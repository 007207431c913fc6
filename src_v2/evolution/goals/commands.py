"""The command `goals`: what a person wants to reach, and what the character wishes for with them."""

import re
from collections.abc import Awaitable, Callable, Sequence

from src_v2.characters.models import Goal
from src_v2.characters.service import Characters
from src_v2.core.commands import SHOW, Action, Answer, Asked, Command, Item
from src_v2.core.errors import NotThere, NotUnderstood
from src_v2.core.switches import Switches
from src_v2.evolution.goals.asides import comes_from_elsewhere
from src_v2.evolution.goals.claims import is_evidence
from src_v2.evolution.goals.models import Course, Evidence, PersonsGoal, Status, What
from src_v2.evolution.goals.service import Goals, Held

MOST_SHOWN = 25
LONGEST_QUOTE_CHARS = 80
NOTHING_KEPT = "You asked me not to remember you, so I keep no goals of yours."
NONE_YET = "I know of no goal of yours yet. Tell me what you want to reach, or add one here."
RESTS = (
    "No language model looks back at our talks here, so I only notice goals that you state outright; how far you are "
    "is what you tell me here."
)

SwitchesOf = Callable[[str], Awaitable[Switches]]
_NUMBER_AND_WORDS = re.compile(r"\s*(\S+)\s+(.*\S)\s*", re.DOTALL)


class GoalsCommand:
    """Answers `goals`. `reads_back` says whether a language model looks for progress."""

    def __init__(self, goals: Goals, characters: Characters, switches: SwitchesOf, *, reads_back: bool) -> None:
        self._goals = goals
        self._characters = characters
        self._switches = switches
        self._reads_back = reads_back

    def command(self) -> Command:
        """Return the command for every door."""
        return Command(
            "goals", "What you want to reach, and how far you are", self.run,
            (
                Action("add", "Tell a goal of yours", text="the goal"),
                Action("done", "You reached it", of_item=True),
                Action("drop", "Let go of it", of_item=True),
                Action("edit", "Put it in other words", text="the new words", of_item=True),
            ),
        )  # fmt: skip

    async def run(self, asked: Asked) -> Answer:
        """Return what a person is shown; raises NotThere, NotUnderstood, StoreUnavailable."""
        if not (await self._switches(asked.audience.user_id)).remember:
            return Answer(NOTHING_KEPT)
        said = await self._done(asked)
        held = await self._goals.of(asked.audience.character, asked.audience.user_id)
        return self._answer(held, asked.audience.character, said)

    async def _done(self, asked: Asked) -> str:
        """Do what is asked and return a word about it."""
        match asked.action:
            case "add":
                goal = await self._goals.add(asked.audience, _words(asked.text))
                return f"Noted: {goal.description}."
            case "done":
                goal = await self._goals.done(asked.audience, await self._named(asked, asked.text))
                return f"Well done! Reached: {goal.description}."
            case "drop":
                goal = await self._goals.drop(asked.audience, await self._named(asked, asked.text))
                return f"Let go of: {goal.description}."
            case "edit":
                number, words = _number_and_words(asked.text)
                goal = await self._goals.edit(asked.audience, await self._named(asked, number), words)
                return f"Changed: {goal.description}."
            case str() as action if action != SHOW:
                raise NotUnderstood("It is none of add, done, drop and edit.")
        return ""

    async def _named(self, asked: Asked, name: str) -> str:
        """Return the id of a goal that is named by its id or by the number that it is shown with."""
        shown = _shown(await self._goals.of(asked.audience.character, asked.audience.user_id))
        name = name.strip().rstrip(".")
        by_name = {str(number): goal.id for number, goal in enumerate(shown, start=1)} | {
            one.id: one.id for one in shown
        }
        if name not in by_name:
            raise NotThere("no goal of that number")
        return by_name[name]

    def _answer(self, held: Held, character: str, said: str) -> Answer:
        shown = _shown(held)
        items = [_item(goal) for goal in shown]
        own = sorted(self._characters.get(character).goals, key=lambda goal: -goal.priority)
        items += [_wish(goal, held.courses.get(goal.slug, Course())) for goal in own]
        texts = [said, "Your goals:" if shown else NONE_YET, "" if self._reads_back else RESTS]
        return Answer("\n".join(text for text in texts if text), tuple(items))


def _shown(held: Held) -> Sequence[PersonsGoal]:
    """Return what is shown: open and reached goals; what was dropped is over."""
    return [goal for goal in held.goals if goal.status is not Status.DROPPED][:MOST_SHOWN]


def _item(goal: PersonsGoal) -> Item:
    is_open = goal.status is Status.OPEN
    notes = ["reached" if not is_open else f"{goal.progress:.0%}" if goal.progress else ""]
    notes += ["a guess of mine" if goal.guessed else "", goal.category]
    notes.append(f"reached when: {goal.criteria}" if goal.criteria and is_open else "")
    noted = "; ".join(note for note in notes if note)
    text = goal.description + (f" ({noted})" if noted else "") + _latest(goal.evidence)
    return Item(goal.id, text, ("done", "drop", "edit") if is_open else ("drop",))


def _wish(goal: Goal, course: Course) -> Item:
    """Return a goal of the character as the wish that it is; nobody but its author can change it."""
    source = f"from {goal.source}" if comes_from_elsewhere(goal) else ""
    far = "come true" if course.reached else f"{course.progress:.0%}" if course.progress else ""
    noted = "; ".join(note for note in (far, goal.category, source) if note)
    return Item(
        f"own:{goal.slug}",
        f"A wish of mine: {goal.description}" + (f" ({noted})" if noted else "") + _latest(course.evidence),
    )


def _latest(evidence: Sequence[Evidence]) -> str:
    """Return the newest words that moved a goal, and when they were said."""
    last = next((one for one in reversed(evidence) if one.words and one.what is not What.DROPPED), None)
    if last is None:
        return ""
    words = " ".join(last.words.split())
    if len(words) > LONGEST_QUOTE_CHARS:
        words = f"{words[:LONGEST_QUOTE_CHARS].rstrip()} ..."
    return f' - you said on {last.at.date().isoformat()}: "{words}"'


def _words(text: str) -> str:
    if not text.strip():
        raise NotUnderstood("A goal needs some words.")
    if not is_evidence(text):
        raise NotUnderstood("That is not something to reach.")
    return text


def _number_and_words(text: str) -> tuple[str, str]:
    match = _NUMBER_AND_WORDS.fullmatch(text)
    if match is None:
        raise NotUnderstood("Say which goal, and its new words.")
    return match.group(1), _words(match.group(2))
