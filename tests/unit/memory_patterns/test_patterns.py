"""Examples of what a person likes, as a turn asks for them: whose, where, how fresh, and at what cost."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest

from src_v2.core.audience import Audience
from src_v2.core.clock import SystemClock
from src_v2.core.errors import StoreUnavailable
from src_v2.core.messages import Author
from src_v2.memory.embeddings.base import TextKind, Vectors, normalised
from src_v2.memory.embeddings.hashing import HashingEmbedder
from src_v2.memory.patterns.emojis import OwnEmojis
from src_v2.memory.patterns.feedback import Feedback
from src_v2.memory.patterns.models import Mark
from src_v2.memory.patterns.service import ENCODED_AT_ONCE, MOST_SHELVES, SHELF_TTL_S, Patterns
from src_v2.memory.patterns.store import ReactionStore
from src_v2.memory.patterns.yardstick import UNRELATED, Yardstick
from src_v2.memory.profile_store import ProfileStore
from src_v2.memory.profiles import Profiles
from src_v2.memory.store import MemoryStore
from src_v2.storage.cache import Cache
from src_v2.storage.database import Database
from tests.support.clock import VirtualClock
from tests.support.exchanges import KIM, NOON, OPEN, SAM, exchange

QUESTION = "Please tell me about dolphins in the sea."


class Counting(HashingEmbedder):
    """Counts the texts that it encodes; while `gate` is closed it stops once there were `stops_at`."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = self.stops_at = 0
        self.stopped, self.gate = asyncio.Event(), asyncio.Event()
        self.gate.set()

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        if self.texts >= self.stops_at and not self.gate.is_set():
            self.stopped.set()
            await self.gate.wait()
        self.texts += len(texts)
        return await super().encode(texts, kind=kind)


