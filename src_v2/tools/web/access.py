"""What the operator switched on of the web, as a source of tools."""

from collections.abc import Iterable
from typing import Any

from src_v2.tools.base import Tool
from src_v2.tools.read_web_page import read_web_page
from src_v2.tools.web.addresses import public_connector
from src_v2.tools.web.extracting import Extractor
from src_v2.tools.web.fetching import Fetcher
from src_v2.tools.web.searching import WebSearch
from src_v2.tools.web_search import web_search


class WebAccess:
    """Searching, when there is a service for it, and reading pages. Implements `ToolSource`."""

    def __init__(self, search: WebSearch | None, *, pages: bool, fetcher: Fetcher | None = None) -> None:
        self._search = search
        self._fetcher = fetcher or Fetcher(public_connector)
        self._tools: list[Tool[Any]] = [web_search(search)] if search else []
        if pages:
            self._tools.append(read_web_page(self._fetcher, Extractor()))

    async def start(self) -> None:
        """Open nothing: connections are made when they are needed."""

    async def close(self) -> None:
        """Close the connections."""
        await self._fetcher.close()
        if self._search is not None:
            await self._search.close()

    def tools(self) -> Iterable[Tool[Any]]:
        """Return the tools."""
        return self._tools
