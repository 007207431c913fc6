"""What an exported model folder says about itself, and how a whole one is told from a broken one.

A folder is `<data_dir>/models/<model>-<size>-<fingerprint>/` with `manifest.json`, `tokenizer.json`, an `.onnx` file.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from src_v2.memory.embeddings.base import EmbeddingSpec, model_slug

FORMAT = 1
"""Raised whenever older exports must not be used any more."""

MANIFEST = "manifest.json"
TOKENIZER = "tokenizer.json"

Pooling = Literal["mean", "cls"]
Precision = Literal["fp32", "int8"]


@dataclass(frozen=True, slots=True)
class Parity:
    """How close an export is to its original, over built-in sentences and questions.

    Cosines are the smallest and the mean one over all sentences; recalls are 0..1.
    """

    cosine_min: float
    cosine_mean: float
    recall_at_1: float
    recall_at_3: float
    original_recall_at_1: float
    original_recall_at_3: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything serving needs to know; `files` maps each file's name to its size in bytes."""

    model: str
    size: int
    pooling: Pooling
    max_tokens: int
    precision: Precision
    onnx_file: str
    fingerprint: str
    query_prefix: str
    document_prefix: str
    parity: Parity
    files: dict[str, int]
    format: int = FORMAT

    @property
    def spec(self) -> EmbeddingSpec:
        """Model and size."""
        return EmbeddingSpec(self.model, self.size)


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """A whole export: its folder and what that folder says."""

    folder: Path
    manifest: Manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json`."""
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))


def read_export(folder: Path) -> ExportedModel | None:
    """Return the export in `folder`; None when it is missing, of another format, incomplete or unreadable."""
    try:
        raw: dict[str, Any] = orjson.loads((folder / MANIFEST).read_bytes())
        if raw.get("format") != FORMAT:
            return None
        known = {name: value for name, value in raw.items() if name in Manifest.__dataclass_fields__}
        manifest = Manifest(**{**known, "parity": Parity(**raw["parity"])})
        whole = all((folder / name).stat().st_size == size for name, size in manifest.files.items())
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return ExportedModel(folder, manifest) if whole else None


def find_export(models_dir: Path, model: str, fingerprint: str | None = None) -> ExportedModel | None:
    """Return the newest whole export of `model`, if there is one; only of `fingerprint` when that is given."""
    folders = sorted(models_dir.glob(f"{model_slug(model)}-*"), key=_modified, reverse=True)
    found = (read_export(folder) for folder in folders)
    return next((export for export in found if export and _is_of(export, model, fingerprint)), None)


def _is_of(export: ExportedModel, model: str, fingerprint: str | None) -> bool:
    manifest = export.manifest
    return manifest.model == model and fingerprint in {None, manifest.fingerprint}


def _modified(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
