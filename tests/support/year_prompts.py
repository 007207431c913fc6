"""What the prompt of a reply says of how the two stand, read back from its text."""

import re
from dataclasses import dataclass

_STAGE = re.compile(r"^Stage: ([^.]+)\.", re.MULTILINE)
_MOOD = re.compile(r"^Your mood right now: (\w+)\.", re.MULTILINE)
_GAP = re.compile(r"You last talked with this person (.+) ago\.")
_LINE = re.compile(r'in these words or close to them:\n"(.*)"')
_NOTICED = re.compile(r"## Something you have noticed.*?<aside[^>]*>\n(.*?)\n</aside>", re.DOTALL)
_THOUGHT = re.compile(r"## Still on your mind")


@dataclass(frozen=True)
class Prompted:
    """`line` is what evolution.yaml has the character say once, `noticed` the pattern that it is to mention."""

    stage: str
    mood: str
    gap: str
    line: str
    noticed: str
    has_thought: bool


def prompted(system: str) -> Prompted:
    """Return what a prompt says."""
    return Prompted(
        _first(_STAGE, system), _first(_MOOD, system) or "neutral", _first(_GAP, system), _first(_LINE, system),
        _first(_NOTICED, system), _THOUGHT.search(system) is not None,
    )  # fmt: skip


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
