"""Fixtures for real stores. A test that asks for one the machine cannot give is skipped, with the reason."""

import asyncio
import logging
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy import text

from src_v2.agents.models.guard import no_real_models
from src_v2.storage import migrate
from src_v2.storage.database import Database
from tests.support.servers import Server, postgres_server, redis_server

# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def _quiet_logs() -> None:
    """Keep what works out of the output of a test that fails."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@pytest.fixture(scope="session", autouse=True)
def _no_real_models() -> Iterator[None]:
    """Let no test ever talk to a model that is not on this machine."""
    with no_real_models():
        yield


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="whisperengine-postgres-") as folder:
        try:
            server = postgres_server(Path(folder))
        except LookupError as reason:
            pytest.skip(str(reason))
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def _redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    try:
        server = redis_server(tmp_path_factory.mktemp("redis"))
    except LookupError as reason:
        pytest.skip(str(reason))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def postgres(_postgres: Server) -> Iterator[Server]:
    """Give a real PostgreSQL that the test may kill, freeze and restart."""
    yield _postgres
    _postgres.ensure_running()


@pytest.fixture
def redis(_redis: Server) -> Iterator[Server]:
    """Give a real Redis that the test may kill, freeze and restart."""
    yield _redis
    _redis.ensure_running()


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """Give the URL of a new, empty database on the real PostgreSQL."""
    name = f"t{uuid.uuid4().hex}"
    asyncio.run(_create_database(postgres.url, name))
    return f"{postgres.url.rpartition('/')[0]}/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a new, empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'whisperengine.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def empty_database(database_url: str) -> AsyncIterator[Database]:
    """Give a database without any table, on SQLite and on PostgreSQL."""
    db = Database(database_url)
    yield db
    await db.close()


@pytest.fixture
async def database(empty_database: Database) -> Database:
    """Give a database with every table, on SQLite and on PostgreSQL."""
    await migrate.upgrade(empty_database)
    return empty_database


async def _create_database(server_url: str, name: str) -> None:
    server = Database(server_url)
    async with server.read() as connection:  # creating a database is the one thing no transaction allows
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await server.close()
