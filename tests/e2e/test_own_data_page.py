"""The panel with a person's own data, in a real browser. Skipped, saying so, where there is no chromium."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, FilePayload, Locator, Page, Route, async_playwright, expect

from src_v2.core.switches import Switches
from src_v2.knowledge.models import PreferenceName
from src_v2.privacy.models import ErasureState
from tests.e2e.test_chat_page import ARGUMENTS, CHROMIUM, contrast, listen, replies, say, visit
from tests.support.scripted_chat import Chat
from tests.unit.web.own_data_double import ME, OwnDataDouble

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine: apt-get install chromium"),
]

MARKUP = "<img src=x onerror=alert(1)> <b>bold</b> **stars**"
TABS = ("Memories", "Facts", "Preferences", "Privacy", "Export & erase")


@pytest_asyncio.fixture(loop_scope="module")
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def held(chat: Chat) -> OwnDataDouble:
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


class TestMemories:
    async def test_the_newest_come_first_and_more_are_loaded(self, page: Page, held: OwnDataDouble) -> None:
        for number in range(45):
            held.said(ME, f"number {number}")
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
        self, page: Page, held: OwnDataDouble
    ) -> None:
        held.said(ME, MARKUP, place="a server")
        held.said(ME, "Good evening.", own=False)
        await look(page)
        await expect(texts(page).last).to_have_text(MARKUP)
        assert await page.locator("#memories img, #memories b").count() == 0
        await expect(items(page).last.locator(".item-meta")).to_have_text("You · 1 Mar 2026, 18:31 · a server")
        await expect(items(page).first.locator("strong")).to_have_text("Elena")
        await expect(items(page).first.get_by_role("button", name="Edit")).to_have_count(0)

    async def test_search_waits_for_the_end_of_the_typing(self, page: Page, held: OwnDataDouble) -> None:
        for text in ("The boat is blue.", "Soup tonight."):
            held.said(ME, text)
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

    async def test_own_words_are_changed(self, page: Page, held: OwnDataDouble) -> None:
        held.said(ME, "I live in Porto.")
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
        assert [item.text for item in held.shelves[ME].memories] == ["I live in Faro."]

    async def test_one_is_deleted_after_asking(self, page: Page, held: OwnDataDouble) -> None:
        for text in ("first", "second", "third"):
            held.said(ME, text)
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
        assert [item.text for item in held.shelves[ME].memories] == ["first", "third"]

    async def test_what_went_is_gone_from_the_conversation_too(
        self, page: Page, chat: Chat, held: OwnDataDouble
    ) -> None:
        await say(page, "a secret")
        await expect(replies(page)).to_have_text("You said: a secret")
        held.said(ME, "a secret")
        await look(page)
        await items(page).get_by_role("button", name="Delete").click()
        chat.memory.messages.clear()
        await answer(page, "Delete this memory?", "Delete it")
        await expect(page.get_by_text("Nothing is remembered yet.")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("heading", name="This is Elena")).to_be_visible()

    async def test_something_that_is_gone_already_is_said_to_be(self, page: Page, held: OwnDataDouble) -> None:
        held.said(ME, "fleeting")
        await look(page)
        await expect(items(page)).to_have_count(1)
        held.shelves.clear()
        await items(page).get_by_role("button", name="Delete").click()
        await answer(page, "Delete this memory?", "Delete it")
        await expect(problem(page)).to_have_text("I don't have that.")

    async def test_a_store_that_is_away_can_be_tried_again(self, page: Page, held: OwnDataDouble) -> None:
        held.said(ME, "still here")
        held.away = True
        await look(page)
        await expect(problem(page)).to_contain_text("Please try again in a moment.")
        await expect(items(page)).to_have_count(0)
        held.away = False
        await problem(page).get_by_role("button", name="Try again").click()
        await expect(texts(page)).to_have_text("still here")
        await expect(problem(page)).to_be_hidden()

    async def test_an_answer_that_comes_late_is_not_shown_elsewhere(self, page: Page, held: OwnDataDouble) -> None:
        held.said(ME, "one")
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
        self, page: Page, context: BrowserContext, held: OwnDataDouble
    ) -> None:
        held.said(ME, "before")
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


class TestKnowledge:
    async def test_facts_are_corrected_and_taken_back(self, page: Page, held: OwnDataDouble) -> None:
        held.learned(ME, "user", "lives_in", "Porto")
        held.learned(ME, "Biscuit", "belongs_to", "user")
        held.learned(ME, "user", "lives_in", "Lisbon", until="2026-05")
        held.summed_up(ME, "You spoke of the move.", "the move")
        await look(page, "Facts")
        await expect(texts(page, "facts-now")).to_have_text(["You: lives in Porto", "Biscuit: belongs to you"])
        await expect(items(page, "facts-past")).to_contain_text(["until 2026-05"])
        await expect(texts(page, "summaries")).to_have_text("You spoke of the move.")
        await items(page, "facts-now").first.get_by_role("button", name="Correct").click()
        await page.get_by_label("You: lives in").fill("Vila Nova")
        await page.keyboard.press("Enter")
        await expect(texts(page, "facts-now").first).to_have_text("You: lives in Vila Nova")
        await expect(items(page, "facts-now").first).to_be_focused()
        await items(page, "facts-past").get_by_role("button", name="Take back").click()
        await answer(page, "Take this back?", "Take it back")
        await expect(page.get_by_role("heading", name="What is over")).to_be_hidden()
        assert [fact.object for fact in held.shelves[ME].facts] == ["Vila Nova", "user"]

    async def test_preferences_are_added_and_cleared(self, page: Page, held: OwnDataDouble) -> None:
        await held.set_preference(ME, PreferenceName.TONE, MARKUP)
        await look(page, "Preferences")
        await expect(texts(page, "preferences")).to_have_text(MARKUP)
        await page.get_by_label("About", exact=True).select_option(label="A topic to avoid")
        await page.get_by_label("Your wish").fill("spiders")
        await page.keyboard.press("Enter")
        await expect(texts(page, "preferences")).to_have_text([MARKUP, "spiders"])
        await expect(page.get_by_label("Your wish")).to_have_value("")
        await items(page, "preferences").first.get_by_role("button", name="Clear").click()
        await expect(texts(page, "preferences")).to_have_text(["spiders"])
        assert [(one.name, one.value) for one in held.shelves[ME].preferences] == [(PreferenceName.AVOID, "spiders")]

    async def test_nothing_learned_is_said_so(self, page: Page) -> None:
        await look(page, "Facts")
        await expect(page.get_by_text("Nothing has been learned yet.")).to_be_visible()
        await page.get_by_role("tab", name="Preferences").click()
        await expect(page.get_by_text("You have not asked for anything yet.")).to_be_visible()


class TestPrivacy:
    async def test_switches_are_decided(self, page: Page, held: OwnDataDouble) -> None:
        await look(page, "Privacy")
        remember, share = page.get_by_label("Remember me"), page.get_by_label("Share between characters")
        await expect(remember).to_be_checked()
        await expect(share).not_to_be_checked()
        await share.focus()
        await page.keyboard.press("Space")
        await expect(share).to_be_checked()
        await remember.click()
        await expect(remember).not_to_be_checked()
        assert held.decided == {"local:me": Switches(remember=False, share=True)}
        await expect(page.get_by_role("heading", name="This is an AI")).to_be_visible()

    async def test_leaving_servers_is_asked_about(self, page: Page, held: OwnDataDouble) -> None:
        await look(page, "Privacy")
        servers = page.get_by_label("Use what I say in servers")
        await servers.click()
        await answer(page, "Stop using servers?", "Keep it")
        await expect(servers).to_be_checked()
        assert held.decided == {}
        await servers.click()
        await answer(page, "Stop using servers?", "Remove it")
        await expect(servers).not_to_be_checked()
        assert held.decided == {"local:me": Switches(servers=False)}

    async def test_a_switch_shows_what_the_server_holds(self, page: Page, held: OwnDataDouble) -> None:
        await look(page, "Privacy")
        share = page.get_by_label("Share between characters")
        await expect(share).to_be_enabled()
        held.away = True
        await share.click()
        await expect(problem(page)).to_contain_text("try again")
        await expect(share).not_to_be_checked()


class TestWholePerson:
    async def test_a_copy_is_downloaded(self, page: Page, held: OwnDataDouble, tmp_path: Path) -> None:
        held.said(ME, "I live in Porto.")
        await look(page, "Export & erase")
        async with page.expect_download() as started:
            await page.get_by_role("button", name="Download a copy").click()
        download = await started.value
        assert download.suggested_filename == "whisperengine-data.zip"
        await download.save_as(tmp_path / "copy.zip")
        data = json.loads(ZipFile(tmp_path / "copy.zip").read("data.json"))
        assert data["memories"] == {"elena": ["I live in Porto."]}
        await expect(said(page)).to_contain_text("Downloaded.")

    async def test_a_copy_that_cannot_be_had_is_said_so(self, page: Page, held: OwnDataDouble) -> None:
        await look(page, "Export & erase")
        held.away = True
        await page.get_by_role("button", name="Download a copy").click()
        await expect(problem(page)).to_contain_text("try again")

    async def test_chats_are_brought_in(self, page: Page, held: OwnDataDouble) -> None:
        await look(page, "Export & erase")
        lines = b'{"mes": "We sailed to Naxos."}\n{"mes": ""}\n{"mes": "And back."}'
        history = FilePayload(name="chat.jsonl", mimeType="application/jsonl", buffer=lines)
        chooser, button = page.get_by_label("File ("), page.get_by_role("button", name="Bring in")
        await chooser.set_input_files(history)
        await button.click()
        result = page.locator("#import-result")
        await expect(result).to_have_text("SillyTavern: added 2, known 0, left out: 1 empty messages")
        assert [(whose, zone) for whose, _, zone in held.brought] == [(ME, "Asia/Tokyo")]
        await chooser.set_input_files(history)
        await button.click()
        await expect(result).to_have_text("SillyTavern: added 0, known 2, left out: 1 empty messages")
        await page.get_by_role("tab", name="Memories").click()
        await expect(texts(page)).to_have_text(["And back.", "We sailed to Naxos."])

    async def test_a_file_that_is_no_history_is_refused_in_place(self, page: Page) -> None:
        await look(page, "Export & erase")
        picture = FilePayload(name="cat.json", mimeType="application/json", buffer=b"\x89PNG")
        await page.get_by_label("File (").set_input_files(picture)
        await page.get_by_role("button", name="Bring in").click()
        await expect(problem(page)).to_contain_text("no ChatGPT export and no SillyTavern chat")

    async def test_everything_is_erased_after_typing_it(self, page: Page, chat: Chat, held: OwnDataDouble) -> None:
        await say(page, "a secret")
        await expect(replies(page)).to_have_text("You said: a secret")
        held.said(ME, "a secret")
        await look(page, "Export & erase")
        button = page.get_by_role("button", name="Erase everything")
        field = page.get_by_label("Type erase to confirm")
        for text in ("", "eras", "yes"):
            await field.fill(text)
            await expect(button).to_be_disabled()
        await field.fill("erase")
        await button.click()
        state = page.locator("#erase-state")
        await expect(state).to_have_text("Erasing…")
        await expect(page.get_by_role("progressbar", name="Erasing")).to_be_visible()
        held.progress(ErasureState.WAITING)
        await expect(state).to_contain_text("goes on by itself")
        await page.keyboard.press("Escape")
        await expect(page.locator(".message")).to_have_count(2)
        chat.memory.messages.clear()
        held.progress(ErasureState.DONE)
        await expect(page.get_by_role("heading", name="This is Elena")).to_be_visible()
        await expect(page.locator(".message")).to_have_count(0)
        await look(page)
        await expect(page.get_by_text("Nothing is remembered yet.")).to_be_visible()


class TestEverybody:
    async def test_the_keyboard_alone_is_enough(self, page: Page, held: OwnDataDouble) -> None:
        held.said(ME, "one")
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

    async def test_the_focus_stays_within_the_panel(self, page: Page, held: OwnDataDouble) -> None:
        held.said(ME, "one")
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
        self, browser: Browser, chat: Chat, held: OwnDataDouble, tab: str
    ) -> None:
        held.said(ME, "w" * 300)
        held.learned(ME, "w" * 90, "lives_in", "w" * 90)
        await held.set_preference(ME, PreferenceName.NICKNAME, "w" * 90)
        phone = await browser.new_context(viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True)
        page = await phone.new_page()
        await visit(page, chat)
        await look(page, tab)
        await expect(page.get_by_role("tabpanel", name=tab)).to_be_visible()
        if tab in TABS[:3]:
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
        self, browser: Browser, chat: Chat, held: OwnDataDouble, scheme: Any
    ) -> None:
        held.said(ME, "one")
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

    async def test_every_control_has_a_name(self, page: Page, held: OwnDataDouble) -> None:
        held.said(ME, "one")
        await look(page)
        await expect(items(page)).to_have_count(1)
        unnamed = """[...document.querySelectorAll('#own-data :is(input, select, textarea, button)')].filter((n) =>
            !(n.labels?.length || n.getAttribute('aria-label') || n.textContent.trim())).map((n) => n.outerHTML)"""
        assert await page.evaluate(unnamed) == []
