"""Gets one page over HTTP: from public machines only, small enough, soon enough, without cookies and credentials."""

import asyncio
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

import aiohttp
from yarl import URL

from src_v2.core.errors import ServiceUnavailable
from src_v2.tools.web.addresses import Allows, Refused, is_public, literal

MOST_BYTES = 2_000_000
"""Of a page, unpacked."""
MOST_REDIRECTS = 5
TOTAL_S = 12.0
"""For a page with all of its redirects."""
CONNECT_S = 5.0
READ_S = 6.0
"""Without a single byte."""
CHUNK_BYTES = 65_536
PORTS = frozenset({80, 443, 8080, 8443})
TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "application/json"})
USER_AGENT = "WhisperEngine/0.1 (reads a page that a person named)"

_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}", re.ASCII)
"""A name as DNS has it (IDNA comes as ASCII), or an IPv6 address without a zone."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WBITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_ANY_MODE = 47
"""zlib's mode that takes gzip and zlib headers."""


class Unreadable(Exception):
    """A page that is not read; `str()` says why, for the model, and repeats nothing of the page."""


@dataclass(frozen=True, slots=True)
class Page:
    """What an address gave. `address` is where the redirects led; `charset` is what the server says, or empty."""

    address: str
    content_type: str
    body: bytes
    charset: str


ConnectorFactory = Callable[[], aiohttp.BaseConnector]


class Fetcher:
    """Fetches pages. Opened when it is first needed; `allows` and `ports` are wider in tests only."""

    def __init__(
        self,
        connector: ConnectorFactory,
        *,
        allows: Allows = is_public,
        ports: frozenset[int] | None = PORTS,
        total_s: float = TOTAL_S,
        read_s: float = READ_S,
    ) -> None:
        self._connector = connector
        self._allows = allows
        self._ports = ports
        self._total_s = total_s
        self._read_s = read_s
        self._session: aiohttp.ClientSession | None = None

    async def page(self, address: str) -> Page:
        """Return what an address gives, redirects followed; raises Unreadable."""
        try:
            async with asyncio.timeout(self._total_s):
                return await self._followed(address)
        except TimeoutError:
            raise Unreadable("The page took too long to answer.") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if _was_refused(error):
                raise Unreadable("That address is not on the public internet.") from None
            raise Unreadable("The page could not be reached.") from None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _followed(self, address: str) -> Page:
        url = self._checked(address)
        for _ in range(MOST_REDIRECTS + 1):
            async with self._get(url) as response:
                if response.status not in _REDIRECTS:
                    return await _read(response)
                target = response.headers.get("Location")
            if not target:
                raise Unreadable("The page leads on to nowhere.")
            url = self._checked(str(url.join(URL(target))))
        raise Unreadable("The page leads on too many times.")

    def _checked(self, address: str) -> URL:
        """Return an address that may be asked; raises Unreadable. Asked of every redirect too."""
        url = URL(address).with_fragment(None)
        if url.scheme not in {"http", "https"} or not _HOST.fullmatch(url.raw_host or ""):
            raise Unreadable("Only addresses that begin with http:// or https:// can be read.")
        if url.user is not None or url.password is not None:
            raise Unreadable("Addresses with a user name or password are not read.")
        if self._ports is not None and url.port not in self._ports:
            raise Unreadable("Addresses with an unusual port are not read.")
        number = literal(url.raw_host or "")
        if number is not None and not self._allows(number):
            raise Unreadable("That address is not on the public internet.")
        return url

    def _get(self, url: URL) -> "_Got":
        session = self._session
        if session is None or session.closed:
            session = self._session = aiohttp.ClientSession(
                connector=self._connector(),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._total_s, sock_connect=CONNECT_S, sock_read=self._read_s),
                headers={"User-Agent": USER_AGENT, "Accept": ", ".join(sorted(TYPES)), "Accept-Encoding": "gzip"},
                auto_decompress=False,  # unpacked here, as far as the limit goes
                trust_env=False,
                max_line_size=8190,
                max_field_size=8190,
            )
        return _Got(session.get(url, allow_redirects=False))


class _Got:
    """A response that is closed without reading the rest of it."""

    def __init__(self, request: "aiohttp.client._RequestContextManager") -> None:
        self._request = request
        self._response: aiohttp.ClientResponse | None = None

    async def __aenter__(self) -> aiohttp.ClientResponse:
        self._response = await self._request
        return self._response

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._response is not None:
            self._response.close()


async def _read(response: aiohttp.ClientResponse) -> Page:
    if response.status >= 400:  # noqa: PLR2004 - where HTTP's errors begin
        raise Unreadable(f"The page answers with error {response.status}.")
    if response.content_type not in TYPES:
        raise Unreadable("That is no page of text: only HTML, plain text and JSON are read.")
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in {"", "identity", *_WBITS}:
        raise Unreadable("The page is packed in a way that is not read.")
    body = await _body(response, packed=encoding in _WBITS)
    return Page(str(response.url), response.content_type, body, response.charset or "")


async def _body(response: aiohttp.ClientResponse, *, packed: bool) -> bytes:
    unpacker = zlib.decompressobj(_ANY_MODE) if packed else None
    body = bytearray()
    raw = 0
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        raw += len(chunk)
        try:
            body += unpacker.decompress(chunk, MOST_BYTES + 1 - len(body)) if unpacker else chunk
        except zlib.error:
            raise Unreadable("The page is packed in a broken way.") from None
        if len(body) > MOST_BYTES or raw > MOST_BYTES:
            raise Unreadable(f"The page is larger than {MOST_BYTES // 1_000_000} MB.")
    return bytes(body)


def _was_refused(error: BaseException) -> bool:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    return isinstance(cause, Refused)


async def json_of(
    session: aiohttp.ClientSession, url: URL, *, headers: dict[str, str], most_bytes: int, timeout_s: float
) -> bytes:
    """Return the body of a service's answer; raises ServiceUnavailable unless it is there, in time and of a sane size.

    Redirects are not followed: the operator named this address and no other.
    """
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with session.get(url, headers=headers, timeout=timeout, allow_redirects=False) as response:
            if response.status != 200:  # noqa: PLR2004 - HTTP's OK
                wait = response.status in {429} or response.status >= 500  # noqa: PLR2004 - its own troubles
                raise ServiceUnavailable(f"the service answered {response.status}", retryable=wait)
            body = await response.content.read(most_bytes + 1)
            while not response.content.at_eof() and len(body) <= most_bytes:
                body += await response.content.read(most_bytes + 1 - len(body))
    except (aiohttp.ClientError, OSError) as error:
        raise ServiceUnavailable(type(error).__name__) from error
    if len(body) > most_bytes:
        raise ServiceUnavailable("the answer is too long", retryable=False)
    return body
