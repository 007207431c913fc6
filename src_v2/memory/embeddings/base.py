"""The `Embedder` port: text in, unit vectors out. Not for choosing or loading a model; `loading` does that."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from src_v2.core.errors import EmbeddingError

TextKind = Literal["document", "query"]
"""What a text is for: some models want a query introduced by a sentence of its own."""

Vectors = npt.NDArray[np.float32]
"""Shape (n, size), every row of length 1."""

ProgressCallback = Callable[[float, str], None]
"""Called with a fraction 0..1 and a line to show; on the event loop, so it must return at once."""


@dataclass(frozen=True, slots=True)
class EmbeddingSpec:
    """Which model made a vector and how many numbers it has; vectors of different specs never mix."""

    model: str
    size: int

    def collection_name(self, prefix: str) -> str:
        """Return the name of the collection for these vectors, such as `messages-all-minilm-l6-v2-384`."""
        return f"{prefix}-{self.slug}"

    @property
    def slug(self) -> str:
        """Model and size in letters, digits and hyphens, for names of collections and folders."""
        return f"{model_slug(self.model)}-{self.size}"


def model_slug(model: str) -> str:
    """Return a model's name in lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")


class Readiness:
    """A one-time event that can also fail: whoever waits gets the error, now and later."""

    def __init__(self) -> None:
        self._settled = asyncio.Event()
        self._error: EmbeddingError | None = None

    @property
    def error(self) -> EmbeddingError | None:
        """Why it failed, or None."""
        return self._error

    def is_set(self) -> bool:
        """Whether it is ready; False while loading and after a failure."""
        return self._settled.is_set() and self._error is None

    def set(self) -> None:
        """Let everybody through."""
        self._error = None
        self._settled.set()

    def fail(self, error: EmbeddingError) -> None:
        """Give `error` to everybody who waits or will wait."""
        self._error = error
        self._settled.set()

    def reset(self) -> None:
        """Make everybody wait again: another attempt begins."""
        self._error = None
        self._settled.clear()

    async def wait(self) -> None:
        """Wait until ready; raise EmbeddingError when it never will be."""
        await self._settled.wait()
        if self._error is not None:
            # A fresh error per waiter: raising one object in many tasks would tangle their tracebacks.
            raise EmbeddingError(str(self._error), retryable=self._error.retryable) from self._error


class Embedder(Protocol):
    """Encodes text. Safe to call from many tasks at once; never blocks the event loop."""

    @property
    def spec(self) -> EmbeddingSpec:
        """Model and size; raises EmbeddingError while they are not known yet (await `ready` first)."""
        ...

    @property
    def ready(self) -> Readiness:
        """Set once `encode` answers without waiting for a model."""
        ...

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        """Return one unit vector per text, float32, shape (len(texts), size), in order.

        Waits for `ready`. Text beyond the model's limit is left out. Raises EmbeddingError, or StoreUnavailable
        when a remote service cannot be reached right now.
        """
        ...

    async def close(self) -> None:
        """Stop; requests that still wait get an EmbeddingError."""
        ...


def normalised(rows: npt.ArrayLike) -> Vectors:
    """Scale every row to length 1; a row of zeros stays as it is."""
    vectors = np.asarray(rows, dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
