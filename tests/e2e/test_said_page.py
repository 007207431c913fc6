"""A message that comes by itself, in a real browser. Skipped, saying so, where there is no chromium."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from src_v2.app import App
from tests.e2e.test_chat_page import ARGUMENTS, listen, replies
from tests.integration.test_web_said import running, saying

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine: apt-get install chromium"),
]


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path) as app:
        yield app


@pytest.fixture
async def page(app: App) -> AsyncIterator[Page]:
    """Give the page, opened and listening; whatever it complains about fails the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(locale="en-GB")
        complaints = listen(page)
        async with page.expect_response(lambda response: "/api/arrivals" in response.url):
            await page.goto(app.url)
        await expect(page.locator("#empty")).to_be_visible()
        yield page
        assert complaints == []
        await browser.close()


async def test_it_appears_in_the_open_page_and_its_buttons_work(page: Page, app: App) -> None:
    await app.delivery(saying("Time for your **tea**."))
    await expect(replies(page)).to_have_text("Time for your tea.")
    await expect(page.locator("#announcer")).to_have_text("Elena: Time for your tea.")
    done, later = (page.get_by_role("button", name=name, exact=True) for name in ("Done", "Later"))
    await expect(done).to_be_visible()
    await page.reload()
    await expect(replies(page)).to_have_text("Time for your tea.")
    await later.click()
    await expect(page.get_by_text("reminder.snooze r1 for local:me").first).to_be_visible()
    await expect(done).to_have_count(0)
    await expect(later).to_have_count(0)
    await page.reload()
    await expect(replies(page)).to_have_text("Time for your tea.")
    await expect(done).to_have_count(0)


async def test_what_came_while_the_connection_was_lost_is_there_when_it_is_back(page: Page, app: App) -> None:
    await page.context.set_offline(True)
    await app.delivery(saying("Said in the tunnel."))
    await page.context.set_offline(False)
    await app.delivery(saying("Said behind it."))
    await expect(replies(page)).to_have_text(["Said in the tunnel.", "Said behind it."], timeout=20_000)
