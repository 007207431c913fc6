"""How a person names queues: `src_v2.config.queues`."""

import pytest

from src_v2.config.queues import read_queues
from src_v2.config.settings import load_settings
from src_v2.core.errors import SettingsError
from src_v2.core.jobs import Queue


@pytest.mark.parametrize(
    ("text", "queues"),
    [
        ("", tuple(Queue)),
        ("none", ()),
        ("media, Conversation", (Queue.CONVERSATION, Queue.MEDIA)),
        ("social,social", (Queue.SOCIAL,)),
    ],
)
def test_queues_by_name(text: str, queues: tuple[Queue, ...]) -> None:
    assert read_queues(text) == queues


def test_an_operator_leaves_the_work_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBS_QUEUES", "none")
    assert load_settings(None).jobs.queues == ()
    monkeypatch.setenv("JOBS_QUEUES", "reflection")
    assert load_settings(None).jobs.queues == (Queue.REFLECTION,)


def test_a_queue_that_is_not_there_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBS_QUEUES", "reflexion")
    with pytest.raises(SettingsError, match="JOBS_QUEUES: there is no queue reflexion; there are conversation, "):
        load_settings(None)
