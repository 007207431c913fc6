"""Discord's rate limits: fixed windows per bucket, and the global one per bot. Counts how often it had to refuse."""

import asyncio
import hashlib
import math
from collections import Counter
from dataclasses import dataclass, field

from tests.support.discord.answers import Answer


@dataclass(frozen=True)
class Limit:
    """At most `count` requests in a window of `seconds` that begins with the first of them."""

    count: int
    seconds: float


@dataclass(frozen=True)
class RateLimits:
    """The limits in force. The defaults are what Discord shows in its headers or documents."""

    message_writes: Limit = Limit(5, 5.0)
    """Creating and editing messages, together, per channel."""
    deletes: Limit = Limit(5, 1.0)
    reactions: Limit = Limit(1, 0.25)
    typing: Limit = Limit(5, 5.0)
    webhooks: Limit = Limit(5, 2.0)
    """Answers to one interaction after the first."""
    other: Limit = Limit(20, 1.0)
    overall: Limit = Limit(50, 1.0)
    """All requests of one bot, except interactions."""

    @classmethod
    def none(cls) -> "RateLimits":
        """Return limits that nobody reaches, for measuring something else."""
        free = Limit(10**6, 1.0)
        return cls(free, free, free, free, free, free, free)

    def of(self, kind: str) -> Limit:
        """Return the limit of a kind of bucket."""
        limit: Limit = getattr(self, kind)
        return limit


@dataclass
class _Window:
    limit: Limit
    ends_at: float = 0.0
    used: int = 0

    def take(self, now: float) -> bool:
        """Count one request; False when the window is full."""
        if now >= self.ends_at:
            self.ends_at, self.used = now + self.limit.seconds, 0
        if self.used >= self.limit.count:
            return False
        self.used += 1
        return True

    def reset_after(self, now: float) -> float:
        """Return the seconds to the window's end, rounded up so that nobody comes back too early."""
        return max(0.001, math.ceil((self.ends_at - now) * 1000) / 1000)


@dataclass
class RateLimiter:
    """Decides about each request. `refused` counts the 429s by kind of bucket."""

    limits: RateLimits
    refused: Counter[str] = field(default_factory=Counter)
    _windows: dict[tuple[str, str, str], _Window] = field(default_factory=dict)

    def check(self, kind: str, who: str, major: str) -> tuple[dict[str, str], Answer | None]:
        """Count one request; return the headers of its answer, and the 429 when it comes too early.

        Interactions and their webhooks carry no token, so `who` is empty and the overall limit does not count them.
        """
        now = asyncio.get_running_loop().time()
        if who and not self._window("overall", who, "").take(now):
            return {}, self._refuse("overall", who, "", now)
        window = self._window(kind, who, major)
        free = window.take(now)
        headers = _headers(kind, window, now)
        return headers, None if free else self._refuse(kind, who, major, now)

    def _window(self, kind: str, who: str, major: str) -> _Window:
        key = (kind, who, major)
        if key not in self._windows:
            self._windows[key] = _Window(self.limits.of(kind))
        return self._windows[key]

    def _refuse(self, kind: str, who: str, major: str, now: float) -> Answer:
        self.refused[kind] += 1
        return refusal(self._window(kind, who, major).reset_after(now), is_global=kind == "overall")


def refusal(retry_after: float, *, is_global: bool = False) -> Answer:
    """Return a 429. Its `Via` header tells clients that Discord itself answers, not Cloudflare's ban."""
    headers = {"Retry-After": str(math.ceil(retry_after)), "Via": "1.1 google"}
    headers |= {"X-RateLimit-Scope": "global" if is_global else "user"}
    headers |= {"X-RateLimit-Global": "true"} if is_global else {}
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": is_global, "code": 0}
    return Answer(429, body, headers)


def _headers(kind: str, window: _Window, now: float) -> dict[str, str]:
    reset_after = window.reset_after(now)
    return {
        "X-RateLimit-Limit": str(window.limit.count),
        "X-RateLimit-Remaining": str(window.limit.count - window.used),
        "X-RateLimit-Reset-After": f"{reset_after:.3f}",
        "X-RateLimit-Reset": f"{now + reset_after:.3f}",
        "X-RateLimit-Bucket": hashlib.sha256(kind.encode()).hexdigest()[:32],
    }
