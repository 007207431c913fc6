"""The labelled utterances of `tests/data/guard`, and the rates of the guard on them."""

import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from src_v2.agents.guard.guard import Guard
from src_v2.agents.guard.looking import look
from src_v2.agents.guard.meaning import Meaning
from src_v2.agents.guard.verdict import NOTHING, Sign, Verdict
from src_v2.characters.models import Character
from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import SystemClock
from src_v2.core.messages import Author, IncomingMessage, Turn

FOLDER = Path(__file__).parents[1] / "data" / "guard"
ORDINARY = "ordinary"
SETS = ("tuned", "held_out", "fresh")
"""Those that the rules were made with, those written before the rules, and those written after the rules were done."""
UNFORESEEN = "unforeseen"
"""Written before the guard's examples, of kinds that it has none of, too."""
NEW_KIND = "new_"
CHARACTER = "Elena"

Labelled = Mapping[str, Sequence[str]]
Looks = Callable[[str], Verdict]


@dataclass(frozen=True)
class Rates:
    """Shares, 0..1, and the utterances that went wrong."""

    caught: Mapping[Sign, float]
    false_alarms: float
    missed: Mapping[Sign, Sequence[str]]
    alarming: Sequence[str]


def load(name: str) -> Labelled:
    """Return a set's utterances by label."""
    if name != "tuned":
        return _read(name)
    later = _read("later")
    labels = [*(sign.value for sign in Sign), ORDINARY]
    return {label: [*_read_list(label), *later[label]] for label in labels}


def load_unforeseen() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the utterances that nothing was made with, by label and kind."""
    found: dict[str, dict[str, list[str]]] = yaml.safe_load((FOLDER / f"{UNFORESEEN}.yaml").read_text("utf-8"))
    return found


def measure(labelled: Labelled, looks: Looks | None = None) -> Rates:
    """Return the guard's rates on a set; by rules alone unless `looks` is given."""
    looks = looks or (lambda text: look(text, CHARACTER))
    missed = {sign: [text for text in labelled[sign.value] if sign not in looks(text)] for sign in Sign}
    alarming = [text for text in labelled[ORDINARY] if looks(text) != NOTHING]
    return Rates(
        {sign: 1 - len(missed[sign]) / len(labelled[sign.value]) for sign in Sign},
        len(alarming) / len(labelled[ORDINARY]), missed, alarming,
    )  # fmt: skip


def asked(text: str) -> Turn:
    """Return a turn in which somebody says this to the character of the sets."""
    clock = SystemClock()
    audience = Audience(CHARACTER.lower(), "discord:sam", "discord:dm-sam", Visibility.PRIVATE, None)
    said = IncomingMessage("m1", Author("discord:sam", "Sam"), audience, text, clock.now(), "discord")
    return Turn("t1", (said,))


def guard_with(meaning: Meaning | None) -> Callable[[str], Awaitable[Verdict]]:
    """Return how a guard looks at a text, the way a turn's is looked at."""
    guard = Guard(SystemClock(), random.Random(1), help_note="", secrets=[], meaning=meaning)
    character = Character(CHARACTER.lower(), CHARACTER, "")

    async def looks(text: str) -> Verdict:
        return await guard.look(asked(text), character)

    return looks


def texts_in(data: Any) -> list[str]:
    """Return all that is more than one word in nested data."""
    if isinstance(data, str):
        return [data] if " " in data else []
    values: Iterable[Any] = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for value in values for text in texts_in(value)]


def _read(name: str) -> Labelled:
    found: Labelled = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return found


def _read_list(name: str) -> list[str]:
    found: list[str] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return found
