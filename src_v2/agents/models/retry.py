"""When a model that failed is asked again, and after how long."""

import random
from dataclasses import dataclass

from src_v2.core.errors import ModelError, ModelUnavailable


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`attempts` per model, waiting `base_s`, twice that, four times ... but never longer than `max_s` in between."""

    attempts: int = 3
    base_s: float = 0.5
    max_s: float = 8.0

    def wait_s(self, tried: int, error: ModelError, chance: random.Random) -> float | None:
        """Return the seconds to wait before asking the same model again, None when that would be in vain.

        Up to half of each wait is random, so that many turns that failed together do not return together. A provider
        that asks for more patience than `max_s` is not waited for: the next model, or the user, decides.
        """
        if tried >= self.attempts or not error.retryable:
            return None
        backoff = min(self.max_s, self.base_s * float(2 ** (tried - 1))) * chance.uniform(0.5, 1.0)
        asked = error.retry_after_s if isinstance(error, ModelUnavailable) else None
        if asked is None:
            return backoff
        return max(asked, backoff) if asked <= self.max_s else None
