"""The page's panel for everybody: by keyboard, on small phones, easy to read, with names for every control."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from src_v2.knowledge.models import PreferenceName
from tests.e2e.own_data_page.panel import IN_A_BROWSER, TABS, focused, items, look, problem
from tests.e2e.test_chat_page import contrast, visit
from tests.support.own_data import ME, OwnDataInMemory
from tests.support.scripted_chat import Chat

pytestmark = IN_A_BROWSER


class TestEverybody:
    async def test_the_keyboard_alone_is_enough(self, page: Page, held: OwnDataInMemory) -> None:
        held.remember(ME, "one")
        opener = page.get_by_role("button", name="Your data", exact=True)
        await opener.focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("tab", name="Memories")).to_be_focused()
        for name in (*TABS[1:], TABS[0]):
            await page.keyboard.press("ArrowRight")
            tab = page.get_by_role("tab", name=name)
            await expect(tab).to_be_focused()
            await expect(tab).to_have_attribute("aria-selected", "true")
            await expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
            await expect(page.get_by_role("tabpanel")).to_have_count(1)
        await page.keyboard.press("End")
        await expect(page.get_by_role("tab", name="Export & erase")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(opener).to_be_focused()

    async def test_the_focus_stays_within_the_panel(self, page: Page, held: OwnDataInMemory) -> None:
        held.remember(ME, "one")
        await look(page)
        await expect(items(page)).to_have_count(1)
        inside = "document.getElementById('own-data').contains(document.activeElement)"
        for key, first in (("Tab", await focused(page)), ("Shift+Tab", await focused(page))):
            seen = [first]
            for _ in range(6):
                await page.keyboard.press(key)
                assert await page.evaluate(inside), key
                seen.append(await focused(page))
            assert {"own-data-close", "tab-memories", "memory-search", "Edit: one", "Delete: one"} <= set(seen), key

    async def test_pressing_beside_the_panel_closes_it(self, page: Page) -> None:
        await look(page)
        await page.mouse.click(20, 400)
        await expect(page.get_by_role("dialog")).to_have_count(0)

    @pytest.mark.parametrize("tab", TABS)
    async def test_a_small_phone_shows_everything(
        self, browser: Browser, chat: Chat, held: OwnDataInMemory, tab: str
    ) -> None:
        chat.wishes.held["one"] = "w" * 300
        held.remember(ME, "w" * 300)
        held.learn(ME, "w" * 90, "lives_in", "w" * 90)
        await held.set_preference(ME, PreferenceName.NICKNAME, "w" * 90)
        phone = await browser.new_context(viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True)
        page = await phone.new_page()
        await visit(page, chat)
        await look(page, tab)
        await expect(page.get_by_role("tabpanel", name=tab)).to_be_visible()
        if tab in TABS[:4]:
            await expect(page.locator(".item:visible").first).to_be_visible()
        wide = "[...document.querySelectorAll('#own-data, #own-data *')].filter(n => n.checkVisibility())"
        wide += (
            ".filter(n => !n.closest('.for-readers') && n.getBoundingClientRect().right > 360).map(n => n.outerHTML)"
        )
        assert await page.evaluate(wide) == []
        for button in await page.get_by_role("dialog").locator("button:visible").all():
            box = await button.bounding_box()
            assert box is not None
            assert box["height"] >= 36
        await phone.close()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    async def test_both_colour_schemes_are_easy_to_read(
        self, browser: Browser, chat: Chat, held: OwnDataInMemory, scheme: Any
    ) -> None:
        held.remember(ME, "one")
        context = await browser.new_context(color_scheme=scheme)
        page = await context.new_page()
        await visit(page, chat)
        await look(page)
        await expect(items(page)).to_have_count(1)
        for selector in (".item-meta", ".item-text", ".act", "#own-data-about", "#tab-facts", "#own-data-said"):
            assert await contrast(page, selector) >= 4.5, selector
        await page.get_by_role("tab", name="Export & erase").click()
        held.away = True
        await page.get_by_role("button", name="Download a copy").click()
        await expect(problem(page)).to_be_visible()
        await page.get_by_label("Type erase to confirm").fill("erase")
        for selector in ("#own-data-problem", ".card > p", "#export", "#erase"):
            assert await contrast(page, selector) >= 4.5, selector
        await context.close()

    async def test_every_control_has_a_name(self, page: Page, held: OwnDataInMemory) -> None:
        held.remember(ME, "one")
        await look(page)
        await expect(items(page)).to_have_count(1)
        unnamed = """[...document.querySelectorAll('#own-data :is(input, select, textarea, button)')].filter((n) =>
            !(n.labels?.length || n.getAttribute('aria-label') || n.textContent.trim())).map((n) => n.outerHTML)"""
        assert await page.evaluate(unnamed) == []
