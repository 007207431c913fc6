"""From JSON to a `Lorebook`: the books of V2 and V3 cards, lorebooks of their own, and SillyTavern's world info.

What cannot be used is noted and left out; the rest of the book works. Nothing here raises for what a book says.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import TypeVar

from src_v2.characters.cards.fields import Fields, Oddity
from src_v2.characters.cards.strict_json import JsonObject
from src_v2.characters.lorebook.decorators import Decorators, split_decorators
from src_v2.characters.lorebook.keys import BadPattern, delimited, literal_key, pattern_key
from src_v2.characters.lorebook.models import DEFAULT_SCAN_DEPTH, Entry, Key, Logic, Lorebook, Position

Value = TypeVar("Value")

MAX_ENTRIES = 10_000
MAX_KEYS = 200
"""Of one entry, in each of its lists."""
MAX_BAD_PATTERNS = 20
"""Each may take a tenth of a second to be found out; after so many no pattern of the book is read any more."""
MOST_MESSAGES = 1_000

_DEFAULT_DEPTH = 4
_AT_DEPTH = 4
_AFTER = frozenset({1, 3, 6})  # SillyTavern's numbers for behind the character, its note, its examples


def read_book(data: JsonObject, oddities: list[Oddity], path: str = "") -> Lorebook:
    """Return the book that `data` holds; what could not be used of it is added to `oddities`."""
    inner = data.get("data")
    if data.get("spec") == "lorebook_v3" and isinstance(inner, dict):
        data, path = inner, "data"
    fields = Fields(data, path, oddities)
    reader = _Entries(oddities)
    entries = tuple(entry for entry in reader.read(fields) if entry is not None)
    scan_depth = _messages(fields.whole("scan_depth"), DEFAULT_SCAN_DEPTH)
    budget = fields.whole("token_budget")
    by_word, unindexed = _index(entries)
    return Lorebook(
        entries=entries,
        scan_depth=scan_depth,
        token_budget=budget if budget is None or budget > 0 else None,
        recursive=fields.flag("recursive_scanning", default=False),
        by_word=MappingProxyType(by_word),
        unindexed=unindexed,
        deepest=max([scan_depth, *(entry.scan_depth or 0 for entry in entries)]),
    )


def _messages(number: int | None, default: int) -> int:
    return default if number is None else min(max(number, 0), MOST_MESSAGES)


def _index(entries: tuple[Entry, ...]) -> tuple[dict[str, tuple[int, ...]], tuple[int, ...]]:
    """Return under which word each entry is found, and which have to be looked at every time."""
    by_word: dict[str, list[int]] = {}
    unindexed = []
    for place, entry in enumerate(entries):
        looked_at = entry.always or entry.constant or entry.keep_after_match
        if looked_at or not all(key.words for key in entry.keys):
            unindexed.append(place)
            continue
        for word in {max(key.words, key=len) for key in entry.keys}:
            by_word.setdefault(word, []).append(place)
    return {word: tuple(places) for word, places in by_word.items()}, tuple(unindexed)


class _Entries:
    """Reads the entries of one book and counts the patterns that turned out bad."""

    def __init__(self, oddities: list[Oddity]) -> None:
        self._oddities = oddities
        self._bad_patterns = 0

    def read(self, book: Fields) -> Iterator[Entry | None]:
        listed = book.data.get("entries")
        if not isinstance(listed, dict | list):
            self._note(book.at("entries"), "is missing, or neither a list nor an object: the book is empty")
            return
        items = list(listed.items()) if isinstance(listed, dict) else list(enumerate(listed))
        if len(items) > MAX_ENTRIES:
            self._note(book.at("entries"), f"only the first {MAX_ENTRIES} of {len(items)} are read")
        for number, (key, item) in enumerate(items[:MAX_ENTRIES]):
            path = book.at(f"entries[{key}]" if isinstance(key, int) else f"entries[{number}]")
            if isinstance(item, dict):
                yield self._entry(number, Fields(item, path, self._oddities))
            else:
                self._note(path, "is no object; left out")

    def _entry(self, number: int, fields: Fields) -> Entry | None:
        """Return an entry, None when it is switched off or can never fire."""
        theirs = "key" in fields.data and "keys" not in fields.data
        more = Fields(fields.inner("extensions"), fields.at("extensions"), self._oddities)
        decorators, content = split_decorators(fields.text("content"))
        enabled = fields.flag("enabled", default=True) and not fields.flag("disable", default=False)
        dont = "dont_activate" in decorators.flags and "activate" not in decorators.flags
        if not enabled or dont or not content:
            return None
        is_pattern = fields.flag("use_regex", default=False)
        make = _Keys(self, fields, more, is_pattern=is_pattern)
        selective = fields.flag("selective", default=theirs)
        order = _first(fields.number("insertion_order"), fields.number("order"), 100.0)
        priority = fields.number("priority")
        position, depth = _place(fields, more, decorators)
        return Entry(
            index=number, content=content, order=order, rank=order if priority is None else priority,
            keys=make.keys("key" if theirs else "keys"),
            secondary=make.keys("keysecondary" if theirs else "secondary_keys") if selective and not is_pattern else (),
            logic=_logic(_first(more.whole("selectiveLogic"), fields.whole("selectiveLogic"), 0)),
            additional=make.listed("@@additional_keys", decorators.words.get("additional_keys", ())),
            excluded=() if is_pattern else make.listed("@@exclude_keys", decorators.words.get("exclude_keys", ())),
            constant=fields.flag("constant", default=False) and not is_pattern,
            always="activate" in decorators.flags, drop_first="ignore_on_max_context" in decorators.flags,
            probability=_probability(fields, more), position=position, depth=depth,
            scan_depth=_scan_depth(fields, more, decorators),
            only_after=decorators.numbers.get("activate_only_after", 0),
            only_every=decorators.numbers.get("activate_only_every", 1),
            keep_after_match="keep_activate_after_match" in decorators.flags,
            not_after_match="dont_activate_after_match" in decorators.flags,
            from_recursion=not _either(fields, more, "excludeRecursion", "exclude_recursion"),
            into_recursion=not _either(fields, more, "preventRecursion", "prevent_recursion"),
            only_recursion=_either(fields, more, "delayUntilRecursion", "delay_until_recursion"),
        )  # fmt: skip

    def pattern(self, path: str, text: str, flags: str) -> Key | None:
        """Return the key of a pattern, None (and a note) when it cannot be used."""
        if self._bad_patterns >= MAX_BAD_PATTERNS:
            self._note(path, "is not read: too many patterns of this book cannot be used")
            return None
        try:
            return pattern_key(text, flags)
        except BadPattern as bad:
            self._bad_patterns += 1
            self._note(path, f"{bad}; left out")
            return None

    def _note(self, key: str, text: str) -> None:
        self._oddities.append(Oddity(key, text))


class _Keys:
    """Makes the keys of one entry."""

    def __init__(self, entries: _Entries, fields: Fields, more: Fields, *, is_pattern: bool) -> None:
        self._entries = entries
        self._fields = fields
        self._is_pattern = is_pattern
        given = _first(
            fields.flag("case_sensitive", None), more.flag("case_sensitive", None), fields.flag("caseSensitive", None),
            False,
        )  # fmt: skip
        self._exact = given
        whole = _first(more.flag("match_whole_words", None), fields.flag("matchWholeWords", None), True)
        self._whole = whole

    def keys(self, name: str) -> tuple[Key, ...]:
        """Return the keys of a list of the entry."""
        return self.listed(name, self._fields.words(name))

    def listed(self, name: str, texts: tuple[str, ...]) -> tuple[Key, ...]:
        """Return the keys for `texts`; `name` says where they stand."""
        made = (self._key(self._fields.at(f"{name}[{place}]"), text) for place, text in enumerate(texts[:MAX_KEYS]))
        return tuple(key for key in made if key is not None)

    def _key(self, path: str, text: str) -> Key | None:
        written = delimited(text)
        if written is not None:
            return self._entries.pattern(path, *written)
        if self._is_pattern:
            return self._entries.pattern(path, text, "" if self._exact else "i")
        return literal_key(text, exact=self._exact, whole=self._whole)


def _place(fields: Fields, more: Fields, decorators: Decorators) -> tuple[Position, int]:
    """Return where the entry goes; `depth` counts messages from the newest and is 0 where it means nothing."""
    if decorators.position:
        return Position(decorators.position), 0
    if "depth" in decorators.numbers:
        return Position.IN_CHAT, decorators.numbers["depth"]
    given = fields.data.get("position")
    number = more.whole("position") if "position" in more.data else given if isinstance(given, int) else None
    if number == _AT_DEPTH:
        return Position.IN_CHAT, max(0, _first(more.whole("depth"), fields.whole("depth"), _DEFAULT_DEPTH))
    if given == "after_char" or number in _AFTER:
        return Position.AFTER_CHAR, 0
    return Position.BEFORE_CHAR, 0


def _scan_depth(fields: Fields, more: Fields, decorators: Decorators) -> int | None:
    if "scan_depth" in decorators.numbers:
        return _messages(decorators.numbers["scan_depth"], 0)
    given = _first(more.whole("scan_depth"), fields.whole("scanDepth"), -1)
    return None if given < 0 else _messages(given, 0)


def _probability(fields: Fields, more: Fields) -> float:
    """Return the chance in percent."""
    used = _first(more.flag("useProbability", None), fields.flag("useProbability", None), True)
    return _first(more.number("probability"), fields.number("probability"), 100.0) if used else 100.0


def _logic(number: int) -> Logic:
    return Logic(number) if number in set(Logic) else Logic.AND_ANY


def _either(fields: Fields, more: Fields, theirs: str, extension: str) -> bool:
    """Say whether a switch is on; some versions write the level of the recursion instead of yes."""
    values = (fields.data.get(theirs), more.data.get(extension))
    return any(isinstance(value, int) and value > 0 for value in values)


def _first(*values: Value | None) -> Value:
    """Return the first value that is there; the last one always is."""
    return next(value for value in values if value is not None)
