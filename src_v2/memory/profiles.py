"""Who a person is to the memory: their time zone, what they decided about their data, whether they know what is kept.

Asked before anything that a person says is stored. Kept in the cache, and what was known last also in this process, for
when SQL and the cache are away.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.messages import Author
from src_v2.core.switches import Switches, SwitchName
from src_v2.memory.profile_store import DEFAULTS, KnownPerson, ProfileStore
from src_v2.memory.rows import noticed_row, user_row
from src_v2.storage.cache import Cache
from src_v2.storage.rows import RowWrite

PROFILE_TTL_S = 300
KNOWN_WAIT_S = 0.5
"""How long a slow store may hold up somebody of whom something is known already."""
MOST_PEOPLE = 10_000
"""Of whom what was known last is kept in this process; the longest unasked go first."""


OnDecided = Callable[[str], Awaitable[None]]
"""Told of a person who decided something, so that what was read of them before is read anew."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a turn needs to know of a person. `timezone` is an IANA name, or empty.

    `noticed` says whether they were told what is kept, `reacted` whether they ever said what they think of a reply,
    `reasoned` whether a question of theirs was ever thought about in steps; what is new may take minutes to show here.
    """

    timezone: str = ""
    switches: Switches = DEFAULTS
    noticed: bool = False
    reacted: bool = False
    reasoned: bool = False

    def remembers(self, audience: Audience) -> bool:
        """Whether what they say in front of `audience` is kept, and what was kept may be used."""
        return self.switches.keeps(audience.guild_id)

    def reading(self, audience: Audience) -> Audience:
        """Return `audience` as this person wants it to be read."""
        if not audience.is_private:
            return audience
        return replace(audience, shared=self.switches.share, without_servers=not self.switches.servers)


class Profiles:
    """Everybody's profile."""

    def __init__(self, store: ProfileStore, cache: Cache, clock: Clock, *, on_decided: OnDecided | None = None) -> None:
        self._store = store
        self._on_decided = on_decided
        self._cache = cache
        self._clock = clock
        self._known: OrderedDict[str, KnownPerson] = OrderedDict()
        self._told: OrderedDict[str, None] = OrderedDict()
        self._asking: dict[str, asyncio.Task[KnownPerson]] = {}
        self._stale: set[str] = set()
        self._distrusted_until_s: OrderedDict[str, float] = OrderedDict()

    async def of(self, author: Author) -> Profile:
        """Return a person's profile; a warm cache costs no statement.

        Raises StoreUnavailable when SQL is away and nothing is known of them.
        """
        person = await self._person(author.user_id)
        noticed = person.noticed or author.user_id in self._told
        return Profile(author.timezone or person.timezone, person.switches, noticed, person.reacted, person.reasoned)

    def timezone_of(self, author: Author) -> str:
        """Return a person's time zone as far as it is known in this process, where `of` was asked; costs nothing."""
        person = self._known.get(author.user_id)
        return author.timezone or (person.timezone if person else "")

    async def switches(self, user_id: str) -> Switches:
        """Return what a person decided; raises as `of` does."""
        return (await self._person(user_id)).switches

    async def reacted(self, user_id: str) -> bool:
        """Whether a reaction of theirs is kept, or was lately; raises as `of` does."""
        return (await self._person(user_id)).reacted

    async def decide(self, user_id: str, name: SwitchName, on: bool) -> Switches:
        """Set a switch, from the next message on; return all. Raises StoreUnavailable while SQL is away."""
        new = await self._store.decide(user_id, name.value, on, self._clock.now())
        self._distrust_cache(user_id)
        person = self._known.get(user_id)
        if person is not None:
            await self._learn(user_id, replace(person, switches=new))
        else:
            await self._cache.delete(_key(user_id))
        if self._on_decided is not None:
            await self._on_decided(user_id)
        return new

    async def forget(self, user_id: str) -> None:
        """Know nothing of a person any more: they were erased."""
        self._distrust_cache(user_id)
        self._known.pop(user_id, None)
        self._told.pop(user_id, None)
        await self._cache.delete(_key(user_id))

    def tell(self, author: Author) -> bool:
        """Note that a person is being told what is kept; False when that has happened before."""
        person = self._known.get(author.user_id)
        if author.user_id in self._told or (person is not None and person.noticed):
            return False
        self._told[author.user_id] = None
        if len(self._told) > MOST_PEOPLE:
            self._told.popitem(last=False)
        return True

    def introduction(self, author: Author, at: datetime) -> list[RowWrite]:
        """Return what is to be written when the platform tells something new about a person who is remembered."""
        person = self._known.get(author.user_id)
        if person and person.name == author.name and author.timezone in {"", person.timezone}:
            return []
        return [user_row(author, at)]

    def confirmation(self, author: Author, at: datetime) -> list[RowWrite]:
        """Return what is to be written when a turn ends in which a person who is remembered was told what is kept."""
        person = self._known.get(author.user_id)
        if author.user_id not in self._told or (person is not None and person.noticed):
            return []
        return [noticed_row(author, at)]

    async def written(self, author: Author, *, noticed: bool = False) -> None:
        """Note that an introduction was written, or a confirmation."""
        person = self._known.get(author.user_id)
        if person is not None:
            zone = author.timezone or person.timezone
            new = replace(person, name=author.name, timezone=zone, noticed=person.noticed or noticed)
            await self._learn(author.user_id, new)

    async def has_reacted(self, user_id: str) -> None:
        """Note that a reaction of theirs was stored."""
        person = self._known.get(user_id)
        if person is not None and not person.reacted:
            await self._learn(user_id, replace(person, reacted=True))
        elif person is None:
            self._outdate(user_id)
            await self._cache.delete(_key(user_id))

    async def _person(self, user_id: str) -> KnownPerson:
        """Return what is known; who asks at the same time shares one look."""
        asking = self._asking.get(user_id)
        if asking is None:
            asking = self._asking[user_id] = asyncio.create_task(self._look_up(user_id))
            asking.add_done_callback(lambda task: self._asked(user_id, task))
        known = self._known.get(user_id)
        if known is None:
            return await asyncio.shield(asking)
        await asyncio.wait({asking}, timeout=KNOWN_WAIT_S)
        if not asking.done() or asking.cancelled() or asking.exception() is not None:
            return self._known.get(user_id, known)
        return asking.result()

    def _asked(self, user_id: str, task: "asyncio.Task[KnownPerson]") -> None:
        self._asking.pop(user_id, None)
        self._stale.discard(user_id)
        if not task.cancelled():
            task.exception()  # whoever waited has it; when nobody did, it is no news

    async def _look_up(self, user_id: str) -> KnownPerson:
        self._stale.discard(user_id)
        trusted = self._clock.monotonic() >= self._distrusted_until_s.get(user_id, 0.0)
        person = _person(await self._cache.get(_key(user_id))) if trusted else None
        if person is None or user_id in self._stale:
            person = await self._read(user_id)
        self._keep(user_id, person)
        return person

    async def _read(self, user_id: str) -> KnownPerson:
        """Read a person from SQL, again if they decided something meanwhile."""
        while True:
            self._stale.discard(user_id)
            person = await self._store.person(user_id)
            if user_id in self._stale:
                continue
            await self._cache.set(_key(user_id), asdict(person), ttl_s=PROFILE_TTL_S)
            if user_id not in self._stale:
                return person

    async def _learn(self, user_id: str, person: KnownPerson) -> None:
        self._outdate(user_id)
        self._keep(user_id, person)
        await self._cache.set(_key(user_id), asdict(person), ttl_s=PROFILE_TTL_S)

    def _outdate(self, user_id: str) -> None:
        """Have those who look somebody up just now look again."""
        if user_id in self._asking:
            self._stale.add(user_id)

    def _distrust_cache(self, user_id: str) -> None:
        """Believe SQL rather than the cache for as long as a value may live there: it may be away just now."""
        self._outdate(user_id)
        self._distrusted_until_s[user_id] = self._clock.monotonic() + PROFILE_TTL_S
        self._distrusted_until_s.move_to_end(user_id)
        if len(self._distrusted_until_s) > MOST_PEOPLE:
            self._distrusted_until_s.popitem(last=False)

    def _keep(self, user_id: str, person: KnownPerson) -> None:
        self._known[user_id] = person
        self._known.move_to_end(user_id)
        if len(self._known) > MOST_PEOPLE:
            self._known.popitem(last=False)


def _key(user_id: str) -> str:
    return f"user:{user_id}"


def _person(held: Any) -> KnownPerson | None:
    """Read what the cache holds; what another version wrote there counts as nothing."""
    if not isinstance(held, Mapping) or not isinstance(held.get("switches"), Mapping):
        return None
    try:
        return KnownPerson(**{**held, "switches": Switches(**held["switches"])})
    except TypeError:
        return None
