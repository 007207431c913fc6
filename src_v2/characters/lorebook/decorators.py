"""Decorators of V3: lines `@@name value` at the beginning of an entry's text that say when and where it fires.

Supported: `@@activate`, `@@dont_activate`, `@@activate_only_after`, `@@activate_only_every`,
`@@keep_activate_after_match`, `@@dont_activate_after_match`, `@@depth`, `@@scan_depth`, `@@position` (`before_desc`,
`after_desc`), `@@additional_keys`, `@@exclude_keys`, `@@ignore_on_max_context`.

Taken off and without effect: `@@role` (an entry is data and never speaks as the system or the character),
`@@is_greeting`, `@@is_user_icon`, `@@disable_ui_prompt` (they need a page of another program), `@@reverse_depth`,
`@@instruct_depth`, `@@reverse_instruct_depth`, `@@instruct_scan_depth`, and every unknown one. A decorator without
effect hands over to its fallbacks, the lines `@@@name value` right below it: the first with an effect counts.
"""

import re
from dataclasses import dataclass

_LINE = re.compile(r"(@@@?)([A-Za-z_]+)[ \t]*(.*)")
_NUMBER = re.compile(r"\d{1,6}")
_FLAGS = frozenset(
    {"activate", "dont_activate", "keep_activate_after_match", "dont_activate_after_match", "ignore_on_max_context"}
)
_NUMBERS = frozenset({"activate_only_after", "activate_only_every", "depth", "scan_depth"})
_LISTS = frozenset({"additional_keys", "exclude_keys"})
_POSITIONS = {"before_desc": "before_char", "after_desc": "after_char"}


@dataclass(frozen=True, slots=True)
class Decorators:
    """What an entry's decorators say: names without value, numbers, lists of words, and a position."""

    flags: frozenset[str]
    numbers: dict[str, int]
    words: dict[str, tuple[str, ...]]
    position: str = ""


def split_decorators(content: str) -> tuple[Decorators, str]:
    """Return the decorators with an effect, and the text without any."""
    lines = content.replace("\r\n", "\n").split("\n")
    flags: set[str] = set()
    numbers: dict[str, int] = {}
    words: dict[str, tuple[str, ...]] = {}
    position = ""
    begun = settled = False
    read = 0
    for read, line in enumerate(lines):  # noqa: B007 - how far decorators went is used below
        found = _LINE.fullmatch(line.strip())
        if found is None:
            if line.strip():
                break
            continue
        marks, name, value = found[1], found[2].lower(), found[3].strip()
        if marks == "@@@" and (settled or not begun):
            continue
        begun, settled = True, _has_effect(name, value)
        if not settled:
            continue
        if name in _FLAGS:
            flags.add(name)
        elif name in _NUMBERS:
            numbers.setdefault(name, int(value))
        elif name in _LISTS:
            words.setdefault(name, tuple(word.strip() for word in value.split(",") if word.strip()))
        else:
            position = position or _POSITIONS[value]
    else:
        read = len(lines)
    return Decorators(frozenset(flags), numbers, words, position), "\n".join(lines[read:]).strip()


def without_decorators(content: str) -> str:
    """Return the text of an entry for programs that know no decorators; unchanged when it has none."""
    return split_decorators(content)[1] if content.lstrip().startswith("@@") else content


def _has_effect(name: str, value: str) -> bool:
    if name in _NUMBERS:
        return _NUMBER.fullmatch(value) is not None and not (name == "activate_only_every" and int(value) == 0)
    if name in _LISTS:
        return any(word.strip() for word in value.split(","))
    return name in _FLAGS or (name == "position" and value in _POSITIONS)
