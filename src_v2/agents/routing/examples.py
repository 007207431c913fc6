"""The labelled utterances that ship with the package, and vectors of their meaning: made once and kept in a file."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from src_v2.agents.routing.likeness import Likeness, Numbers
from src_v2.agents.routing.signals import as_vector, read
from src_v2.core.routes import Complexity
from src_v2.memory.embeddings.base import Embedder, Vectors

SHIPPED = Path(__file__).parent / "examples.yaml"

_AT_ONCE = 4
"""Texts per request: about 10 ms of the embedder's one thread, the longest that somebody's question waits for them."""
SAME_MODEL = 0.95
"""Cosine between a kept vector and the same text's new one. Batches change an int8 model's vectors a little; another
model's have nothing in common."""


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance, what kind it is (a name of ours) and how much an answer takes."""

    text: str
    kind: str
    complexity: Complexity


def load_examples(path: Path = SHIPPED) -> tuple[Example, ...]:
    """Read labelled utterances: complexity, kind, list of texts. Reads a file: call from a thread."""
    listed = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe ones
    labels = dict(zip(("simple", "low", "mid", "high"), Complexity, strict=True))
    return tuple(
        Example(text, kind, labels[label])
        for label, kinds in listed.items()
        for kind, texts in kinds.items()
        for text in texts
    )


class Examples:
    """The examples with their `signals`, one row each, ready to be fitted."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.all = tuple(examples)
        self.signals: Numbers = np.array([as_vector(read(one.text)) for one in self.all])
        self._labels: Numbers = np.array([[float(one.complexity is label) for label in Complexity] for one in self.all])

    def fitted(self, meanings: Vectors | None, *, by_signals: bool = True) -> Likeness:
        """Fit them by their signals, their meanings or both. Takes a while: call from a thread."""
        return Likeness.fit(self.signals if by_signals else None, meanings, self._labels)


async def meanings_of(examples: Sequence[Example], embedder: Embedder, keep_in: Path | None) -> Vectors:
    """Return the examples' vectors, as `vectors_of` does."""
    return await vectors_of([one.text for one in examples], embedder, keep_in)


async def vectors_of(texts: Sequence[str], embedder: Embedder, keep_in: Path | None) -> Vectors:
    """Return vectors: those of an earlier start when texts and model are the same, else new ones.

    They are asked for as queries: as documents they would bind the memory to this model. `keep_in` is a folder of their
    own. Raises EmbeddingError or StoreUnavailable.
    """
    await embedder.ready.wait()
    path = keep_in / _file_name(embedder.spec.slug, texts) if keep_in else None
    if path and (kept := await asyncio.to_thread(_kept, path, (len(texts), embedder.spec.size))) is not None:
        probe = (await embedder.encode(texts[:1], kind="query"))[0]
        if float(probe @ kept[0]) >= SAME_MODEL:
            return kept
    parts = [
        await embedder.encode(texts[start : start + _AT_ONCE], kind="query") for start in range(0, len(texts), _AT_ONCE)
    ]
    made = np.concatenate(parts)
    if path:
        await asyncio.to_thread(_keep, path, made)
    return made


def _file_name(model: str, texts: Sequence[str]) -> str:
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
    return f"{model}-{digest}.npy"


def _kept(path: Path, shape: tuple[int, int]) -> Vectors | None:
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return vectors if vectors.shape == shape and vectors.dtype == np.float32 else None


def _keep(path: Path, vectors: Vectors) -> None:
    """Write the file in one step; those of other models or older examples go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob("*.npy"):
        old.unlink(missing_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".vectors-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        np.save(file, vectors, allow_pickle=False)
    Path(temporary).replace(path)