class Desk:
    """Feedback and patterns on one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = VirtualClock(NOON + timedelta(hours=1))
        self.embedder = Counting()
        self.store = ReactionStore(database)
        self.profiles = Profiles(ProfileStore(database), Cache(clock=self.clock), self.clock)
        self.patterns = Patterns(self.store, self.embedder, self.clock)
        self.feedback = Feedback(
            self.store, self.patterns, self.profiles, self.clock, emojis=lambda _name: OwnEmojis(glad=["🐚"])
        )

    async def likes(self, key: str, animal: str, who: Audience = SAM, emoji: str = "👍") -> None:
        await exchange(
            self.database, key, f"Please tell me about {animal} in the sea.", reply=f"{animal}!", who=who, at=NOON
        )
        assert await self.feedback.reacted("elena", f"ref-{key}", who.user_id, emoji)

    async def best(self, who: Audience = SAM, question: str = QUESTION) -> list[str]:
        return [one.reply for one in await self.patterns.best(who, question)]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_what_was_liked_twice_is_an_example_and_one_reaction_is_not(desk: Desk) -> None:
    await desk.likes("a", "whales")
    assert await desk.best() == []
    await desk.feedback.reacted("elena", "ref-a", SAM.user_id, "🎉")
    assert await desk.best() == []
    await desk.likes("b", "sharks", emoji="🐚")
    found = await desk.patterns.best(SAM, QUESTION)
    assert [one.reply for one in found] == ["whales!", "sharks!"]
    assert found[0].question == "Please tell me about whales in the sea."
    assert found[0].score > found[1].score


async def test_two_at_most_and_only_for_questions_of_the_kind(desk: Desk) -> None:
    for key in "abc":
        await desk.likes(key, f"whales{key}")
    assert len(await desk.best()) == 2
    assert await desk.best(question="My day was awful, nobody listened.") == []
    assert await desk.best(question="  ") == []


async def test_a_reaction_that_is_taken_back_counts_no_more(desk: Desk) -> None:
    await desk.likes("a", "whales")
    await desk.likes("b", "sharks")
    assert len(await desk.best()) == 2
    assert await desk.feedback.unreacted("elena", "ref-b", SAM.user_id, "👍🏽")
    assert await desk.best() == []


async def test_disliked_answers_of_the_kind_end_the_example(desk: Desk) -> None:
    await desk.likes("a", "whales")
    await desk.likes("b", "sharks")
    await desk.likes("c", "crabs", emoji="👎")
    assert sorted(await desk.best()) == ["sharks!", "whales!"]
    await desk.likes("d", "squids", emoji="🙄")
    assert await desk.best() == []


async def test_what_was_said_in_private_is_no_example_in_a_server(desk: Desk) -> None:
    await desk.likes("a", "whales")
    await desk.likes("b", "sharks")
    await desk.likes("c", "crabs", OPEN)
    assert await desk.best(OPEN) == ["crabs!"]
    assert len(await desk.best(SAM)) == 2
    assert await desk.best(KIM) == []
    elsewhere = Audience("elena", SAM.user_id, "discord:lobby", OPEN.visibility, "discord:mountain")
    assert await desk.best(elsewhere) == []
    assert await desk.best(Audience("marcus", SAM.user_id, SAM.channel_id, SAM.visibility)) == []


async def test_what_was_deleted_or_edited_a_moment_ago_is_not_shown(desk: Desk) -> None:
    memory = MemoryStore(desk.database, SystemClock())
    for key, animal in (("a", "whales"), ("b", "sharks"), ("c", "crabs")):
        await desk.likes(key, animal)
    shown = await desk.best()
    keys = {"whales!": "a", "sharks!": "b", "crabs!": "c"}
    await memory.delete_by_ref("elena", f"ref-{keys[shown[0]]}")
    await memory.edit_by_id(f"{keys[shown[1]]}-0", "My sister was ill.", desk.clock.now() + timedelta(seconds=1))
    assert not set(shown) & set(await desk.best())


async def test_who_never_reacted_costs_one_look_and_no_embedding(desk: Desk) -> None:
    await exchange(desk.database, "a", "Please tell me about whales in the sea.")
    before = desk.database.round_trips
    for _ in range(5):
        assert await desk.best() == []
        assert await desk.feedback.marks(SAM, []) == {}
    assert desk.database.round_trips == before + 1
    assert desk.embedder.texts == 0
    assert not (await desk.profiles.of(Author(SAM.user_id, "Sam"))).reacted


async def test_one_read_when_cold_or_when_something_fits_and_none_otherwise(desk: Desk) -> None:
    await desk.likes("a", "whales")
    await desk.likes("b", "sharks")

    async def reads(question: str) -> int:
        before = desk.database.round_trips
        await desk.best(question=question)
        reading = desk.database.round_trips - before
        await desk.patterns.drain()
        return reading

    assert await reads(QUESTION) == 1
    assert desk.embedder.texts == 3 + len(UNRELATED)
    assert await reads(QUESTION) == 1
    assert await reads("hi") == 0
    desk.clock.advance(SHELF_TTL_S)
    assert await reads("hi") == 1
    assert desk.embedder.texts == 6 + len(UNRELATED)  # the questions of the examples were known


async def test_use_is_noted_on_the_side_and_keeps_an_example_alive(desk: Desk) -> None:
    await desk.likes("a", "whales")
    await desk.likes("b", "sharks")
    for _ in range(4):
        desk.clock.advance(timedelta(days=60).total_seconds())
        assert len(await desk.best()) == 2
        await desk.patterns.drain()
    used = [one.alive_at for one in await desk.store.exchanges(SAM)]
    assert used == [desk.clock.now()] * 2
    desk.clock.advance(timedelta(days=110).total_seconds())
    assert await desk.best() == []


async def test_use_within_the_hour_is_one_write(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Sequence[str]] = []

    async def note(_store: ReactionStore, _user: str, ids: Sequence[str], _at: object) -> None:
        written.append(ids)
        raise StoreUnavailable("away")  # which nobody sees

    monkeypatch.setattr(ReactionStore, "note_used", note)
    await desk.likes("a", "whales")
    await desk.likes("b", "sharks")
    desk.clock.advance(7200)
    for _ in range(3):
        assert len(await desk.best()) == 2
        await desk.patterns.drain()
    assert len(written) == 1


async def test_a_model_that_still_loads_holds_nobody_up(desk: Desk) -> None:
    await desk.likes("a", "whales")
    await desk.likes("b", "sharks")
    desk.embedder.ready.reset()
    async with asyncio.timeout(5):
        assert await desk.best() == []


async def test_somebody_who_is_erased_while_they_are_looked_up_is_not_held(desk: Desk) -> None:
    await desk.likes("a", "whales")
    await desk.likes("b", "sharks")
    desk.embedder.gate.clear()
    looking = asyncio.create_task(desk.best())
    async with asyncio.timeout(5):
        await desk.embedder.stopped.wait()
    desk.patterns.forget(SAM.user_id)
    desk.embedder.gate.set()
    await looking
    assert not desk.patterns._shelves


async def test_what_was_learned_when_time_ran_out_is_not_learned_again(desk: Desk) -> None:
    for number in range(ENCODED_AT_ONCE + 2):
        await desk.likes(f"{number}", f"whales{number}")
    desk.embedder.stops_at = 1
    desk.embedder.gate.clear()
    looking = asyncio.create_task(desk.best())
    async with asyncio.timeout(5):
        await desk.embedder.stopped.wait()
    looking.cancel()
    await asyncio.wait([looking])
    desk.embedder.gate.set()
    assert len(await desk.best()) == 2
    assert desk.embedder.texts == ENCODED_AT_ONCE + 2 + len(UNRELATED) + 1


async def test_only_so_many_people_are_held(desk: Desk) -> None:
    for number in range(MOST_SHELVES + 5):
        await desk.best(Audience("elena", f"discord:{number}", SAM.channel_id, SAM.visibility))
    assert len(desk.patterns._shelves) == MOST_SHELVES


async def test_emojis_that_say_nothing_and_reactions_of_others_are_not_kept(desk: Desk) -> None:
    await exchange(desk.database, "a", "Please tell me about whales in the sea.")
    assert not await desk.feedback.reacted("elena", "ref-a", SAM.user_id, "🦔")
    assert not await desk.feedback.reacted("elena", "ref-a", KIM.user_id, "👍")
    assert not await desk.feedback.reacted("elena", "ref-z", SAM.user_id, "👍")
    assert not await desk.feedback.unreacted("elena", "ref-a", SAM.user_id, "👍")
    assert not await desk.profiles.reacted(SAM.user_id)


async def test_a_mark_is_set_changed_and_taken_back(desk: Desk) -> None:
    reply = await exchange(desk.database, "a", "Please tell me about whales in the sea.")
    assert await desk.feedback.marks(SAM, [reply]) == {}
    assert await desk.feedback.mark(SAM, reply, Mark.UP)
    assert await desk.feedback.marks(SAM, [reply, "other"]) == {reply: Mark.UP}
    assert await desk.feedback.mark(SAM, reply, Mark.DOWN)
    assert await desk.feedback.marks(SAM, [reply]) == {reply: Mark.DOWN}
    assert await desk.feedback.mark(SAM, reply, Mark.NONE)
    assert await desk.feedback.marks(SAM, [reply]) == {}
    assert not await desk.feedback.mark(KIM, reply, Mark.UP)
    assert not await desk.feedback.mark(SAM, "nobody's", Mark.UP)


async def test_a_moderator_who_clears_reactions_takes_them_back(desk: Desk) -> None:
    await desk.likes("a", "whales")
    await desk.likes("b", "sharks")
    assert len(await desk.best()) == 2
    await desk.feedback.cleared("elena", "ref-a", "👎")
    assert len(await desk.best()) == 2
    await desk.feedback.cleared("elena", "ref-a")
    assert await desk.best() == []


async def test_the_yardstick_is_laid_once_and_tells_how_near_unrelated_texts_are() -> None:
    embedder = Slanted()
    yardstick = Yardstick(embedder)
    assert await yardstick.base() == await yardstick.base() > 0.5
    assert embedder.texts == len(UNRELATED)
    assert 0 <= await Yardstick(HashingEmbedder()).base() < 0.2


class Slanted(Counting):
    """A model to which all texts are rather alike."""

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        vectors = await super().encode(texts, kind=kind)
        slant = np.zeros_like(vectors)
        slant[:, 0] = 1.5
        return normalised(vectors + slant)


async def test_with_such_a_model_questions_of_another_kind_still_are_of_another_kind(desk: Desk) -> None:
    desk.embedder = Slanted()
    desk.patterns = Patterns(desk.store, desk.embedder, desk.clock)
    await desk.likes("a", "whales")
    await desk.likes("b", "sharks")
    assert len(await desk.best()) == 2
    assert await desk.best(question="My day was awful, nobody listened.") == []
