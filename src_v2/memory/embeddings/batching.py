"""One worker thread that encodes whatever was asked for while it was busy, in batches.

Queries go before documents, and documents go in small batches, so that re-indexing a million messages delays a person's
question by one small batch at most. Knows nothing about models.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import numpy as np

from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.base import Vectors

MAX_BATCH_TEXTS = 32
MAX_BATCH_TOKENS = 512
"""Padded tokens per batch: 15-40 ms of a 6-layer model on one thread. Throughput no longer grows beyond this."""

MAX_PADDING_TOKENS = 16
"""Padding of one text to the longest of its batch: beyond this, a batch of its own is cheaper (a run costs about nine
tokens before it has read any)."""

BYTES_PER_TOKEN = 4
"""Of UTF-8 text, roughly: enough to plan a batch without tokenising twice."""


class _Request:
    """Texts of one caller. `waiting` holds indices, longest text first, so that neighbours pad each other little."""

    def __init__(self, texts: Sequence[str], size: int) -> None:
        self.texts = texts
        self.costs = [len(text.encode(errors="replace")) // BYTES_PER_TOKEN + 2 for text in texts]
        self.waiting = deque(sorted(range(len(texts)), key=self.costs.__getitem__, reverse=True))
        self.unfinished = len(texts)
        self.vectors: Vectors = np.empty((len(texts), size), dtype=np.float32)
        self.future: Future[Vectors] = Future()

    def fill(self, index: int, vector: Vectors) -> None:
        self.vectors[index] = vector
        self.unfinished -= 1
        if self.unfinished == 0 and self.future.set_running_or_notify_cancel():
            self.future.set_result(self.vectors)

    def fail(self, error: EmbeddingError) -> None:
        self.waiting.clear()
        if not self.future.done() and self.future.set_running_or_notify_cancel():
            self.future.set_exception(error)


_Batch = list[tuple[_Request, int]]


class BatchWorker:
    """Coalesces concurrent requests for `run`, which turns up to 32 texts into as many vectors on the worker thread."""

    def __init__(self, run: Callable[[list[str]], Vectors], *, size: int, max_text_tokens: int) -> None:
        self._run = run
        self._size = size
        self._max_text_tokens = max_text_tokens
        self._queries: deque[_Request] = deque()
        self._documents: deque[_Request] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="embedding", daemon=True)
        self._thread.start()

    async def encode(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        """Return the vectors of `texts`; `urgent` requests go first. Cancelling gives up what has not been encoded."""
        if not texts:
            return np.empty((0, self._size), dtype=np.float32)
        request = _Request(texts, self._size)
        with self._changed:
            if self._closed:
                raise EmbeddingError("the embedding model is closed")
            (self._queries if urgent else self._documents).append(request)
            self._changed.notify()
        return await asyncio.wrap_future(request.future)

    async def close(self) -> None:
        """Stop after the running batch; whoever still waits gets an EmbeddingError."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        while batch := self._next_batch():
            try:
                vectors = self._run([request.texts[index] for request, index in batch])
            except Exception as error:  # noqa: BLE001 - the thread's edge: callers get it, the worker goes on
                for request in {id(request): request for request, _ in batch}.values():
                    request.fail(EmbeddingError(f"encoding failed: {type(error).__name__}: {error}"))
                continue
            for (request, index), vector in zip(batch, vectors, strict=True):
                request.fill(index, vector)
        for request in (*self._queries, *self._documents):
            request.fail(EmbeddingError("the embedding model was closed"))

    def _next_batch(self) -> _Batch:
        """Wait for work and take a batch of it; an empty one means that the worker was closed."""
        with self._changed:
            while not self._closed:
                if batch := self._take(self._queries) or self._take(self._documents):
                    return batch
                self._changed.wait()
            return []

    def _take(self, queue: deque[_Request]) -> _Batch:
        batch: _Batch = []
        shortest, longest = self._max_text_tokens, 0
        while queue and len(batch) < MAX_BATCH_TEXTS:
            request = queue[0]
            if not request.waiting or request.future.cancelled():
                queue.popleft()
                continue
            index = request.waiting[0]
            cost = min(request.costs[index], self._max_text_tokens)
            shortest, longest = min(shortest, cost), max(longest, cost)
            if batch and (longest * (len(batch) + 1) > MAX_BATCH_TOKENS or longest - shortest > MAX_PADDING_TOKENS):
                break
            batch.append((request, request.waiting.popleft()))
        return batch
