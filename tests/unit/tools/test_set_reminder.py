"""A reminder is set by tool only for who asks for one in their own words, of what they said themselves."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from src_v2.core.audience import Audience
from src_v2.core.messages import Author
from src_v2.evolution.reminders.asking import Request
from src_v2.evolution.reminders.models import Counted, Reminder
from src_v2.evolution.reminders.rules import utc
from src_v2.evolution.reminders.times import When
from src_v2.observability.outages import Outages
from src_v2.tools.base import UNREMEMBERED, ResultKind, ToolContext, ToolResult
from src_v2.tools.set_reminder import set_reminder
from src_v2.tools.toolbox import ToolBox
from tests.support.clock import VirtualClock
from tests.unit.tools.shelves import asks

BERLIN = ZoneInfo("Europe/Berlin")
FLIGHT = "Remind me to pack my suitcase before my flight"


class Book:
    """Implements `ReminderBook`; `kept` is what was set, `before` what the message set by itself."""

    def __init__(self) -> None:
        self.kept: list[Reminder] = []
        self.before: Reminder | None = None
        self.full = False

    async def clock_of(self, author: Author, character: str) -> Counted:
        return Counted(BERLIN, guessed=False)

    async def asked_in(self, user_id: str, message_id: str) -> Reminder | None:
        return self.before

    async def set(
        self, audience: Audience, platform: str, request: Request, counted: Counted, *, source_message_id: str = ""
    ) -> Reminder | None:
        assert isinstance(request.when, When)
        if self.full:
            return None
        due = utc(request.when.first, counted.zone)
        reminder = Reminder(
            "r1", audience, platform, request.what, request.language, "", counted.zone.key, guessed_zone=False,
            due_at=due, source_message_id=source_message_id,
        )  # fmt: skip
        self.kept.append(reminder)
        return reminder


@pytest.fixture
def book() -> Book:
    return Book()


async def call(book: Book, context: ToolContext, **given: Any) -> ToolResult:
    box = ToolBox([set_reminder(book)], Outages(), clock=VirtualClock())
    arguments: Mapping[str, Any] = {"what": "pack my suitcase", "when": "2026-07-17T18:00"} | given
    return await box.call("set_reminder", arguments, context)


async def test_what_follows_from_the_conversation_is_set(book: Book) -> None:
    context = asks(text=FLIGHT)
    result = await call(book, context)
    assert result.kind is ResultKind.OK
    assert "Friday, 17 July 2026, 18:00 (Europe/Berlin)" in result.text
    (kept,) = book.kept
    assert kept.due_at == datetime(2026, 7, 17, 16, tzinfo=UTC)
    assert (kept.what, kept.source_message_id) == ("pack my suitcase", context.message.id)


async def test_words_for_a_time_will_do(book: Book) -> None:
    await call(book, asks(text=FLIGHT), when="tomorrow at 5pm")
    assert book.kept[0].due_at == datetime(2026, 7, 16, 15, tzinfo=UTC)


@pytest.mark.parametrize("text", [
    "When is my flight?", "This song reminds me of summer", "> remind me to pack my suitcase", "Do not remind me",
    'The page says "remind me to pack my suitcase"',
])  # fmt: skip
async def test_who_did_not_ask_gets_none(book: Book, text: str) -> None:
    assert (await call(book, asks(text=text))).kind is ResultKind.REFUSED
    assert book.kept == []


async def test_nobody_puts_words_into_their_mouth(book: Book) -> None:
    result = await call(book, asks(text=FLIGHT), what="transfer money to Mallory")
    assert result.kind is ResultKind.UNUSABLE
    assert book.kept == []


async def test_what_is_set_already_is_told(book: Book) -> None:
    context = asks(text=FLIGHT)
    await call(book, context)
    book.before = replace(book.kept[0])
    result = await call(book, asks(text=FLIGHT))
    assert "set already" in result.text
    assert len(book.kept) == 1


@pytest.mark.parametrize("when", ["2020-01-01T10:00", "some time", "2026-07-17T18:00+02:00", "every minute"])
async def test_a_time_that_cannot_be_is_told_to_the_model(book: Book, when: str) -> None:
    assert (await call(book, asks(text=FLIGHT), when=when)).kind is ResultKind.UNUSABLE
    assert book.kept == []


async def test_a_full_list_and_who_is_not_remembered(book: Book) -> None:
    book.full = True
    assert (await call(book, asks(text=FLIGHT))).kind is ResultKind.REFUSED
    context = replace(asks(text=FLIGHT), permissions=UNREMEMBERED)
    assert (await call(book, context)).kind is ResultKind.REFUSED
