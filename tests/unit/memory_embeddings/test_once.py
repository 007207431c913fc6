"""The same question in the same moment is encoded once."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.base import Vectors
from src_v2.memory.embeddings.once import KEPT, Once
from src_v2.memory.embeddings.onnx import OnnxEmbedder, OnnxModel
from tests.unit.memory_embeddings.tiny import tiny_export


class Slow:
    """An encoder that waits until told to go on."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.begun = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.go_on = asyncio.Event()
        self.broken = False

    async def __call__(self, text: str) -> Vectors:
        self.asked.append(text)
        self.begun.set()
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        if self.broken:
            raise EmbeddingError("no")
        return np.array([[float(len(text))]], dtype=np.float32)


async def test_those_who_ask_together_and_right_after_share_one() -> None:
    slow = Slow()
    once = Once(slow)
    together = [asyncio.create_task(once.vectors("dog")) for _ in range(5)]
    await asyncio.sleep(0)
    slow.go_on.set()
    answers = [*await asyncio.gather(*together), await once.vectors("dog")]
    assert slow.asked == ["dog"]
    answers[0][0] = 99.0
    assert [float(answer[0, 0]) for answer in answers[1:]] == [3.0] * 5


async def test_one_who_gives_up_does_not_take_it_from_the_others() -> None:
    slow = Slow()
    once = Once(slow)
    hasty, patient = (asyncio.create_task(once.vectors("dog")) for _ in range(2))
    await asyncio.sleep(0)
    hasty.cancel()
    await asyncio.gather(hasty, return_exceptions=True)
    slow.go_on.set()
    assert float((await patient)[0, 0]) == 3.0
    assert not slow.cancelled.is_set()


async def test_what_nobody_waits_for_is_given_up_and_begun_anew() -> None:
    slow = Slow()
    once = Once(slow)
    hasty = asyncio.create_task(once.vectors("dog"))
    async with asyncio.timeout(5):
        await slow.begun.wait()
    hasty.cancel()
    await asyncio.gather(hasty, return_exceptions=True)
    async with asyncio.timeout(5):
        await slow.cancelled.wait()
    slow.go_on.set()
    await once.vectors("dog")
    assert slow.asked == ["dog", "dog"]


async def test_a_failure_is_told_to_everybody_and_not_kept() -> None:
    slow = Slow()
    slow.broken = True
    slow.go_on.set()
    once = Once(slow)
    answers = await asyncio.gather(once.vectors("dog"), once.vectors("dog"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [EmbeddingError] * 2
    slow.broken = False
    assert float((await once.vectors("dog"))[0, 0]) == 3.0


async def test_only_the_latest_are_kept() -> None:
    slow = Slow()
    slow.go_on.set()
    once = Once(slow)
    for number in range(KEPT + 1):
        await once.vectors(str(number))
    slow.asked.clear()
    await once.vectors(str(KEPT))
    await once.vectors("0")
    assert slow.asked == ["0"]


async def test_the_model_runs_once_for_a_question_and_again_for_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[list[str]] = []
    model = OnnxModel(tiny_export(tmp_path))
    run = model.run

    def noting(prepared: Sequence[str]) -> Vectors:
        runs.append(list(prepared))
        return run(prepared)

    monkeypatch.setattr(model, "run", noting)
    embedder = OnnxEmbedder(model)
    one, two = await asyncio.gather(*(embedder.encode(["dog"], kind="query") for _ in range(2)))
    np.testing.assert_array_equal(one, two)
    assert runs == [["dog"]]
    await embedder.encode(["dog"], kind="document")
    assert runs == [["dog"], ["dog"]]
    await embedder.close()
