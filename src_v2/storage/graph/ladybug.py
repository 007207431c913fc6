"""The embedded graph store: Ladybug, in this process, one file. Needs no server.

The library is synchronous and takes one write transaction at a time, so writes run on one thread with one connection:
that is the write lock, and it holds also when a caller is cancelled half-way. Reads have a few threads beside it.
"""

import asyncio
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, cast

import ladybug

from src_v2.core.errors import StoreError, StoreUnavailable
from src_v2.storage.graph.schema import SCHEMA, WRITE_VERSION, for_ladybug, steps_to_take
from src_v2.storage.scraps import overwrite_freed_memory

BUFFER_POOL_BYTES = 256 * 2**20
"""The library's own default is four fifths of the machine's memory."""
READERS = 3
READ_TIMEOUT_MS = 5_000
_EXPORTED, _REWRITTEN = ".exported", ".rewritten"
_LOCKED = "Could not set lock"

Row = dict[str, Any]


class LadybugGraph:
    """A `GraphStore` in the file `path`, which belongs to one process at a time. Opened at the first use."""

    def __init__(self, path: Path) -> None:
        self.round_trips = 0
        self._path = path
        self._opening = asyncio.Lock()
        self._database: ladybug.Database | None = None
        self._readers = _Lane(READERS, READ_TIMEOUT_MS)
        self._writer = _Lane(1)

    async def ensure_schema(self) -> None:
        """Declare tables; see GraphStore."""
        for statement in for_ladybug(SCHEMA):
            await self.write(statement)
        for step in await steps_to_take(self):
            for table in step.tables:
                for statement in for_ladybug(table):
                    await self.write(statement)
            await self.write(WRITE_VERSION, {"version": step.version})

    async def read(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Run a query that changes nothing; see GraphStore."""
        return await self._run(self._readers, cypher, parameters)

    async def write(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Run a query that may change something; see GraphStore."""
        return await self._run(self._writer, cypher, parameters)

    async def check(self) -> None:
        """Open the file and ask it something."""
        await self.read("RETURN 1 AS alive")

    async def settle(self) -> None:
        """Copy everything into a new file: the library only marks what is deleted as free. Queries wait meanwhile."""
        if self._database is None:
            await self._open()
        async with self._opening:
            database, self._database = self._database, None  # from here on, queries wait to open it
            if database is not None:
                await asyncio.to_thread(self._rewrite, database)

    async def close(self) -> None:
        """Close connections and file, after the queries under way. The store cannot be used afterwards."""
        async with self._opening:
            await asyncio.to_thread(self._close)

    async def _run(self, lane: "_Lane", cypher: str, parameters: Mapping[str, Any] | None) -> list[Row]:
        if self._database is None:
            await self._open()
        self.round_trips += 1
        try:
            return await lane.run(cypher, dict(parameters or {}))
        except RuntimeError as error:  # the library's only kind
            raise StoreError(f"the graph store refused ({_first_line(error)})") from error

    async def _open(self) -> None:
        async with self._opening:
            if self._database is not None:
                return
            try:
                self._database = await asyncio.to_thread(self._open_file)
            except (RuntimeError, OSError) as error:
                if _LOCKED in str(error):
                    raise StoreError(
                        "another WhisperEngine uses this data folder: stop it, or set another DATA_DIR"
                    ) from error
                raise StoreUnavailable(f"the graph store cannot be opened ({_first_line(error)})") from error

    def _open_file(self) -> ladybug.Database:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        overwrite_freed_memory()
        database = ladybug.Database(self._path, buffer_pool_size=BUFFER_POOL_BYTES)
        self._readers.open(database)
        self._writer.open(database)
        return database

    def _rewrite(self, database: ladybug.Database) -> None:
        exported, rewritten = (self._path.with_name(self._path.name + suffix) for suffix in (_EXPORTED, _REWRITTEN))
        self._readers.close()
        self._writer.close()
        try:
            _remove(exported, rewritten)
            _order(database, f"EXPORT DATABASE {_quoted(exported)}")
            database.close()
            copy = ladybug.Database(rewritten, buffer_pool_size=BUFFER_POOL_BYTES)
            _order(copy, f"IMPORT DATABASE {_quoted(exported)}")
            copy.close()
            # The copy holds what a log beside the old file says; left there, it would be replayed into the new one.
            self._path.with_name(f"{self._path.name}.wal").unlink(missing_ok=True)
            rewritten.replace(self._path)
        except (RuntimeError, OSError) as error:
            raise StoreError(f"the graph store could not be rewritten ({_first_line(error)})") from error
        finally:
            database.close()
            _remove(exported, rewritten)

    def _close(self) -> None:
        self._readers.close()
        self._writer.close()
        if self._database is not None:
            self._database.close()


class _Lane:
    """Some threads, with a connection for each."""

    def __init__(self, size: int, timeout_ms: int | None = None) -> None:
        self._size = size
        self._timeout_ms = timeout_ms
        self._idle: SimpleQueue[ladybug.Connection] = SimpleQueue()
        self._threads: ThreadPoolExecutor | None = None

    def open(self, database: ladybug.Database) -> None:
        self._threads = ThreadPoolExecutor(max_workers=self._size, thread_name_prefix="graph")
        for _ in range(self._size):
            connection = ladybug.Connection(database)
            if self._timeout_ms is not None:
                connection.set_query_timeout(self._timeout_ms)
            self._idle.put(connection)

    async def run(self, cypher: str, parameters: Row) -> list[Row]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._execute, cypher, parameters)

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=True)
        while not self._idle.empty():
            self._idle.get().close()

    def _execute(self, cypher: str, parameters: Row) -> list[Row]:
        connection = self._idle.get()
        try:
            result = cast("ladybug.QueryResult", connection.execute(cypher, parameters))  # a list only for several
            rows = cast("list[Row]", list(result.rows_as_dict()))
            result.close()
            return rows
        finally:
            self._idle.put(connection)


def _order(database: ladybug.Database, command: str) -> None:
    connection = ladybug.Connection(database)
    try:
        connection.execute(command)
    finally:
        connection.close()


def _quoted(path: Path) -> str:
    """Return a path as these commands take it: they know no parameters."""
    escaped = str(path).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _remove(exported: Path, rewritten: Path) -> None:
    """Remove what a copy leaves, or left when it was broken off."""
    shutil.rmtree(exported, ignore_errors=True)
    for path in rewritten.parent.glob(f"{rewritten.name}*"):
        path.unlink(missing_ok=True)


def _first_line(error: BaseException) -> str:
    """Leave out the query, which the library repeats from the second line on."""
    return str(error).partition("\n")[0].partition('"')[0].strip()
