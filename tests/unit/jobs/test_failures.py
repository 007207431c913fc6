"""What a failed run leads to: `src_v2.jobs.failures`."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from src_v2.core.errors import ModelUnavailable, StoreError, StoreUnavailable
from src_v2.core.jobs import JobKind, Payload, Queue
from src_v2.jobs.failures import JITTER, OUTAGE_PATIENCE, describe, failure_of, is_over, wait_s
from src_v2.jobs.models import Begun
from src_v2.storage.database import Database

NOW = datetime(2026, 5, 1, tzinfo=UTC)


async def handler(_: Payload) -> None:
    """Do nothing."""


KIND = JobKind("note", Queue.CONVERSATION, handler, attempts=3, first_wait_s=1, longest_wait_s=60)


def begun(failures: int, since: datetime | None = None) -> Begun:
    return Begun("note", {}, None, failures, since)


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:  # noqa: BLE001 - whatever the test raises
        return caught


def test_waits_double_up_to_the_longest_and_vary() -> None:
    waits = [wait_s(KIND, failures, random.Random(failures)) for failures in range(1, 40)]

    for failures, wait in enumerate(waits, start=1):
        plain = min(2 ** (failures - 1), 60)
        assert plain * (1 - JITTER) <= wait <= plain * (1 + JITTER)
    assert all(one != other for one, other in pairwise(waits[10:]))


def test_attempts_are_used_up() -> None:
    failures = [failure_of(ValueError(), begun(count), NOW) for count in range(3)]

    assert [failure.count for failure in failures] == [1, 2, 3]
    assert [is_over(KIND, ValueError(), failure) for failure in failures] == [False, False, True]


def test_an_outage_is_sat_out() -> None:
    lasting = failure_of(StoreUnavailable("away"), begun(50, NOW - timedelta(hours=3)), NOW)
    endless = failure_of(ModelUnavailable("away"), begun(400, NOW - OUTAGE_PATIENCE), NOW)

    assert not is_over(KIND, StoreUnavailable("away"), lasting)
    assert is_over(KIND, ModelUnavailable("away"), endless)
    assert is_over(KIND, ValueError(), lasting)


def test_an_error_is_described_without_its_words() -> None:
    secret = raised(ValueError("Sam's secret"))
    caused = StoreUnavailable("Sam's other secret")
    caused.__cause__ = secret

    assert describe(secret).startswith("ValueError at test_failures.py:")
    assert describe(raised(caused)).startswith("StoreUnavailable from ValueError at test_failures.py:")
    assert describe(raised(ExceptionGroup("Sam", [secret]))).startswith("ExceptionGroup from ValueError at ")
    assert describe(KeyError("Sam")) == "KeyError at an unknown place"


def test_a_place_in_our_own_code_is_named() -> None:
    def run() -> None:  # stands for the runner, which is the first to call
        Database("mysql://somewhere")

    with pytest.raises(StoreError) as refused:
        run()
    assert describe(refused.value).partition(":")[0] == "StoreError at storage/database.py"
