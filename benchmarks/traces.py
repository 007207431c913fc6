"""Whether similar questions are told from others: `python -m benchmarks.traces [--json PATH] [--data-dir DIR]`.

Every question of a recurring kind looks for the traces of all the others: found again are those that have one of their
own kind in reach, misled are those that have one of another kind. Prints cosines and shares at the limit in use.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.recurring_questions import CHATTER, CHOSEN_ON, HELD_BACK, Kinds
from benchmarks.support import arguments, report
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.embeddings.loading import LocalEmbedder, LocalModelConfig
from src_v2.memory.embeddings.obtaining import PACKAGED_MODEL
from src_v2.memory.traces.models import SURE_SIMILARITY
from src_v2.memory.traces.nearness import LEAST_NEARNESS, Nearness

Matrix = npt.NDArray[np.float32]


async def measure(embedder: Embedder) -> dict[str, float]:
    """Return every figure."""
    nearness = Nearness(embedder)
    figures = {"cosine_of_unrelated": await nearness.unrelated(), "limit_as_cosine": await _limit(nearness)}
    for name, kinds in (("chosen_on", CHOSEN_ON), ("held_back", HELD_BACK)):
        figures |= {f"{name}_{key}": value for key, value in (await _found(embedder, nearness, kinds)).items()}
    figures["chatter_misled"] = await _chatter(embedder, nearness)
    return figures


async def _found(embedder: Embedder, nearness: Nearness, kinds: Kinds) -> dict[str, float]:
    texts = [text for questions in kinds.values() for text in questions]
    kind = np.array([name for name, questions in kinds.items() for _ in questions])
    cosines = await _cosines(embedder, texts, texts)
    np.fill_diagonal(cosines, -1.0)
    same = kind[:, None] == kind[None, :]
    own, other = np.where(same, cosines, -1.0).max(axis=1), np.where(same, -1.0, cosines).max(axis=1)
    limit, sure = await _limit(nearness), await _limit(nearness, SURE_SIMILARITY)
    return {
        "questions": len(texts), "own_kind_cosine_p10": float(np.quantile(own, 0.1)),
        "own_kind_cosine_p50": float(np.quantile(own, 0.5)), "other_kind_cosine_p90": float(np.quantile(other, 0.9)),
        "found_again": _share(own >= limit), "best_is_of_another_kind": _share((other >= limit) & (other > own)),
        "misled": _share(other >= limit), "found_surely": _share(own >= sure), "surely_misled": _share(other >= sure),
    }  # fmt: skip


async def _chatter(embedder: Embedder, nearness: Nearness) -> float:
    questions = [text for kinds in (CHOSEN_ON, HELD_BACK) for kind in kinds.values() for text in kind]
    cosines = await _cosines(embedder, list(CHATTER), questions)
    return _share(cosines.max(axis=1) >= await _limit(nearness))


async def _limit(nearness: Nearness, near: float = LEAST_NEARNESS) -> float:
    """Return the cosine that a limit comes to."""
    zero = await nearness.unrelated()
    return zero + near * (1.0 - zero)


async def _cosines(embedder: Embedder, asked: Sequence[str], kept: Sequence[str]) -> Matrix:
    queries = await embedder.encode(asked, kind="query")
    documents = await embedder.encode(kept, kind="document")
    return np.asarray(queries @ documents.T, dtype=np.float32)


def _share(of: npt.NDArray[np.bool_]) -> float:
    return float(of.mean())


async def _run(data_dir: Path, model: str) -> dict[str, float]:
    embedder = LocalEmbedder(LocalModelConfig(data_dir, model, size=None))
    embedder.start()
    try:
        return await measure(embedder)
    finally:
        await embedder.close()


def main() -> None:
    """Measure and report."""
    parser = arguments(__doc__)
    parser.add_argument("--data-dir", type=Path, help="where the exported model is, or is to be put")
    parser.add_argument("--model", default=PACKAGED_MODEL)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_run(given.data_dir or Path(folder), given.model))
    report("Traces of similar questions", figures, given.json)


if __name__ == "__main__":
    main()
