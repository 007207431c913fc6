"""Profiles: asked before anything is stored, cheap when warm, right when somebody has just decided otherwise."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from src_v2.core.audience import Audience, Visibility
from src_v2.core.errors import StoreUnavailable
from src_v2.core.messages import Author
from src_v2.core.switches import Switches, SwitchName
from src_v2.memory.profile_store import KnownPerson, ProfileStore
from src_v2.memory.profiles import PROFILE_TTL_S, Profile, Profiles
from src_v2.storage.cache import Cache
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWriter
from src_v2.storage.tables import switches
from tests.support.clock import VirtualClock

MIA = Author("discord:mia", "Mia")
DM = Audience("elena", MIA.user_id, "discord:dm", Visibility.PRIVATE)
OPEN = Audience("elena", MIA.user_id, "discord:open", Visibility.GUILD, "discord:harbour")


class Moody(ProfileStore):
    """A store that is away, or answers with what it read before something else happened."""

    away = False
    hold: asyncio.Event | None = None
    has_read = asyncio.Event()

    async def person(self, user_id: str) -> KnownPerson:
        if self.away:
            raise StoreUnavailable("away")
        found = await super().person(user_id)
        if self.hold is not None:
            self.has_read.set()
            await self.hold.wait()
        return found


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def store(database: Database) -> Moody:
    return Moody(database)


@pytest.fixture
def profiles(store: Moody, clock: VirtualClock) -> Profiles:
    return Profiles(store, Cache(clock=clock), clock)


async def rows(database: Database) -> list[tuple[object, ...]]:
    async with database.read() as connection:
        found = await connection.execute(select(switches.c.remember, switches.c.servers, switches.c.share))
        return [tuple(row) for row in found]


async def test_nobody_needs_a_row_to_have_the_defaults(profiles: Profiles, database: Database) -> None:
    assert await profiles.of(MIA) == Profile("", Switches(), noticed=False)
    assert await rows(database) == []


async def test_a_decision_holds_at_once_and_going_back_leaves_no_row(profiles: Profiles, database: Database) -> None:
    assert await profiles.decide(MIA.user_id, SwitchName.SHARE, True) == Switches(share=True)
    assert await profiles.decide(MIA.user_id, SwitchName.REMEMBER, False) == Switches(remember=False, share=True)
    assert (await profiles.of(MIA)).switches == Switches(remember=False, share=True)
    assert await rows(database) == [(False, True, True)]
    await profiles.decide(MIA.user_id, SwitchName.REMEMBER, True)
    assert await profiles.decide(MIA.user_id, SwitchName.SHARE, False) == Switches()
    assert await rows(database) == []


async def test_a_warm_cache_costs_no_statement(profiles: Profiles, database: Database) -> None:
    await profiles.of(MIA)
    before = database.round_trips
    for _ in range(5):
        await profiles.of(MIA)
    assert database.round_trips == before


async def test_a_cold_one_costs_one_however_many_ask(profiles: Profiles, database: Database) -> None:
    before = database.round_trips
    await asyncio.gather(*(profiles.of(MIA) for _ in range(10)))
    assert database.round_trips == before + 1


async def test_who_is_known_stays_known_while_sql_and_cache_are_away(
    profiles: Profiles, store: Moody, clock: VirtualClock
) -> None:
    await profiles.decide(MIA.user_id, SwitchName.REMEMBER, False)
    await profiles.of(MIA)
    store.away = True
    clock.advance(2 * PROFILE_TTL_S)
    assert not (await profiles.of(MIA)).switches.remember
    with pytest.raises(StoreUnavailable):
        await profiles.of(Author("discord:ben", "Ben"))


async def test_a_look_that_began_before_a_decision_does_not_undo_it(profiles: Profiles, store: Moody) -> None:
    store.hold = asyncio.Event()
    looking = asyncio.create_task(profiles.of(MIA))
    await store.has_read.wait()
    await profiles.decide(MIA.user_id, SwitchName.REMEMBER, False)
    store.hold.set()
    assert not (await looking).switches.remember
    assert not (await profiles.of(MIA)).switches.remember


async def test_a_cache_that_missed_a_decision_is_not_believed(store: Moody, clock: VirtualClock) -> None:
    cache = Cache(clock=clock)
    profiles, other_process = Profiles(store, cache, clock), Profiles(store, cache, clock)
    await profiles.of(MIA)
    old = await cache.get(f"user:{MIA.user_id}")
    await profiles.decide(MIA.user_id, SwitchName.REMEMBER, False)
    await cache.set(f"user:{MIA.user_id}", old, ttl_s=PROFILE_TTL_S)  # as Redis holds it after an outage
    assert not (await profiles.of(MIA)).switches.remember
    assert not (await other_process.of(MIA)).switches.remember


@pytest.mark.parametrize("held", [["Mia", "", ""], {"switches": 1}, {"switches": {"odd": True}}, "text"])
async def test_what_another_version_left_in_the_cache_counts_as_nothing(
    store: Moody, clock: VirtualClock, held: object
) -> None:
    cache = Cache(clock=clock)
    await cache.set(f"user:{MIA.user_id}", held, ttl_s=PROFILE_TTL_S)
    assert await Profiles(store, cache, clock).of(MIA) == Profile()


async def test_a_person_is_introduced_once_and_told_once(
    profiles: Profiles, database: Database, clock: VirtualClock, store: Moody
) -> None:
    author = Author(MIA.user_id, "Mia", "Asia/Tokyo")
    write = RowWriter(database)
    await profiles.of(author)
    await write.apply(profiles.introduction(author, clock.now()))
    await profiles.written(author)
    assert profiles.introduction(MIA, clock.now()) == []
    assert profiles.introduction(Author(MIA.user_id, "Maria"), clock.now()) != []
    assert profiles.confirmation(author, clock.now()) == []
    assert profiles.tell(author)
    assert not profiles.tell(author)
    assert not (await store.person(MIA.user_id)).noticed
    await write.apply(profiles.confirmation(author, clock.now()))
    await profiles.written(author, noticed=True)
    assert profiles.confirmation(author, clock.now()) == []
    assert await store.person(MIA.user_id) == KnownPerson("Mia", "Asia/Tokyo", Switches(), noticed=True)
    assert await profiles.of(MIA) == Profile("Asia/Tokyo", Switches(), noticed=True)
    await profiles.forget(MIA.user_id)
    assert (await profiles.of(MIA)).noticed  # as SQL still says
    assert not profiles.tell(MIA)


@pytest.mark.parametrize(
    ("decided", "in_private", "in_servers"),
    [
        (Switches(), True, True),
        (Switches(servers=False), True, False),
        (Switches(remember=False), False, False),
        (Switches(remember=False, servers=False, share=True), False, False),
    ],
)
def test_what_switches_mean_for_what_is_kept(decided: Switches, in_private: bool, in_servers: bool) -> None:
    profile = Profile(switches=decided)
    assert (profile.remembers(DM), profile.remembers(OPEN)) == (in_private, in_servers)
    assert profile.reading(OPEN) == OPEN
    reading = profile.reading(DM)
    assert (reading.shared, reading.without_servers) == (decided.share, not decided.servers)


async def test_decisions_are_of_those_who_decided(store: Moody, clock: VirtualClock, tmp_path: Path) -> None:
    await store.decide("discord:mia", "servers", False, clock.now())
    assert await store.decisions(["discord:mia", "discord:ben"]) == {"discord:mia": Switches(servers=False)}
    assert await store.decisions([]) == {}
