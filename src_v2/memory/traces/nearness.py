"""How alike two questions are, whichever model says so: 0 as much as any two that have nothing in common, 1 the same.

Models differ in where their cosines lie (unrelated sentences: about 0.1 for one, 0.5 for another), so that a limit on
the cosine itself would hold for one model only.
"""

import numpy as np

from src_v2.memory.embeddings.base import Embedder, EmbeddingSpec
from src_v2.memory.embeddings.measuring import MeasuredOnce

LEAST_NEARNESS = 0.4
"""From here on a question counts as one of the same kind: an example then helps, and a wrong one does little harm.
`python -m benchmarks.traces` says how many are found, and how many misled."""

UNRELATED = (
    "How far is it from the earth to the moon?",
    "Which of my colleagues did I complain about last week?",
    "Write a limerick about a lighthouse keeper.",
    "What is 17 percent of 2,300?",
    "Should I repaint the kitchen or buy a new sofa?",
    "Who taught my grandmother to play chess?",
    "Why does bread dough rise?",
    "When does the next train leave for the coast?",
    "Which vaccination does a puppy need first?",
    "Summarise what we said about the garden fence.",
)
"""Questions that have nothing in common but being questions."""


class Nearness:
    """The scale of one model's cosines, found out once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._zero: tuple[EmbeddingSpec, MeasuredOnce] | None = None

    async def of(self, cosine: float) -> float:
        """Return how near two texts with this cosine are, at most 1; raises EmbeddingError or StoreUnavailable."""
        zero = await self.unrelated()
        return (cosine - zero) / (1.0 - zero)

    async def unrelated(self) -> float:
        """Return the mean cosine of questions that have nothing in common; raises as `of` does."""
        await self._embedder.ready.wait()
        spec = self._embedder.spec
        if self._zero is None or self._zero[0] != spec:
            self._zero = spec, MeasuredOnce(self._measured)
        return await self._zero[1].get()

    async def _measured(self) -> float:
        asked = await self._embedder.encode(UNRELATED, kind="query")
        kept = await self._embedder.encode(UNRELATED, kind="document")
        cosines = asked @ kept.T
        others = cosines[~np.eye(len(UNRELATED), dtype=bool)]
        return float(np.clip(others.mean(), 0.0, 0.9))
