"""What a worker is called. Its name is the same at every start and nobody else's: what it began is found under it.

A name is held by a lock on a file, which the operating system lets go of however the process ends.
"""

import fcntl
import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO

from src_v2.core.errors import SettingsError

FOLDER = "workers"
SUFFIX = ".alive"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Badge:
    """A name that is held, and the file that says since when its bearer was last well."""

    name: str
    path: Path

    def show(self) -> None:
        """Note that the bearer is well now: the file's time is what a health check looks at."""
        os.utime(self.path)


@contextmanager
def held_name(data_dir: Path, wanted: str = "") -> Iterator[Badge]:
    """Hold `wanted`, or else the first free name after this machine's, until the end of the block.

    Raises SettingsError when the name is taken, or no name at all.
    """
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name in _candidates(wanted):
        path = folder / f"{name}{SUFFIX}"
        with path.open("a") as file:
            if _locked(file):
                yield Badge(name, path)
                return
        if wanted:
            raise SettingsError(f"a worker called {wanted} runs already: give this one another --name")


def _candidates(wanted: str) -> Iterator[str]:
    if wanted:
        if not _NAME.fullmatch(wanted):
            raise SettingsError(f"{wanted!r} is no name for a worker: use letters, digits, dots and dashes")
        yield wanted
        return
    host = re.sub(r"[^A-Za-z0-9-]", "-", platform.node()).strip("-")[:60] or "worker"
    yield host
    yield from (f"{host}-{number}" for number in count(2))


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
