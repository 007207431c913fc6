"""The page's panel: what is remembered, read, searched, changed and deleted."""

import asyncio

from playwright.async_api import BrowserContext, Page, Route, expect

from src_v2.core.messages import Role
from tests.e2e.own_data_page.panel import IN_A_BROWSER, MARKUP, answer, items, look, problem, said, texts
from tests.e2e.test_chat_page import replies, say
from tests.support.own_data import ME, OwnDataInMemory
from tests.support.scripted_chat import Chat

pytestmark = IN_A_BROWSER


class TestMemories:
    async def test_the_newest_come_first_and_more_are_loaded(self, page: Page, held: OwnDataInMemory) -> None:
        for number in range(45):
            held.remember(ME, f"number {number}")
        await look(page)
        await expect(items(page)).to_have_count(20)
        await expect(texts(page).first).to_have_text("number 44")
        await expect(said(page)).to_have_text("20 shown, there are more")
        more = page.get_by_role("button", name="Show older ones")
        await more.click()
        await expect(items(page)).to_have_count(40)
        await expect(items(page).nth(20)).to_be_focused()
        await more.click()
        await expect(texts(page).last).to_have_text("number 0")
        await expect(more).to_be_hidden()
        await expect(said(page)).to_have_text("5 more, 45 shown")

    async def test_each_says_who_when_and_where_and_is_shown_as_it_was_typed(
        self, page: Page, held: OwnDataInMemory
    ) -> None:
        held.remember(ME, MARKUP, place="a server")
        held.remember(ME, "Good evening.", role=Role.CHARACTER)
        await look(page)
        await expect(texts(page).last).to_have_text(MARKUP)
        assert await page.locator("#memories img, #memories b").count() == 0
        await expect(items(page).last.locator(".item-meta")).to_have_text("You · 1 Mar 2025, 18:30 · a server")
        await expect(items(page).first.locator("strong")).to_have_text("Elena")
        await expect(items(page).first.get_by_role("button", name="Edit")).to_have_count(0)

    async def test_search_waits_for_the_end_of_the_typing(self, page: Page, held: OwnDataInMemory) -> None:
        for text in ("The boat is blue.", "Soup tonight."):
            held.remember(ME, text)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/search" in request.url else None)
        await look(page)
        field = page.get_by_label("Search what is remembered")
        await field.press_sequentially("boat", delay=10)
        await expect(texts(page)).to_have_text(["The boat is blue."])
        await expect(said(page)).to_have_text("1 found")
        assert [url.partition("q=")[2] for url in asked] == ["boat&limit=50"]
        await field.fill("zeppelin")
        await expect(page.get_by_text("Nothing fits that.")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(items(page)).to_have_count(2)
        await expect(page.get_by_role("dialog", name="Your data")).to_be_visible()

    async def test_own_words_are_changed(self, page: Page, held: OwnDataInMemory) -> None:
        held.remember(ME, "I live in Porto.")
        await look(page)
        await items(page).get_by_role("button", name="Edit").click()
        field = page.get_by_label("Your words")
        await expect(field).to_be_focused()
        await field.fill("something else")
        await page.keyboard.press("Escape")
        await expect(texts(page)).to_have_text("I live in Porto.")
        await expect(items(page).get_by_role("button", name="Edit")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.get_by_label("Your words").fill("I live in Faro.")
        await page.get_by_role("button", name="Save").click()
        await expect(texts(page)).to_have_text("I live in Faro.")
        await expect(said(page)).to_contain_text("Changed.")
        assert [item.text for item in held.kept[ME]] == ["I live in Faro."]

    async def test_one_is_deleted_after_asking(self, page: Page, held: OwnDataInMemory) -> None:
        for text in ("first", "second", "third"):
            held.remember(ME, text)
        await look(page)
        second = items(page).filter(has_text="second")
        await second.get_by_role("button", name="Delete").click()
        await answer(page, "Delete this memory?", "Keep it")
        await expect(items(page)).to_have_count(3)
        await second.get_by_role("button", name="Delete").click()
        await expect(page.get_by_text("“second”")).to_be_visible()
        await answer(page, "Delete this memory?", "Delete it")
        await expect(texts(page)).to_have_text(["third", "first"])
        await expect(items(page).last).to_be_focused()
        assert [item.text for item in held.kept[ME]] == ["first", "third"]

    async def test_what_went_is_gone_from_the_conversation_too(
        self, page: Page, chat: Chat, held: OwnDataInMemory
    ) -> None:
        await say(page, "a secret")
        await expect(replies(page)).to_have_text("You said: a secret")
        held.remember(ME, "a secret")
        await look(page)
        await items(page).get_by_role("button", name="Delete").click()
        chat.memory.messages.clear()
        await answer(page, "Delete this memory?", "Delete it")
        await expect(page.get_by_text("Nothing is remembered yet.")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("heading", name="This is Elena")).to_be_visible()

    async def test_something_that_is_gone_already_is_said_to_be(self, page: Page, held: OwnDataInMemory) -> None:
        held.remember(ME, "fleeting")
        await look(page)
        await expect(items(page)).to_have_count(1)
        held.kept.clear()
        await items(page).get_by_role("button", name="Delete").click()
        await answer(page, "Delete this memory?", "Delete it")
        await expect(problem(page)).to_have_text("I don't have that.")

    async def test_a_store_that_is_away_can_be_tried_again(self, page: Page, held: OwnDataInMemory) -> None:
        held.remember(ME, "still here")
        held.away = True
        await look(page)
        await expect(problem(page)).to_contain_text("Please try again in a moment.")
        await expect(items(page)).to_have_count(0)
        held.away = False
        await problem(page).get_by_role("button", name="Try again").click()
        await expect(texts(page)).to_have_text("still here")
        await expect(problem(page)).to_be_hidden()

    async def test_an_answer_that_comes_late_is_not_shown_elsewhere(self, page: Page, held: OwnDataInMemory) -> None:
        held.remember(ME, "one")
        gate = asyncio.Event()

        async def held_back(route: Route) -> None:
            await gate.wait()
            await route.continue_()

        await page.route("**/memories?*", held_back)
        await look(page)
        await page.get_by_role("tab", name="Facts").click()
        await expect(said(page)).to_have_text("0 facts")
        async with page.expect_response("**/memories?*"):
            gate.set()
        await page.get_by_role("tab", name="Privacy").click()
        await expect(page.get_by_label("Remember me")).to_be_enabled()
        await expect(said(page)).to_have_text("")
        await expect(items(page)).to_have_count(0)

    async def test_a_lost_connection_loses_no_words(
        self, page: Page, context: BrowserContext, held: OwnDataInMemory
    ) -> None:
        held.remember(ME, "before")
        await look(page)
        await items(page).get_by_role("button", name="Edit").click()
        await page.get_by_label("Your words").fill("after")
        await context.set_offline(True)
        await page.get_by_role("button", name="Save").click()
        await expect(problem(page)).to_contain_text("Nobody answers")
        await expect(page.get_by_label("Your words")).to_have_value("after")
        await context.set_offline(False)
        await page.get_by_role("button", name="Save").click()
        await expect(texts(page)).to_have_text("after")
