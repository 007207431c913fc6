"""Finding one's way in the panel with a person's own data, in a real browser. For the tests of the page."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.test_chat_page import CHROMIUM

IN_A_BROWSER = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine: apt-get install chromium"),
]
"""The marks of every module here. Skipped, saying so, where there is no chromium."""

MARKUP = "<img src=x onerror=alert(1)> <b>bold</b> **stars**"
TABS = ("Memories", "Between you", "Facts", "Preferences", "Privacy", "Export & erase")


async def look(page: Page, tab: str = "Memories") -> None:
    """Open the panel at a tab."""
    await page.get_by_role("button", name="Your data", exact=True).click()
    await expect(page.get_by_role("dialog", name="Your data")).to_be_visible()
    if tab != "Memories":
        await page.get_by_role("tab", name=tab).click()


def items(page: Page, part: str = "memories") -> Locator:
    return page.locator(f"#{part} .item")


def texts(page: Page, part: str = "memories") -> Locator:
    return page.locator(f"#{part} .item-text")


def said(page: Page) -> Locator:
    return page.locator("#own-data-said")


def problem(page: Page) -> Locator:
    return page.locator("#own-data-problem")


async def answer(page: Page, question: str, choice: str) -> None:
    dialog = page.get_by_role("dialog", name=question)
    await expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    await dialog.get_by_role("button", name=choice).click()
    await expect(dialog).to_be_hidden()


async def focused(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.id || document.activeElement.textContent"))
