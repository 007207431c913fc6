"""Serving an exported model with ONNX Runtime and `tokenizers` alone; never imports torch or transformers."""

import asyncio
from collections.abc import Sequence
from typing import Self

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from src_v2.memory.embeddings.base import EmbeddingSpec, Readiness, TextKind, Vectors, normalised
from src_v2.memory.embeddings.batching import BatchWorker
from src_v2.memory.embeddings.manifest import TOKENIZER, ExportedModel
from src_v2.memory.embeddings.once import Once

_CHARACTERS_PER_TOKEN = 16
"""Text beyond `max_tokens` times this is cut before it is tokenised: far more than any prose needs, and it bounds the
time that a hostile wall of text can cost."""


class OnnxModel:
    """The model itself, synchronous: what a worker thread runs and what parity is measured on.

    Truncation and padding are part of the export's `tokenizer.json`.
    """

    def __init__(self, exported: ExportedModel, *, threads: int = 1) -> None:
        self.manifest = exported.manifest
        self._max_characters = self.manifest.max_tokens * _CHARACTERS_PER_TOKEN
        self._tokenizer = Tokenizer.from_file(str(exported.folder / TOKENIZER))
        self._session = _open_session(str(exported.folder / self.manifest.onnx_file), threads)
        self._input_names = {item.name for item in self._session.get_inputs()}

    def prepared(self, texts: Sequence[str], kind: TextKind) -> list[str]:
        """Return the texts as the model wants to read them: introduced by its prefix for `kind`."""
        prefix = self.manifest.query_prefix if kind == "query" else self.manifest.document_prefix
        return [prefix + text for text in texts]

    def run(self, prepared: Sequence[str]) -> Vectors:
        """Encode prepared texts as one batch; shape (n, size)."""
        # encode_batch releases the interpreter lock while it tokenises, encode does not.
        encodings = self._tokenizer.encode_batch([text[: self._max_characters] for text in prepared])
        mask = np.array([item.attention_mask for item in encodings], dtype=np.int64)
        inputs = {
            "input_ids": np.array([item.ids for item in encodings], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([item.type_ids for item in encodings], dtype=np.int64),
        }
        hidden = self._session.run(None, {name: inputs[name] for name in self._input_names})[0]
        return normalised(hidden[:, 0] if self.manifest.pooling == "cls" else _mean(hidden, mask))

    def encode(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        """Prepare and encode as one batch."""
        return self.run(self.prepared(texts, kind))


def _mean(hidden: Vectors, mask: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Vectors:
    weights = mask[:, :, None].astype(np.float32)
    return np.asarray((hidden * weights).sum(axis=1) / weights.sum(axis=1), dtype=np.float32)


def _open_session(path: str, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Spinning threads would burn a core between two messages.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


class OnnxEmbedder:
    """An exported model behind the `Embedder` port: one worker thread, requests coalesced into batches."""

    def __init__(self, model: OnnxModel) -> None:
        self.manifest = model.manifest
        self.ready = Readiness()
        self.ready.set()
        self._model = model
        self._worker = BatchWorker(model.run, size=model.manifest.size, max_text_tokens=model.manifest.max_tokens)
        self._questions = Once(lambda prepared: self._worker.encode([prepared], urgent=True))

    @classmethod
    async def load(cls, exported: ExportedModel, *, threads: int = 1) -> Self:
        """Open an export off the event loop; `threads` is the number of threads one batch may use."""
        model = await asyncio.to_thread(OnnxModel, exported, threads=threads)
        # The first run allocates and fuses: better here than in somebody's first message.
        await asyncio.to_thread(model.encode, ["ready"], "query")
        return cls(model)

    @property
    def spec(self) -> EmbeddingSpec:
        """Model and size of the export."""
        return self.manifest.spec

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        """Return one unit vector per text; text beyond the model's limit is left out."""
        prepared = self._model.prepared(texts, kind)
        if kind == "query" and len(prepared) == 1:
            return await self._questions.vectors(prepared[0])
        return await self._worker.encode(prepared, urgent=kind == "query")

    async def close(self) -> None:
        """Stop the worker; requests that still wait get an EmbeddingError."""
        await self._worker.close()
