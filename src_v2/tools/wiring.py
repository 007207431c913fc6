"""From settings to the toolbox. Nothing here opens anything: `ToolBox.start` does."""

from src_v2.config.answering import ToolSettings
from src_v2.config.settings import Settings
from src_v2.core.clock import Clock
from src_v2.core.errors import SettingsError
from src_v2.evolution.reminders.service import Reminders
from src_v2.observability.outages import Outages
from src_v2.tools.base import ToolSource
from src_v2.tools.catalogue import composite_tools, memory_tools, plain_tools
from src_v2.tools.mcp_servers.config import read_servers
from src_v2.tools.mcp_servers.source import McpTools
from src_v2.tools.ports import FactBook, Heard, MessageSearch
from src_v2.tools.set_reminder import set_reminder
from src_v2.tools.toolbox import ToolBox
from src_v2.tools.web.access import WebAccess
from src_v2.tools.web.searching import Brave, SearXng, WebSearch


def tool_box(
    settings: Settings, recall: MessageSearch, knowledge: FactBook, memory: Heard, reminders: Reminders,
    outages: Outages, clock: Clock,
) -> ToolBox:  # fmt: skip
    """Return the toolbox that the settings describe; raises SettingsError for what is missing or wrong.

    `start` and `close` belong to the start and stop of the process, `forget` to the erasure of a person.
    """
    tools = [
        *composite_tools(recall, knowledge, memory), *memory_tools(recall, knowledge), *plain_tools(memory),
        set_reminder(reminders),
    ]  # fmt: skip
    sources: list[ToolSource] = []
    wanted = settings.tools
    if wanted.web_search or wanted.read_pages:
        sources.append(WebAccess(_search(wanted) if wanted.web_search else None, pages=wanted.read_pages))
    if wanted.mcp_file is not None:
        sources.append(McpTools(read_servers(wanted.mcp_file), outages, clock))
    return ToolBox(tools, outages, clock=clock, sources=sources)


def _search(wanted: ToolSettings) -> WebSearch:
    key = wanted.search_key.get_secret_value()
    if wanted.search_url and not key:
        return SearXng(wanted.search_url)
    if key:
        return Brave(key, address=wanted.search_url) if wanted.search_url else Brave(key)
    raise SettingsError("TOOLS_WEB_SEARCH needs TOOLS_SEARCH_URL (a SearXNG) or TOOLS_SEARCH_KEY (Brave's API).")
