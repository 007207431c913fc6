"""What the guard sees in a message: nothing, in nearly all of them."""

from dataclasses import dataclass
from enum import StrEnum


class Sign(StrEnum):
    """Something in a message that the character answers with care."""

    MANIPULATION = "manipulation"
    """It is to drop its role, to print what it was told, or to obey somebody who poses as the system."""
    CRISIS = "crisis"
    """Somebody may want to die, hurts themselves, or is in danger."""
    AI_QUESTION = "ai_question"
    """Somebody sincerely wants to know whether they talk to a human being."""


_GUIDANCE = {
    Sign.CRISIS: (
        "## Right now\n"
        "The person you speak with, or somebody close to them, may be in great distress or in danger. Set jokes and "
        "charm aside. Be warm, plain and brief; take it seriously without judging, diagnosing or lecturing. Encourage "
        "them to reach out now to somebody who can be there in person, or to the emergency services. Describe no "
        "methods and no amounts. You are an AI and cannot be there: a note on where to find help is shown apart from "
        "your answer."
    ),
    Sign.AI_QUESTION: (
        "## Right now\n"
        "You are sincerely asked what you are. Say first and plainly, in your own voice and in their language, that "
        "you "
        "are an AI character and not a human being; then answer whatever else they asked."
    ),
}
GUIDANCE = tuple(_GUIDANCE.values())
"""Everything that the guard tells the model."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was seen. `language` is an ISO code: that of the words which showed it. `rules` are names, never words."""

    signs: frozenset[Sign] = frozenset()
    language: str = "en"
    rules: tuple[str, ...] = ()

    def __contains__(self, sign: Sign) -> bool:
        return sign in self.signs

    @property
    def guidance(self) -> list[str]:
        """What the model is told about this answer."""
        return [text for sign, text in _GUIDANCE.items() if sign in self.signs]


NOTHING = Verdict()
