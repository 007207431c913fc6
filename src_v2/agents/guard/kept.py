"""What was learned, in a file between starts: made once per embedding model, examples and cues.

Calls read and write files: call from a thread.
"""

import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from src_v2.agents.guard.cues import COUNT, cues_digest
from src_v2.agents.guard.likelihood import LEARNED_WITH, SIGNS, Likelihood
from src_v2.memory.embeddings.base import Vectors

log = structlog.get_logger(__name__)

FORMAT = 1
"""Raised whenever an older file must not be used any more, though nothing changed of what its name is made of."""
_PROBE = "probe"
_FILES = "solution-*.npz"
_NOT_OURS = (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError)
"""What numpy raises for a file that is broken, or is another one than its name says."""


def path_in(folder: Path, model: str, lessons_digest: str) -> Path:
    """Return where what is learned from such lessons is kept; `model` is the embedding model's slug.

    The name changes with the way of learning, too.
    """
    of_all = f"{FORMAT} {lessons_digest} {cues_digest()} {LEARNED_WITH}"
    return folder / f"solution-{model}-{hashlib.sha256(of_all.encode()).hexdigest()[:12]}.npz"


def load(path: Path, size: int) -> tuple[Likelihood, Vectors] | None:
    """Return what was kept for vectors of `size`, and the probe's vector; None when nothing there can be used."""
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {name: file[name] for name in (*_names(), _PROBE)}
    except FileNotFoundError:
        return None
    except (*_NOT_OURS, AttributeError, TypeError) as error:  # the last two: a single array is no archive
        log.warning("guard_solution_unreadable", error=type(error).__name__)
        return None
    if not _fits(found, size):
        log.warning("guard_solution_unreadable", error="shape")
        return None
    probe = found.pop(_PROBE)
    return Likelihood(**found), probe


def keep(path: Path, learned: Likelihood, probe: Vectors) -> None:
    """Write the file in one step; those of other models, examples or cues go. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {name: getattr(learned, name) for name in _names()}
    handle, temporary = tempfile.mkstemp(prefix=".solution-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays, **{_PROBE: probe})
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    for old in path.parent.glob(_FILES):
        if old != path:
            old.unlink(missing_ok=True)


def _names() -> list[str]:
    return [field.name for field in fields(Likelihood)]


def _fits(found: Mapping[str, Any], size: int) -> bool:
    count = len(found["rows"]) if found["rows"].ndim else 0
    shapes = {
        "rows": (count, COUNT + size), "lengths": (count,), "pulls": (count, len(SIGNS)), "usual": (len(SIGNS),),
        "seen_from": (2, len(SIGNS)), _PROBE: (size,),
    }  # fmt: skip
    return count > 0 and all(
        found[name].shape == shape and found[name].dtype == np.float32 and bool(np.isfinite(found[name]).all())
        for name, shape in shapes.items()
    )
