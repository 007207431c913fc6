"""Writes files that hold personal data: readable by their owner alone, and never over another file unasked."""

import os
from pathlib import Path

from src_v2.core.errors import WhisperEngineError

MODE = 0o600


class FileRefused(WhisperEngineError):
    """A file that cannot be written; the text says why."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, user_message=f"{detail}.")


def write_private(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write `content`; blocks. Raises FileRefused: the file exists and is not to be replaced, or cannot be written."""
    target = path.with_name(f".{path.name}.{os.getpid()}.new") if replace else path
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "wb") as file:
            file.write(content)
        if replace:
            target.replace(path)  # a file that others could read is not written into
    except FileExistsError as error:
        raise FileRefused(f"{target} exists already") from error
    except OSError as error:
        raise FileRefused(f"{path} cannot be written: {error.strerror}") from error
