"""How characters stand to people: read for every prompt, changed by what happens.

Kept in the cache, so that a turn costs no statement; what happened in this process since then is laid over it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from types import MappingProxyType

import structlog

from src_v2.characters.models import Character
from src_v2.core.clock import Clock
from src_v2.core.errors import CharacterNotFound, StoreError
from src_v2.core.messages import IncomingMessage, Turn
from src_v2.evolution.models import Aside, Sentiment, Standing, TrustChange, WaitingLine
from src_v2.evolution.relationship import caching
from src_v2.evolution.relationship.models import Kept, Signal, Story, Whose
from src_v2.evolution.relationship.mood import FADES_IN, mood_of
from src_v2.evolution.relationship.rows import change_row, feeling_of, feeling_rows
from src_v2.evolution.relationship.speaking import not_said_yet, waiting_lines
from src_v2.evolution.relationship.store import RelationshipStore
from src_v2.memory.profiles import Profiles
from src_v2.storage.cache import Cache
from src_v2.storage.rows import RowWrite

log = structlog.get_logger(__name__)

STANDING_TTL_S = 300
MOST_PEOPLE = 10_000
"""Of whom it is held what happened lately; the longest unseen go first."""


@dataclass(slots=True)
class Lately:
    """What happened in this process, and may not be in what was read.

    `said` are ids of mentions, `saying` those that a turn is about to say, with its id.
    """

    talked_at: datetime | None = None
    said: set[str] = field(default_factory=set)
    saying: dict[str, str] = field(default_factory=dict)
    felt: dict[str, Signal] = field(default_factory=dict)


class Standings:
    """The `Relations` of `evolution.models`. `characters` returns one by its name, or raises CharacterNotFound."""

    def __init__(
        self,
        store: RelationshipStore,
        cache: Cache,
        profiles: Profiles,
        clock: Clock,
        *,
        characters: Callable[[str], Character],
        names: Callable[[], Sequence[str]],
        sentiment: Sentiment,
        asides: Mapping[str, Aside],
        wake_jobs: Callable[[], None],
    ) -> None:
        self._store = store
        self._cache = cache
        self._profiles = profiles
        self._clock = clock
        self._characters = characters
        self._names = names
        self._sentiment = sentiment
        self._asides = asides
        self._wake_jobs = wake_jobs
        self._lately: OrderedDict[Whose, Lately] = OrderedDict()
        self._changed: OrderedDict[Whose, int] = OrderedDict()
        self._changes = count(1)
        self._reading: dict[Whose, asyncio.Task[Kept]] = {}

    async def standing(self, character: str, user_id: str) -> Standing:
        """Return how a character stands to a person; warm it costs no statement.

        Neutral for who does not want to be remembered. Raises StoreUnavailable while SQL is away.
        """
        if not (await self._profiles.switches(user_id)).keeps(None):
            return Standing(trust=self._trust(Whose(character, user_id), 0))
        return await self._standing(Whose(character, user_id))

    async def in_turn(self, turn: Turn) -> Standing:
        """Return how the character of a turn stands to the person, after what they just said.

        Of somebody who is remembered here. Raises StoreUnavailable while SQL is away.
        """
        whose = Whose(turn.audience.character, turn.audience.user_id)
        felt = {one.id: Signal(one.id, feeling_of(one, self._sentiment), one.sent_at) for one in turn.messages}
        self._of(whose).felt.update(felt)
        return await self._standing(whose)

    async def told(self, whose: Whose) -> tuple[Kept, Standing, Story]:
        """Return all that there is to tell of a relationship; raises StoreUnavailable while SQL is away."""
        return await self._kept(whose), await self._standing(whose), await self._store.story(whose)

    async def change(self, changes: Sequence[TrustChange]) -> None:
        """Let trust change, each occasion once; raises StoreUnavailable while SQL is away.

        Nothing of who does not want to be remembered there, and of what is gone by now, is noted.
        """
        decided = {one: await self._profiles.switches(one) for one in {change.user_id for change in changes}}
        rows = [change_row(one) for one in changes if decided[one.user_id].keeps(one.guild_id)]
        if rows:
            await self._store.ask(rows, self._clock.now())
            self._wake_jobs()

    async def reacted(self, character: str, user_id: str) -> None:
        """Note that what a person thinks of replies changed. What cannot be noted now is found by the sweep."""
        whose = Whose(character, user_id)
        try:
            if await self._store.reconcile(whose, self._clock.now()):
                self._wake_jobs()
        except StoreError as error:
            log.warning("reaction_not_settled", error=type(error).__name__)
        await self.outdate(*whose)

    async def outdate(self, character: str, user_id: str) -> None:
        """Have the standing read anew."""
        whose = Whose(character, user_id)
        self._changed[whose] = next(self._changes)
        self._changed.move_to_end(whose)
        if len(self._changed) > MOST_PEOPLE:
            self._changed.popitem(last=False)
        await self._cache.delete(caching.key(whose))

    async def renew(self, whose: Whose) -> None:
        """Have the standing read anew, at once when the person is talking: their next turn need not wait for it."""
        await self.outdate(*whose)
        if whose in self._lately:
            await self._kept(whose)

    async def unfeel(self, whose: Whose, message_ids: Sequence[str]) -> None:
        """Let go of what was felt in messages that changed or are gone."""
        if whose in self._lately:
            for message_id in message_ids:
                self._lately[whose].felt.pop(message_id, None)
        await self.outdate(*whose)

    async def outdate_in(self, character: str | None, user_id: str | None) -> None:
        """Have every standing read anew, or those of one character, of one person: a part of what was said is gone."""
        talking = {one for one in self._lately if character in {None, one.character} and user_id in {None, one.user_id}}
        for whose in talking:
            self._lately[whose].felt.clear()  # what was felt in what is left is read with the rest
        for whose in talking.union(await self._store.people(character, user_id)):
            await self.outdate(*whose)

    async def forget(self, user_id: str) -> None:
        """Know nothing of a person any more."""
        for whose in [one for one in self._lately if one.user_id == user_id]:
            del self._lately[whose]
        for name in self._names():
            await self.outdate(name, user_id)

    def talked(self, turn: Turn, mentioned: str) -> None:
        """Note that a turn was answered, and what was said in it that is said once."""
        lately = self._lately.get(Whose(turn.audience.character, turn.audience.user_id))
        if lately is not None:
            lately.talked_at = self._clock.now()
            if mentioned:
                lately.said.add(mentioned)

    def reserve(self, turn: Turn, mentioned: str) -> bool:
        """Let a turn say what is said once, until `release`; False when another one has it or said it."""
        lately = self._of(Whose(turn.audience.character, turn.audience.user_id))
        return mentioned not in lately.said and lately.saying.setdefault(mentioned, turn.id) == turn.id

    def release(self, turn: Turn) -> None:
        """Note that a turn is over: what it did not say may be said by another."""
        lately = self._lately.get(Whose(turn.audience.character, turn.audience.user_id))
        if lately is not None:
            lately.saying = {one: by for one, by in lately.saying.items() if by != turn.id}

    def notes(self, message: IncomingMessage, _previous: str) -> list[RowWrite]:
        """Return what is written with a message: how its author seems to feel."""
        return feeling_rows(message, self._sentiment)

    async def _standing(self, whose: Whose) -> Standing:
        kept = await self._kept(whose)
        lately = self._lately.get(whose, Lately())
        trust = self._trust(whose, kept.trust)
        signals = {(one.id, one.is_reaction): one for one in (*kept.signals, *lately.felt.values())}
        return Standing(
            trust,
            mood_of((one for one in signals.values() if one.value), self._clock.now()),
            self._lines(whose, [one for one in kept.waiting if one not in lately.said], trust),
            max(filter(None, (kept.talked_at, lately.talked_at)), default=None),
            kept.turns,
            MappingProxyType(not_said_yet(kept.asides, lately.said)),
        )

    async def _kept(self, whose: Whose) -> Kept:
        """Return what is kept, again if it changed while it was read."""
        held = caching.unpacked(await self._cache.get(caching.key(whose)))
        if held is not None:
            return held
        reading = self._reading.get(whose)
        if reading is None:
            reading = self._reading[whose] = asyncio.create_task(self._read(whose))
            reading.add_done_callback(partial(self._was_read, whose))
        return await asyncio.shield(reading)

    def _was_read(self, whose: Whose, task: "asyncio.Task[Kept]") -> None:
        self._reading.pop(whose, None)
        if not task.cancelled():
            task.exception()  # whoever waited has it; when nobody did, it is no news

    async def _read(self, whose: Whose) -> Kept:
        """Read what is kept, for everybody who asks meanwhile: also when they wait no longer, the next one has it."""
        while True:
            version = self._changed.get(whose)
            kept = await self._store.read(whose, self._clock.now() - FADES_IN, self._asides)
            await self._cache.set(caching.key(whose), caching.packed(kept), ttl_s=STANDING_TTL_S)
            if self._changed.get(whose) == version:
                return kept
            await self._cache.delete(caching.key(whose))

    def _trust(self, whose: Whose, trust: int) -> int:
        character = self._character(whose.character)
        return trust if character is None else character.evolution.trust_in(whose.user_id, trust)

    def _lines(self, whose: Whose, waiting: Sequence[str], trust: int) -> tuple[WaitingLine, ...]:
        character = self._character(whose.character)
        if character is None or character.evolution.overrides(whose.user_id):
            return ()
        return waiting_lines(character.evolution, waiting, trust)

    def _character(self, name: str) -> Character | None:
        try:
            return self._characters(name)
        except CharacterNotFound:
            return None

    def _of(self, whose: Whose) -> Lately:
        """Return what happened lately, without what has faded."""
        lately = self._lately.setdefault(whose, Lately())
        self._lately.move_to_end(whose)
        if len(self._lately) > MOST_PEOPLE:
            self._lately.popitem(last=False)
        faded = self._clock.now() - FADES_IN
        lately.felt = {name: one for name, one in lately.felt.items() if one.at > faded}
        return lately
