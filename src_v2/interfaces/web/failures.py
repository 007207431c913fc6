"""What goes wrong at the HTTP edge and how a client reads it: always `{"error": {"code", "message"}}`."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from src_v2.core.errors import (
    CharacterNotFound,
    ModelNotTaken,
    NotThere,
    NotUnderstood,
    RefusedInput,
    StoreUnavailable,
    WhisperEngineError,
)
from src_v2.interfaces.web.refusals import (
    EmptyText,
    InvalidText,
    NotAccepted,
    NothingUnanswered,
    NotMarked,
    StillAnswering,
    TextTooLong,
    TooManyWaiting,
)

log = structlog.get_logger(__name__)

UNAVAILABLE = 503
INTERNAL = 500
STATUS_CODES = {404: "not_found", 405: "method_not_allowed"}
REFUSALS: dict[type[WhisperEngineError], tuple[int, str]] = {
    CharacterNotFound: (404, "unknown_character"),
    EmptyText: (422, "empty_text"),
    TextTooLong: (413, "text_too_long"),
    InvalidText: (422, "invalid_text"),
    NotAccepted: (503, "stopping"),
    TooManyWaiting: (429, "too_many_waiting"),
    StillAnswering: (409, "still_answering"),
    NothingUnanswered: (409, "nothing_to_retry"),
    NotMarked: (409, "not_kept"),
    NotUnderstood: (422, "not_understood"),
    NotThere: (404, "not_there"),
    RefusedInput: (422, "refused_file"),
    ModelNotTaken: (422, "model_not_taken"),
}
AWAY = "My memory cannot be reached right now. Please try again in a moment."


class ApiError(Exception):
    """An answer that is not the one asked for. `code` is for programs, `message` for people."""

    def __init__(
        self, status: int, code: str, message: str, *, retry_after_s: float | None = None, **facts: object
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s
        self.facts = facts

    def response(self) -> JSONResponse:
        """Return the answer; `facts` stand beside code and message."""
        headers = {} if self.retry_after_s is None else {"Retry-After": str(max(1, round(self.retry_after_s)))}
        return error_response(self.status, self.code, self.message, headers, **self.facts)


def error_response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None, **facts: object
) -> JSONResponse:
    """Return the one shape that every error has."""
    return JSONResponse({"error": {"code": code, "message": message, **facts}}, status, headers)


def crash_response(error: Exception) -> JSONResponse:
    """Log an error that nobody expected and return what the client may know of it: nothing."""
    log.exception("request_crashed", error=type(error).__name__)
    return error_response(INTERNAL, "internal", "Something went wrong on my side. Please try again.")


def size(count: int) -> str:
    """Return a number of bytes in words for people."""
    return f"{count // 2**20} MiB" if count >= 2**20 else f"{count // 1024} KiB"


def answer_errors(app: FastAPI) -> None:
    """Make every error of `app` readable."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(WhisperEngineError, _known_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)


async def _api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 - registered for this class
    return error.response()


async def _known_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, WhisperEngineError)  # noqa: S101 - registered for this class
    if type(error) in REFUSALS:
        return error_response(*REFUSALS[type(error)], error.user_message)
    log.warning("request_failed", error=type(error).__name__)
    if isinstance(error, StoreUnavailable):
        return error_response(UNAVAILABLE, "unavailable", AWAY)
    if error.retryable:
        return error_response(UNAVAILABLE, "unavailable", error.user_message)
    return error_response(INTERNAL, "internal", error.user_message)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    return error_response(422, "invalid_request", "; ".join(_sentence(item) for item in error.errors()))


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    code = STATUS_CODES.get(error.status_code, "invalid_request")
    return error_response(error.status_code, code, str(error.detail), error.headers)


def _sentence(item: Mapping[str, Any]) -> str:
    """Say what is wrong and where, without repeating the (possibly private) value."""
    location: Sequence[object] = item["loc"]
    if item["type"] == "json_invalid":
        reason = item.get("ctx", {}).get("error", "")
        return f"The body is not valid JSON (at character {location[-1]}): {reason}"
    if item["type"] == "model_attributes_type" and len(location) == 1:
        return "Send a JSON object with the header `Content-Type: application/json`."
    place = ".".join(str(part) for part in location[1:]) or str(location[0])
    return f"{place}: {str(item['msg']).removeprefix('Value error, ')}"
