"""What the cache promises, in memory and with a real Redis; above all that nobody notices when it is gone."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from src_v2.core.errors import StoreError, StoreUnavailable
from src_v2.storage.cache import OPEN_S, Cache
from tests.support.servers import Server


class HandClock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture(params=["memory", "redis"])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[Cache]:
    made = Cache("mem://" if request.param == "memory" else request.getfixturevalue("redis").url)
    yield made
    await made.delete("k")
    await made.close()


async def test_a_value_comes_back_until_it_is_deleted(cache: Cache) -> None:
    value = {"mood": "glad", "n": 1, "none": None, "list": [1.5, True, "ü"]}
    assert await cache.get("k") is None
    await cache.set("k", value, 60)
    assert await cache.get("k") == value
    await cache.delete("k")
    assert await cache.get("k") is None


async def test_what_was_cached_cannot_be_changed_from_outside(cache: Cache) -> None:
    value = [1]
    await cache.set("k", value, 60)
    value.append(2)
    assert await cache.get("k") == [1]


async def test_nothing_lives_longer_than_five_minutes(cache: Cache) -> None:
    for ttl_s in (301, 0, -1):
        with pytest.raises(ValueError, match="300"):
            await cache.set("k", 1, ttl_s)


async def test_a_healthy_cache_passes_the_check(cache: Cache) -> None:
    await cache.check()


async def test_an_entry_ends_with_its_time(cache: Cache) -> None:
    await cache.set("k", 1, 0.02)
    deadline = time.monotonic() + 5
    while await cache.get("k") is not None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)  # the stores have clocks of their own


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(StoreError, match="mem://"):
        Cache("memcached://127.0.0.1")


async def test_no_pickle_ever_lies_in_redis(redis: Server) -> None:
    cache = Cache(redis.url)
    await cache.set("k", {"a": 1}, 60)
    reader, writer = await asyncio.open_connection("127.0.0.1", redis.port)
    writer.write(b"GET k\r\n")
    await reader.readline()  # the length
    assert await reader.readline() == b'bytes:{"a":1}\r\n'  # the library says the type, and JSON follows
    writer.close()
    await cache.delete("k")
    await cache.close()


async def test_a_dead_redis_costs_nothing_and_a_restarted_one_is_used_again(redis: Server) -> None:
    clock = HandClock()
    cache = Cache(redis.url, clock=clock)
    await cache.set("k", 1, 60)
    await asyncio.to_thread(redis.kill)

    assert [await cache.get("k") for _ in range(3)] == [None] * 3
    with pytest.raises(StoreUnavailable):
        await cache.check()
    await asyncio.to_thread(redis.start)
    clock.seconds += OPEN_S
    await cache.set("k", "again", 60)
    assert await cache.get("k") == "again"
    await cache.close()


async def test_a_frozen_redis_costs_nothing_after_the_first_calls(redis: Server) -> None:
    clock = HandClock()
    cache = Cache(redis.url, clock=clock)
    await cache.check()
    redis.freeze()

    began = time.perf_counter()
    for _ in range(2):
        assert await cache.get("k") is None
    assert time.perf_counter() - began < 2.0

    tried = cache.round_trips
    for _ in range(500):
        assert await cache.get("k") is None
    assert cache.round_trips == tried

    clock.seconds += OPEN_S
    await asyncio.gather(*(cache.get("k") for _ in range(20)))
    assert cache.round_trips == tried + 1  # one looks whether it is back, the others do not wait for it
    redis.thaw()
    await cache.check()
    await cache.close()


async def test_a_redis_that_just_restarted_is_not_mistaken_for_a_dead_one(redis: Server) -> None:
    cache = Cache(redis.url)
    await cache.set("k", 1, 60)
    await asyncio.to_thread(redis.restart)
    await cache.set("k", 2, 60)
    assert await cache.get("k") == 2
    await cache.close()
