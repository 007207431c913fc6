"""Talks to a WhisperEngine that runs already, over its HTTP API: requests, and errors as they would be raised here."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

import aiohttp

from src_v2.core.errors import (
    ModelNotTaken,
    NotThere,
    NotUnderstood,
    RefusedInput,
    StoreUnavailable,
    WhisperEngineError,
)
from src_v2.interfaces.web.client import ANSWER_TIMEOUT_S, CONNECT_TIMEOUT_S, Refused, Unreachable

Parameters = Mapping[str, str]


class RemoteApi:
    """The API at `url`. Use it as an async context manager; an answer may take `longest_s` seconds."""

    def __init__(self, url: str, *, token: str = "", longest_s: float = ANSWER_TIMEOUT_S) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._longest_s = longest_s
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=self._longest_s, sock_connect=CONNECT_TIMEOUT_S)
        self._session = aiohttp.ClientSession(timeout=timeout, headers=self._headers)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def _json(self, method: str, path: str, asked: Parameters | None = None, body: object = None) -> Any:
        """Return what an answer holds, None when it is empty. Raises as `_request` does."""
        async with self._request(method, path, asked, json=body) as response:
            return await response.json() if response.content_type == "application/json" else None

    @asynccontextmanager
    async def _request(
        self, method: str, path: str, asked: Parameters | None = None, **body: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Make a request. Raises Unreachable, or what the other side met: its own error, else Refused."""
        assert self._session is not None, "use `async with`"  # noqa: S101 - a programming error
        try:
            async with self._session.request(method, self._url + path, params=asked, **body) as response:
                if not response.ok:
                    raise await _refusal(response)
                yield response
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(type(error).__name__) from error


async def _refusal(response: aiohttp.ClientResponse) -> WhisperEngineError:
    """Return the error that the running process met, as it would be raised here."""
    try:
        error = (await response.json())["error"]
        code, message = str(error["code"]), str(error["message"])
    except (aiohttp.ContentTypeError, ValueError, KeyError, TypeError):
        return Refused("unknown", f"The server answered with {response.status}.")
    match code:
        case "not_there":
            return NotThere(message, user_message=message)
        case "refused_file":
            refused = RefusedInput(message)
            refused.user_message = message
            return refused
        case "model_not_taken":
            return ModelNotTaken(message)
        case "not_understood":
            return NotUnderstood(message)
        case "unavailable":
            return StoreUnavailable(message, user_message=message)
        case _:
            return Refused(code, message)
