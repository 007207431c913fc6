"""One browser for a module, and in it the page in front of a chat whose person has data."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.e2e.test_chat_page import ARGUMENTS, CHROMIUM, listen, visit
from tests.support.own_data import OwnDataInMemory
from tests.support.scripted_chat import Chat


@pytest_asyncio.fixture(loop_scope="module")
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def held(chat: Chat) -> OwnDataInMemory:
    return chat.own_data


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(locale="en-GB", timezone_id="Asia/Tokyo")
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(context: BrowserContext, chat: Chat) -> AsyncIterator[Page]:
    """Give the page, opened and with its conversation loaded; whatever it complains about fails the test."""
    page = await context.new_page()
    complaints = listen(page)
    await visit(page, chat)
    yield page
    assert complaints == []
