"""What every vector store promises, asked of each one that can be had."""

import asyncio
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from src_v2.core.errors import StoreError, StoreUnavailable
from src_v2.core.filters import EVERYTHING, And, Eq, Filter, Not, Range
from src_v2.storage.vectors.base import DENSE, PARTS, SPARSE, CollectionSpec, Leg, Point, SparseVector, VectorStore
from src_v2.storage.vectors.edge import EdgeVectorStore
from src_v2.storage.vectors.server import ServerVectorStore
from tests.support.traces import files_with

IDS = [str(uuid.UUID(int=n + 1)) for n in range(6)]
EAST, NORTH, WEST = [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0]


@pytest.fixture(params=["edge", "client in memory", "server"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[VectorStore]:
    made: VectorStore
    if request.param == "edge":
        made = EdgeVectorStore(tmp_path / "vectors")
    elif request.param == "client in memory":
        made = ServerVectorStore(":memory:")
    elif url := os.environ.get("QDRANT_URL"):
        made = ServerVectorStore(url, os.environ.get("QDRANT_API_KEY"))
    else:
        pytest.skip("QDRANT_URL is not set")
    yield made
    await made.close()


@pytest.fixture
async def memories(store: VectorStore) -> AsyncIterator[str]:
    name = f"test-{uuid.uuid4()}"
    await store.ensure(CollectionSpec(name, 4))
    yield name
    await store.drop(name)


def point(n: int, dense: list[float], words: list[int] | None = None, **payload: str | int | bool | None) -> Point:
    sparse = SparseVector(words, [1.0] * len(words)) if words else SparseVector()
    return Point(IDS[n], dense, sparse, {"character": "elena", "user_id": f"discord:{n}", "created_at": n, **payload})


def words(*terms: int) -> Leg:
    return Leg(SPARSE, SparseVector(terms, [1.0] * len(terms)))


async def nearest(store: VectorStore, name: str, legs: list[Leg], condition: Filter, limit: int) -> list[list[str]]:
    return [[hit.id for hit in hits] for hits in await store.search(name, legs, condition, limit)]


async def test_what_is_stored_is_found_by_meaning_best_first(store: VectorStore, memories: str) -> None:
    await store.upsert(memories, [point(0, NORTH), point(1, EAST), point(2, [1.0, 0.5, 0.0, 0.0])])

    (hits,) = await store.search(memories, [Leg(DENSE, EAST)], EVERYTHING, 2)

    assert [hit.id for hit in hits] == [IDS[1], IDS[2]]
    assert hits[0].score == pytest.approx(1.0, abs=0.05)
    assert hits[0].payload == {"character": "elena", "user_id": "discord:1", "created_at": 1}


async def test_each_leg_gives_its_own_results_in_one_round_trip(store: VectorStore, memories: str) -> None:
    await store.upsert(
        memories, [point(0, EAST), point(1, [1.0, 0.2, 0.0, 0.0], [7, 9]), point(2, NORTH, [7]), point(3, NORTH)]
    )
    before = store.round_trips

    by_meaning, by_words, nothing = await nearest(
        store, memories, [Leg(DENSE, EAST), words(7, 9), words()], EVERYTHING, 2
    )

    assert by_meaning == [IDS[0], IDS[1]]
    assert by_words == [IDS[1], IDS[2]]
    assert nothing == []
    assert store.round_trips == before + 1


async def test_a_leg_can_score_what_the_others_found_by_the_best_of_several_parts(
    store: VectorStore, memories: str
) -> None:
    def whole(n: int, words: list[int], *parts: list[float]) -> Point:
        return Point(IDS[n], WEST, SparseVector(words, [1.0] * len(words)), {"created_at": n}, parts)

    await store.upsert(memories, [whole(0, [7], NORTH, EAST), whole(1, [7], NORTH), whole(2, [8], EAST), whole(3, [7])])

    by_words, by_parts = await store.search(memories, [words(7), Leg(PARTS, EAST, rescores=True)], EVERYTHING, 5)

    assert {hit.id for hit in by_words} == {IDS[0], IDS[1], IDS[3]}
    assert [hit.id for hit in by_parts] == [IDS[0], IDS[1]]
    assert [hit.score for hit in by_parts] == pytest.approx([1.0, 0.0], abs=0.1)
    assert await store.search(memories, [Leg(PARTS, EAST, rescores=True)], EVERYTHING, 5) == [[]]


async def test_what_has_no_vector_of_its_own_is_found_by_its_parts_only(store: VectorStore, memories: str) -> None:
    apart = Point(IDS[0], (), SparseVector(), {"kind": "apart"}, [EAST])
    await store.upsert(memories, [apart, point(1, WEST, kind="apart"), point(2, NORTH, [7])])

    by_meaning, by_words, rescored = await nearest(
        store, memories, [Leg(DENSE, EAST), words(7), Leg(PARTS, EAST, rescores=True)], EVERYTHING, 5
    )
    (by_parts,) = await store.search(memories, [Leg(PARTS, EAST)], Eq("kind", "apart"), 5)

    assert (by_meaning, by_words, rescored) == ([IDS[2], IDS[1]], [IDS[2]], [])
    assert [hit.id for hit in by_parts] == [IDS[0]]
    assert by_parts[0].score == pytest.approx(1.0, abs=0.05)
    assert await store.count(memories, Eq("kind", "apart")) == 2


async def test_a_leg_can_be_narrower_than_the_others(store: VectorStore, memories: str) -> None:
    await store.upsert(memories, [point(n, EAST, [7]) for n in range(4)])
    late = Leg(DENSE, EAST, condition=Range("created_at", gte=2))

    everything, later = await nearest(store, memories, [words(7), late], Range("created_at", lt=3), 9)

    assert sorted(everything) == IDS[:3]
    assert later == [IDS[2]]


async def test_whose_with_whom_is_matched_as_a_pair(store: VectorStore, memories: str) -> None:
    await store.upsert(
        memories, [point(0, EAST), point(1, EAST), point(2, EAST, character="marcus", user_id="discord:0")]
    )
    wanted = And((Eq("character", "elena"), And((Eq("user_id", "discord:0"),))))

    assert await nearest(store, memories, [Leg(DENSE, EAST)], wanted, 9) == [[IDS[0]]]
    assert await store.count(memories, Not(wanted)) == 2
    assert (await store.payloads(memories, [IDS[0], IDS[5]])).keys() == {IDS[0]}
    assert (await store.payloads(memories, IDS))[IDS[2]]["character"] == "marcus"


async def test_a_rare_word_weighs_more_than_a_common_one(store: VectorStore, memories: str) -> None:
    common, rare = 1, 2
    await store.upsert(memories, [point(n, NORTH, [common]) for n in range(4)] + [point(4, NORTH, [rare])])

    ((best, *_),) = await nearest(store, memories, [words(common, rare)], Range("created_at", gte=3), 2)

    assert best == IDS[4]


async def test_the_filter_holds_for_every_leg(store: VectorStore, memories: str) -> None:
    await store.upsert(memories, [point(0, EAST, [7], visibility="private"), point(1, NORTH, [8], visibility="guild")])

    found = await nearest(store, memories, [Leg(DENSE, EAST), words(7, 8)], Eq("visibility", "guild"), 5)

    assert found == [[IDS[1]], [IDS[1]]]


async def test_an_upsert_replaces_and_a_bool_comes_back_as_a_number(store: VectorStore, memories: str) -> None:
    await store.upsert(memories, [point(0, EAST, pinned=True, guild_id="a")])
    await store.upsert(memories, [point(0, NORTH, pinned=False, guild_id=None)])

    ((hit,),) = await store.search(memories, [Leg(DENSE, np.array(NORTH, dtype=np.float32))], Eq("pinned", False), 5)

    assert hit.score == pytest.approx(1.0, abs=0.05)
    assert (hit.payload["pinned"], hit.payload["guild_id"]) == (0, None)


async def test_deleting_by_id_and_by_filter(store: VectorStore, memories: str) -> None:
    await store.upsert(memories, [point(n, EAST) for n in range(6)])

    await store.delete(memories, [IDS[0], str(uuid.uuid4())])
    await store.delete(memories, [])
    await store.delete_where(memories, And((Range("created_at", lt=4), Not(Eq("user_id", "discord:2")))))

    assert await store.count(memories, EVERYTHING) == 3
    assert await store.missing(memories, IDS) == [IDS[0], IDS[1], IDS[3]]


async def test_all_ids_can_be_walked_page_by_page(store: VectorStore, memories: str) -> None:
    await store.upsert(memories, [point(n, EAST) for n in range(6)])

    first, after = await store.ids(memories, limit=4)
    second, end = await store.ids(memories, start=after, limit=4)

    assert sorted(first + second) == IDS
    assert end is None


async def test_ensuring_twice_is_harmless_and_another_size_is_refused(store: VectorStore, memories: str) -> None:
    await store.ensure(CollectionSpec(memories, 4))
    with pytest.raises(StoreError, match="size 4, not 8"):
        await store.ensure(CollectionSpec(memories, 8))


async def test_collections_come_and_go(store: VectorStore, memories: str) -> None:
    assert memories in await store.collections()
    await store.drop(memories)
    await store.drop(memories)

    assert memories not in await store.collections()
    with pytest.raises(StoreError):
        await store.count(memories, EVERYTHING)
    await store.ensure(CollectionSpec(memories, 8))
    assert await store.count(memories, EVERYTHING) == 0


async def test_a_vector_of_the_wrong_size_is_refused(store: VectorStore, memories: str) -> None:
    with pytest.raises(StoreError):
        await store.upsert(memories, [Point(IDS[0], [1.0, 2.0])])


async def test_writers_and_readers_at_once(store: VectorStore, memories: str) -> None:
    await asyncio.gather(
        *(store.upsert(memories, [point(n, EAST)]) for n in range(6)),
        *(store.search(memories, [Leg(DENSE, EAST), words(1)], EVERYTHING, 3) for _ in range(6)),
    )
    assert await store.count(memories, EVERYTHING) == 6
    await store.check()


def test_a_collection_name_cannot_leave_its_folder() -> None:
    with pytest.raises(ValueError, match="not a collection name"):
        CollectionSpec("../elsewhere", 4)


async def test_the_embedded_store_keeps_everything_over_a_restart(tmp_path: Path) -> None:
    store = EdgeVectorStore(tmp_path)
    await store.ensure(CollectionSpec("m", 4))
    await store.upsert("m", [point(0, EAST, [7])])
    await store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.upsert("m", [point(1, EAST)])

    store = EdgeVectorStore(tmp_path)
    assert await store.count("m", Eq("user_id", "discord:0")) == 1
    await store.close()


async def test_a_second_process_on_the_same_folder_is_told_so(tmp_path: Path) -> None:
    first, second = EdgeVectorStore(tmp_path), EdgeVectorStore(tmp_path)
    await first.ensure(CollectionSpec("m", 4))

    with pytest.raises(StoreError, match="another WhisperEngine uses this data folder"):
        await second.check()

    await first.close()
    await second.check()
    await second.close()


async def test_the_event_loop_goes_on_while_the_embedded_store_works(tmp_path: Path) -> None:
    store = EdgeVectorStore(tmp_path)
    await store.ensure(CollectionSpec("m", 384))
    rows = np.random.default_rng(1).random((2000, 384), dtype=np.float32)
    points = [Point(str(uuid.UUID(int=n)), row, SparseVector([n % 50], [1.0])) for n, row in enumerate(rows)]
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counter = asyncio.create_task(count_turns())
    await store.upsert("m", points)
    while_writing, turns = turns, 0
    await store.search("m", [Leg(DENSE, rows[0]), words(7)], EVERYTHING, 10)
    while_searching = turns
    counter.cancel()
    await store.close()

    assert while_writing > 10
    assert while_searching > 1


_WRITE_AND_TELL = """
import asyncio, sys, uuid
from pathlib import Path
from src_v2.storage.vectors.base import CollectionSpec, Point
from src_v2.storage.vectors.edge import EdgeVectorStore

async def main():
    store = EdgeVectorStore(Path(sys.argv[1]))
    await store.ensure(CollectionSpec("m", 4))
    for n in range(100_000):
        await store.upsert("m", [Point(str(uuid.UUID(int=n)), [1.0, 0.0, 0.0, 0.0])])
        print(n, flush=True)

asyncio.run(main())
"""


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _WRITE_AND_TELL, str(tmp_path)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) >= 150:
                break
        os.kill(child.pid, signal.SIGKILL)
        acknowledged = int((child.stdout.read().split() or [line])[-1])

    async def lost() -> list[str]:
        store = EdgeVectorStore(tmp_path)
        missing = await store.missing("m", [str(uuid.UUID(int=n)) for n in range(acknowledged + 1)])
        await store.close()
        return missing

    assert asyncio.run(lost()) == []


async def test_a_server_that_is_not_there_is_unavailable_at_once() -> None:
    store = ServerVectorStore("http://127.0.0.1:9")
    with pytest.raises(StoreUnavailable):
        await store.search("m", [Leg(DENSE, EAST)], EVERYTHING, 1)
    await store.close()


async def test_a_server_that_hangs_is_unavailable_after_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src_v2.storage.vectors.server.READ_TIMEOUT_S", 0.1)
    silent = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    store = ServerVectorStore(f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}")
    with pytest.raises(StoreUnavailable, match="did not answer"):
        await store.check()
    await store.close()
    silent.close()


async def test_what_was_deleted_is_overwritten_and_the_rest_is_found_as_before(tmp_path: Path) -> None:
    store = EdgeVectorStore(tmp_path)
    await store.ensure(CollectionSpec("talks", 4))
    await store.upsert("talks", [point(0, EAST, [1]), point(1, NORTH, [1], speaker="Zebedee"), point(2, WEST)])
    await store.delete_where("talks", Eq("speaker", "Zebedee"))
    before = await store.search("talks", [Leg(DENSE, EAST), words(1)], EVERYTHING, 5)
    await store.settle()
    after = await store.search("talks", [Leg(DENSE, EAST), words(1)], EVERYTHING, 5)
    await store.close()
    assert [[hit.id for hit in hits] for hits in after] == [[hit.id for hit in hits] for hits in before]
    assert files_with(tmp_path, ["Zebedee"]) == []


async def test_a_copy_that_a_crash_left_aside_takes_its_place(tmp_path: Path) -> None:
    store = EdgeVectorStore(tmp_path)
    await store.ensure(CollectionSpec("talks", 4))
    await store.upsert("talks", [point(0, EAST)])
    await store.close()
    (tmp_path / "talks").rename(tmp_path / "talks.rewritten")
    store = EdgeVectorStore(tmp_path)
    await store.check()
    assert await store.count("talks", EVERYTHING) == 1
    await store.close()
