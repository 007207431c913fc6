"""Brings a database's tables to the form this version needs, and back. Run by the process itself before it serves.

A migration is one transaction on both dialects: it happens wholly or not at all. Two processes that start at once
take turns, and the second finds nothing left to do.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

import src_v2
from src_v2.core.errors import StoreError
from src_v2.storage.database import Database

MIGRATIONS = Path(src_v2.__file__).parent.parent / "migrations_v2"
"""Next to `src_v2`, in the repository as in an installed wheel."""
PATIENCE_S = 3600.0
"""A migration of a large table, or waiting for another process that runs one, takes as long as it takes."""
_LOCK = 0x7632_5F6D  # any number will do, as long as every process takes the same one


async def upgrade(db: Database, to: str = "head") -> None:
    """Apply every migration up to `to`; StoreError when the database was written by a newer version."""
    await _run(db, lambda config: command.upgrade(config, to))


async def downgrade(db: Database, to: str) -> None:
    """Undo migrations down to `to`, "base" for all of them. What the undone tables held is lost."""
    await _run(db, lambda config: command.downgrade(config, to))


async def current_revision(db: Database) -> str | None:
    """Return the revision the database is at, None when it is empty."""
    async with db.read() as connection:
        return await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())


async def pending(db: Database) -> list[str]:
    """Return the revisions still to be applied, in order; StoreError when the database is newer than this version."""
    current = await current_revision(db)
    scripts = ScriptDirectory.from_config(_config())
    with _newer_database_explained():
        revisions = [script.revision for script in scripts.iterate_revisions("head", current or "base")]
    return revisions[::-1]


async def _run(db: Database, action: Callable[[Config], None]) -> None:
    def run(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        with _newer_database_explained():
            action(config)

    async with _alone(db) as connection:
        await connection.run_sync(run)


@asynccontextmanager
async def _alone(db: Database) -> AsyncIterator[AsyncConnection]:
    """Give a transaction that no other migrating process runs beside: on SQLite the write lock sees to that."""
    if db.is_sqlite:
        async with db.write() as connection:
            yield connection
        return
    patient = Database(db.url, statement_timeout_s=PATIENCE_S)
    try:
        async with patient.write() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
    finally:
        await patient.close()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@contextmanager
def _newer_database_explained() -> Iterator[None]:
    """Turn alembic's "can't locate revision" into what it means."""
    try:
        yield
    except (CommandError, RevisionError) as error:
        raise StoreError(
            f"the database's tables do not fit this version ({error}): use the version that wrote them, or a newer one"
        ) from error
