"""The count of the chaos test notices what goes wrong: `benchmarks.jobs_chaos`."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, update

from benchmarks.jobs_chaos import Verdict, verdict_on
from benchmarks.jobs_processes import counter, effects, make_tables, produced
from src_v2.storage import migrate
from src_v2.storage.database import Database

KEYS = ["effect:1", "effect:2", "effect:3"]


@pytest.fixture
async def done(tmp_path: Path) -> Database:
    """Give a database in which every job had its effect, in order."""
    database = Database(f"sqlite:///{tmp_path / 'whisperengine.db'}")
    await migrate.upgrade(database)
    await make_tables(database)
    async with database.write() as connection:
        await connection.execute(insert(produced), [{"key": key, "lane": "a"} for key in KEYS])
        await connection.execute(insert(effects), [{"key": key, "lane": "a"} for key in KEYS])
        await connection.execute(update(counter).values(value=len(KEYS)))
    return database


async def verdict(database: Database) -> Verdict:
    try:
        return await verdict_on(database, kills=1, unclean=0, drain_s=0)
    finally:
        await database.close()


async def test_all_is_well(done: Database) -> None:
    found = await verdict(done)

    assert found.ok
    assert not replace(found, unclean_stops=1).ok
    assert not replace(found, rows_left=1).ok


async def test_a_job_is_lost(done: Database) -> None:
    async with done.write() as connection:
        await connection.execute(delete(effects).where(effects.c.key == KEYS[1]))
    found = await verdict(done)

    assert (found.lost, found.ok) == (1, False)


async def test_a_job_had_its_effect_twice(done: Database) -> None:
    async with done.write() as connection:
        await connection.execute(update(counter).values(value=len(KEYS) + 1))

    assert not (await verdict(done)).ok


async def test_jobs_had_their_effects_out_of_order(done: Database) -> None:
    async with done.write() as connection:
        await connection.execute(update(effects).where(effects.c.key == KEYS[0]).values(position=99))
    found = await verdict(done)

    assert (found.out_of_order, found.ok) == (1, False)


async def test_something_was_done_that_nobody_asked_for(done: Database) -> None:
    async with done.write() as connection:
        await connection.execute(delete(produced).where(produced.c.key == KEYS[0]))
    found = await verdict(done)

    assert (found.invented, found.ok) == (1, False)
