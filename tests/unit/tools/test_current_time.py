"""The time here and elsewhere, days of the week, days between dates. Now is Wednesday 2026-07-15 12:00 UTC."""

from dataclasses import replace
from typing import Any

import pytest

from src_v2.core.messages import Author
from src_v2.tools.base import ResultKind, ToolContext
from src_v2.tools.places import zone_of
from tests.unit.tools.shelves import Shelves, asks, box_of


async def told(arguments: dict[str, Any], context: ToolContext | None = None) -> str:
    result = await box_of(Shelves()).call("current_time", arguments, context or asks())
    assert result.kind is ResultKind.OK, result
    return result.text


async def test_here_is_where_the_character_is_unless_the_person_tells_where_they_are() -> None:
    assert await told({}) == "Europe/Oslo: Wednesday 2026-07-15 14:00 (UTC+0200)"
    context = asks()
    tokyo = replace(context.message, author=Author("discord:sam", "Sam", "Asia/Tokyo"))
    assert await told({}, replace(context, message=tokyo)) == "Asia/Tokyo: Wednesday 2026-07-15 21:00 (UTC+0900)"
    context = asks()
    nowhere = replace(context.message, author=Author("discord:sam", "Sam", "../../etc/passwd"))
    assert (await told({}, replace(context, message=nowhere))).startswith("Europe/Oslo")


async def test_places_are_compared_with_the_first() -> None:
    text = await told({"places": "Oslo; new york; Kathmandu; Berlin"})
    assert text.split("\n") == [
        "Europe/Oslo: Wednesday 2026-07-15 14:00 (UTC+0200)",
        "America/New_York: Wednesday 2026-07-15 08:00 (UTC-0400, 6 h behind Europe/Oslo)",
        "Asia/Kathmandu: Wednesday 2026-07-15 17:45 (UTC+0545, 3 h 45 min ahead of Europe/Oslo)",
        "Europe/Berlin: Wednesday 2026-07-15 14:00 (UTC+0200, the same time as Europe/Oslo)",
    ]


@pytest.mark.parametrize(("arguments", "expected"), [
    ({"date": "2026-12-24"}, "2026-12-24 is a Thursday, 162 days (23 weeks and 1 days) after 2026-07-15."),
    ({"date": "today"}, "2026-07-15 is a Wednesday, today."),
    ({"date": "2000-02-29", "other_date": "2000-03-01"}, "2000-03-01 is a Wednesday, 1 days after 2000-02-29."),
    ({"other_date": "yesterday"}, "2026-07-14 is a Tuesday, 1 days before 2026-07-15."),
    ({"plus_days": 45}, "45 days after 2026-07-15 is 2026-08-29, a Saturday."),
    ({"plus_days": -1, "date": "2026-03-01"}, "-1 days after 2026-03-01 is 2026-02-28, a Saturday."),
])  # fmt: skip
async def test_days_are_counted(arguments: dict[str, Any], expected: str) -> None:
    assert (await told(arguments)).split("\n")[-1] == expected


@pytest.mark.parametrize("arguments", [
    {"places": "Atlantis"}, {"places": "../../etc/passwd"}, {"places": "; ".join(["Oslo"] * 9)}, {"date": "2026-02-30"},
    {"date": "soon"}, {"plus_days": 10**9}, {"date": "9999-12-30", "plus_days": 30}, {"places": "/etc/localtime"},
])  # fmt: skip
async def test_what_is_no_place_and_no_date_is_told(arguments: dict[str, Any]) -> None:
    result = await box_of(Shelves()).call("current_time", arguments, asks())
    assert result.kind is ResultKind.UNUSABLE
    assert "Atlantis" not in result.text


@pytest.mark.parametrize(("name", "zone"), [
    ("tokyo", "Asia/Tokyo"), ("São Paulo", "America/Sao_Paulo"), ("San Francisco", "America/Los_Angeles"),
    ("Paris, France", "Europe/Paris"), ("UTC", "UTC"), ("GMT", "UTC"),
    ("JST", "Asia/Tokyo"), ("munich", "Europe/Berlin"),
    ("Mumbai", "Asia/Kolkata"), ("beijing", "Asia/Shanghai"), ("america/new_york", "America/New_York"),
    ("Barcelona", "Europe/Madrid"), ("London", "Europe/London"),
])  # fmt: skip
def test_cities_are_known(name: str, zone: str) -> None:
    found = zone_of(name)
    assert (found.key if found else None) == zone
