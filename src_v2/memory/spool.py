"""Keeps what could not be written while SQL was away: a private file of changes, replayed when SQL is back.

Not a second store: it is empty whenever SQL works.
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from src_v2.memory.rows import RefChange, RowWrite, Transaction

PRIVATE_FILE_MODE = 0o600


class Spool:
    """Transactions waiting for SQL, in the order in which they were made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = asyncio.Lock()
        self._waiting = path.exists()

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    async def add(self, change: Transaction) -> None:
        """Append one transaction; it is on disk when this returns."""
        # The leading line break ends whatever a crash left unfinished.
        plain = asdict(change) if isinstance(change, RefChange) else [asdict(row) for row in change]
        line = b"\n" + orjson.dumps(plain) + b"\n"
        async with self._lock:
            self._waiting = True
            await asyncio.to_thread(self._append, line)

    async def take(self) -> list[Transaction]:
        """Return every waiting transaction; they stay until `clear`."""
        async with self._lock:
            lines = await asyncio.to_thread(self._read)
        return [_transaction(line) for line in lines]

    async def clear(self, count: int) -> None:
        """Drop the first `count` transactions: they are in SQL now."""
        async with self._lock:
            rest = (await asyncio.to_thread(self._read))[count:]
            await asyncio.to_thread(self._rewrite, rest)
            self._waiting = bool(rest)

    def _append(self, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE_MODE)
        with os.fdopen(descriptor, "ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> list[bytes]:
        if not self._path.exists():
            return []
        return [line for line in self._path.read_bytes().split(b"\n") if line]

    def _rewrite(self, lines: Sequence[bytes]) -> None:
        if not lines:
            self._path.unlink(missing_ok=True)
            return
        draft = self._path.with_suffix(".draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(line + b"\n" for line in lines)
            os.fsync(file.fileno())
        draft.replace(self._path)


def _transaction(line: bytes) -> Transaction:
    """Read one line; a torn one was never acknowledged and holds nothing."""
    try:
        plain = orjson.loads(line)
    except orjson.JSONDecodeError:
        return []
    return RefChange(**plain) if isinstance(plain, dict) else [_row(item) for item in plain]


def _row(item: dict[str, Any]) -> RowWrite:
    values = {key: _moment(value) if key.endswith("_at") else value for key, value in item["values"].items()}
    return RowWrite(item["table"], values, tuple(item["update"]))


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
