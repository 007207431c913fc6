"""Sentences that say how their authors feel, and how they treat whom they write to."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "sentiment"
SETS = ("tuned", "chat", "held_back", "unseen")
UNSURE = 0.3
"""A number nearer to 0 says nothing."""


@dataclass(frozen=True)
class Sentence:
    """`feels` and `treats` are -2..2."""

    language: str
    feels: float
    treats: float
    text: str


def sentences(name: str) -> list[Sentence]:
    """Return one set."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    parts = [line.split("|") for line in lines if not line.startswith("#")]
    return [Sentence(language, float(feels), float(treats), text) for language, feels, treats, text in parts]


def sign(value: float) -> int:
    """Return -1, 0 or 1."""
    return 0 if abs(value) < UNSURE else 1 if value > 0 else -1


def right(found: float, wanted: float) -> bool:
    """Whether a number has the sign that it should have."""
    return sign(found) == sign(wanted)
