"""Asks a search service that the operator chose: a SearXNG of their own, or Brave's API with a key."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import orjson
from yarl import URL

from src_v2.core.errors import ServiceUnavailable
from src_v2.tools.web.fetching import USER_AGENT, json_of

MOST_BYTES = 2_000_000
TIMEOUT_S = 8.0
LONGEST_TITLE_CHARS = 160
LONGEST_TEXT_CHARS = 400
BRAVE_URL = "https://api.search.brave.com/res/v1/web/search"


@dataclass(frozen=True, slots=True)
class Hit:
    """One find. All of it is text from strangers."""

    title: str
    address: str
    text: str


class WebSearch(Protocol):
    """A search service."""

    async def search(self, query: str, limit: int) -> list[Hit]:
        """Return up to `limit` finds, best first; raises ServiceUnavailable."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


class HttpSearch(ABC):
    """A search service with a plain JSON API; what differs between services is put in by the subclasses."""

    def __init__(self, address: str, *, headers: Mapping[str, str] | None = None, timeout_s: float = TIMEOUT_S) -> None:
        self._url = URL(address)
        self._headers = {"User-Agent": USER_AGENT, "Accept": "application/json", **(headers or {})}
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def search(self, query: str, limit: int) -> list[Hit]:
        """Return up to `limit` finds, best first; raises ServiceUnavailable."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
        body = await json_of(
            self._session, self._asked(query, limit), headers=dict(self._headers), most_bytes=MOST_BYTES,
            timeout_s=self._timeout_s,
        )  # fmt: skip
        try:
            found = list(self._found(orjson.loads(body)))
        except (orjson.JSONDecodeError, AttributeError, TypeError) as error:
            raise ServiceUnavailable("the service's answer is none", retryable=False) from error
        return [hit for hit in found if hit.address.startswith(("http://", "https://"))][:limit]

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @abstractmethod
    def _asked(self, query: str, limit: int) -> URL:
        """Return the address that asks for `query`."""

    @abstractmethod
    def _found(self, answer: Any) -> Iterable[Hit]:
        """Return the finds of an answer; raises AttributeError or TypeError when it is none."""


class SearXng(HttpSearch):
    """A SearXNG instance whose `formats` hold json; the address is that of its front page."""

    def _asked(self, query: str, limit: int) -> URL:
        return (self._url / "search").with_query({"q": query, "format": "json", "safesearch": "1"})

    def _found(self, answer: Any) -> Iterable[Hit]:
        return [_hit(one, "content") for one in answer.get("results") or []]


class Brave(HttpSearch):
    """Brave's search API, or one that speaks like it."""

    def __init__(self, key: str, *, address: str = BRAVE_URL, timeout_s: float = TIMEOUT_S) -> None:
        super().__init__(address, headers={"X-Subscription-Token": key}, timeout_s=timeout_s)

    def _asked(self, query: str, limit: int) -> URL:
        return self._url.with_query({"q": query, "count": str(limit), "text_decorations": "false"})

    def _found(self, answer: Any) -> Iterable[Hit]:
        return [_hit(one, "description") for one in (answer.get("web") or {}).get("results") or []]


def _hit(found: Any, text: str) -> Hit:
    def said(name: str, longest: int) -> str:
        value = found.get(name)
        return value[:longest] if isinstance(value, str) else ""

    return Hit(said("title", LONGEST_TITLE_CHARS), said("url", 2_000), said(text, LONGEST_TEXT_CHARS))
