"""The database engine that DBOS is given: our own, so that it takes SQLite's lock politely and can be let go of.

Synchronous, as DBOS is. Not for anybody else: rows of ours are reached through `storage.database`.
"""

import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

CONNECT_TIMEOUT_S = 2
STATEMENT_TIMEOUT_MS = 15_000
CONNECTIONS = 5
"""Runs need one for moments only, when they are claimed and when they end."""
POOL_WAIT_S = 20.0

_SQLITE_PRAGMAS = ("busy_timeout=10000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")


class JobsEngine:
    """An SQLAlchemy engine and the connections that it holds open."""

    def __init__(self, address: str) -> None:
        url = _driver_url(address)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgres(url)
        self._open: set[Any] = set()
        event.listen(self.engine, "connect", lambda connection, _record: self._open.add(connection))
        event.listen(self.engine, "close", lambda connection, _record: self._open.discard(connection))

    def cut(self) -> None:
        """Break every connection to a server, so that whoever waits for an answer gets an error instead."""
        if self.is_sqlite:
            return
        for connection in list(self._open):
            # The driver's own `close` must not be called while another thread waits on the connection.
            with suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close what is not in use."""
        self.engine.dispose()


def _driver_url(address: str) -> URL:
    url = make_url(address.replace("postgres://", "postgresql://", 1))
    if url.get_backend_name() == "sqlite":
        return url.set(drivername="sqlite")
    mode = url.query.get("ssl")  # as asyncpg names it
    renamed = url.difference_update_query(["ssl"]).update_query_dict({"sslmode": mode}) if mode else url
    return renamed.set(drivername="postgresql+psycopg")


def _sqlite(url: URL) -> Engine:
    Path(str(url.database)).expanduser().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=POOL_WAIT_S)
    event.listen(engine, "connect", _on_sqlite_connect)
    return engine


def _postgres(url: URL) -> Engine:
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c idle_in_transaction_session_timeout=60000 -c jit=off"
    arguments = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "whisperengine-jobs", "options": options}
    return create_engine(
        url, hide_parameters=True, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=POOL_WAIT_S,
        pool_pre_ping=True, connect_args=arguments,
    )  # fmt: skip


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    """Take the write lock when a transaction begins: one that reads first and writes then could be refused."""
    connection.isolation_level = "IMMEDIATE"
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
