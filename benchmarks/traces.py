"""Whether similar questions are told from others: `python -m benchmarks.traces [--json PATH] [--data-dir DIR]`.

Found on the second encounter: of all pairs of questions of one kind, those where the one alone brings the other back.
Misled: questions for which one of another kind is in reach, and look-alikes for which any is. Surely: near enough to
limit the steps. Nearer than a look-alike: how often a question of the same kind is nearer than a look-alike of that
kind, whatever the limits. `as_it_stands` compares whole texts only, at the limits that fit them.
"""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks import recurring_questions, traces_kinds
from benchmarks.recurring_questions import CHATTER, Kinds
from benchmarks.support import arguments, report
from benchmarks.traces_kinds import Recurring
from src_v2.memory.embeddings.base import Embedder, TextKind
from src_v2.memory.embeddings.loading import LocalEmbedder, LocalModelConfig
from src_v2.memory.embeddings.obtaining import PACKAGED_MODEL
from src_v2.memory.traces.models import SURE_SIMILARITY
from src_v2.memory.traces.nearness import LEAST_NEARNESS, LEAST_SIMILARITY, SHAPES_WEIGH, Likeness, Scale
from src_v2.memory.traces.shape import shape

Matrix = npt.NDArray[np.float64]
Set = Mapping[str, Recurring]


def _without_look_alikes(kinds: Kinds) -> Set:
    return {name: Recurring(questions, ()) for name, questions in kinds.items()}


SETS: Mapping[str, Set] = {
    "chosen_on": traces_kinds.CHOSEN_ON, "held_back": traces_kinds.HELD_BACK, "same_words": traces_kinds.SAME_WORDS,
    "earlier_chosen_on": _without_look_alikes(recurring_questions.CHOSEN_ON),
    "earlier_held_back": _without_look_alikes(recurring_questions.HELD_BACK),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Near:
    """From where on a question is in reach, and from where on it is surely of the same kind."""

    least: float = LEAST_SIMILARITY
    sure: float = SURE_SIMILARITY


MOST_EXAMPLES = 2
AS_IT_STANDS = Near(0.4, 0.5)
"""Chosen for whole texts on the earlier set."""


class Comparing:
    """Compares questions: as the service does, or only as they stand."""

    def __init__(self, embedder: Embedder, *, shapes: bool = True) -> None:
        self._embedder = embedder
        self._likeness = Likeness(embedder)
        self._shapes = shapes

    async def alike(self, asked: Sequence[str], kept: Sequence[str]) -> Matrix:
        """Return how alike each of `asked` is to each of `kept`."""
        near = await self._near(self._likeness.questions, asked, kept, "document")
        if not self._shapes:
            return near
        shapes = await self._near(self._likeness.shapes, list(map(shape, asked)), list(map(shape, kept)), "query")
        alike = SHAPES_WEIGH * shapes + (1.0 - SHAPES_WEIGH) * near
        return np.where(near >= LEAST_NEARNESS, alike, -1.0)

    async def _near(self, scale: Scale, asked: Sequence[str], kept: Sequence[str], kind: TextKind) -> Matrix:
        queries = await self._embedder.encode(asked, kind="query")
        others = await self._embedder.encode(kept, kind=kind)
        zero = await scale.unrelated()
        return np.asarray((queries @ others.T - zero) / (1.0 - zero), dtype=np.float64)


async def measure(embedder: Embedder) -> dict[str, float]:
    """Return every figure."""
    likeness, comparing = Likeness(embedder), Comparing(embedder)
    figures = {
        "cosine_of_unrelated": await likeness.questions.unrelated(),
        "cosine_of_unrelated_shapes": await likeness.shapes.unrelated(),
    }
    for name, kinds in SETS.items():
        figures |= {f"{name}_{key}": value for key, value in (await _found(comparing, kinds)).items()}
    for name in ("chosen_on", "held_back", "same_words"):
        found = await _found(Comparing(embedder, shapes=False), SETS[name], AS_IT_STANDS)
        figures |= {f"{name}_as_it_stands_{key}": value for key, value in found.items()}
    questions = [text for kinds in SETS.values() for kind in kinds.values() for text in kind.questions]
    figures["chatter_misled"] = _share((await comparing.alike(CHATTER, questions)).max(axis=1) >= LEAST_SIMILARITY)
    return figures


async def _found(comparing: Comparing, kinds: Set, limits: Near = Near()) -> dict[str, float]:
    questions = [text for kind in kinds.values() for text in kind.questions]
    names = np.array([name for name, kind in kinds.items() for _ in kind.questions])
    alike = await comparing.alike(questions, questions)
    itself = np.eye(len(questions), dtype=bool)
    same = (names[:, None] == names[None, :]) & ~itself
    other = np.where(same | itself, -1.0, alike).max(axis=1)
    own = np.where(same, alike, -1.0).max(axis=1)
    figures = {
        "questions": float(len(questions)),
        "found_on_second_encounter": _share(alike[same] >= limits.least),
        "surely_on_second_encounter": _share(alike[same] >= limits.sure),
        "found_among_all": _share(own >= limits.least),
        "misled": _share(other >= limits.least), "surely_misled": _share(other >= limits.sure),
        "best_is_of_another_kind": _share((other >= limits.least) & (other > own)),
    }  # fmt: skip
    shown = _shown(np.where(itself, -1.0, alike), limits)
    figures["examples_right"] = float((shown & same).sum() / max(1, shown.sum()))
    look_alikes = [text for kind in kinds.values() for text in kind.look_alikes]
    if look_alikes:
        near = await comparing.alike(look_alikes, questions)
        theirs = np.array([name for name, kind in kinds.items() for _ in kind.look_alikes])
        wrong = _shown(near, limits).sum()
        figures["look_alikes"] = float(len(look_alikes))
        figures["look_alikes_misled"] = _share(near.max(axis=1) >= limits.least)
        figures["look_alikes_surely_misled"] = _share(near.max(axis=1) >= limits.sure)
        look_alike = near[theirs[:, None] == names[None, :]]
        figures["nearer_than_a_look_alike"] = _share(alike[same][:, None] > look_alike[None, :])
        figures["examples_right_with_look_alikes"] = float((shown & same).sum() / max(1, shown.sum() + wrong))
    return figures


def _shown(alike: Matrix, limits: Near) -> npt.NDArray[np.bool_]:
    """Return which questions would be examples: the best two in reach of each row."""
    best = np.sort(alike, axis=1)[:, -MOST_EXAMPLES:].min(axis=1, keepdims=True)
    return np.asarray((alike >= best) & (alike >= limits.least))


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
