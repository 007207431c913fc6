"""Thumbs up and down below a reply, in a real browser. Skipped, saying so, where there is no chromium."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from src_v2.core.events import Failed
from src_v2.core.messages import StopReason
from src_v2.memory.patterns.models import Mark
from tests.e2e.test_chat_page import ARGUMENTS, listen, replies, say, visit
from tests.support.scripted_chat import Chat

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
LIKE, DISLIKE = "I like this reply", "I don't like this reply"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine: apt-get install chromium"),
]


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


@pytest.fixture
async def page(chat: Chat) -> AsyncIterator[Page]:
    """Give the page, opened and with its conversation loaded; whatever it complains about fails the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(locale="en-GB")
        complaints = listen(page)
        await visit(page, chat)
        yield page
        assert complaints == []
        await browser.close()


async def pressed(page: Page) -> list[str | None]:
    return [await one.get_attribute("aria-pressed") for one in await page.locator(".mark").all()]


async def test_thumbs_by_mouse_and_keyboard_that_a_reload_keeps(page: Page, chat: Chat) -> None:
    await say(page, "hello")
    await expect(replies(page)).to_have_text("You said: hello")
    reply = chat.memory.messages[-1].id
    like, dislike = page.get_by_role("button", name=LIKE), page.get_by_role("button", name=DISLIKE)
    await expect(page.get_by_role("group", name="What you think of this reply")).to_have_count(1)
    await like.click()
    await expect(page.locator("#announcer")).to_have_text("Noted: you like this reply.")
    assert chat.feedback.marked == {("local:me", reply): Mark.UP}
    await expect(like).to_have_attribute("aria-pressed", "true")

    await dislike.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#announcer")).to_have_text("Noted: you don't like this reply.")
    assert await pressed(page) == ["false", "true"]

    await visit(page, chat)
    await expect(dislike).to_have_attribute("aria-pressed", "true")
    await dislike.press("Space")
    await expect(page.locator("#announcer")).to_have_text("Taken back.")
    assert await pressed(page) == ["false", "false"]
    assert chat.feedback.marked == {("local:me", reply): Mark.NONE}


async def test_what_cannot_be_kept_is_said_and_shown_as_it_is(page: Page, chat: Chat) -> None:
    await say(page, "hello")
    await expect(replies(page)).to_have_text("You said: hello")
    chat.feedback.unkept.add(chat.memory.messages[-1].id)
    await page.get_by_role("button", name=LIKE).click()
    await expect(page.locator(".marks")).to_contain_text("That reply is not kept")
    assert await pressed(page) == ["false", "false"]


async def test_a_reply_that_was_stopped_can_be_marked_and_a_failed_one_cannot(page: Page, chat: Chat) -> None:
    chat.engine.will("so far", asyncio.Event())
    await say(page, "hello")
    await expect(replies(page)).to_have_text("so far")
    await expect(page.locator(".mark")).to_have_count(0)
    turn = chat.engine.turns[-1]
    await page.get_by_role("button", name="Stop the reply").click()
    await expect(page.locator(".meta").last).to_contain_text("stopped")
    assert turn.stop_reason is StopReason.USER
    await page.get_by_role("button", name=LIKE).click()
    await expect(page.locator("#announcer")).to_have_text("Noted: you like this reply.")
    assert list(chat.feedback.marked) == [("local:me", turn.reply_id)]
    chat.engine.will("half of", Failed("t", "My words are gone.", retryable=True))
    await say(page, "again")
    await expect(replies(page).last).to_have_text("My words are gone.")
    await expect(page.locator(".mark")).to_have_count(2)  # still those of the first reply
