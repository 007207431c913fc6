"""From settings to the toolbox: what is off is not there, what is on is."""

from pathlib import Path
from typing import cast

import pytest

from src_v2.config.settings import Settings, load_settings
from src_v2.core.clock import SystemClock
from src_v2.core.errors import SettingsError
from src_v2.evolution.reminders.service import Reminders
from src_v2.observability.outages import Outages
from src_v2.tools.base import EVERYONE
from src_v2.tools.toolbox import ToolBox
from src_v2.tools.wiring import tool_box
from tests.unit.tools.shelves import Shelves


def settings_with(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"TOOLS_{name.upper()}", value)
    return load_settings(None)


def box_with(settings: Settings) -> ToolBox:
    shelves = Shelves()
    reminders = cast(Reminders, None)  # nobody calls the tool here
    return tool_box(settings, shelves, shelves, shelves, reminders, Outages(), SystemClock())


def names(box: ToolBox) -> set[str]:
    return {spec["function"]["name"] for spec in box.specs(EVERYONE)}


async def test_the_web_and_other_programs_are_off_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    box = box_with(settings_with(monkeypatch))
    assert len(names(box)) == 14
    assert not any(name.startswith(("web_", "read_web", "mcp_")) for name in names(box))
    await box.start()
    await box.close()


@pytest.mark.parametrize(("values", "expected"), [
    ({"web_search": "true", "search_url": "http://searx.example"}, {"web_search"}),
    ({"web_search": "true", "search_key": "k"}, {"web_search"}),
    ({"web_search": "true", "search_url": "http://brave.example/search", "search_key": "k"}, {"web_search"}),
    ({"read_pages": "true"}, {"read_web_page"}),
    ({"search_url": "http://searx.example"}, set()),
    ({"web_search": "true", "search_key": "k", "read_pages": "true"}, {"web_search", "read_web_page"}),
])  # fmt: skip
async def test_what_is_switched_on_is_there(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], expected: set[str]
) -> None:
    box = box_with(settings_with(monkeypatch, **values))
    assert {name for name in names(box) if "web" in name} == expected
    await box.close()


@pytest.mark.parametrize("values", [{"web_search": "true"}, {"mcp_file": "/nowhere/mcp.yaml"}, {"search_url": "searx"}])
def test_what_is_missing_or_wrong_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="TOOLS_"):
        box_with(settings_with(monkeypatch, **values))


async def test_servers_of_the_file_are_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "mcp.yaml"
    file.write_text("servers: {home: {command: some-server}}")
    box = box_with(settings_with(monkeypatch, mcp_file=str(file)))
    await box.start()  # nothing of it is allowed, so it is not started
    assert len(names(box)) == 14
    await box.close()
