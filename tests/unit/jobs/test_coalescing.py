"""Requests that wait together: `src_v2.jobs.coalescing`."""

from datetime import UTC, datetime, timedelta

from src_v2.jobs.coalescing import Candidate, coalesced

NOW = datetime(2026, 5, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def job(
    seq: str, *, order_key: str | None = None, sent: bool = False, due_at: datetime | None = None, failures: int = 0
) -> Candidate:
    return Candidate(f"index:{seq}", "index", order_key, seq, NOW if sent else None, due_at, failures)


def test_the_newest_stands_for_all() -> None:
    assert coalesced([job("1"), job("3"), job("2")], NOW) == ({"index:1", "index:2"}, {"index:3"})


def test_while_one_is_on_its_way_the_next_gather() -> None:
    assert coalesced([job("1", sent=True), job("2"), job("3")], NOW) == ({"index:2"}, set())


def test_one_that_failed_keeps_its_place() -> None:
    assert coalesced([job("1", failures=2, due_at=LATER), job("2")], NOW) == ({"index:2"}, {"index:1"})


def test_what_is_asked_for_later_stands_for_itself() -> None:
    assert coalesced([job("1", due_at=LATER), job("2")], NOW) == (set(), {"index:2"})
    assert coalesced([job("1", due_at=NOW), job("2")], NOW) == ({"index:1"}, {"index:2"})


def test_other_order_keys_are_other_jobs() -> None:
    jobs = [job("1", order_key="a"), job("2", order_key="b"), job("3", order_key="a"), job("4")]

    assert coalesced(jobs, NOW) == ({"index:1"}, {"index:2", "index:3", "index:4"})
