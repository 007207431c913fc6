"""Asks every source at once what it knows for one turn. A source that is down or late is left out: the reply comes."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from src_v2.agents.prompt import Budgets, Gathered
from src_v2.characters.models import Character
from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.messages import Author, StoredMessage, Turn
from src_v2.core.tokens import estimate_tokens
from src_v2.evolution.models import Standing
from src_v2.evolution.relationship.service import Standings
from src_v2.knowledge.models import Known
from src_v2.knowledge.service import Knowledge
from src_v2.memory.models import Memory
from src_v2.memory.patterns.models import Pattern
from src_v2.memory.patterns.service import Patterns
from src_v2.memory.patterns.style import Taste
from src_v2.memory.profiles import Profile
from src_v2.memory.recall import Recall, as_memory
from src_v2.memory.service import MemoryService
from src_v2.observability.outages import Outages

T = TypeVar("T")

HISTORY_ROWS = 60
"""Most messages of the running conversation that are read; the token budget decides how many are shown."""
SPARE_MEMORIES = 3
"""Memories asked for per memory shown: some stand in the running conversation already."""


@dataclass(frozen=True, slots=True)
class Past:
    """What was said before: the running conversation, and what is remembered from elsewhere and earlier."""

    history: Sequence[StoredMessage] = ()
    memories: Sequence[Memory] = ()


@dataclass(frozen=True, slots=True)
class Liked:
    """What a person's reactions say: replies that they liked, and what those have in common."""

    patterns: Sequence[Pattern] = ()
    style: Sequence[Taste] = ()


class ContextSources:
    """The sources of a turn's context, each with the same small time budget in seconds."""

    def __init__(
        self,
        memory: MemoryService,
        recall: Recall,
        knowledge: Knowledge,
        patterns: Patterns,
        relations: Standings,
        outages: Outages,
        clock: Clock,
        *,
        budgets: Budgets,
        source_timeout_s: float,
    ) -> None:
        self._memory = memory
        self._recall = recall
        self._knowledge = knowledge
        self._patterns = patterns
        self._relations = relations
        self._outages = outages
        self._clock = clock
        self._budgets = budgets
        self._timeout_s = source_timeout_s

    async def profile(self, author: Author) -> Profile | None:
        """Return what is known of a person, within the time budget; None when nothing is."""
        return await self._ask("profile", self._memory.profile(author), None)

    async def gather(self, turn: Turn, character: Character, profile: Profile | None) -> Gathered:
        """Return what the sources say about `turn` within the time budget; never raises for one that is down.

        Of somebody who does not want to be remembered, or of whom that is not known, only what is being said is used.
        """
        may_use = profile is not None and profile.remembers(turn.audience)
        reading = profile.reading(turn.audience) if profile else turn.audience
        async with asyncio.TaskGroup() as group:
            past = group.create_task(self._past(turn, character, reading, may_use=may_use))
            known = group.create_task(self._ask("knowledge", self._known(turn, reading), Known())) if may_use else None
            stands = group.create_task(self._stands(turn, may_use=may_use))
            quoted = group.create_task(self._ask("quoted", self._quoted(turn), None))
            liked = group.create_task(self._ask("patterns", self._liked(turn, reading, profile), Liked()))
        said = past.result()
        zone = profile.timezone if profile else turn.author.timezone
        facts = known.result() if known else Known()
        return Gathered(
            said.history, said.memories, zone, quoted.result(), facts, liked.result().patterns, stands.result(),
            liked.result().style,
        )  # fmt: skip

    async def _past(self, turn: Turn, character: Character, reading: Audience, *, may_use: bool) -> Past:
        """Return everything that was ever said when it is little; otherwise the latest and what fits the question."""
        if not may_use and reading.is_private:
            return Past(await self._ask("history", self._history(turn), ()))
        whole = await self._ask("everything", self._whole(turn, reading), None)
        if whole is not None:
            return whole
        async with asyncio.TaskGroup() as group:
            history = group.create_task(self._ask("history", self._history(turn), ()))
            memories = group.create_task(self._ask("recall", self._memories(turn, character, reading), ()))
        return Past(history.result(), memories.result())

    async def _whole(self, turn: Turn, reading: Audience) -> Past | None:
        said = await self._memory.everything(reading, HISTORY_ROWS)
        if said is None:
            return None
        here = [message for message in said if _is_here(message, turn.audience)]
        elsewhere = [message for message in said if not _is_here(message, turn.audience)]
        fits = (
            _tokens(here) <= self._budgets.history_tokens
            and _tokens(elsewhere) <= self._budgets.recall_tokens
            and len(elsewhere) <= self._budgets.recall_limit
        )
        return Past(here, [as_memory(message) for message in reversed(elsewhere)]) if fits else None

    async def _history(self, turn: Turn) -> Sequence[StoredMessage]:
        return await self._memory.conversation(turn.audience, HISTORY_ROWS)

    async def _memories(self, turn: Turn, character: Character, reading: Audience) -> Sequence[Memory]:
        if not self._budgets.recall_tokens:
            return ()
        return await self._recall.search(
            reading, turn.text, self._budgets.recall_limit * SPARE_MEMORIES,
            names=names_in(turn, character), zone=_zone(turn.author.timezone) or character.core.timezone,
        )  # fmt: skip

    async def _known(self, turn: Turn, reading: Audience) -> Known:
        return await self._knowledge.known(reading, turn.text, self._clock.now())

    async def _liked(self, turn: Turn, reading: Audience, profile: Profile | None) -> Liked:
        """Return examples of answers that this person likes, and how; who never reacted costs nothing."""
        if profile is None or not profile.reacted or not profile.remembers(turn.audience):
            return Liked()
        patterns = await self._patterns.best(reading, turn.text) if self._budgets.patterns_tokens else ()
        return Liked(patterns, await self._patterns.style(reading))  # after it: it has what was read by then

    async def _stands(self, turn: Turn, *, may_use: bool) -> Standing:
        """Return how they stand; neutral to who is not remembered, and while it is not known."""
        if not may_use:
            return Standing()
        return await self._ask("relationship", self._relations.in_turn(turn), Standing())

    async def _quoted(self, turn: Turn) -> StoredMessage | None:
        reply_to = turn.messages[-1].reply_to
        return await self._memory.quoted(turn.audience, reply_to) if reply_to else None

    async def _ask(self, source: str, answer: Coroutine[None, None, T], otherwise: T) -> T:
        try:
            async with asyncio.timeout(self._timeout_s):
                result = await answer
        except Exception as error:  # noqa: BLE001 - whatever happens to a source, the reply comes
            self._outages.failed(source, error)
            return otherwise
        self._outages.worked(source)
        return result


def names_in(turn: Turn, character: Character) -> tuple[str, ...]:
    """Return the names of those who speak in a turn and around it: they tell nothing apart there."""
    return (turn.author.name, character.display_name, *turn.messages[-1].scene.present)


def _is_here(said: StoredMessage, audience: Audience) -> bool:
    """Whether something belongs to the conversation that goes on, with this character in this channel."""
    return (said.channel_id, said.character) == (audience.channel_id, audience.character)


def _tokens(said: Sequence[StoredMessage]) -> int:
    return sum(estimate_tokens(message.text) for message in said)


def _zone(name: str) -> ZoneInfo | None:
    """Return the person's time zone when their platform tells one."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
