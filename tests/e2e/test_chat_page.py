"""The chat page in a real browser, as a person uses it. Skipped, saying so, where there is no chromium."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from src_v2.core.events import Failed, Notice, Status
from tests.support.relay import Relay
from tests.support.scripted_chat import TOKEN, Chat

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine: apt-get install chromium"),
]

MARKDOWN = """# Tide pools

Bring **a torch**, *patience* and `low < 0.3`:

1. shoes
   - old ones
2. a [map](https://example.org/map) or http://example.org/x.

```python
print("<b>hi</b>")
```

[bad](javascript:alert(1)) <img src=x onerror=alert(2)> snake_case_stays 2 * 3 * 4"""


@pytest_asyncio.fixture(loop_scope="module")
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


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


def listen(page: Page) -> list[str]:
    """Collect what goes wrong in the page's scripts or is refused by its content policy."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if "Content Security" in m.text else None)
    return complaints


async def visit(page: Page, chat: Chat, query: str = "") -> None:
    async with page.expect_response("**/api/conversation*"):
        await page.goto(f"{chat.door.url}/{query}")
    await expect(page.locator("#presence")).to_have_text("here to talk")


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Your message").fill(text)
    await page.keyboard.press("Enter")


def replies(page: Page) -> Locator:
    return page.locator(".message.character .text")


async def height(field: Locator) -> float:
    return float(await field.evaluate("node => node.clientHeight"))


class TestTalking:
    async def test_an_empty_conversation_invites_and_a_starter_begins_it(self, page: Page) -> None:
        await expect(page.get_by_role("heading", name="This is Elena")).to_be_visible()
        await page.get_by_role("button", name="Hello! Who are you?").click()
        await expect(replies(page)).to_have_text("You said: Hello! Who are you?")
        await expect(page.locator("#empty")).to_be_hidden()

    async def test_the_reply_is_seen_while_it_comes(self, page: Page, chat: Chat) -> None:
        thinking, writing = asyncio.Event(), asyncio.Event()
        chat.engine.will(Status("looking at her notes", "🔎"), thinking, "It is ", "**cold**", writing, " today.")
        await say(page, "How is the water?")
        await expect(page.get_by_text("looking at her notes")).to_be_visible()
        await expect(page.locator("#presence")).to_have_text("writing…")
        thinking.set()
        await expect(replies(page).locator("strong")).to_have_text("cold")
        await expect(page.get_by_role("button", name="Stop the reply")).to_be_visible()
        writing.set()
        await expect(replies(page)).to_have_text("It is cold today.")
        await expect(page.get_by_role("button", name="Stop the reply")).to_be_hidden()
        await expect(page.locator("#announcer")).to_have_text("Elena: It is cold today.")

    async def test_what_is_kept_is_told_quietly_before_the_reply_and_is_no_part_of_it(
        self, page: Page, chat: Chat
    ) -> None:
        chat.engine.will(Notice("Elena is an <b>AI</b> character."), "Hello")
        await say(page, "hi")
        await expect(replies(page)).to_have_text("Hello")
        await expect(page.locator("#messages > .notice")).to_have_text("Elena is an <b>AI</b> character.")
        await expect(page.locator("#messages > .notice + .message.character")).to_have_count(1)

    async def test_shift_enter_makes_a_line_and_the_field_grows(self, page: Page, chat: Chat) -> None:
        field = page.get_by_label("Your message")
        before = await height(field)
        await field.press_sequentially("one")
        await page.keyboard.press("Shift+Enter")
        await field.press_sequentially("two")
        assert await height(field) > before
        await page.keyboard.press("Enter")
        await expect(replies(page)).to_contain_text("one")
        assert chat.engine.turns[0].text == "one\ntwo"

    async def test_markdown_is_shown_and_nothing_else_gets_in(self, page: Page, chat: Chat) -> None:
        chat.engine.will(*[MARKDOWN[at : at + 7] for at in range(0, len(MARKDOWN), 7)])
        await say(page, "?")
        text = replies(page)
        await expect(text).to_contain_text("2 * 3 * 4")
        assert await text.locator("h3, strong, em, p code, ol > li > ul > li").all_inner_texts() == [
            "Tide pools", "a torch", "patience", "low < 0.3", "old ones",
        ]  # fmt: skip
        assert await text.locator("pre code").inner_text() == 'print("<b>hi</b>")'
        links = await text.locator("a").evaluate_all("all => all.map(a => [a.href, a.rel.split(' ')[0]])")
        assert links == [["https://example.org/map", "noopener"], ["http://example.org/x", "noopener"]]
        assert await text.locator("img, script").count() == 0
        await expect(text).to_contain_text("snake_case_stays")

    async def test_right_to_left_text_reads_from_the_right(self, page: Page) -> None:
        await say(page, "مرحبا، كيف حالك؟")
        mine = page.locator(".message.user .text")
        assert await mine.evaluate("node => getComputedStyle(node).direction") == "rtl"

    async def test_times_are_those_of_the_readers_place(self, page: Page, chat: Chat) -> None:
        await say(page, "hi")
        await expect(replies(page)).to_have_text("You said: hi")
        await visit(page, chat)
        hour = chat.memory.messages[0].created_at.hour
        shown = await page.locator(".message.user time").inner_text()
        assert int(shown.partition(":")[0]) == (hour + 9) % 24

    async def test_a_second_message_may_be_sent_during_a_reply(self, page: Page, chat: Chat) -> None:
        gate = asyncio.Event()
        chat.engine.will("first", gate, " answer")
        await say(page, "one")
        await expect(replies(page)).to_have_text("first")
        await say(page, "two")
        await expect(page.locator(".message")).to_have_count(4)
        gate.set()
        await expect(replies(page)).to_have_text(["first answer", "You said: two"])

    async def test_a_text_that_is_too_long_stays_in_the_field(self, page: Page, chat: Chat) -> None:
        await say(page, "x" * 4001)
        await expect(page.get_by_role("alert")).to_contain_text("1 characters too long")
        await say(page, "👩" * 4000)
        await expect(replies(page)).to_contain_text("You said")
        assert len(chat.engine.turns) == 1


class TestStoppingFailingReturning:
    async def test_stop_keeps_what_was_written(self, page: Page, chat: Chat) -> None:
        chat.engine.will("so far", asyncio.Event())
        await say(page, "hi")
        await expect(replies(page)).to_have_text("so far")
        await page.get_by_role("button", name="Stop the reply").click()
        await expect(page.locator(".meta", has_text="stopped")).to_be_visible()
        assert chat.memory.texts() == ["hi", "so far"]
        await say(page, "and now?")
        await expect(replies(page).last).to_have_text("You said: and now?")

    async def test_escape_stops_too(self, page: Page, chat: Chat) -> None:
        chat.engine.will(asyncio.Event())
        await say(page, "hi")
        await expect(page.get_by_role("button", name="Stop the reply")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_text("You stopped this reply.")).to_be_visible()

    async def test_a_reload_in_the_middle_goes_on_with_the_reply(self, page: Page, chat: Chat) -> None:
        gate = asyncio.Event()
        chat.engine.will("one ", gate, "two")
        await say(page, "count")
        await expect(replies(page)).to_have_text("one")
        await page.reload()
        await expect(page.locator(".message.user .text")).to_have_text("count")
        await expect(replies(page)).to_have_text("one")
        gate.set()
        await expect(replies(page)).to_have_text("one two")
        assert len(chat.engine.turns) == 1

    async def test_a_failed_reply_is_tried_again(self, page: Page, chat: Chat) -> None:
        chat.engine.will("half", Failed("t", "My words are gone.", retryable=True))
        await say(page, "are you there?")
        await expect(replies(page)).to_have_text("My words are gone.")
        await page.get_by_role("button", name="Try again").click()
        await expect(replies(page)).to_have_text("You said: are you there?")
        await expect(page.locator(".message.user")).to_have_count(1)

    async def test_after_a_reload_the_missing_answer_is_offered(self, page: Page, chat: Chat) -> None:
        chat.engine.will(Failed("t", "My words are gone.", retryable=True))
        await say(page, "hello?")
        await expect(replies(page)).to_have_text("My words are gone.")
        await visit(page, chat)
        await page.get_by_role("button", name="Answer now").click()
        await expect(replies(page)).to_have_text("You said: hello?")

    async def test_a_lost_connection_is_said_and_taken_up_again(self, context: BrowserContext, chat: Chat) -> None:
        gate = asyncio.Event()
        chat.engine.will("one ", gate, "two")
        async with Relay(chat.door.url) as relay:
            page = await context.new_page()
            await page.goto(relay.url)
            await expect(page.locator("#presence")).to_have_text("here to talk")
            await say(page, "count")
            await expect(replies(page)).to_have_text("one")
            relay.refuse()
            await expect(page.get_by_text("Connection lost. Trying again…")).to_be_visible()
            gate.set()
            relay.accept()
            await expect(replies(page)).to_have_text("one two")
            await expect(page.locator("#lost")).to_be_hidden()
        assert len(chat.engine.turns) == 1

    async def test_a_restart_in_the_middle_is_survived(self, context: BrowserContext, chat: Chat) -> None:
        chat.engine.will("begun", asyncio.Event())
        async with Relay(chat.door.url) as relay:
            page = await context.new_page()
            await page.goto(relay.url)
            await expect(page.locator("#presence")).to_have_text("here to talk")
            await say(page, "hi")
            await expect(replies(page)).to_have_text("begun")
            relay.refuse()
            await chat.restart()
            relay.lead_to(chat.door.url)
            relay.accept()
            await page.get_by_role("button", name="Answer now").click()
            await expect(replies(page)).to_have_text("You said: hi")

    async def test_what_cannot_be_sent_comes_back_into_the_field(
        self, page: Page, context: BrowserContext, chat: Chat
    ) -> None:
        await context.set_offline(True)
        await say(page, "precious words")
        await expect(page.get_by_role("alert")).to_contain_text("Not sent")
        await expect(page.get_by_label("Your message")).to_have_value("precious words")
        await context.set_offline(False)
        await page.keyboard.press("Enter")
        await expect(replies(page)).to_have_text("You said: precious words")

    async def test_the_last_exchange_is_forgotten_after_asking(self, page: Page, chat: Chat) -> None:
        await say(page, "a secret")
        await expect(replies(page)).to_have_text("You said: a secret")
        await page.get_by_role("button", name="Forget last").click()
        await page.get_by_role("button", name="Keep it").click()
        assert len(chat.memory.messages) == 2
        await page.get_by_role("button", name="Forget last").click()
        await page.get_by_role("button", name="Forget it").click()
        await expect(page.get_by_role("heading", name="This is Elena")).to_be_visible()
        assert chat.memory.messages == []


class TestPlaces:
    async def test_each_character_has_a_conversation_and_a_draft(self, page: Page) -> None:
        await say(page, "hi Elena")
        await expect(replies(page)).to_have_text("You said: hi Elena")
        await page.get_by_label("Your message").fill("unfinished")
        await page.get_by_label("Talk to").select_option("marcus")
        await expect(page.get_by_role("heading", name="This is Marcus")).to_be_visible()
        await expect(page.get_by_label("Your message")).to_have_value("")
        await page.reload()
        await expect(page.get_by_role("heading", name="This is Marcus")).to_be_visible()
        await page.get_by_label("Talk to").select_option("elena")
        await expect(page.get_by_label("Your message")).to_have_value("unfinished")
        await expect(replies(page)).to_have_text("You said: hi Elena")

    async def test_a_small_phone_shows_everything(self, browser: Browser, chat: Chat) -> None:
        phone = await browser.new_context(viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True)
        page = await phone.new_page()
        await visit(page, chat)
        chat.engine.will("A very long word: " + "w" * 300 + "\n\n```\n" + "code " * 60 + "\n```")
        await say(page, "hi")
        await expect(replies(page)).to_contain_text("code")
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
        send = await page.get_by_role("button", name="Send").bounding_box()
        assert send is not None
        assert send["width"] >= 40
        assert send["x"] + send["width"] <= 360
        assert send["y"] + send["height"] <= 640

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    async def test_both_colour_schemes_are_easy_to_read(self, browser: Browser, chat: Chat, scheme: Any) -> None:
        context = await browser.new_context(color_scheme=scheme)
        page = await context.new_page()
        await visit(page, chat)
        chat.engine.will(Failed("t", "My words are gone.", retryable=True))
        await say(page, "hi")
        await expect(replies(page)).to_have_text("My words are gone.")
        for selector in (".user .bubble", ".failed .bubble", ".meta", "#hint", "#presence", ".again"):
            assert await contrast(page, selector) >= 4.5, selector

    async def test_the_demo_says_that_it_is_one(self, browser: Browser) -> None:
        async with Chat(demo=True) as chat:
            page = await browser.new_page()
            await visit(page, chat)
            await expect(page.locator("#demo")).to_contain_text("No language model is connected")

    async def test_the_page_asks_for_the_token_once(self, browser: Browser) -> None:
        async with Chat(token=TOKEN) as chat:
            page = await browser.new_page()
            await page.goto(chat.door.url)
            await page.get_by_label("Token").fill("not the token")
            await page.get_by_role("button", name="Sign in").click()
            await expect(page.get_by_role("alert")).to_have_text("That is not the token.")
            await page.get_by_label("Token").fill(TOKEN)
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("heading", name="This is Elena")).to_be_visible()
            await say(page, "hi")
            await expect(replies(page)).to_have_text("You said: hi")

    async def test_reading_further_up_is_not_disturbed(self, page: Page, chat: Chat) -> None:
        await page.set_viewport_size({"width": 700, "height": 500})
        gate = asyncio.Event()
        chat.engine.will("\n\n".join(["line"] * 60), gate, "\n\nlast line")
        await say(page, "tell me a lot")
        await expect(replies(page)).to_contain_text("line")
        scroller = page.locator("#scroller")
        await page.mouse.move(350, 250)
        await page.mouse.wheel(0, -600)
        await expect(page.get_by_role("button", name="Newest")).to_be_visible()
        before = await scroller.evaluate("node => node.scrollTop")
        gate.set()
        await expect(replies(page)).to_contain_text("last line")
        assert await scroller.evaluate("node => node.scrollTop") == before
        await page.get_by_role("button", name="Newest").click()
        await expect(page.get_by_text("last line", exact=True)).to_be_in_viewport()

    async def test_everything_can_be_reached_with_the_keyboard(self, page: Page) -> None:
        reached = set()
        for _ in range(12):
            await page.keyboard.press("Tab")
            reached.add(await page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        assert {"Skip to the message field", "characters", "text", "Hello! Who are you?"} <= reached


async def contrast(page: Page, selector: str) -> float:
    """Return the contrast ratio (WCAG 2) of a text with what is behind it."""
    found: float = await page.locator(selector).first.evaluate(
        """node => {
        const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
        const light = (text) => rgb(text).slice(0, 3).map((c) => c / 255)
            .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
        let back = node;
        while (rgb(getComputedStyle(back).backgroundColor)[3] === 0) back = back.parentElement;
        const [a, b] = [light(getComputedStyle(node).color), light(getComputedStyle(back).backgroundColor)];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }"""
    )
    return found
