"""`OwnData` in dictionaries: behaves as the contract says, and fails on demand. For tests of the doors.

`away` makes every call fail like a database that is gone. `vectors_away` keeps an erasure waiting. While `working` is
set an erasure does not get on. `calls` holds the names of what was asked, in order.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from src_v2.core.clock import Clock, SystemClock
from src_v2.core.errors import NotThere, RefusedInput, StoreUnavailable
from src_v2.core.ids import derived_id, new_id
from src_v2.core.messages import Role
from src_v2.core.switches import Switches, SwitchName
from src_v2.interfaces.own_data import OwnData
from src_v2.knowledge.models import Fact, Preference, PreferenceName, Summary
from src_v2.memory.imports import read_history
from src_v2.privacy.models import Brought, Erasure, ErasureState, ExportFile, MemoryItem, MemoryPage, Whose

FIRST_SAID = datetime(2026, 5, 1, 12, tzinfo=UTC)
LEAST_ID = 8
ARCHIVE = "whisperengine.json"


@dataclass
class OwnDataInMemory:
    """What people own, by whose it is. Memories lie in the order in which they were said."""

    clock: Clock = field(default_factory=SystemClock)
    kept: dict[Whose, list[MemoryItem]] = field(default_factory=dict)
    known: dict[Whose, list[Fact]] = field(default_factory=dict)
    wishes: dict[Whose, list[Preference]] = field(default_factory=dict)
    talked: dict[Whose, list[Summary]] = field(default_factory=dict)
    decided: dict[str, Switches] = field(default_factory=dict)
    export_padding: bytes = b""
    """Put into every export, to make it large; bytes that do not pack well make the zip as large as they are."""
    away: bool = False
    vectors_away: bool = False
    working: bool = False
    calls: list[str] = field(default_factory=list)
    _erasing: dict[str, str] = field(default_factory=dict)

    # What tests put in

    def remember(
        self, whose: Whose, text: str, *, speaker: str = "Alice", role: Role = Role.USER, place: str = "private"
    ) -> MemoryItem:
        """Let something have been said, a minute after the last."""
        said = self.kept.setdefault(whose, [])
        at = FIRST_SAID + timedelta(minutes=len(said))
        item = MemoryItem(
            derived_id(at, whose.character, whose.user_id, str(len(said)), text),
            speaker, role, text, at, place, is_own=role is Role.USER,
        )  # fmt: skip
        said.append(item)
        return item

    def learn(self, whose: Whose, subject: str, predicate: str, object_: str, *, until: str | None = None) -> Fact:
        """Let something be known."""
        facts = self.known.setdefault(whose, [])
        at = FIRST_SAID + timedelta(minutes=len(facts))
        fact = Fact(
            derived_id(at, subject, predicate, object_), subject, predicate, object_, whose.user_id, "Alice",
            source_message_id="", said_at=at, valid_until=until,
        )  # fmt: skip
        facts.append(fact)
        return fact

    # The contract

    async def memories(self, whose: Whose, *, after: str = "", limit: int = 20) -> MemoryPage:
        """Return a page, newest first; `next` is the id of its last item."""
        self._asked("memories")
        newest_first = list(reversed(self.kept.get(whose, [])))
        start = next((number for number, item in enumerate(newest_first, 1) if item.id == after), 0)
        items = newest_first[start : start + limit]
        more = start + limit < len(newest_first)
        return MemoryPage(tuple(items), items[-1].id if more else "")

    async def search(self, whose: Whose, query: str, limit: int = 20) -> Sequence[MemoryItem]:
        """Return what shares the most words with a question."""
        self._asked("search")
        wanted = set(query.lower().split())
        scored = [(len(wanted & set(item.text.lower().split())), item) for item in self.kept.get(whose, [])]
        return [item for score, item in sorted(scored, key=lambda pair: -pair[0]) if score][:limit]

    async def memory(self, whose: Whose, memory_id: str) -> MemoryItem:
        """Return one."""
        self._asked("memory")
        return self._found(whose, memory_id)

    async def edit_memory(self, whose: Whose, memory_id: str, text: str) -> MemoryItem:
        """Change the words of something the person said."""
        self._asked("edit_memory")
        item = self._found(whose, memory_id)
        if not item.is_own:
            raise NotThere("a reply's words are not theirs")
        changed = replace(item, text=text)
        self.kept[whose][self.kept[whose].index(item)] = changed
        return changed

    async def delete_memory(self, whose: Whose, memory_id: str) -> None:
        """Remove one, with the facts that came from it."""
        self._asked("delete_memory")
        item = self._found(whose, memory_id)
        self.kept[whose].remove(item)
        self.known[whose] = [fact for fact in self.known.get(whose, []) if fact.source_message_id != item.id]

    async def facts(self, whose: Whose) -> Sequence[Fact]:
        """Return current facts, then those that are over."""
        self._asked("facts")
        return sorted(self.known.get(whose, []), key=lambda fact: not fact.is_current)

    async def correct_fact(self, whose: Whose, fact_id: str, new_object: str) -> Fact:
        """Replace a fact's object; the fact then rests on a claim of its own, with another id."""
        self._asked("correct_fact")
        fact = self._fact(whose, fact_id)
        corrected = replace(fact, id=new_id(), object=new_object)
        self.known[whose][self.known[whose].index(fact)] = corrected
        return corrected

    async def retract_fact(self, whose: Whose, fact_id: str) -> None:
        """Take a fact back."""
        self._asked("retract_fact")
        self.known[whose].remove(self._fact(whose, fact_id))

    async def preferences(self, whose: Whose) -> Sequence[Preference]:
        """Return what was asked for."""
        self._asked("preferences")
        return list(self.wishes.get(whose, []))

    async def set_preference(self, whose: Whose, name: PreferenceName, value: str) -> None:
        """Set one."""
        self._asked("set_preference")
        single = name is not PreferenceName.AVOID
        self._drop_wishes(whose, name, "" if single else value)
        self.wishes.setdefault(whose, []).append(Preference(new_id(), name, value, self.clock.now(), ""))

    async def clear_preference(self, whose: Whose, name: PreferenceName, value: str = "") -> None:
        """Drop one, or all of a name."""
        self._asked("clear_preference")
        self._drop_wishes(whose, name, value if name is PreferenceName.AVOID else "")

    async def summaries(self, whose: Whose, limit: int = 20) -> Sequence[Summary]:
        """Return what was talked about, latest first."""
        self._asked("summaries")
        return sorted(self.talked.get(whose, []), key=lambda talk: talk.ended_at, reverse=True)[:limit]

    async def switches(self, user_id: str) -> Switches:
        """Return what was decided."""
        self._asked("switches")
        return self.decided.get(user_id, Switches())

    async def set_switch(self, user_id: str, name: SwitchName, on: bool) -> Switches:
        """Decide; without servers, what was said there goes."""
        self._asked("set_switch")
        before = self.decided.get(user_id, Switches())
        match name:
            case SwitchName.REMEMBER:
                now = replace(before, remember=on)
            case SwitchName.SERVERS:
                now = replace(before, servers=on)
            case SwitchName.SHARE:
                now = replace(before, share=on)
        self.decided[user_id] = now
        if not now.servers:
            for whose in self._all_of(user_id):
                self.kept[whose] = [item for item in self.kept[whose] if item.place != "a server"]
        return now

    async def export(self, user_id: str) -> ExportFile:
        """Return a zip with one JSON file and a page to read."""
        self._asked("export")
        characters = {
            whose.character: [
                {"id": item.id, "role": item.role.value, "name": item.speaker_name, "text": item.text,
                 "said_at": item.said_at.isoformat(), "place": item.place}
                for item in self.kept[whose]
            ]
            for whose in self._all_of(user_id)
        }  # fmt: skip
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(ARCHIVE, json.dumps({"user": user_id, "characters": characters}))
            archive.writestr("README.md", f"# What is held about {user_id}\n")
            archive.writestr("padding", self.export_padding)
        return ExportFile("whisperengine-export.zip", packed.getvalue())

    async def erase(self, user_id: str) -> Erasure:
        """Begin; the work itself is done when somebody looks and nothing is in the way."""
        self._asked("erase")
        erasure = Erasure(new_id(), ErasureState.WORKING)
        self._erasing[erasure.id] = user_id
        return erasure

    async def erasure(self, erasure_id: str) -> Erasure:
        """Return how far it is."""
        self._asked("erasure")
        user_id = self._erasing.get(erasure_id)
        if user_id is None:
            return Erasure(erasure_id, ErasureState.DONE)
        if self.vectors_away:
            return Erasure(erasure_id, ErasureState.WAITING)
        if self.working:
            return Erasure(erasure_id, ErasureState.WORKING)
        for whose in {*self.kept, *self.known, *self.wishes, *self.talked}:
            if whose.user_id == user_id:
                for part in (self.kept.pop, self.known.pop, self.wishes.pop, self.talked.pop):
                    part(whose, None)
        self.decided.pop(user_id, None)
        del self._erasing[erasure_id]
        return Erasure(erasure_id, ErasureState.DONE)

    async def bring_in(self, whose: Whose, blob: bytes, zone: ZoneInfo) -> Brought:
        """Read a chat export with the real reader, or an export of our own; the same message twice is known."""
        self._asked("bring_in")
        kind, said, left_out = self._read(blob, zone)
        known = {(item.text, item.said_at) for item in self.kept.get(whose, [])}
        new = [item for item in said if (item.text, item.said_at) not in known]
        self.kept[whose] = sorted([*self.kept.get(whose, []), *new], key=lambda item: item.said_at)
        return Brought(kind, len(new), len(said) - len(new), left_out)

    # How

    def _read(self, blob: bytes, zone: ZoneInfo) -> tuple[str, list[MemoryItem], dict[str, int]]:
        own = _own_export(blob)
        if own is not None:
            return "whisperengine", own, {}
        history = read_history(blob, zone=zone, now=self.clock.now())
        said = [
            MemoryItem(
                new_id(), message.speaker_name or "you", message.role, message.text, message.sent_at,
                f"brought in from {history.kind}", message.role is Role.USER,
            )
            for conversation in history.conversations for message in conversation.messages
        ]  # fmt: skip
        return history.kind, said, {str(reason): count for reason, count in history.left_out.items()}

    def _asked(self, name: str) -> None:
        self.calls.append(name)
        if self.away:
            raise StoreUnavailable("the database is gone")

    def _found(self, whose: Whose, memory_id: str) -> MemoryItem:
        fits = [item for item in self.kept.get(whose, []) if item.id.endswith(memory_id)]
        if len(memory_id) < LEAST_ID or len(fits) != 1:
            raise NotThere("no such memory")
        return fits[0]

    def _fact(self, whose: Whose, fact_id: str) -> Fact:
        found = next((fact for fact in self.known.get(whose, []) if fact.id == fact_id), None)
        if found is None:
            raise NotThere("no such fact")
        return found

    def _drop_wishes(self, whose: Whose, name: PreferenceName, value: str) -> None:
        kept = [wish for wish in self.wishes.get(whose, []) if wish.name is not name or (value and wish.value != value)]
        self.wishes[whose] = kept

    def _all_of(self, user_id: str) -> list[Whose]:
        return [whose for whose in self.kept if whose.user_id == user_id]


def _own_export(blob: bytes) -> list[MemoryItem] | None:
    """Return what an export of our own holds; None when it is something else."""
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            if ARCHIVE not in archive.namelist():
                return None
            found = json.loads(archive.read(ARCHIVE))
    except zipfile.BadZipFile:
        return None
    except ValueError as error:
        raise RefusedInput("its JSON cannot be read") from error
    return [
        MemoryItem(
            item["id"], item["name"], Role(item["role"]), item["text"], datetime.fromisoformat(item["said_at"]),
            item["place"], item["role"] == Role.USER.value,
        )
        for said in found["characters"].values() for item in said
    ]  # fmt: skip


def _fulfils(desk: OwnDataInMemory) -> OwnData:
    """Let mypy hold the double to the contract."""
    return desk
