"""The local embedding model as the process uses it: starts at once, loads in the background, keeps to one model.

Which model: the one memory was written with; else the one the settings want; else, when that cannot be had, the
packaged one. Only re-indexing changes it afterwards, because vectors of two models never mix. Not for serving; `onnx`
does that.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog

from src_v2.core.clock import Clock, SystemClock
from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.base import EmbeddingSpec, ProgressCallback, Readiness, TextKind, Vectors
from src_v2.memory.embeddings.manifest import ExportedModel, Parity
from src_v2.memory.embeddings.obtaining import PACKAGED_MODEL, ModelNotHad, Sources, canonical_name, obtain
from src_v2.memory.embeddings.onnx import OnnxEmbedder
from src_v2.memory.embeddings.shelf import ModelShelf, Pin

log = structlog.get_logger(__name__)

REINDEX_COMMAND = "whisperengine memory reindex"


@dataclass(frozen=True, slots=True)
class LocalModelConfig:
    """What the settings say. `size` None takes whatever the model has; `offline` never asks the model hub."""

    data_dir: Path
    model: str = "BAAI/bge-base-en-v1.5"
    size: int | None = 768
    offline: bool = False
    threads: int = 1

    @property
    def models_dir(self) -> Path:
        """Where exported models live."""
        return self.data_dir / "models"


@dataclass(frozen=True, slots=True)
class EmbedderDescription:
    """The state of things, for `doctor` and the health page.

    `active` is None until it is known; `fallback_reason` is empty when the wanted model is the active one.
    """

    state: Literal["not started", "loading", "ready", "failed", "closed"]
    wanted: str
    active: EmbeddingSpec | None
    fallback_reason: str
    precision: str
    parity: Parity | None
    progress: float
    progress_text: str
    error: str


class LocalEmbedder:
    """The local model behind the `Embedder` port.

    With `reindexing` the pinned model is passed over and the wanted one is tried anew; nothing is pinned until `pin`
    is called, which whoever re-indexes does once the new collection is whole.
    """

    def __init__(
        self,
        config: LocalModelConfig,
        *,
        clock: Clock | None = None,
        on_progress: ProgressCallback | None = None,
        reindexing: bool = False,
    ) -> None:
        self.ready = Readiness()
        self.fallback_reason = ""
        self._config = config
        self._wanted = canonical_name(config.model)
        self._shelf = ModelShelf(config.models_dir)
        self._sources = Sources(self._shelf, clock or SystemClock(), config.offline, ask_again=reindexing)
        self._on_progress = on_progress
        self._reindexing = reindexing
        self._progress = (0.0, "")
        self._pinned: EmbeddingSpec | None = None
        self._pinning = asyncio.Lock()
        self._active: OnnxEmbedder | None = None
        self._loading: asyncio.Task[None] | None = None
        self._closed = False

    def start(self) -> None:
        """Begin to load in the background and return; does nothing while loading or once loaded."""
        if self._closed or self.ready.is_set() or (self._loading and not self._loading.done()):
            return
        self.ready.reset()
        self._loading = asyncio.create_task(self._load(), name="embedding-model")

    @property
    def spec(self) -> EmbeddingSpec:
        """Model and size; raises EmbeddingError until loaded, unless memory was written before."""
        if known := self._known_spec():
            return known
        raise EmbeddingError("the embedding model is not loaded yet", retryable=True)

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        """Return one unit vector per text, waiting for the model first.

        The first document pins the model: from then on memory holds its vectors.
        """
        await self.ready.wait()
        if self._active is None:
            raise EmbeddingError("the embedding model is closed")
        if kind == "document" and self._pinned is None and not self._reindexing:
            await self.pin()
        return await self._active.encode(texts, kind=kind)

    async def pin(self) -> None:
        """Keep to the active model on every later start."""
        await self.ready.wait()
        pin = Pin(self.spec.model, self.spec.size, self._wanted, self.fallback_reason)
        async with self._pinning:
            if self._pinned != pin.spec:
                await asyncio.to_thread(self._shelf.set_pin, pin)
                self._pinned = pin.spec

    def describe(self) -> EmbedderDescription:
        """Say what is wanted, what is active and why, without waiting."""
        manifest = self._active.manifest if self._active else None
        return EmbedderDescription(
            state=self._state(),
            wanted=self._wanted,
            active=self._known_spec(),
            fallback_reason=self.fallback_reason,
            precision=manifest.precision if manifest else "",
            parity=manifest.parity if manifest else None,
            progress=self._progress[0],
            progress_text=self._progress[1],
            error=str(self.ready.error or ""),
        )

    async def close(self) -> None:
        """Stop loading and serving; requests that still wait get an EmbeddingError."""
        self._closed = True
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        self.ready.fail(EmbeddingError("the embedding model is closed"))
        if self._active is not None:
            await self._active.close()
            self._active = None

    def _known_spec(self) -> EmbeddingSpec | None:
        return self._active.spec if self._active else self._pinned

    def _state(self) -> Literal["not started", "loading", "ready", "failed", "closed"]:
        if self._closed:
            return "closed"
        if self.ready.is_set():
            return "ready"
        if self.ready.error is not None:
            return "failed"
        return "loading" if self._loading else "not started"

    async def _load(self) -> None:
        try:
            exported = await self._chosen()
            self._show_progress(0.95, f"Opening {exported.manifest.model}")
            self._active = await OnnxEmbedder.load(exported, threads=self._config.threads)
        except EmbeddingError as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001 - the background task's edge: whoever waits gets the error
            self._give_up(EmbeddingError(f"no embedding model: {type(error).__name__}: {error}", retryable=True))
        else:
            self._show_progress(1.0, f"{exported.manifest.model} is ready")
            self.ready.set()
            log.info("embedding_model_ready", model=exported.manifest.model, precision=exported.manifest.precision)

    def _give_up(self, error: EmbeddingError) -> None:
        log.error("embedding_model_failed", error=str(error))
        self.ready.fail(error)

    async def _chosen(self) -> ExportedModel:
        pin = None if self._reindexing else await asyncio.to_thread(self._shelf.pin)
        if pin is not None and pin.model != self._wanted:
            return await self._other_than_wanted(pin)
        if pin is not None:
            self._pinned = pin.spec
        try:
            exported = await obtain(self._config.model, self._sources, self._show_progress, any_version=pin is not None)
        except ModelNotHad as error:
            if pin is not None or self._wanted == PACKAGED_MODEL:
                raise
            self.fallback_reason = str(error)
            log.warning("embedding_model_fallback", wanted=self._wanted, used=PACKAGED_MODEL, reason=str(error))
            return await obtain(PACKAGED_MODEL, self._sources, self._show_progress)
        self._check_size(exported)
        return exported

    async def _other_than_wanted(self, pin: Pin) -> ExportedModel:
        self._pinned = pin.spec
        kept = f"memory was written with {pin.model}; `{REINDEX_COMMAND}` moves it to {self._wanted}"
        self.fallback_reason = f"{pin.reason}; {kept}" if pin.reason and pin.wanted == self._wanted else kept
        return await obtain(pin.model, self._sources, self._show_progress, any_version=True)

    def _check_size(self, exported: ExportedModel) -> None:
        size = exported.manifest.size
        if self._config.size not in {None, size}:
            raise EmbeddingError(
                f"EMBEDDING_DIMENSIONS is {self._config.size}, but {self._wanted} makes vectors of {size}: "
                f"set EMBEDDING_DIMENSIONS={size}"
            )

    def _show_progress(self, fraction: float, text: str) -> None:
        self._progress = (fraction, text)
        if self._on_progress is not None:
            self._on_progress(fraction, text)
