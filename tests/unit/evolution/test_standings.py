"""What is held of a relationship in the cache and in this process, over a store in memory."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from src_v2.characters.evolution import Evolution, Milestone
from src_v2.characters.models import Character
from src_v2.core.errors import CharacterNotFound
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage, Turn
from src_v2.core.switches import Switches
from src_v2.evolution.models import Aside, Standing
from src_v2.evolution.relationship import caching
from src_v2.evolution.relationship.models import Kept, Signal, Whose
from src_v2.evolution.relationship.service import Standings
from src_v2.storage.cache import Cache
from tests.support.clock import VirtualClock
from tests.support.exchanges import SAM
from tests.support.relationship import WITH_SAM, felt

ELENA = Character("elena", "Elena", "", evolution=Evolution(milestones=(Milestone(21, "One of us."),)))


class StoreInMemory:
    """Holds one relationship; `meanwhile` happens while it is read."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.reads = 0
        self.meanwhile: Standings | None = None
        self.slow: asyncio.Event | None = None
        self.begun = asyncio.Event()

    async def read(self, whose: Whose, since: datetime, asides: Mapping[str, Aside]) -> Kept:
        self.reads += 1
        self.begun.set()
        if self.slow is not None:
            await self.slow.wait()
        found = self.kept
        if self.meanwhile is not None:
            standings, self.meanwhile = self.meanwhile, None
            self.kept = replace(self.kept, trust=self.kept.trust + 1)
            await standings.outdate(*whose)
        return found


class Decided:
    """The profiles of people who all decided the same."""

    def __init__(self) -> None:
        self.remember = True

    async def switches(self, user_id: str) -> Switches:
        return Switches(remember=self.remember)


def only_elena(name: str) -> Character:
    if name != "elena":
        raise CharacterNotFound("no such character")
    return ELENA


class Stage:
    """Standings over a store in memory."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.store = StoreInMemory()
        self.profiles = Decided()
        self.standings = Standings(
            self.store, Cache(), self.profiles, self.clock,  # type: ignore[arg-type]
            characters=only_elena, names=lambda: ("elena",), sentiment=felt, asides={}, wake_jobs=lambda: None,
        )  # fmt: skip

    def turn(self, text: str, message_id: str = "") -> Turn:
        author = Author(SAM.user_id, "Sam")
        message = IncomingMessage(message_id or new_id(), author, SAM, text, self.clock.now(), "discord")
        return Turn(new_id(), (message,))

    async def now(self) -> Standing:
        return await self.standings.standing(*WITH_SAM)


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_it_is_read_once_until_it_changes(stage: Stage) -> None:
    stage.store.kept = Kept(trust=7)
    assert [(await stage.now()).trust for _ in range(3)] == [7, 7, 7]
    stage.store.kept = Kept(trust=8)
    assert (await stage.now()).trust == 7
    await stage.standings.outdate(*WITH_SAM)
    assert ((await stage.now()).trust, stage.store.reads) == (8, 2)


async def test_what_changes_while_it_is_read_is_read_again(stage: Stage) -> None:
    stage.store.meanwhile = stage.standings
    assert (await stage.now()).trust == 1
    assert (await stage.now()).trust == 1
    assert stage.store.reads == 2


async def test_who_waits_no_longer_leaves_it_to_the_next_one(stage: Stage) -> None:
    stage.store.kept, stage.store.slow = Kept(trust=50), asyncio.Event()
    asking = asyncio.create_task(stage.now())
    await stage.store.begun.wait()
    asking.cancel()
    await asyncio.wait({asking})
    stage.store.slow.set()
    assert ((await stage.now()).trust, (await stage.now()).trust, stage.store.reads) == (50, 50, 1)


async def test_what_is_said_once_is_for_one_turn_at_a_time(stage: Stage) -> None:
    one, other = stage.turn("Hello"), stage.turn("Hello there")
    await stage.standings.in_turn(one)
    assert [stage.standings.reserve(turn, "milestone:21") for turn in (one, other, one)] == [True, False, True]
    stage.standings.release(one)
    assert stage.standings.reserve(other, "milestone:21")
    stage.standings.talked(other, "milestone:21")
    stage.standings.release(other)
    assert not stage.standings.reserve(one, "milestone:21")


async def test_what_was_said_in_this_process_is_not_said_again_whatever_was_read(stage: Stage) -> None:
    waits = Kept(trust=30, waiting=("milestone:21",), asides={"epiphany": '{"id": "e1", "text": "Space."}'})
    stage.store.kept = waits
    turn = stage.turn("Hello")
    assert [line.id for line in (await stage.standings.in_turn(turn)).lines] == ["milestone:21"]
    stage.standings.talked(turn, "milestone:21")
    assert (await stage.now()).lines == ()
    assert "epiphany" in (await stage.now()).asides
    stage.standings.talked(turn, "epiphany:e1")
    assert "epiphany" not in (await stage.now()).asides


async def test_when_they_talked_is_known_before_it_is_settled(stage: Stage) -> None:
    stage.store.kept = Kept(talked_at=stage.clock.now() - timedelta(days=20))
    turn = stage.turn("Hello")
    assert (await stage.standings.in_turn(turn)).talked_at == stage.clock.now() - timedelta(days=20)
    stage.standings.talked(turn, "")
    assert (await stage.now()).talked_at == stage.clock.now()


async def test_a_message_that_was_read_and_felt_counts_once_as_it_is_now(stage: Stage) -> None:
    signal = Signal("m1", 2.0, stage.clock.now())
    stage.store.kept = Kept(signals=(signal,))
    assert (await stage.standings.in_turn(stage.turn("I love it", "m1"))).mood == "excited"
    assert (await stage.standings.in_turn(stage.turn("I see", "m1"))).mood == "neutral"
    await stage.standings.unfeel(WITH_SAM, ["m1"])
    stage.store.kept = Kept()
    await stage.standings.outdate(*WITH_SAM)
    assert (await stage.now()).mood == "neutral"


async def test_who_is_not_remembered_and_who_is_forgotten_is_met_anew(stage: Stage) -> None:
    stage.store.kept = Kept(trust=30)
    await stage.standings.in_turn(stage.turn("I love it"))
    stage.profiles.remember = False
    assert await stage.now() == Standing()
    stage.profiles.remember = True
    stage.store.kept = Kept()
    await stage.standings.forget(SAM.user_id)
    assert await stage.now() == Standing()


async def test_a_character_that_is_gone_has_a_score_and_nothing_to_say(stage: Stage) -> None:
    stage.store.kept = Kept(trust=30, waiting=("milestone:21",))
    standing = await stage.standings.standing("nobody", SAM.user_id)
    assert (standing.trust, standing.lines) == (30, ())


def test_the_cache_gives_back_what_it_was_given_and_nothing_else() -> None:
    moment = VirtualClock().now()
    kept = Kept(5, 2, moment, None, ("milestone:21",), (Signal("m", -1.5, moment, True),), {"wish": "Finish."})
    assert caching.unpacked(caching.packed(kept)) == kept
    others: tuple[object, ...] = (None, [], {}, {"trust": "x"}, "text", 3)
    for other in others:
        assert caching.unpacked(other) is None
