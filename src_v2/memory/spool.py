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
        self._refused = path.with_suffix(".refused.jsonl")
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
        await asyncio.shield(self._add(self._refused, _line(change)))

    async def take(self) -> list[Transaction]:
        """Return every waiting transaction; they stay until `clear`."""
        async with self._lock:
            lines = await asyncio.to_thread(_lines, self._path)
        return [_transaction(line) for line in lines]

    async def forget(self, user_id: str) -> None:
        """Drop what SQL refused and names a person. Edits name nobody: all that were refused go with it."""
        await asyncio.shield(self._forget(user_id))

    async def mentions(self, user_id: str) -> int:
        """Count the transactions, waiting or refused, that name a person."""
        async with self._lock:
            lines = [*await asyncio.to_thread(_lines, self._path), *await asyncio.to_thread(_lines, self._refused)]
        return sum(_names(_transaction(line), user_id) for line in lines)

    async def clear(self, count: int, instead: Sequence[Transaction] = ()) -> None:
        """Drop the first `count` transactions, which are in SQL now; keep `instead` in their place."""
        # Shielded: a cancelled caller must not release the lock while the thread still rewrites the file.
        await asyncio.shield(self._clear(count, [_line(change).strip() for change in instead]))

    async def _add(self, path: Path, line: bytes) -> None:
        async with self._lock:
            self._waiting = self._waiting or path == self._path
            await asyncio.to_thread(_append, path, line)

    async def _clear(self, count: int, instead: Sequence[bytes]) -> None:
        async with self._lock:
            rest = [*instead, *(await asyncio.to_thread(_lines, self._path))[count:]]
            await asyncio.to_thread(_rewrite, self._path, rest)
            self._waiting = bool(rest)

    async def _forget(self, user_id: str) -> None:
        async with self._lock:
            lines = await asyncio.to_thread(_lines, self._refused)
            kept = [line for line in lines if not _may_name(_transaction(line), user_id)]
            if len(kept) < len(lines):
                await asyncio.to_thread(_rewrite, self._refused, kept)


def _lines(path: Path) -> list[bytes]:
    if not path.exists():
        return []
    return [line for line in path.read_bytes().split(b"\n") if line]


def _rewrite(path: Path, lines: Sequence[bytes]) -> None:
    if not lines:
        path.unlink(missing_ok=True)
        return
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(line + b"\n" for line in lines)
        os.fsync(file.fileno())
    draft.replace(path)


def _names(change: Transaction, user_id: str) -> bool:
    return not isinstance(change, RefChange) and any(user_id in map(str, row.values.values()) for row in change)


def _may_name(change: Transaction, user_id: str) -> bool:
    return isinstance(change, RefChange) or _names(change, user_id)


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
    return RowWrite(item["table"], values, tuple(item["update"]), item.get("needs", ""))


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
