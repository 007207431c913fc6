"""Who may use the API when a token is set: programs show the token itself, browsers a cookie made from it.

The cookie says until when it is valid and is signed with the token, so the server keeps no sessions and a new token
ends them all. Wrong tokens slow their sender down.
"""

import hashlib
import hmac
from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import Response

from src_v2.core.clock import Clock
from src_v2.interfaces.web.failures import ApiError

COOKIE = "whisperengine_session"
SESSION_S = 30 * 24 * 3600
FREE_TRIES = 5
"""Wrong tokens before waiting begins: typing errors are free."""
LONGEST_WAIT_S = 60.0
MAX_ADDRESSES = 4096


class Throttle:
    """Wrong tokens by address; after FREE_TRIES the wait doubles from one second up to LONGEST_WAIT_S."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Return how long this address has to wait before its next try."""
        _, until = self._failures.get(address, (0, 0.0))
        return max(0.0, until - self._clock.monotonic())

    def failed(self, address: str) -> None:
        """Count a wrong token."""
        count = self._failures.pop(address, (0, 0.0))[0] + 1
        wait_s = min(2.0 ** (count - FREE_TRIES), LONGEST_WAIT_S) if count >= FREE_TRIES else 0.0
        self._failures[address] = (count, self._clock.monotonic() + wait_s)
        if len(self._failures) > MAX_ADDRESSES:
            self._failures.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """Forget an address's mistakes."""
        self._failures.pop(address, None)


class SignIn:
    """Checks tokens and cookies. With an empty token everybody may come in."""

    def __init__(self, token: str, clock: Clock) -> None:
        self._token = token.encode()
        self._clock = clock
        self._throttle = Throttle(clock)

    @property
    def required(self) -> bool:
        """Whether a token is set."""
        return bool(self._token)

    def check(self, request: Request) -> None:
        """Raise ApiError unless the request carries the token or a valid cookie."""
        if not self.required or self.has_session(request):
            return
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise ApiError(401, "sign_in_required", "Sign in first, or send the token as `Authorization: Bearer`.")
        self.check_token(_address(request), token.strip())

    def check_token(self, address: str, token: str) -> None:
        """Raise ApiError unless `token` is right; `address` is slowed down after several wrong ones."""
        wait_s = self._throttle.wait_s(address)
        if wait_s > 0:
            text = "Too many wrong tokens. Wait a moment, then try again."
            raise ApiError(429, "slow_down", text, retry_after_s=wait_s)
        if not hmac.compare_digest(_digest(token.encode()), _digest(self._token)):
            self._throttle.failed(address)
            raise ApiError(401, "wrong_token", "That is not the token.")
        self._throttle.succeeded(address)

    def begin(self, request: Request, token: str, response: Response) -> None:
        """Give the browser its cookie, when one is needed. Raises ApiError for a wrong token."""
        if not self.required:
            return
        self.check_token(_address(request), token)
        expires = int(self._clock.now().timestamp()) + SESSION_S
        secure = request.url.scheme == "https"
        value = f"{expires}.{self._signature(str(expires))}"
        response.set_cookie(COOKIE, value, max_age=SESSION_S, httponly=True, samesite="strict", secure=secure)

    def end(self, response: Response) -> None:
        """Take the cookie back."""
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")

    def has_session(self, request: Request) -> bool:
        """Whether the request carries a cookie that this token signed and that is still valid."""
        expires, _, signature = request.cookies.get(COOKIE, "").partition(".")
        if not (expires.isascii() and expires.isdecimal()):
            return False
        right = hmac.compare_digest(signature.encode(), self._signature(expires).encode())
        return right and int(expires) > self._clock.now().timestamp()

    def _signature(self, expires: str) -> str:
        return hmac.new(self._token, f"session:{expires}".encode(), hashlib.sha256).hexdigest()


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _digest(value: bytes) -> bytes:
    """Return equal lengths for compare_digest, so that its time tells nothing about the token's length."""
    return hashlib.sha256(value).digest()
