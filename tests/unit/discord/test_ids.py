"""A Discord message that reaches us twice keeps its id, and ids sort by the time of what they name."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from src_v2.core.ids import derived_id, new_id

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_same_names_have_the_same_id_and_others_another() -> None:
    assert derived_id(NOW, "discord", "elena", "1") == derived_id(NOW, "discord", "elena", "1")
    names = {derived_id(NOW, "discord", *pair) for pair in (("elena", "1"), ("marcus", "1"), ("elena", "2"))}
    assert len(names) == 3


def test_derived_ids_are_uuids_that_sort_by_time_among_all_others() -> None:
    earlier, later = derived_id(NOW, "z"), derived_id(NOW + timedelta(milliseconds=1), "a")
    assert earlier < later < new_id()
    assert UUID(earlier).version == 7
