"""A lorebook as it is held in memory: keys compiled, decorators read, entries that can never fire left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

DEFAULT_SCAN_DEPTH = 4
"""Newest messages in which keys are looked for, when the book does not say."""


class Logic(IntEnum):
    """What the secondary keys have to do, numbered as SillyTavern does."""

    AND_ANY = 0
    NOT_ALL = 1
    NOT_ANY = 2
    AND_ALL = 3


class Position(StrEnum):
    """Where an entry goes in the prompt."""

    BEFORE_CHAR = "before_char"
    AFTER_CHAR = "after_char"
    IN_CHAT = "in_chat"


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `pattern` is a compiled pattern of the `regex` package; without one, `text` is looked for.

    `text` is folded unless `exact`. `words` are its words, folded: all of them must be there when `whole` is set, which
    is also what the index finds it by.
    """

    text: str
    exact: bool = False
    whole: bool = True
    words: tuple[str, ...] = ()
    pattern: Any = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `index` is its place in the file; a lower `order` goes first in the prompt.

    `rank` decides what is dropped when the tokens run out: the lowest first. `scan_depth` is None for the book's.
    """

    index: int
    content: str
    keys: tuple[Key, ...] = ()
    secondary: tuple[Key, ...] = ()
    logic: Logic = Logic.AND_ANY
    additional: tuple[Key, ...] = ()
    excluded: tuple[Key, ...] = ()
    constant: bool = False
    always: bool = False
    order: float = 100
    rank: float = 100
    drop_first: bool = False
    probability: float = 100
    position: Position = Position.BEFORE_CHAR
    depth: int = 0
    scan_depth: int | None = None
    only_after: int = 0
    only_every: int = 1
    keep_after_match: bool = False
    not_after_match: bool = False
    from_recursion: bool = True
    into_recursion: bool = True
    only_recursion: bool = False


@dataclass(frozen=True, slots=True)
class Lorebook:
    """The entries that can fire, and how. `by_word` leads from a folded word to entries, `unindexed` has the others."""

    entries: tuple[Entry, ...] = ()
    scan_depth: int = DEFAULT_SCAN_DEPTH
    token_budget: int | None = None
    recursive: bool = False
    by_word: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    unindexed: tuple[int, ...] = ()
    deepest: int = DEFAULT_SCAN_DEPTH
    """The largest scan depth of any entry, in messages."""


EMPTY_BOOK = Lorebook()
