"""Processes that request and do jobs are killed at random, under load: no job is lost and none is done twice."""

from pathlib import Path

import pytest

from benchmarks.jobs_chaos import EMBEDDED, EMBEDDED_KILLS_S, SERVED, SERVED_KILLS_S, chaos

SECONDS = 20.0

pytestmark = pytest.mark.slow


async def test_one_process_that_is_killed_and_restarted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'whisperengine.db'}"

    verdict = await chaos(url, tmp_path, SECONDS, EMBEDDED, EMBEDDED_KILLS_S)

    assert verdict.ok, verdict
    assert verdict.requested > 50
    assert verdict.kills > 3


async def test_workers_and_those_who_ask_them(postgres_url: str, tmp_path: Path) -> None:
    verdict = await chaos(postgres_url, tmp_path, SECONDS, SERVED, SERVED_KILLS_S)

    assert verdict.ok, verdict
    assert verdict.requested > 50
    assert verdict.kills > 8
