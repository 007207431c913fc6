"""How near two questions are to an embedding model when they have nothing to do with each other.

Models differ in that: unrelated texts have a cosine of 0.1 in one and of 0.6 in another. Measured from there up, one
threshold serves all of them.
"""

import numpy as np

from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.embeddings.measuring import MeasuredOnce
from src_v2.memory.patterns.models import Vector

UNRELATED = (
    "Good morning!", "What is 17 times 23?", "My sister has moved to Portugal.", "Write a poem about rust.",
    "Why is the sky blue?", "I feel lonely tonight.", "How do I bake bread?", "Who won the match yesterday?",
    "Delete that file, please.", "Do you believe in ghosts?", "The train was late again.",
    "Translate this into Spanish.",
)  # fmt: skip
LARGEST_BASE = 0.95
"""Beyond it a model tells nothing apart."""


class Yardstick:
    """Measures once; raises EmbeddingError while the model is away."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._base = MeasuredOnce(self._measured)

    async def base(self) -> float:
        """Return the mean cosine of unrelated texts, 0 or more."""
        return await self._base.get()

    async def _measured(self) -> float:
        vectors = await self._embedder.encode(UNRELATED, kind="query")
        pairs = (vectors @ vectors.T)[np.triu_indices(len(UNRELATED), 1)]
        return min(max(float(pairs.mean()), 0.0), LARGEST_BASE)


def likeness(cosines: Vector, base: float) -> Vector:
    """Return how alike texts with these cosines are: 1 for the same, 0 for as much as unrelated texts, or less."""
    return np.asarray((cosines - base) / (1.0 - base), dtype=np.float32)
