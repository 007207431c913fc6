"""The SQL engine: one way to read and one way to write, on SQLite and on PostgreSQL alike. Knows no table.

What a caller sees of errors: whatever means "the database cannot serve us now" (no connection, connection lost,
locked, disk full, too slow, not migrated yet) becomes `StoreUnavailable`. Everything else stays SQLAlchemy's own:
`IntegrityError` is for the caller to act upon, and the rest are bugs that should look like bugs. Parameters never
appear in an error's text.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from src_v2.core.errors import StoreError, StoreUnavailable

CONNECT_TIMEOUT_S = 2.0
"""A dead or frozen server is noticed this quickly; a live one answers within milliseconds."""
STATEMENT_TIMEOUT_S = 15.0
"""No statement of ours takes this long; one that does waits for a server that is gone."""
POOL_WAIT_S = 10.0
SQLITE_BUSY_MS = 5_000
"""How long to wait for another process (a second command line, a backup) that holds SQLite's write lock."""

_SQLITE_PRAGMAS = (
    f"busy_timeout={SQLITE_BUSY_MS}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON",
    "secure_delete=ON",  # what was removed is overwritten, not only forgotten
)  # fmt: skip
_BEGIN_WRITE = "BEGIN IMMEDIATE"
_READING = "v2_reading"
_SQLITE_UNAVAILABLE = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_CANTOPEN",
    "SQLITE_IOERR",
    "SQLITE_FULL",
    "SQLITE_READONLY",
    "SQLITE_NOTADB",
)
# SQLSTATE: connection exceptions, operator intervention (shutdown, starting up), insufficient resources, transactions
# that lost against another one (deadlock), tables that are not there: the server just came up and is not migrated yet.
_POSTGRES_UNAVAILABLE = ("08", "57P", "53", "40", "42P01")


class Database:
    """One database, embedded or served.

    `url` is `sqlite:///path/to/file`, `postgresql://…` or `postgres://…`. Nothing is opened before the first use,
    except that the folder of an SQLite file is made. `round_trips` counts statements sent since the start (BEGIN and
    COMMIT of a write are not among them). `statement_timeout_s` holds on PostgreSQL.
    """

    def __init__(self, url: str | URL, *, echo: bool = False, statement_timeout_s: float = STATEMENT_TIMEOUT_S) -> None:
        self.url = _driver_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.round_trips = 0
        if self.is_sqlite:
            self._engine = _sqlite_engine(self.url, echo)
        else:
            self._engine = _postgres_engine(self.url, echo, statement_timeout_s)
        # PostgreSQL: no BEGIN and ROLLBACK around single reads. SQLite does without already (see `_on_begin`).
        level = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._reader = self._engine.execution_options(**{_READING: True}, **level)
        # SQLite takes one writer. Queueing here keeps p99 at a fifth of what its own busy waiting gives.
        self._write_lock: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()
        event.listen(self._engine.sync_engine, "before_cursor_execute", self._on_statement)
        event.listen(self._engine.sync_engine, "handle_error", _on_error)

    @property
    def dialect(self) -> str:
        """Return "sqlite" or "postgresql"."""
        return self.url.get_backend_name()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for SELECTs; every statement sees what was committed before it.

        Writing through it raises StoreError: on one dialect it would be lost, on the other kept.
        """
        async with _connected(self._reader) as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection within a transaction: committed at the end of the block, rolled back on any error.

        On SQLite one block runs at a time, so keep it short, await nothing but this connection in it, and never open
        a second one inside.
        """
        async with self._write_lock, _connected(self._engine) as connection, connection.begin():
            yield connection

    def upsert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        """Return the dialect's own INSERT, the one that knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def check(self) -> None:
        """Ask the database for a sign of life; raise StoreUnavailable when it gives none."""
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def settle(self) -> None:
        """Let go of old versions of what was removed; a server does that by itself, in its own time."""
        if self.is_sqlite:
            async with _connected(self._reader) as connection:
                await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    async def close(self) -> None:
        """Close every connection; the object may be used again afterwards and reconnects."""
        if self.round_trips:  # what a connection that is still in use keeps from being written into the file at the end
            with suppress(StoreError):
                await self.settle()
        await self._engine.dispose()

    def _on_statement(self, _c: Connection, _cursor: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
        if statement == _BEGIN_WRITE:
            return
        self.round_trips += 1
        if context.execution_options.get(_READING) and (context.isinsert or context.isupdate or context.isdelete):
            raise StoreError("a statement that writes was sent through Database.read()")


def _driver_url(url: str | URL) -> URL:
    if isinstance(url, str) and url.startswith("postgres://"):  # as hosting providers write it
        url = url.replace("postgres://", "postgresql://", 1)
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("the database URL cannot be read; it looks like sqlite:///data/whisperengine.db") from error
    match parsed.get_backend_name():
        case "sqlite":
            return parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql":
            return _without_libpq_names(parsed.set(drivername="postgresql+asyncpg"))
        case other:
            raise StoreError(f"the database URL names {other}; sqlite and postgresql are served")


def _without_libpq_names(url: URL) -> URL:
    """Rename `sslmode`, which libpq and hosting providers write, to the driver's `ssl`."""
    mode = url.query.get("sslmode")
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode}) if mode else url


