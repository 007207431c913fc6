"""`OwnData` in dictionaries: does what the real desk does, and fails on demand. For tests of the doors.

`away` makes every call fail like a database that is gone. `vectors_away` keeps an erasure waiting. While `working` is
set an erasure does not get on. `calls` holds the names of what was asked, in order; `brought` the files handed in, with
whose they are and in which time zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import Clock, SystemClock
from src_v2.core.errors import NotThere, StoreUnavailable
from src_v2.core.ids import derived_id, new_id
from src_v2.core.messages import Role
from src_v2.core.switches import Switches, SwitchName
from src_v2.interfaces.own_data import OwnData
from src_v2.knowledge.models import Fact, Preference, PreferenceName, Stance, Summary, Wish
from src_v2.knowledge.preferences import resolve_preferences
from src_v2.privacy.desk import SHORT_ID
from src_v2.privacy.models import Brought, Erasure, ErasureState, ExportFile, MemoryItem, MemoryPage, Whose
from tests.support.own_data_files import PRIVATE, SERVER, export_file, read_file

ME = Whose("elena", "local:me")
"""The person in front of the machine."""
FIRST_SAID = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
_MOMENT = timedelta(microseconds=1)


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Held = TypeVar("Held", bound=_HasId)


@dataclass
class OwnDataInMemory:
    """What people own, by whose it is. Memories lie in the order in which they were said."""

    clock: Clock = field(default_factory=SystemClock)
    kept: dict[Whose, list[MemoryItem]] = field(default_factory=dict)
    known: dict[Whose, list[Fact]] = field(default_factory=dict)
    wishes: dict[Whose, list[Preference]] = field(default_factory=dict)
    talked: dict[Whose, list[Summary]] = field(default_factory=dict)
    decided: dict[str, Switches] = field(default_factory=dict)
    erasing: dict[str, str] = field(default_factory=dict)
    """Whose data goes, by the ids of the erasures that are not done."""
    export_padding: bytes = b""
    """Put into every export, to make it large; bytes that do not pack well make the zip as large as they are."""
    away: bool = False
    vectors_away: bool = False
    working: bool = False
    calls: list[str] = field(default_factory=list)
    brought: list[tuple[Whose, bytes, str]] = field(default_factory=list)
    _minutes: int = 0

    # What tests put in

    def remember(
        self, whose: Whose, text: str, *, speaker: str = "", role: Role = Role.USER, place: str = PRIVATE
    ) -> MemoryItem:
        """Let something have been said, by Alice or the character, a minute after whatever happened last."""
        speaker = speaker or ("Alice" if role is Role.USER else whose.character.capitalize())
        at = self._next_minute()
        item = MemoryItem(
            derived_id(at, whose.character, whose.user_id, at.isoformat(), text),
            speaker, role, text, at, place, is_own=role is Role.USER,
        )  # fmt: skip
        self.kept.setdefault(whose, []).append(item)
        return item

    def learn(
        self, whose: Whose, subject: str, predicate: str, object_: str, *, until: str | None = None, source: str = ""
    ) -> Fact:
        """Let something be known; with `until` it is over. `source` is the id of the message that told it."""
        at = self._next_minute()
        fact = Fact(
            derived_id(at, subject, predicate, object_, at.isoformat()), subject, predicate, object_, whose.user_id,
            "Alice", source_message_id=source, said_at=at, valid_until=until,
        )  # fmt: skip
        self.known.setdefault(whose, []).append(fact)
        return fact

    def sum_up(self, whose: Whose, text: str, *topics: str) -> Summary:
        """Let something have been talked about, for a minute."""
        begun = self._next_minute()
        summary = Summary(new_id(), new_id(), text, topics, (), 3, begun, self._next_minute())
        self.talked.setdefault(whose, []).append(summary)
        return summary

    # The contract

    async def memories(self, whose: Whose, *, after: str = "", limit: int = 20) -> MemoryPage:
        """Return a page, newest first; `next` is the id of its last item. Nothing comes after what is not there."""
        self._asked("memories")
        newest_first = list(reversed(self.kept.get(whose, [])))
        ids = [item.id for item in newest_first]
        if after:
            newest_first = newest_first[ids.index(after) + 1 :] if after in ids else []
        items = newest_first[:limit]
        return MemoryPage(tuple(items), items[-1].id if len(newest_first) > limit else "")

    async def search(self, whose: Whose, query: str, limit: int = 20) -> Sequence[MemoryItem]:
        """Return what shares the most words with a question."""
        self._asked("search")
        wanted = _words(query)
        scored = [(len(wanted & _words(item.text)), item) for item in self.kept.get(whose, [])]
        return [item for score, item in sorted(scored, key=lambda pair: -pair[0]) if score][:limit]

    async def memory(self, whose: Whose, memory_id: str) -> MemoryItem:
        """Return one."""
        self._asked("memory")
        return _found(self.kept.get(whose, []), memory_id)

    async def edit_memory(self, whose: Whose, memory_id: str, text: str) -> MemoryItem:
        """Change the words of something the person said; the facts that came from the old ones go."""
        self._asked("edit_memory")
        item = _found(self.kept.get(whose, []), memory_id)
        if not item.is_own or not text.strip():
            raise NotThere("only one's own words can be changed, and only into words")
        changed = replace(item, text=text)
        self.kept[whose][self.kept[whose].index(item)] = changed
        self._unlearn(whose, item)
        return changed

    async def delete_memory(self, whose: Whose, memory_id: str) -> None:
        """Remove one, with the facts that came from it."""
        self._asked("delete_memory")
        item = _found(self.kept.get(whose, []), memory_id)
        self.kept[whose].remove(item)
        self._unlearn(whose, item)

    async def facts(self, whose: Whose) -> Sequence[Fact]:
        """Return current facts, then those that are over; of each the latest first."""
        self._asked("facts")
        return self._facts(whose)

    async def correct_fact(self, whose: Whose, fact_id: str, new_object: str) -> Fact:
        """Replace a fact's object; the fact then rests on a claim of its own, made now, with another id and source."""
        self._asked("correct_fact")
        fact = _found(self._facts(whose), fact_id)
        now = max(self.clock.now(), fact.said_at + _MOMENT)
        corrected = replace(fact, id=new_id(), object=new_object, source_message_id=new_id(), said_at=now)
        self.known[whose][self.known[whose].index(fact)] = corrected
        return corrected

    async def retract_fact(self, whose: Whose, fact_id: str) -> None:
        """Take a fact back."""
        self._asked("retract_fact")
        fact = _found(self._facts(whose), fact_id)
        self.known[whose].remove(fact)

    async def preferences(self, whose: Whose) -> Sequence[Preference]:
        """Return what was asked for, by name and then by when."""
        self._asked("preferences")
        return list(self.wishes.get(whose, []))

    async def set_preference(self, whose: Whose, name: PreferenceName, value: str) -> None:
        """Set one."""
        self._asked("set_preference")
        self._wish(whose, name, value, Stance.STATED)

    async def clear_preference(self, whose: Whose, name: PreferenceName, value: str = "") -> None:
        """Drop one, or all of a name; what was never asked for can be dropped too."""
        self._asked("clear_preference")
        self._wish(whose, name, value, Stance.RETRACTED)

    async def summaries(self, whose: Whose, limit: int = 20) -> Sequence[Summary]:
        """Return what was talked about, latest first."""
        self._asked("summaries")
        return sorted(self.talked.get(whose, []), key=lambda talk: (talk.ended_at, talk.id), reverse=True)[:limit]

    async def switches(self, user_id: str) -> Switches:
        """Return what was decided."""
        self._asked("switches")
        return self.decided.get(user_id, Switches())

    async def set_switch(self, user_id: str, name: SwitchName, on: bool) -> Switches:
        """Decide; turning servers off removes what was said there."""
        self._asked("set_switch")
        self.decided[user_id] = replace(self.decided.get(user_id, Switches()), **{name.value: on})
        if name is SwitchName.SERVERS and not on:
            for whose, item in self._said_by(user_id):
                if item.place == SERVER:
                    self.kept[whose].remove(item)
                    self._unlearn(whose, item)
        return self.decided[user_id]

    async def export(self, user_id: str) -> ExportFile:
        """Return a zip file as the real ones are, of what was said."""
        self._asked("export")
        return export_file(user_id, self._said_by(user_id), self.clock.now(), self.export_padding)

    async def erase(self, user_id: str) -> Erasure:
        """Begin; the work itself is done when somebody looks and nothing is in the way."""
        self._asked("erase")
        erasure = Erasure(new_id(), ErasureState.WORKING)
        self.erasing[erasure.id] = user_id
        return erasure

    async def erasure(self, erasure_id: str) -> Erasure:
        """Return how far it is."""
        self._asked("erasure")
        if erasure_id in self.erasing and self.vectors_away:
            return Erasure(erasure_id, ErasureState.WAITING)
        if erasure_id in self.erasing and self.working:
            return Erasure(erasure_id, ErasureState.WORKING)
        if user_id := self.erasing.pop(erasure_id, ""):
            _drop(self.kept, user_id)
            _drop(self.known, user_id)
            _drop(self.wishes, user_id)
            _drop(self.talked, user_id)
            self.decided.pop(user_id, None)
        return Erasure(erasure_id, ErasureState.DONE)

    async def bring_in(self, whose: Whose, blob: bytes, zone: ZoneInfo) -> Brought:
        """Read a file with the real readers; the same message twice is known. Our own export keeps its characters."""
        self._asked("bring_in")
        self.brought.append((whose, blob, zone.key))
        read = read_file(whose, blob, zone, self.clock.now())
        held = {item.id for _, item in self._said_by(whose.user_id)}
        new = [one for one in read.found if not {one.item.id, one.old_id} & held]
        for one in new:
            self.kept.setdefault(one.whose, []).append(one.item)
            self.kept[one.whose].sort(key=lambda item: item.said_at)
        return Brought(read.kind, len(new), len(read.found) - len(new), read.left_out)

    # How

    def _asked(self, name: str) -> None:
        self.calls.append(name)
        if self.away:
            raise StoreUnavailable("the database is gone")

    def _next_minute(self) -> datetime:
        at = FIRST_SAID + timedelta(minutes=self._minutes)
        self._minutes += 1
        return at

    def _facts(self, whose: Whose) -> list[Fact]:
        held = self.known.get(whose, [])
        return sorted(held, key=lambda fact: (not fact.is_current, -fact.said_at.timestamp(), fact.id))

    def _wish(self, whose: Whose, name: PreferenceName, value: str, stance: Stance) -> None:
        """Add a wish to those that stand; what stands then is decided as the real ones are."""
        place = Audience(whose.character, whose.user_id, f"desk:{whose.user_id}", Visibility.PRIVATE)
        standing = self.wishes.get(whose, [])
        wishes = [
            Wish(one.id, place, whose.user_id, one.name, one.value, one.source_message_id, one.said_at)
            for one in standing
        ]  # fmt: skip
        # A wish is later than those before it, also where the clock stands still.
        now = max([self.clock.now(), *(one.said_at + _MOMENT for one in standing)])
        wishes.append(Wish(new_id(), place, whose.user_id, name, value, new_id(), now, stance))
        self.wishes[whose] = resolve_preferences(wishes)

    def _unlearn(self, whose: Whose, item: MemoryItem) -> None:
        self.known[whose] = [fact for fact in self.known.get(whose, []) if fact.source_message_id != item.id]

    def _said_by(self, user_id: str) -> list[tuple[Whose, MemoryItem]]:
        return [(whose, item) for whose, said in self.kept.items() if whose.user_id == user_id for item in said]


def _words(text: str) -> set[str]:
    return set("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())


def _found(held: Sequence[Held], end: str) -> Held:
    """Return the first whose id is `end` or ends so. Raises NotThere, also for less than the end of an id."""
    fits = [one for one in held if one.id.endswith(end)] if len(end) >= SHORT_ID else []
    if not fits:
        raise NotThere("no such thing of this person")
    return fits[0]


def _drop(part: dict[Whose, list[Held]], user_id: str) -> None:
    for whose in [whose for whose in part if whose.user_id == user_id]:
        del part[whose]


def _fulfils(desk: OwnDataInMemory) -> OwnData:
    """Let mypy hold the double to the contract."""
    return desk
