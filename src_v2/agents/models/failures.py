"""Turns whatever a provider or its client library answers with into our own few ModelErrors. The only such place.

Details name the provider, the status and the provider's error code, never its prose: that may quote the prompt.
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from src_v2.core.errors import ModelBadRequest, ModelError, ModelRefusedKey, ModelTimeout, ModelUnavailable

KEY_STATUSES = frozenset({401, 402, 403})
BUSY_STATUSES = frozenset({408, 409, 425, 429})
FIRST_REFUSAL = 300
FIRST_SERVER_ERROR = 500
SPENT_ACCOUNT = "insufficient_quota"
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,64}")


def error_for_status(
    status: int, provider: str, *, code: str = "", headers: Mapping[str, str] | None = None
) -> ModelError:
    """Return the error that an HTTP status stands for."""
    detail = f"{provider} answered {status}" + (f" ({code})" if code else "")
    if status in KEY_STATUSES or code == SPENT_ACCOUNT:
        return ModelRefusedKey(detail)
    if status in BUSY_STATUSES or status >= FIRST_SERVER_ERROR:
        return ModelUnavailable(detail, retry_after_s=retry_after_s(headers or {}))
    return ModelBadRequest(detail)


def error_in_stream(error: object, provider: str) -> ModelError:
    """Return the error for an `{"error": ...}` that came in the middle of an answer."""
    code = error_code({"error": error})
    if code.isdigit() and int(code) >= FIRST_REFUSAL:
        return error_for_status(int(code), provider)
    return ModelUnavailable(f"{provider} broke off with an error" + (f" ({code})" if code else ""))


def as_model_error(problem: Exception, provider: str) -> ModelError:
    """Return the ModelError for an exception of any client library, told by what it carries, not by its class.

    Importing the libraries only to name their classes would cost seconds.
    """
    if isinstance(problem, ModelError):
        return problem
    status = getattr(problem, "status_code", None)
    if isinstance(status, int) and status >= FIRST_REFUSAL:
        response = getattr(problem, "response", None)
        code = error_code(getattr(problem, "body", None))
        return error_for_status(status, provider, code=code, headers=getattr(response, "headers", None))
    names = {base.__name__ for base in type(problem).__mro__}
    if isinstance(problem, TimeoutError) or any("Timeout" in name for name in names):
        return ModelTimeout(f"{provider} took too long ({type(problem).__name__})")
    return ModelUnavailable(f"{provider} could not be reached or broke off ({type(problem).__name__})")


def error_code(body: Any) -> str:
    """Return the code or type in a provider's error body, "" when there is none that is a plain word."""
    error = body.get("error", body) if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return ""
    found = (str(error[key]) for key in ("code", "type", "status") if error.get(key))
    return next((code for code in found if _CODE.fullmatch(code)), "")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return how long the server asks us to wait, in seconds: `Retry-After` as seconds or as a date."""
    asked = headers.get("Retry-After") or headers.get("retry-after")
    if asked is None:
        return None
    try:
        return max(0.0, float(asked))
    except ValueError:
        return _seconds_until(asked, headers.get("Date") or headers.get("date"))


def _seconds_until(moment: str, server_time: str | None) -> float | None:
    """Return the seconds between two HTTP dates; the server's own clock decides what now is."""
    if server_time is None:
        return None
    try:
        wait = parsedate_to_datetime(moment) - parsedate_to_datetime(server_time)
    except (ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())
