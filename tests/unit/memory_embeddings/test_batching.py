"""One worker, many callers: what is asked for meanwhile goes together, and people's questions go first."""

import asyncio
import threading
from collections.abc import AsyncIterator

import numpy as np
import pytest

from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.base import Vectors
from src_v2.memory.embeddings.batching import MAX_BATCH_TEXTS, MAX_BATCH_TOKENS, BatchWorker


class SlowModel:
    """Notes every batch, and holds the first one back until told to go on. A text's vector is its length."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.started = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, texts: list[str]) -> Vectors:
        self.batches.append(texts)
        self.started.set()
        assert self.go_on.wait(10)
        if "broken" in texts:
            raise ValueError("no")
        return np.array([[len(text)] for text in texts], dtype=np.float32)


@pytest.fixture
def model() -> SlowModel:
    return SlowModel()


@pytest.fixture
async def worker(model: SlowModel) -> AsyncIterator[BatchWorker]:
    worker = BatchWorker(model, size=1, max_text_tokens=256)
    yield worker
    model.go_on.set()
    await worker.close()


async def busy(model: SlowModel, worker: BatchWorker) -> "asyncio.Task[Vectors]":
    """Occupy the worker with one text."""
    first = asyncio.create_task(worker.encode(["x"], urgent=True))
    await asyncio.to_thread(model.started.wait, 10)
    return first


async def asked(worker: BatchWorker, texts: list[str], *, urgent: bool) -> "asyncio.Task[Vectors]":
    task = asyncio.create_task(worker.encode(texts, urgent=urgent))
    await asyncio.sleep(0)
    return task


async def test_requests_that_come_meanwhile_are_encoded_together_and_each_gets_its_own(
    model: SlowModel, worker: BatchWorker
) -> None:
    first = await busy(model, worker)
    tasks = [await asked(worker, ["y" * length], urgent=True) for length in range(1, 11)]
    model.go_on.set()
    assert [float((await task)[0, 0]) for task in tasks] == list(range(1, 11))
    assert (await first).tolist() == [[1.0]]
    assert [len(batch) for batch in model.batches] == [1, 10]


async def test_a_question_overtakes_a_thousand_documents(model: SlowModel, worker: BatchWorker) -> None:
    await busy(model, worker)
    documents = await asked(worker, [f"document {number}" for number in range(1000)], urgent=False)
    question = await asked(worker, ["question"], urgent=True)
    model.go_on.set()
    await question
    await documents
    assert model.batches[1] == ["question"]
    assert max(map(len, model.batches)) == MAX_BATCH_TEXTS


async def test_vectors_come_back_in_the_order_of_the_texts(model: SlowModel, worker: BatchWorker) -> None:
    model.go_on.set()
    lengths = [3, 900, 1, 40, 40, 2, 500, 7] * 20
    vectors = await worker.encode(["z" * length for length in lengths], urgent=False)
    assert vectors[:, 0].tolist() == lengths


async def test_long_documents_go_in_small_batches(model: SlowModel, worker: BatchWorker) -> None:
    model.go_on.set()
    await worker.encode(["w" * 1000] * 10, urgent=False)
    assert {len(batch) for batch in model.batches} == {MAX_BATCH_TOKENS // 252}


async def test_what_nobody_waits_for_any_more_is_not_encoded(model: SlowModel, worker: BatchWorker) -> None:
    await busy(model, worker)
    given_up = await asked(worker, ["given up"] * 100, urgent=True)
    kept = await asked(worker, ["kept"], urgent=True)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    model.go_on.set()
    await kept
    assert model.batches[1] == ["kept"]


async def test_a_failing_batch_is_its_callers_error_and_the_worker_goes_on(
    model: SlowModel, worker: BatchWorker
) -> None:
    model.go_on.set()
    with pytest.raises(EmbeddingError, match="ValueError"):
        await worker.encode(["broken"], urgent=False)
    assert (await worker.encode(["fine"], urgent=False)).tolist() == [[4.0]]


async def test_no_text_needs_no_model(model: SlowModel, worker: BatchWorker) -> None:
    assert (await worker.encode([], urgent=True)).shape == (0, 1)
    assert model.batches == []


async def test_closing_answers_everybody_who_waits(model: SlowModel, worker: BatchWorker) -> None:
    running = await busy(model, worker)
    waiting = await asked(worker, ["late"], urgent=False)
    closing = asyncio.create_task(worker.close())
    await asyncio.sleep(0)
    model.go_on.set()
    await closing
    assert (await running).shape == (1, 1)
    with pytest.raises(EmbeddingError, match="closed"):
        await waiting
    with pytest.raises(EmbeddingError, match="closed"):
        await worker.encode(["too late"], urgent=True)
