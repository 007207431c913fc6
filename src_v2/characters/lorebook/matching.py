"""Which entries of a lorebook fire on what is being said. Pure: the same texts and chances give the same entries.

Made for the event loop: words lead to entries through an index, and all patterns of a turn share a small time budget.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from src_v2.characters.lorebook.keys import Scanned, Searching
from src_v2.characters.lorebook.models import Entry, Key, Logic, Lorebook

MAX_STEPS = 5
"""How often entries may bring up further entries."""
PATTERNS_BUDGET_S = 0.01

EstimateTokens = Callable[[str], int]
Chance = Callable[[], float]
Fired = tuple[int, Entry]
"""At which step an entry fired: 0 on what was said, later ones on the texts of other entries."""


def fire(
    book: Lorebook,
    texts_newest_last: Sequence[str],
    estimate_tokens: EstimateTokens,
    choose: Chance,
    *,
    replies: int = 0,
    budget_tokens: int | None = None,
) -> list[Entry]:
    """Return the entries that fire, in the order of the prompt, within the book's own budget and `budget_tokens`.

    `choose` gives a number 0..1 for entries with a probability; `replies` is how often the character has spoken.
    """
    if not book.entries:
        return []
    turn = _Turn(book, texts_newest_last, choose, replies)
    fired = turn.fired()
    limits = [limit for limit in (book.token_budget, budget_tokens) if limit is not None]
    kept = _within(min(limits), fired, estimate_tokens) if limits else [entry for _, entry in fired]
    return sorted(kept, key=lambda entry: (entry.order, entry.index))


def _within(budget: int, fired: Sequence[Fired], estimate_tokens: EstimateTokens) -> list[Entry]:
    """Return what fits. The lowest rank is dropped first, of equals what other entries brought up, then the later."""
    kept = []
    for _, entry in sorted(fired, key=lambda one: (one[1].drop_first, -one[1].rank, one[0], one[1].index)):
        tokens = estimate_tokens(entry.content)
        if tokens <= budget:
            kept.append(entry)
            budget -= tokens
    return kept


class _Turn:
    """One look at one conversation."""

    def __init__(self, book: Lorebook, texts: Sequence[str], choose: Chance, replies: int) -> None:
        self._book = book
        self._texts = texts
        self._choose = choose
        self._replies = replies
        self._searching = Searching(PATTERNS_BUDGET_S)
        self._windows: dict[tuple[int, int], Scanned] = {}

    def fired(self) -> list[Fired]:
        """Return the entries that fire, each with its step."""
        widest = max(self._book.deepest, len(self._texts) if self._keeps() else 0)
        decided: set[int] = set()
        found = self._step(self._window(widest), None, decided)
        fired = [(0, entry) for entry in found]
        brought: list[str] = []
        for step in range(1, MAX_STEPS + 1) if self._book.recursive else ():
            brought += [entry.content for entry in found if entry.into_recursion]
            if not found or not brought:
                break
            recursed = Scanned(brought)
            found = self._step(recursed, recursed, decided)
            fired += [(step, entry) for entry in found]
        return fired

    def _keeps(self) -> bool:
        return any(self._book.entries[place].keep_after_match for place in self._book.unindexed)

    def _step(self, words_of: Scanned, recursed: Scanned | None, decided: set[int]) -> list[Entry]:
        found = []
        for place in self._candidates(words_of):
            entry = self._book.entries[place]
            if place in decided or not self._matches(entry, recursed):
                continue
            decided.add(place)
            if entry.always or entry.probability >= 100 or self._choose() * 100 < entry.probability:  # noqa: PLR2004
                found.append(entry)
        return found

    def _candidates(self, scanned: Scanned) -> Iterable[int]:
        places = set(self._book.unindexed)
        for word in scanned.words & self._book.by_word.keys():
            places.update(self._book.by_word[word])
        return sorted(places)

    def _matches(self, entry: Entry, recursed: Scanned | None) -> bool:
        if entry.always:
            return True
        if self._replies < entry.only_after or self._replies % entry.only_every:
            return False
        if recursed is not None and not entry.from_recursion:
            return False
        if recursed is None and entry.only_recursion:
            return False
        depth = self._book.scan_depth if entry.scan_depth is None else entry.scan_depth
        if entry.not_after_match and self._said(entry, [self._window(depth, before=1)]):
            return False
        seen = [self._window(len(self._texts) if entry.keep_after_match else depth)]
        return self._said(entry, seen if recursed is None else [*seen, recursed])

    def _said(self, entry: Entry, seen: Sequence[Scanned]) -> bool:
        """Say whether the keys of `entry` are in what was seen."""
        if not entry.constant and not any(self._found(entry.keys, seen)):
            return False
        if entry.additional and not any(self._found(entry.additional, seen)):
            return False
        if any(self._found(entry.excluded, seen)):
            return False
        return entry.constant or not entry.secondary or self._secondary(entry, seen)

    def _secondary(self, entry: Entry, seen: Sequence[Scanned]) -> bool:
        found = self._found(entry.secondary, seen)
        match entry.logic:
            case Logic.AND_ANY:
                return any(found)
            case Logic.AND_ALL:
                return all(found)
            case Logic.NOT_ANY:
                return not any(found)
            case Logic.NOT_ALL:
                return not all(found)

    def _found(self, keys: Iterable[Key], seen: Sequence[Scanned]) -> Iterator[bool]:
        """Yield for each key whether it is there, as far as somebody asks."""
        return (any(scanned.has(key, self._searching) for scanned in seen) for key in keys)

    def _window(self, messages: int, before: int = 0) -> Scanned:
        """Return the newest messages, `before` of them left out at the end."""
        if (messages, before) not in self._windows:
            end = max(0, len(self._texts) - before)
            self._windows[messages, before] = Scanned(self._texts[max(0, end - messages) : end])
        return self._windows[messages, before]
