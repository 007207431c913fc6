"""The tables come and go by migrations, on both dialects, and are exactly those the code declares."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from src_v2.core.errors import StoreError
from src_v2.storage import migrate
from src_v2.storage.database import Database
from src_v2.storage.tables import METADATA


async def tables(db: Database) -> set[str]:
    async with db.read() as connection:
        return set(await connection.run_sync(lambda c: inspect(c).get_table_names()))


async def test_up_and_down_and_up_again(empty_database: Database) -> None:
    assert await migrate.current_revision(empty_database) is None
    assert (await migrate.pending(empty_database))[0] == "0001"

    await migrate.upgrade(empty_database)
    assert set(METADATA.tables) <= await tables(empty_database)
    assert await migrate.pending(empty_database) == []

    await migrate.downgrade(empty_database, "base")
    assert await tables(empty_database) == {"alembic_version"}
    assert await migrate.current_revision(empty_database) is None

    await migrate.upgrade(empty_database)
    assert set(METADATA.tables) <= await tables(empty_database)


async def test_the_migrated_tables_are_those_the_code_declares(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, METADATA))

    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_two_processes_starting_at_once_take_turns(empty_database: Database) -> None:
    other = Database(empty_database.url)
    await asyncio.gather(migrate.upgrade(empty_database), migrate.upgrade(other), migrate.upgrade(other))
    assert await migrate.pending(other) == []
    await other.close()


async def test_a_database_of_a_newer_version_is_refused_in_words(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match="do not fit this version"):
        await migrate.upgrade(database)
    with pytest.raises(StoreError, match="do not fit this version"):
        await migrate.pending(database)


async def test_a_migration_that_fails_leaves_nothing_half_done(empty_database: Database) -> None:
    async with empty_database.write() as connection:
        await connection.execute(text("CREATE TABLE v2_llm_calls (id TEXT)"))  # in the way of the last of the tables

    with pytest.raises(Exception, match="v2_llm_calls"):
        await migrate.upgrade(empty_database)

    assert await tables(empty_database) == {"v2_llm_calls"}


def test_the_migrations_stand_next_to_the_package_as_the_wheel_lays_them() -> None:
    assert Path(migrate.__file__).parents[2] / "migrations_v2" == migrate.MIGRATIONS
    assert (migrate.MIGRATIONS / "env.py").is_file()
