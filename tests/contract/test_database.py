"""What the SQL engine promises, on SQLite and on a real PostgreSQL."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from src_v2.core.errors import StoreError, StoreUnavailable
from src_v2.storage.database import Database
from src_v2.storage.types_sql import UtcDateTime
from tests.support.servers import Server

METADATA = MetaData()
NOTES = Table(
    "notes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime),
)


@pytest.fixture
async def db(empty_database: Database) -> Database:
    async with empty_database.write() as connection:
        await connection.run_sync(METADATA.create_all)
    return empty_database


async def add(db: Database, key: int, said: str = "hello") -> None:
    async with db.write() as connection:
        await connection.execute(insert(NOTES).values(id=key, text=said))


async def no_thread_but(known: set[threading.Thread]) -> None:
    """Wait until every thread of a connection has ended."""
    for thread in set(threading.enumerate()) - known:
        if not thread.name.startswith("asyncio"):
            await asyncio.to_thread(thread.join, 5)
            assert not thread.is_alive()


async def count(db: Database) -> int:
    async with db.read() as connection:
        return (await connection.execute(select(func.count()).select_from(NOTES))).scalar_one()


async def test_moments_come_back_aware_and_in_utc(db: Database) -> None:
    moment = datetime(2024, 7, 1, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2)))
    async with db.write() as connection:
        await connection.execute(insert(NOTES).values(id=1, text="", at=moment))
    async with db.read() as connection:
        held = (await connection.execute(select(NOTES.c.at).where(NOTES.c.at == moment))).scalar_one()

    assert held == moment
    assert held.tzinfo is UTC


async def test_a_naive_moment_is_refused(db: Database) -> None:
    naive = datetime(2024, 7, 1)  # noqa: DTZ001 - that is the point
    with pytest.raises(Exception, match="time zone"):
        async with db.write() as connection:
            await connection.execute(insert(NOTES).values(id=1, text="", at=naive))


async def test_upsert_says_what_it_did(db: Database) -> None:
    async def put(said: str) -> str:
        statement = db.upsert(NOTES).values(id=1, text=said)
        changed = statement.on_conflict_do_update(index_elements=["id"], set_={"text": statement.excluded.text})
        async with db.write() as connection:
            return str((await connection.execute(changed.returning(NOTES.c.text))).scalar_one())

    assert [await put("a"), await put("b")] == ["a", "b"]
    assert await count(db) == 1


async def test_a_transaction_that_fails_leaves_nothing(db: Database) -> None:
    async def fail_half_way() -> None:
        async with db.write() as connection:
            await connection.execute(insert(NOTES).values(id=1, text=""))
            raise RuntimeError("the body fails")

    with pytest.raises(RuntimeError):
        await fail_half_way()
    assert await count(db) == 0


async def test_a_duplicate_is_the_callers_to_act_upon_and_shows_no_values(db: Database) -> None:
    await add(db, 1)
    with pytest.raises(IntegrityError) as refused:
        await add(db, 1, "my secret")

    assert "my secret" not in str(refused.value)


async def test_writing_through_read_is_refused(db: Database) -> None:
    with pytest.raises(StoreError, match="read"):
        async with db.read() as connection:
            await connection.execute(insert(NOTES).values(id=1, text=""))

    assert await count(db) == 0


async def test_fifty_writers_at_once_all_succeed_while_others_read(db: Database) -> None:
    await asyncio.gather(*(add(db, n) for n in range(50)), *(count(db) for _ in range(50)))
    assert await count(db) == 50


async def test_a_read_sees_what_was_written_before_it_and_never_waits_for_a_writer(db: Database) -> None:
    await add(db, 1)
    async with db.write() as connection:
        await connection.execute(insert(NOTES).values(id=2, text=""))
        assert await count(db) == 1
    assert await count(db) == 2


async def test_a_cancelled_writer_leaves_nothing_and_blocks_nobody(db: Database) -> None:
    inside = asyncio.Event()

    async def hesitate() -> None:
        async with db.write() as connection:
            await connection.execute(insert(NOTES).values(id=1, text=""))
            inside.set()
            await asyncio.Event().wait()

    writer = asyncio.create_task(hesitate())
    await inside.wait()
    writer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writer

    await add(db, 2)
    assert await count(db) == 1


async def test_round_trips_count_statements(db: Database) -> None:
    before = db.round_trips
    await add(db, 1)
    await count(db)
    await db.check()
    assert db.round_trips == before + 3


async def test_it_can_be_closed_and_used_again(db: Database) -> None:
    await add(db, 1)
    await db.close()
    assert await count(db) == 1


async def test_sqlite_is_set_up_for_many_readers_and_a_crash(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'deep' / 'down' / 'x.db'}")
    async with db.read() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        held = [(await connection.execute(text(f"PRAGMA {name}"))).scalar_one() for name in names]
    await db.close()

    assert held == ["wal", 1, 1, 5000]


async def test_two_processes_on_one_sqlite_file_wait_for_each_other(tmp_path: Path) -> None:
    one, other = (Database(f"sqlite:///{tmp_path / 'x.db'}") for _ in range(2))
    async with one.write() as connection:
        await connection.run_sync(METADATA.create_all)
    await asyncio.gather(*(add((one, other)[n % 2], n) for n in range(20)))
    assert await count(one) == 20
    await one.close()
    await other.close()


async def test_an_sqlite_file_that_is_none_or_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    (tmp_path / "x.db").write_text("this is no database, " * 100)
    for path in (tmp_path / "x.db", tmp_path):
        db = Database(f"sqlite:///{path}")
        with pytest.raises(StoreUnavailable):
            await db.check()
        await db.close()
    await no_thread_but(before)


async def test_closing_leaves_no_thread_behind(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    db = Database(f"sqlite:///{tmp_path / 'x.db'}")
    await asyncio.gather(*(db.check() for _ in range(5)))
    await db.close()
    await no_thread_but(before)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense"])
def test_a_url_we_cannot_serve_is_refused_in_words(url: str) -> None:
    with pytest.raises(StoreError, match="database"):
        Database(url)


@pytest.mark.parametrize("url", ["postgres://u:p@h:5/d?sslmode=require", "postgresql://u:p@h:5/d?sslmode=require"])
def test_the_usual_ways_to_write_a_postgresql_url_are_understood(url: str) -> None:
    assert Database(url).url.render_as_string(hide_password=False) == "postgresql+asyncpg://u:p@h:5/d?ssl=require"


async def test_postgresql_that_is_not_there_is_unavailable() -> None:
    db = Database("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(StoreUnavailable):
        await db.check()
    with pytest.raises(StoreUnavailable):
        async with db.write():
            pytest.fail("there is nothing to write to")


async def test_a_restart_of_postgresql_in_between_is_not_noticed(postgres: Server) -> None:
    db = Database(postgres.url)
    await asyncio.gather(*(db.check() for _ in range(4)))
    await asyncio.to_thread(postgres.restart)
    await asyncio.gather(*(db.check() for _ in range(4)))
    await db.close()


async def test_postgresql_killed_in_a_transaction_is_unavailable_until_it_is_back(postgres: Server) -> None:
    db = Database(postgres.url)

    async def write_meanwhile() -> None:
        async with db.write() as connection:
            await connection.execute(text("SELECT 1"))
            await asyncio.to_thread(postgres.kill)
            await connection.execute(text("SELECT 1"))

    with pytest.raises(StoreUnavailable):
        await write_meanwhile()
    with pytest.raises(StoreUnavailable):
        await db.check()

    await asyncio.to_thread(postgres.start)
    await db.check()
    await db.close()


async def test_a_postgresql_without_its_tables_yet_is_unavailable(postgres_url: str) -> None:
    db = Database(postgres_url)
    with pytest.raises(StoreUnavailable):
        await add(db, 1)
    await db.close()


async def test_the_transaction_that_loses_a_deadlock_on_postgresql_may_try_again(postgres_url: str) -> None:
    db = Database(postgres_url)
    async with db.write() as connection:
        await connection.run_sync(METADATA.create_all)
    await add(db, 1)
    await add(db, 2)
    both_hold_one = asyncio.Barrier(2)

    async def take(first: int, second: int) -> None:
        async with db.write() as connection:
            await connection.execute(select(NOTES).where(NOTES.c.id == first).with_for_update())
            await both_hold_one.wait()
            await connection.execute(select(NOTES).where(NOTES.c.id == second).with_for_update())

    outcomes = await asyncio.gather(take(1, 2), take(2, 1), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [StoreUnavailable]
    await db.close()


async def test_postgresql_that_hangs_is_noticed_by_new_and_by_open_connections(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src_v2.storage.database.CONNECT_TIMEOUT_S", 0.2)
    fresh, opened = Database(postgres.url), Database(postgres.url, statement_timeout_s=0.2)
    await opened.check()
    postgres.freeze()
    with pytest.raises(StoreUnavailable):
        await fresh.check()
    with pytest.raises(StoreUnavailable):
        await opened.check()

    postgres.thaw()
    await opened.check()
    await fresh.close()
    await opened.close()


async def test_a_statement_cancelled_on_postgresql_spoils_no_connection(postgres: Server) -> None:
    db = Database(postgres.url)

    async def sleep_long() -> None:
        async with db.read() as connection:
            await connection.execute(text("SELECT pg_sleep(60)"))

    for _ in range(25):  # more than the pool holds
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await sleep_long()
    await db.check()
    await db.close()


SLOW_COUNT = text(
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200000) SELECT count(*) FROM n"
)


async def test_a_cancelled_write_frees_the_write_lock_at_once(tmp_path: Path) -> None:
    db, other = (Database(f"sqlite:///{tmp_path / 'whisperengine.db'}") for _ in range(2))
    async with db.write() as connection:
        await connection.execute(text("CREATE TABLE sample (id INTEGER)"))
    busy = asyncio.Event()
    task = asyncio.create_task(_insert_and_count(db, busy))
    await busy.wait()
    for _ in range(20):  # until the statement is under way in the driver's thread
        await asyncio.sleep(0)
    task.cancel()
    # The error, and with it the cursor in its traceback, stays alive as it does in a log or a test report.
    error = (await asyncio.gather(task, return_exceptions=True))[0]
    assert isinstance(error, asyncio.CancelledError)
    async with asyncio.timeout(2), other.write() as connection:
        await connection.execute(text("INSERT INTO sample VALUES (2)"))
    async with db.read() as connection:
        assert (await connection.execute(text("SELECT id FROM sample"))).scalars().all() == [2]
    await db.close()
    await other.close()


async def _insert_and_count(db: Database, busy: asyncio.Event) -> None:
    async with db.write() as connection:
        await connection.execute(text("INSERT INTO sample VALUES (1)"))
        busy.set()
        await connection.execute(SLOW_COUNT)
