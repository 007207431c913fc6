"""How alike two questions are, whichever model says so: 0 as any two that have nothing in common, 1 the same.

Most of it is how near their shapes are in meaning, the rest how near they are as they stand. Models differ in where
their cosines lie (unrelated sentences: about 0.1 for one, 0.5 for another), so that a limit on the cosine itself would
hold for one model only.
"""

from collections.abc import Awaitable, Callable, Sequence

import numpy as np
import numpy.typing as npt

from src_v2.memory.embeddings.base import Embedder, EmbeddingSpec
from src_v2.memory.embeddings.measuring import MeasuredOnce
from src_v2.memory.traces.shape import shape

LEAST_SIMILARITY = 0.45
"""From here on a question counts as one of the same kind: an example then helps, and a wrong one does little harm.
`python -m benchmarks.traces` says how many are found, and how many misled."""
SHAPES_WEIGH = 0.65
"""Of the similarity; by the shape alone too much is alike, by the text alone whatever is about the same things is."""
LEAST_NEARNESS = 0.15
"""Questions that are less near as they stand are not looked at: of the labelled pairs of a kind, one in eighteen."""

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


class Scale:
    """Where one model's cosines of unrelated texts lie, found out once; `measure` encodes them."""

    def __init__(self, embedder: Embedder, measure: Callable[[Embedder], Awaitable[float]]) -> None:
        self._embedder = embedder
        self._measure = measure
        self._zero: tuple[EmbeddingSpec, MeasuredOnce] | None = None

    async def nearness(self, cosine: float) -> float:
        """Return how near two texts with this cosine are, at most 1; raises EmbeddingError or StoreUnavailable."""
        zero = await self.unrelated()
        return (cosine - zero) / (1.0 - zero)

    async def unrelated(self) -> float:
        """Return the mean cosine of texts that have nothing in common; raises as `nearness` does."""
        await self._embedder.ready.wait()
        spec = self._embedder.spec
        if self._zero is None or self._zero[0] != spec:
            self._zero = spec, MeasuredOnce(lambda: self._measure(self._embedder))
        return await self._zero[1].get()


class Likeness:
    """Compares questions. Raises EmbeddingError or StoreUnavailable."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.questions = Scale(embedder, _unrelated_questions)
        self.shapes = Scale(embedder, _unrelated_shapes)

    async def of_shapes(self, asked: str, others: Sequence[str]) -> list[float]:
        """Return how near each of `others` is to `asked`, all of them shapes: one call of the embedder at most."""
        different = sorted({other for other in others if other != asked})
        near = {asked: 1.0}
        if different:
            vectors = await self._embedder.encode([asked, *different], kind="query")
            for other, cosine in zip(different, vectors[1:] @ vectors[0], strict=True):
                near[other] = await self.shapes.nearness(float(cosine))
        return [near[other] for other in others]


def similarity(of_shapes: float, of_texts: float) -> float:
    """Return how alike two questions are, at most 1, when these are the nearness of their shapes and of their texts."""
    return SHAPES_WEIGH * of_shapes + (1.0 - SHAPES_WEIGH) * of_texts


async def _unrelated_questions(embedder: Embedder) -> float:
    asked = await embedder.encode(UNRELATED, kind="query")
    kept = await embedder.encode(UNRELATED, kind="document")
    return _mean_of_others(asked @ kept.T)


async def _unrelated_shapes(embedder: Embedder) -> float:
    shapes = await embedder.encode([shape(question) for question in UNRELATED], kind="query")
    return _mean_of_others(shapes @ shapes.T)


def _mean_of_others(cosines: npt.NDArray[np.float32]) -> float:
    others = cosines[~np.eye(len(UNRELATED), dtype=bool)]
    return float(np.clip(others.mean(), 0.0, 0.9))
