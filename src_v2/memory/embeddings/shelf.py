"""What `<data_dir>/models` remembers between starts: the model that memory was written with, and fruitless attempts.

Small files, read and written synchronously: call from a thread. Not for the models themselves; `obtaining` has those.
"""

import os
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from src_v2.memory.embeddings.base import EmbeddingSpec

REFUSAL_LASTS = timedelta(hours=24)
"""How long a model that could not be had is not tried again, so that starts without a network stay quick."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The model that memory was written with; it stays in use until memory is re-indexed.

    `wanted` is what the settings asked for then and `reason` why it was not to be had, empty when it was.
    """

    model: str
    size: int
    wanted: str
    reason: str = ""

    @property
    def spec(self) -> EmbeddingSpec:
        """Model and size."""
        return EmbeddingSpec(self.model, self.size)


class ModelShelf:
    """The notes beside the exported models."""

    def __init__(self, models_dir: Path) -> None:
        self.folder = models_dir
        self._pin_file = models_dir / "active.json"
        self._refusals_file = models_dir / "refused.json"

    def pin(self) -> Pin | None:
        """Return the pinned model, if memory was ever written."""
        raw = _read(self._pin_file)
        try:
            return Pin(**raw) if raw else None
        except TypeError:
            return None

    def set_pin(self, pin: Pin) -> None:
        """Make `pin` the model of every start from now on."""
        _write(self._pin_file, pin)

    def refusal(self, model: str, now: datetime) -> str | None:
        """Return why `model` could not be had, when that was found out in the last 24 hours."""
        entry = _read(self._refusals_file).get(model)
        if not isinstance(entry, dict):
            return None
        try:
            fresh = now - datetime.fromisoformat(entry["at"]) < REFUSAL_LASTS
        except (KeyError, TypeError, ValueError):
            return None
        return str(entry.get("reason", "")) if fresh else None

    def remember_refusal(self, model: str, reason: str, now: datetime) -> None:
        """Note that `model` could not be had."""
        _write(self._refusals_file, {**_read(self._refusals_file), model: {"at": now.isoformat(), "reason": reason}})


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _write(path: Path, content: object) -> None:
    """Replace the file in one step: a reader, or a start after a crash, sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    Path(temporary).replace(path)
