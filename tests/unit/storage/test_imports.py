"""Drivers are heavy: none is imported before the adapter that needs it is."""

import subprocess
import sys

import pytest

HEAVY = {"qdrant_client", "qdrant_edge", "grpc", "neo4j", "ladybug", "redis", "cashews", "influxdb_client", "asyncpg"}
LIGHT = [
    "src_v2.storage",
    "src_v2.storage.database",
    "src_v2.storage.tables",
    "src_v2.storage.filters_sql",
    "src_v2.storage.migrate",
    "src_v2.storage.cache",
    "src_v2.storage.metrics",
    "src_v2.storage.vectors.base",
    "src_v2.storage.graph.base",
    "src_v2.storage.graph.schema",
]


def imported_by(*modules: str) -> set[str]:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_importing_the_storage_imports_no_driver() -> None:
    assert not HEAVY & imported_by(*LIGHT)


@pytest.mark.parametrize(
    ("adapter", "allowed"),
    [("vectors.edge", {"qdrant_edge"}), ("graph.ladybug", {"ladybug"})],
)
def test_an_embedded_adapter_imports_its_own_driver_only(adapter: str, allowed: set[str]) -> None:
    assert HEAVY & imported_by(f"src_v2.storage.{adapter}") == allowed
