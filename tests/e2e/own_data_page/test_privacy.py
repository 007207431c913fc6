"""The page's panel: the switches, and what turning them asks and does."""

from playwright.async_api import Page, expect

from src_v2.core.switches import Switches
from tests.e2e.own_data_page.panel import IN_A_BROWSER, answer, look, problem
from tests.support.own_data import OwnDataInMemory

pytestmark = IN_A_BROWSER


class TestPrivacy:
    async def test_switches_are_decided(self, page: Page, held: OwnDataInMemory) -> None:
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

    async def test_leaving_servers_is_asked_about(self, page: Page, held: OwnDataInMemory) -> None:
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

    async def test_a_switch_shows_what_the_server_holds(self, page: Page, held: OwnDataInMemory) -> None:
        await look(page, "Privacy")
        share = page.get_by_label("Share between characters")
        await expect(share).to_be_enabled()
        held.away = True
        await share.click()
        await expect(problem(page)).to_contain_text("try again")
        await expect(share).not_to_be_checked()
