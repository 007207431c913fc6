"""The page's panel: what was learned, and how the person wants to be spoken with."""

from playwright.async_api import Page, expect

from src_v2.knowledge.models import PreferenceName
from tests.e2e.own_data_page.panel import IN_A_BROWSER, MARKUP, answer, items, look, texts
from tests.support.own_data import ME, OwnDataInMemory

pytestmark = IN_A_BROWSER


class TestKnowledge:
    async def test_facts_are_corrected_and_taken_back(self, page: Page, held: OwnDataInMemory) -> None:
        held.learn(ME, "Biscuit", "belongs_to", "user")
        held.learn(ME, "user", "lives_in", "Porto")
        held.learn(ME, "user", "lives_in", "Lisbon", until="2026-05")
        held.sum_up(ME, "You spoke of the move.", "the move")
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
        assert [fact.object for fact in held.known[ME]] == ["user", "Vila Nova"]

    async def test_preferences_are_added_and_cleared(self, page: Page, held: OwnDataInMemory) -> None:
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
        assert [(one.name, one.value) for one in held.wishes[ME]] == [(PreferenceName.AVOID, "spiders")]

    async def test_nothing_learned_is_said_so(self, page: Page) -> None:
        await look(page, "Facts")
        await expect(page.get_by_text("Nothing has been learned yet.")).to_be_visible()
        await page.get_by_role("tab", name="Preferences").click()
        await expect(page.get_by_text("You have not asked for anything yet.")).to_be_visible()
