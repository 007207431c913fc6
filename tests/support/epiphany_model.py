"""A scripted model that looks for patterns: it proposes what is there, as eagerly what is not, and errs in reading.

It speaks `AskModel`. Of the second question it sees what every model sees: statements and lines.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from src_v2.core.audience import Audience
from src_v2.evolution.epiphanies.questions import Patterns
from src_v2.evolution.models import Speaker
from tests.support.epiphany_histories import Decoy, History, Pattern, about
from tests.support.epiphany_words import MOODS, PERSONS

M = TypeVar("M", bound=BaseModel)
MISSES, IMAGINES = 0.05, 0.03
"""Of what a statement's conversations show it overlooks this share; in this share of the others it sees it anyway."""
_CONVERSATION = re.compile(r"^conversation (\d+) \|")
_LINE = re.compile(r"^  line (\d+): (.*)$")
_STATEMENT = re.compile(r"^(\d+): (.*)$")


def phrase(name: str) -> str:
    """Return a feature as a statement about the person."""
    if name in MOODS:
        return f"the person is {name}"
    return f"the person mentions {name}" if name in PERSONS else f"the person talks about {name}"


@dataclass
class EagerModel:
    """Knows one history. `asked` keeps what it was asked."""

    history: History
    misses: float = MISSES
    imagines: float = IMAGINES
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.history.seed * 7919)

    async def __call__(self, messages: Sequence[tuple[Speaker, str]], schema: type[M], audience: Audience) -> M:
        text = messages[-1][1]
        return schema.model_validate(self.answer(text, proposes=schema is Patterns))

    def answer(self, text: str, *, proposes: bool) -> dict[str, object]:
        """Return the answer to one of the two questions."""
        self.asked.append(text)
        return self._propose(text) if proposes else self._label(text)

    def _propose(self, text: str) -> dict[str, object]:
        shown = [int(found[1]) for line in text.splitlines() if (found := _CONVERSATION.match(line))]
        wanted = [*self.history.decoys, *([self.history.planted] if self.history.planted else [])]
        return {"patterns": [self._pattern(pattern, shown) for pattern in wanted]}

    def _pattern(self, pattern: Pattern, shown: Sequence[int]) -> dict[str, object]:
        """Return a proposal; of a decoy only what speaks for it, and some conversations that do not."""
        features = self.history.features
        both = [number for number in shown if {pattern.behaviour, pattern.condition} <= self._with_day(number, pattern)]
        if isinstance(pattern.kind, Decoy):
            partly = [number for number in shown if pattern.behaviour in features[number] and number not in both]
            both += partly[:3]
        if pattern.kind is Decoy.INVENTED:
            both = [*shown[:4], 9_001, 9_002]
        proposal: dict[str, object] = {
            "condition": phrase(pattern.condition), "behaviour": phrase(pattern.behaviour), "supports": both,
            "text": f"With {pattern.condition} often comes {pattern.behaviour}.", "keywords": [pattern.behaviour],
        }  # fmt: skip
        if pattern.weekday is not None:
            proposal |= {"when": "time", "condition": f"on {pattern.condition}", "weekdays": [pattern.weekday]}
        return proposal

    def _with_day(self, number: int, pattern: Pattern) -> set[str]:
        session = self.history.sessions[number - 1]
        on_day = pattern.weekday is not None and session.at.weekday() == pattern.weekday
        return self.history.features[number] | ({pattern.condition} if on_day else set())

    def _label(self, text: str) -> dict[str, object]:
        statements: dict[int, str] = {}
        sessions: list[dict[str, object]] = []
        lines: dict[int, str] = {}
        number = 0
        for row in [*text.splitlines(), "conversation 0 |"]:
            if found := _CONVERSATION.match(row):
                if number:
                    sessions.append({"number": number, "holds": self._holds(statements, lines)})
                number, lines = int(found[1]), {}
            elif found := _LINE.match(row):
                lines[int(found[1])] = found[2]
            elif not number and (found := _STATEMENT.match(row)):
                statements[int(found[1])] = found[2]
        return {"sessions": sessions}

    def _holds(self, statements: dict[int, str], lines: dict[int, str]) -> list[dict[str, int]]:
        held = []
        for number, statement in statements.items():
            saying = [line for line, text in lines.items() if (name := about(text)) and phrase(name) == statement]
            if saying and self._dice.random() >= self.misses:
                held.append({"statement": number, "line": saying[0]})
            elif not saying and self._dice.random() < self.imagines:
                held.append({"statement": number, "line": self._dice.choice(sorted(lines))})
        return held
