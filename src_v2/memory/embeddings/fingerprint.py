"""Telling one version of a model's files from another."""

import hashlib
from pathlib import Path

from src_v2.memory.embeddings.manifest import FORMAT

_PATTERNS = ("*.json", "*.txt", "*.safetensors", "*.bin", "*.model", "1_Pooling/config.json")


def fingerprint(source: Path) -> str:
    """Return 12 hex digits that change with the model's files or with our export format."""
    digest = hashlib.sha256(f"format {FORMAT}".encode())
    files = {path for pattern in _PATTERNS for path in source.glob(pattern) if path.is_file()}
    for path in sorted(files):
        digest.update(path.relative_to(source).as_posix().encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]
