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

from src_v2.memory.rows import RefChange, Transaction
from src_v2.storage.rows import RowWrite

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
        await asyncio.shield(self._add(self._path, _line(change)))

    async def set_aside(self, change: Transaction) -> None:
        """Keep a transaction that SQL refused, beside the spool, for an operator to look at."""
        await asyncio.shield(self._add(self._path.with_suffix(".refused.jsonl"), _line(change)))

    async def take(self) -> list[Transaction]:
        """Return every waiting transaction; they stay until `clear`."""
        async with self._lock:
            lines = await asyncio.to_thread(self._read)
        return [_transaction(line) for line in lines]

    async def clear(self, count: int) -> None:
        """Drop the first `count` transactions: they are in SQL now."""
        # Shielded: a cancelled caller must not release the lock while the thread still rewrites the file.
        await asyncio.shield(self._clear(count))

    async def _add(self, path: Path, line: bytes) -> None:
        async with self._lock:
            self._waiting = self._waiting or path == self._path
            await asyncio.to_thread(_append, path, line)

    async def _clear(self, count: int) -> None:
        async with self._lock:
            rest = (await asyncio.to_thread(self._read))[count:]
            await asyncio.to_thread(self._rewrite, rest)
            self._waiting = bool(rest)

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


def _append(path: Path, line: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE_MODE)
    with os.fdopen(descriptor, "ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _line(change: Transaction) -> bytes:
    """Return a transaction as a line; the leading line break ends whatever a crash left unfinished."""
    plain = asdict(change) if isinstance(change, RefChange) else [asdict(row) for row in change]
    return b"\n" + orjson.dumps(plain) + b"\n"


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