def _sqlite_engine(url: URL, echo: bool) -> AsyncEngine:
    if not url.database or ":memory:" in url.database:
        raise StoreError("an SQLite database needs a file: readers and the writer are separate connections")
    Path(url.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url, echo=echo, hide_parameters=True, pool_size=6, max_overflow=0, pool_timeout=POOL_WAIT_S
    )
    event.listen(engine.sync_engine, "connect", _on_sqlite_connect)
    event.listen(engine.sync_engine, "begin", _on_begin)
    event.listen(engine.sync_engine, "invalidate", _on_sqlite_invalidate)
    return engine


def _postgres_engine(url: URL, echo: bool, statement_timeout_s: float) -> AsyncEngine:
    engine = create_async_engine(
        url,
        echo=echo,
        hide_parameters=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=POOL_WAIT_S,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": statement_timeout_s,
            # Compiling short queries costs more than running them.
            "server_settings": {"application_name": "whisperengine", "jit": "off"},
        },
    )
    event.listen(engine.sync_engine, "checkout", _on_postgres_checkout)
    return engine


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    try:
        connection.isolation_level = None  # the driver must not begin transactions on its own: `_on_begin` does
        cursor = connection.cursor()
        for pragma in _SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except BaseException:
        connection.close()  # nobody else knows it yet, and its thread would stay
        raise


def _on_sqlite_invalidate(connection: Any, _record: Any, _error: BaseException | None) -> None:
    """End the transaction of a connection that is given up, which is what a cancelled write leads to.

    Closing alone is not enough: while a cursor is alive, in a traceback for instance, SQLite keeps the closed
    connection, and with it the write lock.
    """
    connection.rollback()


def _on_begin(connection: Connection) -> None:
    """Take SQLite's write lock at once: a read that turns into a write later could be refused half-way."""
    if not connection.get_execution_options().get(_READING):
        connection.exec_driver_sql(_BEGIN_WRITE)


def _on_postgres_checkout(connection: Any, _record: Any, _proxy: Any) -> None:
    """Replace connections whose socket has closed meanwhile: what a ping would find, without its round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("closed by the server")


def _on_error(context: ExceptionContext) -> StoreUnavailable | None:
    error = context.original_exception
    if isinstance(error, StoreError) or not isinstance(error, Exception):
        return None
    if isinstance(error, OSError):  # TimeoutError is one: the answer may still come, so the connection is spoilt
        context.is_disconnect = True
    if context.is_disconnect or isinstance(error, OSError) or _says_unavailable(error):
        return StoreUnavailable(f"the database cannot be used now ({type(error).__name__}: {error})")
    return None


def _says_unavailable(error: BaseException) -> bool:
    name = getattr(error, "sqlite_errorname", None) or ""
    state = getattr(error, "sqlstate", None) or ""
    return name.startswith(_SQLITE_UNAVAILABLE) or state.startswith(_POSTGRES_UNAVAILABLE)


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    try:
        connection = await engine.connect()
    except StoreUnavailable:
        raise
    except Exception as error:  # each driver raises its own kinds here: all mean no connection
        raise StoreUnavailable(f"the database cannot be reached ({type(error).__name__}: {error})") from error
    try:
        yield connection
    finally:
        await asyncio.shield(connection.close())  # also when cancelled: a leaked connection is lost to the pool
