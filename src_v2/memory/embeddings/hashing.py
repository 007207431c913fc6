"""An embedder without a model: words hashed into a vector. For tests and for trying out a store; not for production.

Texts that share words (by stem) are near each other, texts that mean the same in other words are not.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.base import EmbeddingSpec, Readiness, TextKind, Vectors, normalised
from src_v2.memory.lexical import terms


class HashingEmbedder:
    """The `Embedder` port in memory: deterministic, immediate, the same on every machine."""

    def __init__(self, size: int = 64) -> None:
        self.spec = EmbeddingSpec("hashing", size)
        self.ready = Readiness()
        self.ready.set()

    def start(self) -> None:
        """Do nothing: there is no model to load."""

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        """Return one unit vector per text; `kind` makes no difference."""
        await self.ready.wait()
        vectors = np.zeros((len(texts), self.spec.size), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            # Text without a word still needs a direction: a cosine with nothing is not defined.
            for term in terms(text) or [""]:
                digest = int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "big")
                row[digest % self.spec.size] += 1.0 if digest >> 63 else -1.0
        return normalised(vectors)

    async def close(self) -> None:
        """Refuse everything from now on."""
        self.ready.fail(EmbeddingError("the embedder is closed"))
