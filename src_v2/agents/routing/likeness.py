"""How likely each complexity is, learned from the labelled examples: kernel ridge regression, solved in one step.

Every example pulls by how near it is, in signals and, where there is an embedding, in meaning; the pulls are weighed so
that together they give the examples' own labels (as far as the ridge lets them). A few hundred examples take some tens
of milliseconds to fit: call `fit` from a thread.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from src_v2.memory.embeddings.base import Vectors

Numbers = npt.NDArray[np.float64]

SIGNALS_WIDTH = 0.12
"""How quickly examples of other signals lose their pull; with the two below found by leaving out one example at a time:
the figures change by less than 0.01 when any of them is halved or doubled."""
SIGNALS_WEIGHT = 2.0
"""Pull of the same signals against that of the same meaning."""
RIDGE = 0.3


@dataclass(frozen=True, slots=True)
class Likeness:
    """A fit. `meanings` is None when it goes by signals alone, `signals` when it goes by meaning alone."""

    signals: Numbers | None
    meanings: Vectors | None
    pulls: Numbers
    usual: Numbers

    @classmethod
    def fit(cls, signals: Numbers | None, meanings: Vectors | None, labels: Numbers) -> Self:
        """Fit `labels`, one row per example with a 1 for what it is. Rows of all three belong together."""
        kernel = _near(signals, meanings, signals, meanings)
        usual = labels.mean(axis=0)
        pulls = np.linalg.solve(kernel + RIDGE * np.eye(len(kernel)), labels - usual)
        return cls(signals, meanings, pulls, usual)

    def weigh(self, signals: Numbers | None, meaning: Vectors | None) -> tuple[Numbers, int]:
        """Return how likely each label is (0..1, not quite adding up to 1) and the number of the nearest example."""
        row = None if signals is None else signals[None]
        near = _near(row, None if meaning is None else meaning[None], self.signals, self.meanings)[0]
        return np.clip(near @ self.pulls + self.usual, 0.0, 1.0), int(near.argmax())


def _near(
    signals: Numbers | None, meanings: Vectors | None, others: Numbers | None, their_meanings: Vectors | None
) -> Numbers:
    near = np.zeros((1, 1))
    if signals is not None and others is not None:
        apart = (signals**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None] - 2 * signals @ others.T
        near = near + SIGNALS_WEIGHT * np.exp(-SIGNALS_WIDTH * apart)
    if meanings is not None and their_meanings is not None:
        # Both are unit vectors: the square of their distance is 2 - 2 cos.
        near = near + np.exp(2.0 * (meanings @ their_meanings.T).astype(np.float64) - 2.0)
    return near
