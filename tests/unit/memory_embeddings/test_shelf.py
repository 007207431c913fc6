"""What the models folder remembers between starts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from src_v2.memory.embeddings.shelf import ModelShelf, Pin

NOON = datetime(2025, 6, 3, 12, tzinfo=UTC)


def test_a_pin_survives_the_process(tmp_path: Path) -> None:
    assert ModelShelf(tmp_path / "models").pin() is None
    pin = Pin("all-MiniLM-L6-v2", 384, "BAAI/bge-base-en-v1.5", "no hub")
    ModelShelf(tmp_path / "models").set_pin(pin)
    assert ModelShelf(tmp_path / "models").pin() == pin


def test_a_refusal_is_believed_for_a_day(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    assert shelf.refusal("a/b", NOON) is None
    shelf.remember_refusal("a/b", "no hub", NOON)
    shelf.remember_refusal("c/d", "no such model", NOON)
    assert shelf.refusal("a/b", NOON + timedelta(hours=23)) == "no hub"
    assert shelf.refusal("a/b", NOON + timedelta(hours=25)) is None
    assert shelf.refusal("c/d", NOON) == "no such model"


def test_unreadable_notes_count_as_none(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    for content in ("", "[1]", '{"model": "x"}', '{"a/b": {"at": "yesterday"}}', '{"a/b": 3}'):
        (tmp_path / "active.json").write_text(content)
        (tmp_path / "refused.json").write_text(content)
        assert shelf.pin() is None
        assert shelf.refusal("a/b", NOON) is None
    assert not list(tmp_path.glob(".*")), "no temporary file stays"
