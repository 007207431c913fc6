"""What a review finds in a draft, and how that is put to the model that wrote it."""

from dataclasses import dataclass
from enum import StrEnum

from src_v2.core.fence import fenced, one_line

LONGEST_QUOTE_CHARS = 300
MOST_FINDINGS = 12
"""A draft with more is not put right sentence by sentence; the model hears of the first."""


class Kind(StrEnum):
    """What is wrong with a claim."""

    UNSUPPORTED = "unsupported"
    """Nobody said it, and nothing that was looked up says it."""
    CONTRADICTED = "contradicted"
    """The sources say otherwise."""
    WRONG_NUMBER = "wrong_number"
    """The sources give another number, date or time."""
    WRONG_SPEAKER = "wrong_speaker"
    """It was said by somebody else, of themselves."""
    SHARED_PAST = "shared_past"
    """An earlier conversation that there is no trace of."""
    NOT_DONE = "not_done"
    """Something is said to be done that no tool did."""


ADVICE = {
    Kind.UNSUPPORTED: "No source says so. Leave it out, ask, or say that you are not sure.",
    Kind.CONTRADICTED: "The sources say otherwise. Say what they say, or leave it out.",
    Kind.WRONG_NUMBER: "The sources give another number or date. Use theirs, or leave it out.",
    Kind.WRONG_SPEAKER: "Somebody else said this, not the person you answer. Leave it out.",
    Kind.SHARED_PAST: "There is no trace of such a conversation. Do not claim it.",
    Kind.NOT_DONE: "No tool did this. Do not say that it is done.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim of a draft that does not hold. `sentence` stands word for word in the draft, from `start` on."""

    sentence: str
    claim: str
    kind: Kind
    start: int

    @property
    def advice(self) -> str:
        """What to do about it, for the model that wrote the draft."""
        return ADVICE[self.kind]


@dataclass(frozen=True, slots=True)
class Lack:
    """What of one clause does not hold."""

    kind: Kind
    claim: str


@dataclass(frozen=True, slots=True)
class Review:
    """What came of looking at a draft. `asked_model` tells whether the second judge gave an answer that counts."""

    findings: tuple[Finding, ...] = ()
    asked_model: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def advice(self) -> str:
        """What to tell the model before it writes again; "" for a sound draft. Quotes stand fenced, as data."""
        if self.is_sound:
            return ""
        lines = [f"- {_shown(finding)}" for finding in self.findings[:MOST_FINDINGS]]
        return (
            "Your draft says things that nothing you were given bears out. Write the whole reply again, in your own "
            "voice, without mentioning this check. What is not listed is fine.\n" + fenced("quoted", lines)
        )


def _shown(finding: Finding) -> str:
    quote = one_line(finding.sentence)[:LONGEST_QUOTE_CHARS]
    return f'"{quote}" | about: {one_line(finding.claim)[:LONGEST_QUOTE_CHARS]} | {finding.advice}'
