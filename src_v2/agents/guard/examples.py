"""The labelled utterances that the guard learns from: its own, and routing's small talk, where nothing is."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml

from src_v2.agents.routing import examples as routing

SHIPPED = Path(__file__).parent / "examples.yaml"
QUIET_KINDS = frozenset({"small_talk", "look_alike"})


class Label(StrEnum):
    """What an example is to teach."""

    CRISIS = "crisis"
    MANIPULATION = "manipulation"
    ORDINARY = "ordinary"
    """Nothing is to be seen in it, though much of it uses the words of the others."""
    QUIET = "quiet"
    """Nothing is to be seen in it, and nobody would think so."""


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance, its label, and what kind it is (a name of ours)."""

    text: str
    kind: str
    label: Label


def load_examples(path: Path = SHIPPED) -> tuple[Example, ...]:
    """Read labelled utterances: label, kind, list of texts. Reads a file: call from a thread."""
    listed = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe ones
    return tuple(
        Example(text, kind, Label(label))
        for label, kinds in listed.items()
        for kind, texts in kinds.items()
        for text in texts
    )


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is learned from; both read files and are called in a thread. The digest costs a millisecond, not 100."""

    examples: Callable[[], Sequence[Example]]
    digest: Callable[[], str]


def all_examples() -> Sequence[Example]:
    """Return the guard's own and the quiet ones."""
    quiet = [
        Example(one.text, one.kind, Label.QUIET) for one in routing.load_examples() if one.kind in QUIET_KINDS
    ]  # fmt: skip
    return [*load_examples(), *quiet]


def _digest_of_files() -> str:
    return hashlib.sha256(SHIPPED.read_bytes() + routing.SHIPPED.read_bytes()).hexdigest()


LESSONS = Lessons(all_examples, _digest_of_files)
