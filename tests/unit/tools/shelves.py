"""Memory and knowledge within a test: they hand out what the test put in, and keep what they were asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from src_v2.core.audience import Audience, Visibility
from src_v2.core.errors import KnowledgeError
from src_v2.core.messages import Author, IncomingMessage, Role, Scene, StoredMessage
from src_v2.knowledge.models import USER, Fact, Preference, PreferenceName, Summary
from src_v2.memory.models import Memory
from src_v2.observability.outages import Outages
from src_v2.tools.base import EVERYONE, Permission, ToolContext
from src_v2.tools.catalogue import composite_tools, memory_tools, plain_tools
from src_v2.tools.toolbox import ToolBox
from tests.support.clock import VirtualClock

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
OSLO = ZoneInfo("Europe/Oslo")
SAM_DM = Audience("elena", "discord:sam", "discord:dm-sam", Visibility.PRIVATE)
SAM_OPEN = Audience("elena", "discord:sam", "discord:open", Visibility.GUILD, "discord:harbour")


@dataclass
class Shelves:
    """Implements `MessageSearch`, `FactBook` and `Heard`; `asked` holds every call's arguments by method."""

    memories: list[Memory] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    paths: list[tuple[Fact, ...]] = field(default_factory=list)
    wishes: list[Preference] = field(default_factory=list)
    written: list[Summary] = field(default_factory=list)
    heard: list[StoredMessage] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    error: Exception | None = None

    def _note(self, method: str, **arguments: Any) -> None:
        self.asked.append((method, arguments))
        if self.error is not None:
            raise self.error

    async def search(
        self, audience: Audience, query: str, limit: int, *,
        names: Sequence[str], zone: ZoneInfo, since: datetime | None = None, until: datetime | None = None,
    ) -> list[Memory]:  # fmt: skip
        self._note("search", audience=audience, query=query, limit=limit, names=names, zone=zone, since=since,
                   until=until)  # fmt: skip
        return self.memories[:limit]

    async def search_summaries(
        self, audience: Audience, query: str, limit: int, *, names: Sequence[str], zone: ZoneInfo
    ) -> list[str]:
        self._note("search_summaries", audience=audience, query=query, limit=limit, names=names, zone=zone)
        return [summary.id for summary in reversed(self.written)][:limit]

    async def said(
        self, audience: Audience, limit: int, *,
        here: bool, since: datetime | None = None, until: datetime | None = None,
    ) -> list[StoredMessage]:  # fmt: skip
        self._note("said", audience=audience, limit=limit, here=here, since=since, until=until)
        return self.heard[-limit:]

    async def lookup(
        self, audience: Audience, about: str | None = None, predicate: str | None = None, limit: int = 20
    ) -> list[Fact]:
        self._note("lookup", audience=audience, about=about, predicate=predicate, limit=limit)
        return self.facts[:limit]

    async def walk(self, audience: Audience, about: str, depth: int = 2) -> list[tuple[Fact, ...]]:
        self._note("walk", audience=audience, about=about, depth=depth)
        return self.paths

    async def correct(self, audience: Audience, fact_id: str, new_object: str, source: IncomingMessage) -> Fact:
        self._note("correct", audience=audience, fact_id=fact_id, new_object=new_object, source=source)
        return replace(self._fact(fact_id), id=f"{fact_id}-again", object=new_object, source_message_id=source.id)

    async def retract(self, audience: Audience, fact_id: str, source: IncomingMessage) -> Fact:
        self._note("retract", audience=audience, fact_id=fact_id, source=source)
        fact = self._fact(fact_id)
        self.facts.remove(fact)
        return fact

    async def preferences(self, audience: Audience) -> list[Preference]:
        self._note("preferences", audience=audience)
        return self.wishes

    async def set_preference(
        self, audience: Audience, name: PreferenceName, value: str, source: IncomingMessage
    ) -> Preference:
        self._note("set_preference", audience=audience, name=name, value=value, source=source)
        return Preference("wish", name, value, NOW, source.id)

    async def clear_preference(
        self, audience: Audience, name: PreferenceName, source: IncomingMessage, value: str = ""
    ) -> None:
        self._note("clear_preference", audience=audience, name=name, value=value, source=source)

    async def summaries(self, audience: Audience, limit: int) -> list[Summary]:
        self._note("summaries", audience=audience, limit=limit)
        return self.written[:limit]

    async def summaries_by_id(self, audience: Audience, ids: Sequence[str]) -> dict[str, Summary]:
        self._note("summaries_by_id", audience=audience, ids=ids)
        return {summary.id: summary for summary in self.written if summary.id in ids}

    def last(self, method: str) -> dict[str, Any]:
        return [arguments for asked, arguments in self.asked if asked == method][-1]

    def _fact(self, fact_id: str) -> Fact:
        for fact in self.facts:
            if fact.id == fact_id:
                return fact
        raise KnowledgeError("no such fact for this audience")


def box_of(shelves: Shelves) -> ToolBox:
    tools = [
        *memory_tools(shelves, shelves), *composite_tools(shelves, shelves, shelves), *plain_tools(shelves),
    ]  # fmt: skip
    return ToolBox(tools, Outages(), clock=VirtualClock(auto_advance=True))


def asks(
    audience: Audience = SAM_DM,
    *,
    name: str = "Sam",
    permissions: frozenset[Permission] = EVERYONE,
    text: str = "And now?",
) -> ToolContext:
    author = Author(audience.user_id, name)
    message = IncomingMessage("question", author, audience, text, NOW, "discord", scene=Scene(present=("Ben",)))
    return ToolContext(message, NOW, "Elena", OSLO, permissions)


def said(id_: str = "real-said-id", text: str = "I moved to Oslo", **changes: Any) -> StoredMessage:
    message = StoredMessage(
        id_, None, None, "elena", "discord:sam", "discord:sam", "Sam", Role.USER, text, "discord", "discord:dm-sam",
        None, Visibility.PRIVATE, datetime(2026, 7, 15, 9, tzinfo=UTC),
    )  # fmt: skip
    return replace(message, **changes)


def fact(id_: str = "real-fact-id", **changes: Any) -> Fact:
    known = Fact(id_, USER, "lives_in", "Oslo", "discord:sam", "Sam", "source", datetime(2026, 5, 3, 9, tzinfo=UTC))
    return replace(known, **changes)


def memory(id_: str = "real-message-id", text: str = "I moved to Oslo", **changes: Any) -> Memory:
    return replace(Memory(id_, "Sam", Role.USER, text, datetime(2026, 5, 3, 23, tzinfo=UTC), 1.0), **changes)


def summary(id_: str = "real-summary-id", text: str = "Sam told of the move.", **changes: Any) -> Summary:
    day = datetime(2026, 5, 3, 9, tzinfo=UTC)
    return replace(Summary(id_, "session", text, ("moving", "Oslo"), ("joy",), 3, day, day), **changes)
