"""Pictures on the chat page in a real browser: chosen, pasted, dropped, seen small, taken away, sent."""

import base64
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.test_chat_page import CHROMIUM, browser, chat, context, page, replies
from tests.support.pictures import flag, saved
from tests.support.scripted_chat import Chat

__all__ = ["browser", "chat", "context", "page"]  # fixtures

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine: apt-get install chromium"),
]

PNG = saved(flag(), "PNG")
BRING = """([data, type]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], `${type}.png`, { type: "image/png" }));
  const event = type === "paste"
    ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.getElementById("text").dispatchEvent(event);
}"""


async def bring(page: Page, how: str) -> None:
    await page.evaluate(BRING, [base64.b64encode(PNG).decode(), how])


async def test_pictures_are_chosen_pasted_dropped_and_sent_with_words(page: Page, chat: Chat, tmp_path: Path) -> None:
    photo = tmp_path / "chosen.png"
    photo.write_bytes(PNG)
    tray = page.get_by_label("Pictures to send").get_by_role("listitem")
    await expect(page.get_by_role("button", name="Send")).to_be_disabled()
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Attach a picture").press("Enter")
    await (await chooser.value).set_files(photo)
    await bring(page, "paste")
    await bring(page, "drop")
    await expect(tray).to_have_count(3)
    await expect(tray.locator("canvas")).to_have_count(3)
    await page.get_by_role("button", name="Remove paste.png").press("Enter")
    await expect(tray).to_have_count(2)
    await expect(page.get_by_role("button", name="Send")).to_be_enabled()
    await page.get_by_label("Your message").fill("Look!")
    await page.keyboard.press("Enter")
    await expect(replies(page)).to_contain_text("You said: Look!")
    await expect(tray).to_have_count(0)
    (turn,) = chat.engine.turns
    assert sorted(one.name for one in turn.pictures) == ["chosen.png", "drop.png"]
    await expect(page.locator(".message.user .text")).to_contain_text("[sent a picture: chosen.png]")


async def test_a_picture_alone_is_a_message(page: Page, chat: Chat) -> None:
    await bring(page, "paste")
    await expect(page.get_by_role("button", name="Send")).to_be_enabled()
    await page.get_by_role("button", name="Send").click()
    await expect(replies(page)).to_have_text("You said: [sent a picture: paste.png]")


async def test_what_is_no_picture_says_why_and_disturbs_nothing(page: Page, chat: Chat, tmp_path: Path) -> None:
    fake = tmp_path / "page.png"
    fake.write_text("<script>alert(1)</script>")
    await page.get_by_label("Your message").fill("my words")
    await page.locator("#picture-file").set_input_files(fake)
    await expect(page.locator("#problem")).to_contain_text("none of JPEG, PNG, WebP and GIF")
    await expect(page.get_by_label("Pictures to send")).to_be_hidden()
    await expect(page.get_by_label("Your message")).to_have_value("my words")
    await expect(page.get_by_role("button", name="Send")).to_be_enabled()
