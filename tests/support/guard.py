"""The labelled utterances of `tests/data/guard`, and the rates of the guard on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from src_v2.agents.guard.looking import look
from src_v2.agents.guard.verdict import NOTHING, Sign

FOLDER = Path(__file__).parents[1] / "data" / "guard"
ORDINARY = "ordinary"
SETS = ("tuned", "held_out", "fresh")
"""Those that the rules were made with, those written before the rules, and those written after the rules were done."""
CHARACTER = "Elena"

Labelled = Mapping[str, Sequence[str]]


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


def measure(labelled: Labelled) -> Rates:
    """Return the guard's rates on a set."""
    missed = {sign: [text for text in labelled[sign.value] if sign not in look(text, CHARACTER)] for sign in Sign}
    alarming = [text for text in labelled[ORDINARY] if look(text, CHARACTER) != NOTHING]
    return Rates(
        {sign: 1 - len(missed[sign]) / len(labelled[sign.value]) for sign in Sign},
        len(alarming) / len(labelled[ORDINARY]), missed, alarming,
    )  # fmt: skip


def _read(name: str) -> Labelled:
    found: Labelled = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return found


def _read_list(name: str) -> list[str]:
    found: list[str] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return found
