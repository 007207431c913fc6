"""Stands in front of every request: right host, right site, small body, signed in; and safe headers on every answer.

A page on another site must not talk to a process on the user's own machine: not by guessing its port (cross-site
requests) and not by a name that resolves to 127.0.0.1 (DNS rebinding).
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src_v2.interfaces.web.failures import ApiError, crash_response, size
from src_v2.interfaces.web.sign_in import SignIn

LOOPBACK_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})
MAX_BODY_BYTES = 64 * 1024
"""A message of 4,000 characters, every one of them escaped, with room to spare."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS = frozenset({"/api/session"})
"""Reachable without having signed in: the sign-in itself."""

SAFE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware. `allowed_hosts` are names, besides loopback, under which the door may be reached.

    `body_limits` are the paths that take more than MAX_BODY_BYTES. `costly_paths` only read, but are so much work that
    other sites must not ask for them either.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        sign_in: SignIn,
        allowed_hosts: tuple[str, ...],
        body_limits: Mapping[str, int] = MappingProxyType({}),
        costly_paths: Collection[str] = (),
    ) -> None:
        self._app = app
        self._sign_in = sign_in
        self._hosts = LOOPBACK_NAMES | {name.lower() for name in allowed_hosts}
        self._any_host = sign_in.required and not allowed_hosts
        self._body_limits = body_limits
        self._costly_paths = costly_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a good request on, answer a bad one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, scope["path"])
        try:
            self._check(Request(scope))
            await self._app(scope, receive, answer.send)
        except ApiError as error:
            await error.response()(scope, receive, answer.send)
        except Exception as error:  # noqa: BLE001 - an edge: the client gets a kind answer, the log the rest
            response = crash_response(error)
            if not answer.begun:
                await response(scope, receive, answer.send)

    def _check(self, request: Request) -> None:
        self._check_host(request)
        path = request.url.path
        if request.method not in SAFE_METHODS:
            self._check_site(request)
            _check_size(request, self._body_limits.get(path, MAX_BODY_BYTES))
        elif path in self._costly_paths:
            self._check_site(request)
        if path.startswith("/api/") and path not in OPEN_PATHS:
            self._sign_in.check(request)

    def _check_host(self, request: Request) -> None:
        if self._any_host or _host_name(request.headers.get("host", "")) in self._hosts:
            return
        text = "This address is not one of mine. The operator can add its host name to WEB_ALLOWED_HOSTS."
        raise ApiError(421, "wrong_host", text)

    def _check_site(self, request: Request) -> None:
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "none")
        if site in {"none", "same-origin"} and (origin is None or self._is_own(origin, request)):
            return
        raise ApiError(403, "cross_site", "Requests from other sites are refused.")

    def _is_own(self, origin: str, request: Request) -> bool:
        parts = urlsplit(origin)
        own = parts.netloc.lower() == request.headers.get("host", "").lower()
        return own or (parts.hostname in self._hosts and parts.hostname not in LOOPBACK_NAMES)


class _Answer:
    """Adds the headers and remembers whether the answer has begun."""

    def __init__(self, send: Send, path: str) -> None:
        self._send = send
        self._path = path
        self.begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            headers.update(SAFE_HEADERS)
            # Files are asked for again each time and answered with 304 by their ETag; answers are never kept.
            kept = self._path == "/" or self._path.startswith("/static/")
            headers["Cache-Control"] = "no-cache" if kept else "no-store"
        await self._send(message)


def _check_size(request: Request, limit_bytes: int) -> None:
    if "transfer-encoding" in request.headers:
        raise ApiError(411, "length_required", "Send the body with a Content-Length.")
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > limit_bytes:
        raise ApiError(413, "too_large", f"The body is larger than {size(limit_bytes)}.")


def _host_name(host: str) -> str | None:
    """Return the name in a Host header, without port and brackets; None when it makes no sense."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
