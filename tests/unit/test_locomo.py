"""The recall benchmark reads what the data promises, malformed evidence included, and counts as promised."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import locomo
from benchmarks.locomo import Question, Result, read


def sample(*questions: dict[str, Any]) -> dict[str, Any]:
    lines = [
        {"speaker": "Ann", "dia_id": "D1:1", "text": "Hi"},
        {"speaker": "Bo", "dia_id": "D1:2", "text": "Look", "blip_caption": "a boat"},
    ]
    held = {
        "speaker_a": "Ann", "speaker_b": "Bo", "session_1": lines, "session_1_date_time": "1:56 pm on 8 May, 2023",
        "session_2": [], "session_2_date_time": "1:56 pm on 9 May, 2023",
        "session_10": [{"speaker": "Bo", "dia_id": "D10:1", "text": "Bye"}],
        "session_10_date_time": "12:01 am on 1 June, 2023", "session_11_date_time": "12:01 am on 2 June, 2023",
    }  # fmt: skip
    return {"sample_id": "x", "conversation": held, "qa": list(questions)}


def written(folder: Path, *questions: dict[str, Any]) -> Path:
    path = folder / "locomo.json"
    path.write_text(json.dumps([sample(*questions)]))
    return path


def test_turns_come_in_order_with_dates_and_pictures(tmp_path: Path) -> None:
    (conversation,) = read(written(tmp_path))
    assert conversation.speakers == ("Ann", "Bo")
    assert [(said.dia_id, said.session) for said in conversation.turns] == [("D1:1", 1), ("D1:2", 1), ("D10:1", 10)]
    assert conversation.turns[1].text == "Look\n[shares a boat]"
    assert conversation.turns[0].at.isoformat() == "2023-05-08T13:56:00+00:00"
    assert conversation.turns[2].at.isoformat() == "2023-06-01T00:01:00+00:00"


def test_malformed_evidence_is_split_or_dropped(tmp_path: Path) -> None:
    questions = [
        {"question": "both?", "category": 1, "evidence": ["D1:1; D10:1", "D9:9", "D"]},
        {"question": "none?", "category": 4, "evidence": ["D9:9"]},
        {"question": "nothing?", "category": 5},
    ]
    (conversation,) = read(written(tmp_path, *questions))
    assert conversation.questions == (Question("both?", "multi_hop", frozenset(["D1:1", "D10:1"])),)


def test_recall_is_the_share_of_the_evidence_averaged_over_questions() -> None:
    result = Result()
    result.note(Question("a", "multi_hop", frozenset("ab")), ["a", *"zzzz", "b"])
    result.note(Question("b", "single_hop", frozenset("c")), ["c"])
    result.note(Question("c", "adversarial", frozenset("d")), [])
    result.ms, result.tokens = [1.0], [3]
    recall = result.figures()["recall"]
    assert recall["multi_hop"] == {"5": 0.5, "10": 1.0, "25": 1.0, "50": 1.0}
    assert recall["categories_1_4"]["5"] == 0.75
    assert recall["all"]["5"] == 0.5
    assert recall["temporal"]["5"] is None


def test_a_missing_file_is_said_plainly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["locomo", "--data", "/nowhere/locomo.json"])
    assert locomo.main() == 2
    assert "there is no file /nowhere/locomo.json" in capsys.readouterr().err
