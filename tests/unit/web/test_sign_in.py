"""Tokens, cookies and the patience with wrong ones."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request
from starlette.responses import Response

from src_v2.core.clock import SystemClock
from src_v2.interfaces.web.failures import ApiError
from src_v2.interfaces.web.sign_in import COOKIE, FREE_TRIES, LONGEST_WAIT_S, SESSION_S, SignIn

TOKEN = "correct-horse-battery"


class Watch(SystemClock):
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)


def request(address: str = "10.0.0.1", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "scheme": "http"}
    return Request({**scope, "headers": [(b"host", b"localhost"), *raw], "client": (address, 1)})


def cookie(sign_in: SignIn) -> str:
    response = Response()
    sign_in.begin(request(), TOKEN, response)
    return response.headers["set-cookie"].partition(";")[0]


def fail(sign_in: SignIn, times: int) -> None:
    for _ in range(times):
        with pytest.raises(ApiError):
            sign_in.check_token("10.0.0.1", "guess")


def test_a_session_ends_after_its_time() -> None:
    watch = Watch()
    sign_in = SignIn(TOKEN, watch)
    signed = request(cookie=cookie(sign_in))
    assert sign_in.has_session(signed)
    watch.seconds += SESSION_S + 1
    assert not sign_in.has_session(signed)


def test_a_new_token_ends_all_sessions() -> None:
    watch = Watch()
    signed = request(cookie=cookie(SignIn(TOKEN, watch)))
    assert SignIn(TOKEN, watch).has_session(signed)
    assert not SignIn("another-token-entirely", watch).has_session(signed)


def test_a_session_cannot_be_made_longer() -> None:
    watch = Watch()
    sign_in = SignIn(TOKEN, watch)
    _, _, value = cookie(sign_in).partition("=")
    _, _, signature = value.partition(".")
    assert not sign_in.has_session(request(cookie=f"{COOKIE}=9999999999.{signature}"))


def test_waiting_doubles_and_has_an_end() -> None:
    watch = Watch()
    sign_in = SignIn(TOKEN, watch)
    fail(sign_in, FREE_TRIES)
    with pytest.raises(ApiError) as slowed:
        sign_in.check_token("10.0.0.1", TOKEN)
    assert slowed.value.retry_after_s == 1
    for _ in range(10):
        watch.seconds += LONGEST_WAIT_S
        fail(sign_in, 1)
    with pytest.raises(ApiError) as slowed:
        sign_in.check_token("10.0.0.1", TOKEN)
    assert slowed.value.retry_after_s == LONGEST_WAIT_S
    watch.seconds += LONGEST_WAIT_S
    sign_in.check_token("10.0.0.1", TOKEN)


def test_one_guesser_does_not_lock_out_others_nor_open_sessions() -> None:
    sign_in = SignIn(TOKEN, Watch())
    signed = request(cookie=cookie(sign_in))
    fail(sign_in, FREE_TRIES)
    sign_in.check(request(address="10.0.0.2", authorization=f"Bearer {TOKEN}"))
    sign_in.check(signed)


def test_without_a_token_everybody_may_come_in() -> None:
    SignIn("", Watch()).check(request())
