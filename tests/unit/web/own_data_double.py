"""People's own data, kept in lists: behaves as doors may expect of the real thing, and can be away when told.

own_data = OwnDataDouble()
own_data.said(ME, "I live in Porto.")
own_data.away = True
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Protocol, TypeVar
from zipfile import ZipFile
from zoneinfo import ZoneInfo

from src_v2.core.errors import NotThere, RefusedInput, StoreUnavailable
from src_v2.core.ids import new_id
from src_v2.core.messages import Role
from src_v2.core.switches import Switches, SwitchName
from src_v2.knowledge.models import Fact, Preference, PreferenceName, Summary
from src_v2.privacy.models import Brought, Erasure, ErasureState, ExportFile, MemoryItem, MemoryPage, Whose

ME = Whose("elena", "local:me")
START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SHORTEST_ID_END = 8


@dataclass
class Shelf:
    """What one character holds of one person; oldest first."""

    memories: list[MemoryItem] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    preferences: list[Preference] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Held = TypeVar("Held", bound=_HasId)


class OwnDataDouble:
    """Implements OwnData. While `away` everything raises StoreUnavailable; erasures go on when `progress` says so."""

    def __init__(self) -> None:
        self.away = False
        self.shelves: dict[Whose, Shelf] = defaultdict(Shelf)
        self.decided: dict[str, Switches] = {}
        self.erasing: dict[str, str] = {}
        self.states: dict[str, ErasureState] = {}
        self.brought: list[tuple[Whose, bytes, str]] = []
        self._minutes = 0

    def said(self, whose: Whose, text: str, *, own: bool = True, place: str = "private") -> MemoryItem:
        """Put a message among what is remembered, a minute after the one before."""
        self._minutes += 1
        role, name = (Role.USER, "friend") if own else (Role.CHARACTER, whose.character.capitalize())
        item = MemoryItem(new_id(), name, role, text, START + timedelta(minutes=self._minutes), place, own)
        self.shelves[whose].memories.append(item)
        return item

    def learned(
        self, whose: Whose, subject: str, predicate: str, thing: str, *, until: str | None = None, source: str = ""
    ) -> Fact:
        """Put a fact among what is known; with `until` it is over."""
        fact = Fact(new_id(), subject, predicate, thing, whose.user_id, "friend", source, START, valid_until=until)
        self.shelves[whose].facts.append(fact)
        return fact

    def summed_up(self, whose: Whose, text: str, *topics: str) -> Summary:
        """Put a summary among those of past conversations."""
        summary = Summary(new_id(), new_id(), text, topics, (), 3, START, START + timedelta(hours=1))
        self.shelves[whose].summaries.append(summary)
        return summary

    def progress(self, state: ErasureState) -> None:
        """Bring every erasure that was asked for to `state`; when it is done, nothing is left."""
        self.states = dict.fromkeys(self.states, state)
        if state is ErasureState.DONE:
            for user_id in self.erasing.values():
                self._drop(user_id)

    async def memories(self, whose: Whose, *, after: str = "", limit: int = 20) -> MemoryPage:
        newest = self._of(whose).memories[::-1]
        begin = next((at + 1 for at, item in enumerate(newest) if item.id == after), len(newest)) if after else 0
        shown = newest[begin : begin + limit]
        return MemoryPage(shown, shown[-1].id if begin + limit < len(newest) else "")

    async def search(self, whose: Whose, query: str, limit: int = 20) -> Sequence[MemoryItem]:
        words = set(query.casefold().split())
        scored = [(len(words & set(_plain(item.text))), item) for item in self._of(whose).memories]
        return [item for score, item in sorted(scored, key=lambda pair: -pair[0]) if score][:limit]

    async def memory(self, whose: Whose, memory_id: str) -> MemoryItem:
        held = self._of(whose).memories
        return held[_ending(held, memory_id)]

    async def edit_memory(self, whose: Whose, memory_id: str, text: str) -> MemoryItem:
        shelf = self._of(whose)
        at = _ending(shelf.memories, memory_id)
        if not shelf.memories[at].is_own:
            raise NotThere("a reply", user_message="Only what you said yourself can be changed.")
        shelf.memories[at] = replace(shelf.memories[at], text=text)
        self._unlearn(shelf, shelf.memories[at].id)
        return shelf.memories[at]

    async def delete_memory(self, whose: Whose, memory_id: str) -> None:
        shelf = self._of(whose)
        self._unlearn(shelf, shelf.memories.pop(_ending(shelf.memories, memory_id)).id)

    async def facts(self, whose: Whose) -> Sequence[Fact]:
        return sorted(self._of(whose).facts, key=lambda fact: not fact.is_current)

    async def correct_fact(self, whose: Whose, fact_id: str, new_object: str) -> Fact:
        held = self._of(whose).facts
        at = _index(held, fact_id)
        held[at] = replace(held[at], id=new_id(), object=new_object)
        return held[at]

    async def retract_fact(self, whose: Whose, fact_id: str) -> None:
        held = self._of(whose).facts
        del held[_index(held, fact_id)]

    async def preferences(self, whose: Whose) -> Sequence[Preference]:
        return list(self._of(whose).preferences)

    async def set_preference(self, whose: Whose, name: PreferenceName, value: str) -> None:
        shelf = self._of(whose)
        several = name is PreferenceName.AVOID
        kept = [p for p in shelf.preferences if p.name is not name or (several and p.value != value)]
        shelf.preferences = [*kept, Preference(new_id(), name, value, START, "")]

    async def clear_preference(self, whose: Whose, name: PreferenceName, value: str = "") -> None:
        shelf = self._of(whose)
        gone = [p for p in shelf.preferences if p.name is name and value in ("", p.value)]
        if not gone:
            raise NotThere("no such preference")
        shelf.preferences = [p for p in shelf.preferences if p not in gone]

    async def summaries(self, whose: Whose, limit: int = 20) -> Sequence[Summary]:
        return self._of(whose).summaries[::-1][:limit]

    async def switches(self, user_id: str) -> Switches:
        self._reach()
        return self.decided.get(user_id, Switches())

    async def set_switch(self, user_id: str, name: SwitchName, on: bool) -> Switches:
        decided = await self.switches(user_id)
        match name:
            case SwitchName.REMEMBER:
                decided = replace(decided, remember=on)
            case SwitchName.SERVERS:
                decided = replace(decided, servers=on)
            case SwitchName.SHARE:
                decided = replace(decided, share=on)
        self.decided[user_id] = decided
        return decided

    async def export(self, user_id: str) -> ExportFile:
        self._reach()
        held = {w.character: [m.text for m in s.memories] for w, s in self.shelves.items() if w.user_id == user_id}
        blob = BytesIO()
        with ZipFile(blob, "w") as file:
            file.writestr("data.json", json.dumps({"user_id": user_id, "memories": held}))
        return ExportFile(f"export of {user_id}.zip", blob.getvalue())

    async def erase(self, user_id: str) -> Erasure:
        self._reach()
        erasure_id = new_id()
        self.erasing[erasure_id], self.states[erasure_id] = user_id, ErasureState.WORKING
        return Erasure(erasure_id, ErasureState.WORKING)

    async def erasure(self, erasure_id: str) -> Erasure:
        self._reach()
        return Erasure(erasure_id, self.states.get(erasure_id, ErasureState.DONE))

    async def bring_in(self, whose: Whose, blob: bytes, zone: ZoneInfo) -> Brought:
        shelf = self._of(whose)
        try:
            lines = [json.loads(line)["mes"] for line in blob.decode().splitlines()]
        except (ValueError, KeyError, TypeError) as error:
            raise RefusedInput("it is no ChatGPT export and no SillyTavern chat") from error
        self.brought.append((whose, blob, zone.key))
        texts = {item.text for item in shelf.memories}
        new = [line for line in lines if line and line not in texts]
        for line in new:
            self.said(whose, line, place="SillyTavern")
        empty = lines.count("")
        left_out = {"empty messages": empty} if empty else {}
        return Brought("SillyTavern", len(new), len(lines) - len(new) - empty, left_out)

    def _of(self, whose: Whose) -> Shelf:
        self._reach()
        return self.shelves[whose]

    def _reach(self) -> None:
        if self.away:
            raise StoreUnavailable("told to be away")

    def _unlearn(self, shelf: Shelf, message_id: str) -> None:
        shelf.facts = [fact for fact in shelf.facts if fact.source_message_id != message_id]

    def _drop(self, user_id: str) -> None:
        self.decided.pop(user_id, None)
        for whose in [whose for whose in self.shelves if whose.user_id == user_id]:
            del self.shelves[whose]


def _plain(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()


def _index(held: Sequence[Held], wanted: str) -> int:
    """Return where the thing of exactly this id is. Raises NotThere."""
    for at, item in enumerate(held):
        if item.id == wanted:
            return at
    raise NotThere("unknown, or somebody else's")


def _ending(held: Sequence[Held], end: str) -> int:
    """Return where the one thing is whose id ends so. Raises NotThere."""
    found = [at for at, item in enumerate(held) if item.id.endswith(end)]
    if len(end) < SHORTEST_ID_END or len(found) != 1:
        raise NotThere("unknown, or somebody else's")
    return found[0]
