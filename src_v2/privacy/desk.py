"""Where people see, correct, take along and erase what is held about them. Every door offers the same desk."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import Clock
from src_v2.core.errors import NotThere
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage, Role, StoredMessage
from src_v2.core.scope import Scope
from src_v2.core.switches import Switches, SwitchName
from src_v2.knowledge.models import Fact, Preference, PreferenceName, Summary
from src_v2.knowledge.service import Knowledge
from src_v2.memory.browsing import Browsing
from src_v2.memory.recall import Recall
from src_v2.memory.rows import message_rows
from src_v2.memory.store import MemoryStore
from src_v2.privacy.bringing import Bringing
from src_v2.privacy.erasing import erase_request
from src_v2.privacy.erasures import Erasures
from src_v2.privacy.exporting import Exporter
from src_v2.privacy.models import Brought, Erasure, ExportFile, MemoryItem, MemoryPage, Whose

DESK = "desk"
MOST_FACTS = 500
SHORT_ID = 8
PLACES = {"chatgpt": "ChatGPT", "sillytavern": "SillyTavern", "whisperengine": "an earlier export"}


class Deciding(Protocol):
    """What people decide about their data."""

    async def switches(self, user_id: str) -> Switches:
        """Return what a person decided."""
        ...

    async def decide(self, user_id: str, name: SwitchName, on: bool) -> Switches:
        """Note a decision."""
        ...


class Desk:
    """One desk for all doors: `interfaces.own_data.OwnData`. `ready` returns when nothing waits to be written."""

    def __init__(
        self,
        store: MemoryStore,
        browsing: Browsing,
        recall: Recall,
        knowledge: Knowledge,
        deciding: Deciding,
        exporter: Exporter,
        erasures: Erasures,
        bringing: Bringing,
        clock: Clock,
        *,
        ready: Callable[[], Awaitable[None]],
    ) -> None:
        self._store = store
        self._browsing = browsing
        self._recall = recall
        self._knowledge = knowledge
        self._deciding = deciding
        self._exporter = exporter
        self._erasures = erasures
        self._bringing = bringing
        self._clock = clock
        self._ready = ready

    async def memories(self, whose: Whose, *, after: str = "", limit: int = 20) -> MemoryPage:
        """Return what is remembered; see OwnData."""
        said = await self._browsing.page(_all_of(whose), limit + 1, after=after)
        items = [_item(one, whose) for one in said[:limit]]
        return MemoryPage(items, items[-1].id if len(said) > limit else "")

    async def search(self, whose: Whose, query: str, limit: int = 20) -> Sequence[MemoryItem]:
        """Return what fits; see OwnData."""
        audience = _all_of(whose)
        found = await self._recall.search(audience, query, limit)
        said = await self._store.by_ids(audience, [memory.id for memory in found])
        return [_item(said[memory.id], whose) for memory in found if memory.id in said]

    async def memory(self, whose: Whose, memory_id: str) -> MemoryItem:
        """Return one; see OwnData."""
        return _item(await self._one(whose, memory_id), whose)

    async def edit_memory(self, whose: Whose, memory_id: str, text: str) -> MemoryItem:
        """Change one's own words; see OwnData."""
        said = await self._one(whose, memory_id)
        if said.speaker_id != whose.user_id or not text.strip():
            raise NotThere("only one's own words can be changed, and only into words")
        await self._store.edit_by_id(said.id, text, self._clock.now())
        self._erasures.wake()
        return _item(await self._one(whose, said.id), whose)

    async def delete_memory(self, whose: Whose, memory_id: str) -> None:
        """Remove one; see OwnData."""
        await self._store.delete_by_id((await self._one(whose, memory_id)).id)
        self._erasures.wake()

    async def facts(self, whose: Whose) -> Sequence[Fact]:
        """Return what is known; see OwnData."""
        return await self._knowledge.lookup(_all_of(whose), limit=MOST_FACTS)

    async def correct_fact(self, whose: Whose, fact_id: str, new_object: str) -> Fact:
        """Replace what a fact says; see OwnData."""
        fact = await self._fact(whose, fact_id)
        source = await self._told(whose)
        return await self._knowledge.correct(_all_of(whose), fact.id, new_object, source, everywhere=True)

    async def retract_fact(self, whose: Whose, fact_id: str) -> None:
        """Take a fact back; see OwnData."""
        fact = await self._fact(whose, fact_id)
        await self._knowledge.retract(_all_of(whose), fact.id, await self._told(whose), everywhere=True)

    async def preferences(self, whose: Whose) -> Sequence[Preference]:
        """Return how the person wants to be spoken with; see OwnData."""
        return await self._knowledge.preferences(_all_of(whose))

    async def set_preference(self, whose: Whose, name: PreferenceName, value: str) -> None:
        """Set one; see OwnData."""
        await self._knowledge.set_preference(_all_of(whose), name, value, await self._told(whose))

    async def clear_preference(self, whose: Whose, name: PreferenceName, value: str = "") -> None:
        """Drop one; see OwnData."""
        await self._knowledge.clear_preference(_all_of(whose), name, await self._told(whose), value)

    async def summaries(self, whose: Whose, limit: int = 20) -> Sequence[Summary]:
        """Return what was talked about; see OwnData."""
        return await self._knowledge.summaries(_all_of(whose), limit)

    async def switches(self, user_id: str) -> Switches:
        """Return what the person decided; see OwnData."""
        return await self._deciding.switches(user_id)

    async def set_switch(self, user_id: str, name: SwitchName, on: bool) -> Switches:
        """Decide; see OwnData."""
        decided = await self._deciding.decide(user_id, name, on)
        if name is SwitchName.SERVERS and not on:
            for guild_id in await self._browsing.guilds_of(user_id):
                await self._erasures.request(erase_request(Scope(user_id=user_id, guild_id=guild_id)))
        return decided

    async def export(self, user_id: str) -> ExportFile:
        """Return everything that is held; see OwnData."""
        await self._ready()
        return await self._exporter.export(user_id)

    async def erase(self, user_id: str) -> Erasure:
        """Begin to erase; see OwnData."""
        return await self._erasures.request(erase_request(Scope(user_id=user_id)))

    async def erasure(self, erasure_id: str) -> Erasure:
        """Return how far an erasure is; see OwnData."""
        return await self._erasures.state(erasure_id)

    async def bring_in(self, whose: Whose, blob: bytes, zone: ZoneInfo) -> Brought:
        """Add a chat history; see OwnData."""
        brought = await self._bringing.bring_in(whose, blob, zone)
        self._erasures.wake()
        return brought

    async def _one(self, whose: Whose, memory_id: str) -> StoredMessage:
        said = await self._browsing.by_id_or_end(_all_of(whose), memory_id) if len(memory_id) >= SHORT_ID else None
        if said is None:
            raise NotThere("no such memory of this person")
        return said

    async def _fact(self, whose: Whose, fact_id: str) -> Fact:
        if len(fact_id) >= SHORT_ID:
            for fact in await self.facts(whose):
                if fact.id == fact_id or fact.id.endswith(fact_id):
                    return fact
        raise NotThere("no such fact of this person")

    async def _told(self, whose: Whose) -> IncomingMessage:
        """Store and return the message that stands for what is decided at the desk: it has no words."""
        author = Author(whose.user_id, "")
        message = IncomingMessage(new_id(), author, _all_of(whose), "", self._clock.now(), DESK)
        await self._store.apply(message_rows([message], None, None))
        return message


def _all_of(whose: Whose) -> Audience:
    """Return the audience of the person alone: everything that passed between the two may surface there."""
    return Audience(whose.character, whose.user_id, f"{DESK}:{whose.user_id}", Visibility.PRIVATE)


def _item(said: StoredMessage, whose: Whose) -> MemoryItem:
    place = "a server" if said.guild_id else PLACES.get(said.channel_id.partition(":")[0], "private")
    own = said.role is Role.USER and said.speaker_id == whose.user_id
    return MemoryItem(said.id, said.speaker_name, said.role, said.text, said.created_at, place, own)
