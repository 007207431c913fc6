"""A cache that may vanish at any moment without anybody noticing, in this process or in Redis. Never a source of truth.

Values are whatever JSON can hold, and come back as JSON gives them (tuples as lists); pickle is never used, because
what lies in Redis is not ours alone. While Redis is down a `delete` is lost: hence no value lives longer than five
minutes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import structlog

from src_v2.core.clock import Clock, SystemClock
from src_v2.core.errors import StoreError, StoreUnavailable

MAX_TTL_S = 300.0
SOCKET_TIMEOUT_S = 0.2
"""A frozen Redis must not cost more than asking the database would."""
MAX_ENTRIES = 20_000
"""In memory; the oldest go first."""
FAILURES_UNTIL_OPEN = 2
OPEN_S = 5.0

log = structlog.get_logger(__name__)


class Cache:
    """A cache at `url`: `mem://` or `redis://host:port/db`. `round_trips` counts operations that were tried on it.

    Only `check` ever raises because of the cache itself.
    """

    def __init__(self, url: str = "mem://", *, clock: Clock | None = None) -> None:
        self.round_trips = 0
        self._backend = _backend(url)
        self._breaker = Breaker(clock or SystemClock())

    async def get(self, key: str) -> Any:
        """Return the value, or None when there is none or the cache is down."""
        return _decoded(await self._attempt(lambda: self._backend.get(key)))

    async def set(self, key: str, value: Any, ttl_s: float) -> None:
        """Keep `value` for `ttl_s` seconds, at most 300."""
        _require_short(ttl_s)
        encoded = orjson.dumps(value)
        await self._attempt(lambda: self._backend.set(key, encoded, expire=ttl_s))

    async def delete(self, key: str) -> None:
        """Forget the value. Lost when the cache is down: it then lives until its time is over."""
        await self._attempt(lambda: self._backend.delete(key))

    async def check(self) -> None:
        """Ask the cache for a sign of life, whatever happened before; raise StoreUnavailable when it gives none."""
        self._breaker.close()
        await self._attempt(self._backend.ping)
        if self._breaker.failures:
            raise StoreUnavailable("the cache does not answer")

    async def close(self) -> None:
        """Let go of connections."""
        await self._backend.close()

    async def _attempt(self, operation: Callable[[], Awaitable[Any]]) -> Any:
        if not self._breaker.allows():
            return None
        self.round_trips += 1
        try:
            async with asyncio.timeout(2 * SOCKET_TIMEOUT_S):  # connecting and asking, whatever retries lie between
                result = await operation()
        except Exception as error:  # noqa: BLE001 - a cache must never be the reason why something fails
            if self._breaker.failed():
                log.warning("cache_down", error=type(error).__name__, retry_in_s=OPEN_S)
            return None
        if self._breaker.close():
            log.info("cache_back")
        return result


class Breaker:
    """Keeps callers away from something that fails, and lets one through now and then to see whether it is back."""

    def __init__(self, clock: Clock) -> None:
        self.failures = 0
        self._clock = clock
        self._closed_until = 0.0

    def allows(self) -> bool:
        """Say whether to try; after `OPEN_S` seconds of rest one caller may."""
        if self.failures < FAILURES_UNTIL_OPEN:
            return True
        if self._clock.monotonic() < self._closed_until:
            return False
        self._rest()
        return True

    def failed(self) -> bool:
        """Note a failure; return whether it is the one that begins an outage."""
        self.failures += 1
        if self.failures >= FAILURES_UNTIL_OPEN:
            self._rest()
        return self.failures == FAILURES_UNTIL_OPEN

    def close(self) -> bool:
        """Note that it works; return whether that ends an outage."""
        was_open = self.failures >= FAILURES_UNTIL_OPEN
        self.failures = 0
        return was_open

    def _rest(self) -> None:
        self._closed_until = self._clock.monotonic() + OPEN_S


def _backend(url: str) -> Any:
    import cashews  # brings Redis' client and takes half a second

    backend = cashews.Cache()
    if url.startswith("mem://"):
        backend.setup("mem://", size=MAX_ENTRIES)
    elif url.startswith(("redis://", "rediss://", "unix://")):
        backend.setup(url, pickle_type="null", suppress=False, **_redis_options())
    else:
        raise StoreError("the cache URL must begin with mem:// or redis://")
    return backend


def _redis_options() -> dict[str, Any]:
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    return {
        "socket_timeout": SOCKET_TIMEOUT_S,
        "socket_connect_timeout": SOCKET_TIMEOUT_S,
        "wait_for_connection_timeout": SOCKET_TIMEOUT_S,
        "retry": Retry(NoBackoff(), 1),  # once: a connection that Redis closed while it was idle
        "health_check_interval": 0,  # the breaker sees to that, without a ping before a command
        "max_connections": 32,
    }


def _decoded(held: bytes | None) -> Any:
    return None if held is None else orjson.loads(held)


def _require_short(ttl_s: float) -> None:
    if not 0 < ttl_s <= MAX_TTL_S:
        raise ValueError(f"a cached value lives between 0 and {MAX_TTL_S:g} s, not {ttl_s:g}")
