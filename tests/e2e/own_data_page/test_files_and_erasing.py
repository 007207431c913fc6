"""The page's panel: a copy to take along, chats that are brought in, and erasing everything."""

import json
from pathlib import Path
from zipfile import ZipFile

from playwright.async_api import FilePayload, Page, expect

from tests.e2e.own_data_page.panel import IN_A_BROWSER, look, problem, said, texts
from tests.e2e.test_chat_page import replies, say
from tests.support.own_data import ME, OwnDataInMemory
from tests.support.scripted_chat import Chat
from tests.unit.web.own_data.asking import HISTORY

pytestmark = IN_A_BROWSER


class TestWholePerson:
    async def test_a_copy_is_downloaded(self, page: Page, held: OwnDataInMemory, tmp_path: Path) -> None:
        held.remember(ME, "I live in Porto.")
        await look(page, "Export & erase")
        async with page.expect_download() as started:
            await page.get_by_role("button", name="Download a copy").click()
        download = await started.value
        assert download.suggested_filename == "whisperengine-data.zip"
        await download.save_as(tmp_path / "copy.zip")
        said_then = json.loads(ZipFile(tmp_path / "copy.zip").read("messages.json"))
        assert [(one["character"], one["text"]) for one in said_then] == [("elena", "I live in Porto.")]
        await expect(said(page)).to_contain_text("Downloaded.")

    async def test_a_copy_that_cannot_be_had_is_said_so(self, page: Page, held: OwnDataInMemory) -> None:
        await look(page, "Export & erase")
        held.away = True
        await page.get_by_role("button", name="Download a copy").click()
        await expect(problem(page)).to_contain_text("try again")

    async def test_chats_are_brought_in(self, page: Page, held: OwnDataInMemory) -> None:
        await look(page, "Export & erase")
        history = FilePayload(name="chat.jsonl", mimeType="application/jsonl", buffer=HISTORY)
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

    async def test_everything_is_erased_after_typing_it(self, page: Page, chat: Chat, held: OwnDataInMemory) -> None:
        await say(page, "a secret")
        await expect(replies(page)).to_have_text("You said: a secret")
        held.remember(ME, "a secret")
        await look(page, "Export & erase")
        button = page.get_by_role("button", name="Erase everything")
        field = page.get_by_label("Type erase to confirm")
        held.working = True
        for text in ("", "eras", "yes"):
            await field.fill(text)
            await expect(button).to_be_disabled()
        await field.fill("erase")
        await button.click()
        state = page.locator("#erase-state")
        await expect(state).to_have_text("Erasing…")
        await expect(page.get_by_role("progressbar", name="Erasing")).to_be_visible()
        held.vectors_away = True
        await expect(state).to_contain_text("goes on by itself")
        await page.keyboard.press("Escape")
        await expect(page.locator(".message")).to_have_count(2)
        chat.memory.messages.clear()
        held.working = held.vectors_away = False
        await expect(page.get_by_role("heading", name="This is Elena")).to_be_visible()
        await expect(page.locator(".message")).to_have_count(0)
        await look(page)
        await expect(page.get_by_text("Nothing is remembered yet.")).to_be_visible()
