"""What stands between a person and a character, on the page: shown, added to, acted on."""

from playwright.async_api import Page, expect

from tests.e2e.own_data_page.panel import IN_A_BROWSER, MARKUP, items, look, problem, said
from tests.support.scripted_chat import Chat

pytestmark = IN_A_BROWSER
TAB = "Between you"


async def test_every_command_has_its_part(page: Page) -> None:
    await look(page, TAB)
    parts = page.locator("#between section")
    await expect(parts).to_have_count(2)
    await expect(parts.nth(0)).to_contain_text("Your wishes: 0")
    await expect(parts.nth(1)).to_contain_text("Fine, friend.")
    await expect(page.get_by_role("heading", name="Mood")).to_be_visible()


async def test_wishes_are_added_said_differently_and_come_true(page: Page, chat: Chat) -> None:
    await look(page, TAB)
    await page.get_by_label("Add a wish").fill(MARKUP)
    await page.get_by_label("Add a wish").press("Enter")
    await expect(items(page, "between")).to_have_count(1)
    await expect(page.locator("#between .item-text", has_text="<img")).to_have_text(MARKUP)
    await page.get_by_role("button", name="Say it differently").click()
    await page.get_by_label("Say it differently").fill("a boat")
    await page.get_by_role("button", name="Save").click()
    await expect(items(page, "between")).to_contain_text("a boat")
    await page.get_by_role("button", name="It came true").click()
    await expect(said(page)).to_have_text("How lovely.")
    await expect(items(page, "between")).to_have_count(0)
    assert chat.wishes.asked[-1].timezone == "Asia/Tokyo"


async def test_a_button_does_what_needs_no_words(page: Page, chat: Chat) -> None:
    chat.wishes.held["one"] = "a harp"
    await look(page, TAB)
    await expect(items(page, "between")).to_have_count(1)
    await page.get_by_role("button", name="Clear the list").click()
    await expect(items(page, "between")).to_have_count(0)


async def test_what_cannot_be_done_is_said(page: Page, chat: Chat) -> None:
    await look(page, TAB)
    await page.get_by_label("Add a wish").fill("@everyone")
    await page.get_by_label("Add a wish").press("Enter")
    await expect(problem(page)).to_have_text("A wish names nobody.")
    await expect(page.get_by_label("Add a wish")).to_have_value("@everyone")
