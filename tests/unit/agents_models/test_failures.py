"""How failures of any library become our few errors, and when asking again makes sense."""

import random

import pytest

from src_v2.agents.models.failures import as_model_error, error_code, error_for_status, error_in_stream, retry_after_s
from src_v2.agents.models.retry import RetryPolicy
from src_v2.core.errors import ModelBadRequest, ModelError, ModelRefusedKey, ModelTimeout, ModelUnavailable


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, ModelRefusedKey) for status in (401, 402, 403)),
        *((status, ModelBadRequest) for status in (301, 400, 404, 413, 422)),
        *((status, ModelUnavailable) for status in (408, 409, 429, 500, 502, 503, 529)),
    ],
)
def test_every_status_has_its_error(status: int, kind: type[ModelError]) -> None:
    assert type(error_for_status(status, "groq")) is kind


def test_a_spent_account_is_not_asked_again() -> None:
    assert isinstance(error_for_status(429, "openai", code="insufficient_quota"), ModelRefusedKey)


def test_the_providers_prose_stays_out_of_our_errors() -> None:
    body = {"error": {"message": "you wrote: my secret", "code": "context_length_exceeded"}}
    assert error_code(body) == "context_length_exceeded"
    assert error_code({"error": {"code": "you wrote: my secret"}}) == ""
    assert error_code({"error": "you wrote: my secret"}) == ""


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "2.5"}, 2.5),
        ({"Retry-After": "-1"}, 0.0),
        ({"Retry-After": "Wed, 01 Jul 2026 10:00:07 GMT", "Date": "Wed, 01 Jul 2026 10:00:00 GMT"}, 7.0),
        ({"Retry-After": "Wed, 01 Jul 2026 10:00:07 GMT"}, None),
        ({"Retry-After": "soon", "Date": "never"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_both_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers) == seconds


def test_an_error_inside_a_stream_counts_like_its_status() -> None:
    assert isinstance(error_in_stream({"code": 401}, "openrouter"), ModelRefusedKey)
    assert isinstance(error_in_stream({"type": "overloaded_error"}, "x"), ModelUnavailable)
    assert isinstance(error_in_stream("out of memory", "x"), ModelUnavailable)


def test_foreign_exceptions_are_told_by_what_they_carry() -> None:
    class ForeignTimeout(Exception): ...

    class ForeignStatus(Exception):
        status_code = 404

    assert isinstance(as_model_error(ForeignTimeout(), "x"), ModelTimeout)
    assert isinstance(as_model_error(TimeoutError(), "x"), ModelTimeout)
    assert isinstance(as_model_error(ForeignStatus(), "x"), ModelBadRequest)
    assert isinstance(as_model_error(ConnectionResetError(), "x"), ModelUnavailable)
    ours = ModelRefusedKey("as it is")
    assert as_model_error(ours, "x") is ours


def test_waits_double_with_some_chance_and_stay_below_the_limit() -> None:
    policy, chance = RetryPolicy(attempts=6, base_s=1, max_s=5), random.Random(1)
    waits = [policy.wait_s(tried, ModelUnavailable("busy"), chance) for tried in range(1, 7)]
    assert waits[5] is None
    for wait, longest in zip(waits[:5], (1, 2, 4, 5, 5), strict=True):
        assert wait is not None
        assert longest / 2 <= wait <= longest


def test_the_servers_wish_is_honoured_unless_it_is_too_long() -> None:
    policy, chance = RetryPolicy(attempts=3, base_s=0.1, max_s=5), random.Random(1)
    assert policy.wait_s(1, ModelUnavailable("busy", retry_after_s=3), chance) == 3
    assert policy.wait_s(1, ModelUnavailable("busy", retry_after_s=60), chance) is None


def test_what_cannot_get_better_is_not_retried() -> None:
    assert RetryPolicy().wait_s(1, ModelRefusedKey("no"), random.Random(1)) is None
    assert RetryPolicy().wait_s(1, ModelBadRequest("no"), random.Random(1)) is None
