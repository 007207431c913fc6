"""How likely a message is a crisis or an attempt at manipulation, learned from the labelled examples.

Kernel ridge regression, solved in one step: every example pulls by how near it is, in meaning and in cues at once. From
which likelihood on something is seen is found by leaving out each example in turn, so it suits whatever embedding model
there is. Learning takes some seconds of CPU: call `learn` from a thread. Not for how complex a question is (routing).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from src_v2.agents.guard.cues import Numbers, are_grave
from src_v2.agents.guard.examples import Label
from src_v2.agents.guard.solving import Floats, blocks, solved
from src_v2.memory.embeddings.base import Vectors

SIGNS = (Label.CRISIS, Label.MANIPULATION)
CUE_WIDTH = 0.35
"""Length of one cue against that of a meaning, which is 1."""
WEIGHT, RIDGE = 2.0, 0.3
"""With the one above found by leaving out one example at a time."""
FALSE_ALARMS = 0.01
"""Most false alarms among ordinary examples, which use the same words. Among quiet ones there is to be none."""
LEAST = 0.5
"""Whatever the examples say, nothing is seen that is less likely than not."""
MARGIN = {Label.CRISIS: 0.1, Label.MANIPULATION: 0.0}
"""How far the limit is above the likeliest quiet example. Of small talk there is more than examples can show, and it
lies nearer to need than to attempts: both are about oneself and one's day."""
LEARNED_WITH = (CUE_WIDTH, WEIGHT, RIDGE, FALSE_ALARMS, LEAST, tuple(MARGIN.values()))
"""Everything above: what was learned otherwise is of no use."""

_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """What was learned. `seen_from` are likelihoods in the order of `SIGNS`: without a grave cue, and with one."""

    rows: Floats
    lengths: Floats
    pulls: Floats
    usual: Floats
    seen_from: Floats

    @classmethod
    def learn(cls, cues: Numbers, meanings: Vectors, labels: Sequence[Label]) -> Self:
        """Learn from examples, of which cues, meanings and labels belong together row by row."""
        rows = np.hstack([cues * CUE_WIDTH, meanings]).astype(np.float32)
        lengths = np.einsum("ij,ij->i", rows, rows)
        wanted = np.array([[one is sign for sign in SIGNS] for one in labels], dtype=np.float32)
        usual = wanted.mean(axis=0)
        kernel = np.empty((len(rows), len(rows)), dtype=np.float32)
        for part in blocks(len(rows)):
            kernel[part] = _near(rows[part], lengths[part], rows, lengths)
        kernel[np.diag_indices_from(kernel)] += RIDGE
        pulls, diagonal = solved(kernel, wanted - usual)
        left_out = wanted - pulls / diagonal[:, None]
        return cls(rows, lengths, pulls, usual, _limits(left_out, labels, are_grave(cues)))

    def seen(self, cues: Numbers, meaning: Vectors) -> frozenset[Label]:
        """Return what is likely enough, of `SIGNS`. Takes about a millisecond."""
        row = np.hstack([cues * CUE_WIDTH, meaning]).astype(np.float32)[None]
        near = _near(row, np.einsum("ij,ij->i", row, row), self.rows, self.lengths)
        likely = (near @ self.pulls)[0] + self.usual > self.seen_from[int(are_grave(cues))]
        return frozenset(sign for sign, is_seen in zip(SIGNS, likely, strict=True) if is_seen)


def _near(rows: Floats, lengths: Floats, others: Floats, their_lengths: Floats) -> Floats:
    """Return how near rows are to each other, 0 to `WEIGHT`; in place, since there are millions of them."""
    near = rows @ others.T
    near *= 2.0
    near -= lengths[:, None]
    near -= their_lengths[None]
    np.exp(near, out=near)
    near *= WEIGHT
    return near


def _limits(likely: Floats, labels: Sequence[Label], grave: _Flags) -> Floats:
    """Return from where on something is seen, so that too little of what is nothing is taken for something.

    Without a grave cue a crisis has to be likelier than every quiet example, with one than those that have one, too.
    """
    ordinary, quiet = (np.array([one is label for one in labels]) for label in (Label.ORDINARY, Label.QUIET))
    limits = np.full((2, len(SIGNS)), LEAST)
    for column, sign in enumerate(SIGNS):
        by_sign = likely[:, column]
        if ordinary.any():
            limits[:, column] = max(LEAST, np.quantile(by_sign[ordinary], 1.0 - FALSE_ALARMS, method="higher"))
        by_cue = (quiet, quiet & grave) if sign is Label.CRISIS else (quiet, quiet)
        for with_grave, never in enumerate(by_cue):
            highest = by_sign[never].max(initial=0.0) + MARGIN[sign]
            limits[with_grave, column] = max(limits[with_grave, column], highest)
    return limits.astype(np.float32)
