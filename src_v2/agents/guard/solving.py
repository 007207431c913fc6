"""Solves the one large system of equations that learning takes, in short steps.

A thread that learns shares two cores and one interpreter with everybody's replies. One call for the whole matrix would
take seconds; here none takes more than some tens of milliseconds, and all large ones release the interpreter.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

BLOCK = 256
"""Rows at once: the largest product is then 256 rows with all columns."""

Floats = npt.NDArray[np.float32]


def blocks(count: int) -> Sequence[slice]:
    """Return slices that together are `count` rows."""
    return [slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]


def solved(matrix: Floats, wanted: Floats) -> tuple[Floats, Floats]:
    """Return the inverse of `matrix` times `wanted`, and the inverse's diagonal.

    `matrix` is symmetric and positive definite; it is overwritten. Raises LinAlgError when it is not.
    """
    parts = blocks(len(matrix))
    _factor(matrix, parts)
    inverse = _inverse_of_lower(matrix, parts)
    found, diagonal = np.zeros_like(wanted), np.zeros(len(matrix), dtype=np.float32)
    for part in parts:
        rows = inverse[part]
        found += rows.T @ (rows @ wanted)
        diagonal += np.square(rows).sum(axis=0)
    return found, diagonal


def _factor(matrix: Floats, parts: Sequence[slice]) -> None:
    """Turn the lower half of `matrix` into its Cholesky factor."""
    for number, here in enumerate(parts):
        factor = np.linalg.cholesky(matrix[here, here])
        matrix[here, here] = factor
        turned = np.linalg.inv(factor).T
        for below in parts[number + 1 :]:
            matrix[below, here] = matrix[below, here] @ turned
        for below in parts[number + 1 :]:
            left = slice(here.stop, below.stop)
            matrix[below, left] -= matrix[below, here] @ matrix[left, here].T


def _inverse_of_lower(lower: Floats, parts: Sequence[slice]) -> Floats:
    """Return the inverse of the lower half of a matrix."""
    inverse = np.zeros_like(lower)
    for number, here in enumerate(parts):
        own = np.tril(np.linalg.inv(np.tril(lower[here, here])))
        inverse[here, here] = own
        for left in parts[:number]:
            between = slice(left.start, here.start)
            inverse[here, left] = -own @ (lower[here, between] @ inverse[between, left])
    return inverse
