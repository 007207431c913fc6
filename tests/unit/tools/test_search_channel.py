"""Looking back in the channel: by words, by speaker, by time, in order, within the budget."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from src_v2.core.messages import Role
from src_v2.tools.base import RESULT_TOKENS, ResultKind
from tests.unit.tools.shelves import SAM_DM, SAM_OPEN, Shelves, asks, box_of, said

NINE = datetime(2026, 7, 15, 7, tzinfo=UTC)


def channel() -> Shelves:
    lines = [
        ("a", "discord:ben", "Ben Oak", Role.USER, "Shall we take the ferry on Friday?"),
        ("b", "discord:sam", "Sam", Role.USER, "The ferry is full, the train then"),
        ("c", "character:elena", "Elena", Role.CHARACTER, "I like trains and ferries"),
        ("d", "discord:ben", "Ben Oak", Role.USER, "Fine, Friday at nine"),
        ("question", "discord:sam", "Sam", Role.USER, "What did we decide about the ferry?"),
    ]  # fmt: skip
    return Shelves(
        heard=[
            said(id_, text, speaker_id=who, speaker_name=name, role=role, created_at=NINE + timedelta(minutes=n))
            for n, (id_, who, name, role, text) in enumerate(lines)
        ]
    )


async def looked(arguments: dict[str, Any]) -> list[str]:
    result = await box_of(channel()).call("search_channel", arguments, asks(SAM_OPEN))
    assert result.kind is ResultKind.OK, result
    return [line.split("] ", 1)[1] for line in result.text.split("\n") if line.startswith("- [m")]


async def test_without_words_the_latest_come_in_their_order() -> None:
    assert await looked({"limit": 2}) == [
        "2026-07-15 09:02 | you said | I like trains and ferries",
        "2026-07-15 09:03 | Ben Oak said | Fine, Friday at nine",
    ]


async def test_words_are_found_in_their_forms_and_the_question_itself_is_none() -> None:
    assert [line.split(" | ")[2] for line in await looked({"query": "ferries"})] == [
        "Shall we take the ferry on Friday?", "The ferry is full, the train then", "I like trains and ferries",
    ]  # fmt: skip


@pytest.mark.parametrize(("speaker", "count"), [("Ben", 2), ("ben oak", 2), ("user", 1), ("Sam", 1), ("Elena", 1),
                                                ("character", 1)])  # fmt: skip
async def test_one_speaker_can_be_singled_out(speaker: str, count: int) -> None:
    assert len(await looked({"speaker": speaker})) == count


async def test_the_time_and_the_place_are_asked_of_the_store() -> None:
    shelves = channel()
    await box_of(shelves).call("search_channel", {"since": "2026-07-15", "until": "2026-07-15"}, asks())
    assert shelves.last("said") == {
        "audience": SAM_DM, "limit": 400, "here": True,
        "since": datetime(2026, 7, 14, 22, tzinfo=UTC), "until": datetime(2026, 7, 15, 22, tzinfo=UTC),
    }  # fmt: skip


@pytest.mark.parametrize("arguments", [{"query": "submarine"}, {"speaker": "Nobody"}])
async def test_nothing_that_fits_is_told(arguments: dict[str, Any]) -> None:
    result = await box_of(channel()).call("search_channel", arguments, asks(SAM_OPEN))
    assert result.kind is ResultKind.NOTHING


async def test_when_room_is_short_the_latest_stay() -> None:
    shelves = Shelves(heard=[said(str(n), f"number {n} " + "word " * 100) for n in range(30)])
    result = await box_of(shelves).call("search_channel", {"limit": 30}, asks())
    assert "number 29" in result.text
    assert "number 1 " not in result.text
    assert "more were found" in result.text
    assert len(result.text) / 4 < RESULT_TOKENS * 1.1
