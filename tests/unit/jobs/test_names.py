"""Workers of one machine have names of their own: `src_v2.jobs.names`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from src_v2.core.errors import SettingsError
from src_v2.jobs.names import held_name

HOLD_AND_SAY = """
import sys, time
from pathlib import Path
from src_v2.jobs.names import held_name
with held_name(Path(sys.argv[1])) as badge:
    print(badge.name, flush=True)
    sys.stdin.read()
"""


def test_workers_without_a_name_do_not_share_one(tmp_path: Path) -> None:
    with held_name(tmp_path) as one, held_name(tmp_path) as other:
        assert one.name != other.name
    with held_name(tmp_path) as again:
        assert again.name == one.name


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    with held_name(tmp_path, "reader"), pytest.raises(SettingsError, match="reader runs already"):
        held_name(tmp_path, "reader").__enter__()


@pytest.mark.parametrize("name", ["../reader", "a b", ".hidden", "x" * 200])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="no name for a worker"):
        held_name(tmp_path, name).__enter__()


def test_a_worker_that_was_killed_leaves_its_name_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD_AND_SAY, str(tmp_path)]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    name = worker.stdout.readline().strip()
    with held_name(tmp_path) as other:
        assert other.name != name
    worker.kill()
    worker.communicate()

    with held_name(tmp_path) as next_life:
        assert next_life.name == name


def test_a_badge_says_when_its_bearer_was_last_well(tmp_path: Path) -> None:
    with held_name(tmp_path, "reader") as badge:
        os.utime(badge.path, (0, 0))
        badge.show()
        assert badge.path.stat().st_mtime > 0
