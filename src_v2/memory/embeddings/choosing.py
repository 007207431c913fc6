"""Which `Embedder` the settings ask for: a local model, or an embeddings API (`openai:<model>`)."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from src_v2.core.clock import Clock
from src_v2.memory.embeddings.api import OPENAI_URL, ApiEmbedder, ApiModelConfig, api_model
from src_v2.memory.embeddings.base import Embedder, ProgressCallback
from src_v2.memory.embeddings.loading import LocalEmbedder, LocalModelConfig


class StartableEmbedder(Embedder, Protocol):
    """An embedder that may have to load something first."""

    def start(self) -> None:
        """Begin to load in the background and return."""
        ...


@dataclass(frozen=True, slots=True)
class EmbeddingConfig:
    """What the settings say; an empty `base_url` is the usual one.

    `size` is the number of dimensions. Unless the operator chose it, a local model may have another one.
    """

    data_dir: Path
    model: str
    size: int
    size_chosen: bool = False
    threads: int = 1
    offline: bool = False
    base_url: str = ""
    api_key: str = field(default="", repr=False)


def choose_embedder(
    config: EmbeddingConfig, clock: Clock, *, on_progress: ProgressCallback | None = None, reindexing: bool = False
) -> StartableEmbedder:
    """Return the embedder, not started yet. `reindexing` lets a local model replace the one memory was written with."""
    remote = api_model(config.model)
    if remote is not None:
        return ApiEmbedder(ApiModelConfig(remote, config.size, config.api_key, config.base_url or OPENAI_URL))
    size = config.size if config.size_chosen else None
    local = LocalModelConfig(config.data_dir, config.model, size, config.offline, config.threads)
    return LocalEmbedder(local, clock=clock, on_progress=on_progress, reindexing=reindexing)
